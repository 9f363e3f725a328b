/* SPDX-License-Identifier: MIT */
/* DAVIS in and out: the labels a clip starts from, and a folder of result masks.
 *
 * Source:  the DAVIS 2017 evaluator's reader.  Thread: one at a time. */
#pragma once

#include "exchange/mask-folder.h"

G_BEGIN_DECLS

/* Reads the labels of a frame.
 *
 * path         a label PNG, or a folder of them: there the mask of the frame by name or number
 * frame_name   file name of the frame in its image folder; NULL for a video
 * frame        its number in the clip
 * width        and height, of the clip in pixels: what the mask must have
 * used         out, (transfer full), nullable: the file that was read
 * info         out, nullable: how that file told its ids
 * Returns:     (transfer full) with at least one object, or NULL with FY_ERROR_MISMATCH (another size,
 *              no object, no PNG of that frame in the folder) or what reading reports. */
FyIdMap *fy_labels_read (const char *path,
                         const char *frame_name,
                         int frame,
                         int width,
                         int height,
                         char **used,
                         FyIndexedPngInfo *info,
                         GError **error);

/* Writes result masks into a folder. */
typedef struct FyDavisWriter FyDavisWriter;

/* Prepares the folder, making it and those above it.
 *
 * ids      guint16, ascending, as fy_id_map_ids gives them: all objects that masks to come hold.
 *          When they are not 1 .. n they are renumbered so, and the folder's ids.json tells:
 *          {"ids": {"1": 7, "2": 300}}, the id in the PNGs first.
 * Returns: (transfer full), or NULL with FY_ERROR_UNSUPPORTED when there are more objects than a DAVIS
 *          mask can hold, or G_IO_ERROR. */
FyDavisWriter *fy_davis_writer_new (const char *folder, const GArray *ids, GError **error);
void fy_davis_writer_free (FyDavisWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyDavisWriter, fy_davis_writer_free)

/* What files of a frame are called, without ending: as its image in an image folder, else its number
 * in five digits.
 *
 * frame_name  file name of the frame's image; NULL for a video
 * Returns:    (transfer full) "00012". */
char *fy_davis_stem (const char *frame_name, int number);

/* Writes the mask of a frame as STEM.png; void becomes background.
 * Errors:  FY_ERROR_MISMATCH when the mask holds an object that was not announced, G_IO_ERROR. */
gboolean
fy_davis_writer_write (FyDavisWriter *self, const char *stem, const FyIdMap *mask, GError **error);

G_END_DECLS
