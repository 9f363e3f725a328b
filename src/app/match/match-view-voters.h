/* SPDX-License-Identifier: MIT */
/* Who votes for the label of the point that is asked about: a bar of what they vote for, thumbnails with
 * lines to them, and a table.
 *
 * Signals
 *   "voter-activated" (int frame, int cell)   to go there and correct it at the source
 *
 * Thread: main. */
#pragma once

#include "app/match/match-query.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_MATCH_VOTERS (ferry_match_voters_get_type ())
G_DECLARE_FINAL_TYPE (FerryMatchVoters, ferry_match_voters, FERRY, MATCH_VOTERS, GtkWidget)

/* Once, before it is shown.  Takes references. */
void ferry_match_voters_set_query (FerryMatchVoters *self,
                                   FerryMatchQuery *query,
                                   FerryDocument *document);

G_END_DECLS
