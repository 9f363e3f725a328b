/* SPDX-License-Identifier: MIT */
/* One export being written: what the formats share.  Private to the folder. */
#pragma once

#include "exchange/export.h"
#include "exchange/manifest.h"
#include "exchange/png-file.h"

G_BEGIN_DECLS

typedef struct
{
  const FyExport *export;
  const FyExportFormat *format;
  const char *path;     /* the file, or the folder that will have the name */
  const char *name;     /* of the sequence */
  FyManifest *manifest; /* of a folder */
  GCancellable *cancellable;
} FyExportJob;

typedef gboolean (*FyExportWriter) (const FyExportJob *job, GError **error);

/* The formats. */
gboolean fy_export_write_davis (const FyExportJob *job, GError **error);
gboolean fy_export_write_youtube_vos (const FyExportJob *job, GError **error);
gboolean fy_export_write_mots (const FyExportJob *job, GError **error);
gboolean fy_export_write_soft (const FyExportJob *job, GError **error);
gboolean fy_export_write_coco (const FyExportJob *job, GError **error);
gboolean fy_export_write_film (const FyExportJob *job, GError **error);
gboolean fy_export_write_picture (const FyExportJob *job, GError **error);
gboolean fy_export_write_mask (const FyExportJob *job, GError **error);
gboolean fy_export_write_deeplabcut (const FyExportJob *job, GError **error);
gboolean fy_export_write_jhmdb (const FyExportJob *job, GError **error);

/* --- Shared --- */

/* Tells how far it is before work on `frame`.  Returns: FALSE with G_IO_ERROR_CANCELLED. */
gboolean fy_export_step (const FyExportJob *job, int frame, GError **error);

/* Whether a frame has labels that `takes` stands for (masks, points). */
gboolean fy_export_is_labelled (const FyExport *self, int frame, int takes);
/* Whether a frame is written: all, or those with labels. */
gboolean fy_export_wants (const FyExportJob *job, int frame);

/* All objects of the masks in the range.  Returns: (transfer full) guint16, ascending. */
GArray *fy_export_mask_ids (const FyExport *self);
/* A frame's ids; background where there are none.  Returns: (transfer full). */
FyIdMap *fy_export_map (const FyExport *self, int frame);
/* "00012", after the frame's image or its number.  Returns: (transfer full). */
char *fy_export_stem (const FyExport *self, int frame);
/* Borrowed; "object 7" of one that is not in the list. */
const char *fy_export_object_name (const FyExport *self, guint16 id, char **made);

/* Draws a frame's labels into its picture as `style` says. */
void fy_export_draw (const FyExport *self, int frame, guint8 *rgb);

/* Makes a folder below the export's. */
gboolean fy_export_make_folder (const FyExportJob *job, const char *relative, GError **error);
/* Writes a text file below the export's folder and notes it in the manifest. */
gboolean fy_export_save_text (const FyExportJob *job,
                              const char *relative,
                              const char *text,
                              GError **error);

G_END_DECLS
