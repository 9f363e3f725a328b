/* SPDX-License-Identifier: MIT */
/* A frame's features as colours: the first three principal components as red, green and blue, a picture a
 * network.
 *
 * Thread: main. */
#pragma once

#include "app/match/match-query.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_FEATURE_VIEW (ferry_feature_view_get_type ())
G_DECLARE_FINAL_TYPE (FerryFeatureView, ferry_feature_view, FERRY, FEATURE_VIEW, GtkWidget)

/* Once, before it is shown.  Takes references. */
void ferry_feature_view_set_query (FerryFeatureView *self,
                                   FerryMatchQuery *query,
                                   FerryDocument *document);

G_END_DECLS
