/* SPDX-License-Identifier: MIT */
/* The masks that people made: of the frame a run starts from, and corrections.  Thread: main. */
#pragma once

#include "exchange/indexed-png.h"
#include "session/session.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *masks;        /* FyIdMap *: owned                                    */
  GArray *frames;          /* int, of these: the start first, then ascending      */
  char *first_path;        /* file of the first                                   */
  FyIndexedPngInfo coding; /* of the first                                        */
} FerryHandMade;

void ferry_hand_made_clear (FerryHandMade *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FerryHandMade, ferry_hand_made_clear)

/* Reads the masks of frame `from` and those of a folder of corrections, named like their frames.
 *
 * labels       file, or folder with one named like that frame
 * corrections  folder, nullable; those of frames outside first .. last are errors
 * Errors:      FY_ERROR_MISMATCH (size, no object at the start, no such frame), or what reading reports. */
gboolean ferry_hand_made_read (FerryHandMade *self,
                               FyClip *clip,
                               const char *labels,
                               const char *corrections,
                               int from,
                               int first,
                               int last,
                               GError **error);

/* Those on the way from the start to frame `last`.  Returns: (transfer full) GArray of FyHandMade. */
GArray *ferry_hand_made_towards (const FerryHandMade *self, int last);

/* The ids of all, each once, ascending.  Returns: (transfer full) GArray of guint16. */
GArray *ferry_hand_made_ids (const FerryHandMade *self);

G_END_DECLS
