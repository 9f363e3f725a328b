/* SPDX-License-Identifier: MIT */
/* A project on disk: one SQLite file NAME.ferry with the media's address, objects, labels, settings.
 *
 * Features and lists are not in it: they are cache.  A newer version's file is refused, an older one is
 * copied beside and brought up to date.  One program has a file open for writing at a time.
 *
 * Errors of all functions: FY_ERROR_STORE, _TOO_NEW, _CORRUPT, or G_IO_ERROR (G_IO_ERROR_BUSY: open in
 * another program; _NO_SPACE, _READ_ONLY); the message names file and remedy.  A write that failed
 * leaves the file as it was before its transaction.
 *
 * Thread: one at a time (autosave.h owns one on a thread of its own). */
#pragma once

#include "label/frame-labels.h"
#include "label/object.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct FyProjectFile FyProjectFile;

/* Whoever writes has the file to itself, through whatever path; others can read it meanwhile.  Copied
 * beside: NAME.ferry.vN. */
typedef enum
{
  FY_PROJECT_OPEN,      /* must exist                      */
  FY_PROJECT_CREATE,    /* must not exist                  */
  FY_PROJECT_READ_ONLY, /* must exist; nothing is written  */
} FyProjectMode;

FyProjectFile *fy_project_file_open (const char *path, FyProjectMode mode, GError **error);
void fy_project_file_close (FyProjectFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyProjectFile, fy_project_file_close)
const char *fy_project_file_path (FyProjectFile *self);

/* What is labelled. */
typedef struct
{
  char *path;        /* absolute; also found relative to the project when both moved together */
  char *fingerprint; /* fy_clip_fingerprint                                                    */
  int n_frames;
  int width; /* pixels */
  int height;
} FyProjectMedia;

void fy_project_media_clear (FyProjectMedia *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FyProjectMedia, fy_project_media_clear)

/* Returns: FALSE without *error set when there is none yet. */
gboolean fy_project_file_get_media (FyProjectFile *self, FyProjectMedia *media, GError **error);
gboolean
fy_project_file_set_media (FyProjectFile *self, const FyProjectMedia *media, GError **error);

/* Returns: (transfer full) GPtrArray of FyObject, in order. */
GPtrArray *fy_project_file_get_objects (FyProjectFile *self, GError **error);

/* The highest id that an object ever had: fy_label_set_load_highest_id. */
guint16 fy_project_file_get_highest_id (FyProjectFile *self);

/* Calls func for each frame that has labels, ascending.  Other media may have been put in place since:
 * fy_label_set_load_frame tells whether labels fit. */
typedef void (*FyProjectFrameFunc) (int frame, FyFrameLabels *labels, gpointer user_data);
gboolean fy_project_file_get_frames (FyProjectFile *self,
                                     FyProjectFrameFunc func,
                                     gpointer user_data,
                                     GCancellable *cancellable,
                                     GError **error);

/* Returns: (transfer full), NULL when it was never set. */
char *fy_project_file_get_setting (FyProjectFile *self, const char *name);

/* --- Writing: inside a transaction, or each a transaction of its own.  After a failure nothing of the
 * transaction counts: roll back --- */
gboolean fy_project_file_begin (FyProjectFile *self, GError **error);
gboolean fy_project_file_commit (FyProjectFile *self, GError **error);
void fy_project_file_rollback (FyProjectFile *self);

/* objects: [n], all of them in order. */
gboolean
fy_project_file_set_objects (FyProjectFile *self, FyObject *const *object, int n, GError **error);
/* labels: nullable, then nothing is kept of the frame. */
gboolean fy_project_file_set_frame (FyProjectFile *self,
                                    int frame,
                                    const FyFrameLabels *labels,
                                    GError **error);
/* value: NULL = no longer set. */
gboolean fy_project_file_set_setting (FyProjectFile *self,
                                      const char *name,
                                      const char *value,
                                      GError **error);

/* A whole and consistent copy under another name, while this one is open; a file of that name is
 * replaced.  Not inside a transaction. */
gboolean fy_project_file_copy (FyProjectFile *self, const char *path, GError **error);

/* Reads everything and looks whether it fits together. */
gboolean fy_project_file_check (FyProjectFile *self, GError **error);
/* Only whether the file can be read, and so written, in all its parts. */
gboolean fy_project_file_check_pages (FyProjectFile *self, GError **error);

G_END_DECLS
