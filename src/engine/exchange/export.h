/* SPDX-License-Identifier: MIT */
/* Labels to files: one table of formats, for the window and ferry-cli.
 *
 * What is exported does not change meanwhile: immutable labels and objects, references that the caller
 * holds.  Whatever is written appears whole or not at all.  A folder tells in its manifest.json what it
 * was made from (manifest.h).
 *
 * Thread: one that owns the clip. */
#pragma once

#include "exchange/film.h"
#include "label/frame-labels.h"
#include "label/object.h"
#include "media/clip.h"

G_BEGIN_DECLS

/* How labels are drawn over a picture. */
typedef enum
{
  FY_EXPORT_BOTH, /* fill and outline              */
  FY_EXPORT_MASK,
  FY_EXPORT_OUTLINE,
  FY_EXPORT_CUT_OUT, /* the picture where objects are */
  FY_EXPORT_LABELS,  /* display colours alone         */
  FY_EXPORT_OFF,     /* the picture alone             */
} FyExportStyle;

/* One object's soft label of a frame at the clip's size.
 *
 * soft      [height, width] f32 out, 0 .. 1
 * Returns:  FALSE with *error set. */
typedef gboolean (
    *FyExportSoftFunc) (int frame, guint16 object, float *soft, gpointer user_data, GError **error);

/* What to export, and how.  A zero member means the default. */
typedef struct
{
  const FyClipInfo *info;
  FyClip *clip; /* may be NULL for fy_export_plan */
  FyObject *const *object;
  int n_objects;
  FyFrameLabels *const *labels; /* [info->n_frames] NULL = without labels */

  int first; /* frames first .. last */
  int last;
  gboolean skip_empty; /* leave out frames without labels; else they are background */
  gboolean tree; /* DAVIS: below Annotations/HEIGHTp/NAME, with ImageSets; else NAME's files only */
  const char *name; /* of the sequence in trees and tables; NULL = the clip's */

  const char *codec; /* of a film: fy_film_codecs */
  FyExportStyle style;
  double opacity; /* of the fill; 0 = 0.45 */

  FyExportSoftFunc soft; /* needed by "soft" */
  gpointer soft_data;

  void (*progress) (int done, int total, gpointer user_data); /* nullable; frames */
  gpointer progress_data;
} FyExport;

/* What a format takes. */
typedef enum
{
  FY_EXPORT_MASKS = 1 << 0,
  FY_EXPORT_POINTS = 1 << 1,
  FY_EXPORT_SOFT = 1 << 2,
  FY_EXPORT_ONE_FRAME = 1 << 3, /* `first` alone; in a folder's place a file */
  FY_EXPORT_FILM = 1 << 4,
} FyExportTakes;

typedef struct
{
  const char *id;     /* "davis": for a command line */
  const char *title;  /* "DAVIS masks": for people   */
  const char *ending; /* ".json"; NULL = a folder    */
  int takes;          /* FyExportTakes               */
  int max_objects;    /* 0 = any number              */
} FyExportFormat;

/* Returns: [n] static. */
const FyExportFormat *fy_export_formats (int *n);
/* Returns: static, NULL when there is none by that id. */
const FyExportFormat *fy_export_format_find (const char *id);

/* What would be written; reads no file. */
typedef struct
{
  int n_frames; /* that are written                          */
  int n_labelled;
  int n_objects;
  int n_files;
  guint64 bytes; /* about                                     */
  char *problem; /* why it cannot be, and what to do; NULL = it can */
} FyExportPlan;

void fy_export_plan (const FyExport *self, const FyExportFormat *format, FyExportPlan *plan);
void fy_export_plan_clear (FyExportPlan *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FyExportPlan, fy_export_plan_clear)

/* Writes it.
 *
 * path      of the file, or of the folder, which together with those above it is made
 * replace   whether a file, or a folder that an export made, may be replaced
 * Errors:   G_IO_ERROR_EXISTS when there is something that `replace` would replace;
 *           FY_ERROR_MISMATCH when there is a folder with foreign files, when the target lies in the
 *           clip, or when labels do not fit the format; FY_ERROR_UNSUPPORTED; FY_ERROR_DECODE;
 *           G_IO_ERROR. */
gboolean fy_export_run (const FyExport *self,
                        const FyExportFormat *format,
                        const char *path,
                        gboolean replace,
                        GCancellable *cancellable,
                        GError **error);

G_END_DECLS
