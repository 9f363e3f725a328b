/* SPDX-License-Identifier: MIT */
/* Writes a project's changes as they come, on the thread fy-store.
 *
 * Each call returns at once.  What was put between two turns of that thread is one transaction, committed
 * within a tenth of a second; of several labels of one frame the last is written.  A write that fails is
 * tried again with the next and every two seconds, nothing is forgotten, and `done` tells it once (until one
 * succeeds).
 *
 * Thread: main; callbacks come on its main context, none after fy_autosave_free. */
#pragma once

#include "store/project-file.h"

G_BEGIN_DECLS

typedef struct FyAutosave FyAutosave;

typedef void (*FyAutosaveFunc) (FyAutosave *self, const GError *error, gpointer user_data);

/* Takes the file.  done: nullable, called with NULL after each commit that follows a failure, and with the
 * error when a write failed. */
FyAutosave *fy_autosave_new (FyProjectFile *file, FyAutosaveFunc done, gpointer user_data);

/* Writes what is left, closes the file.  May block.  Ask with fy_autosave_flush first whether it can be
 * written, and offer a copy elsewhere.  What cannot goes, with all else that can be read, to a project in
 * ferry/unsaved below the user's data folder, and a warning names it. */
void fy_autosave_free (FyAutosave *self);
/* The same.  Returns: (transfer full) where all of it is when the file could not take it; else NULL. */
char *fy_autosave_close (FyAutosave *self);
/* As when a copy has it all: what the file could not take is not kept elsewhere. */
void fy_autosave_abandon (FyAutosave *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyAutosave, fy_autosave_free)

void fy_autosave_put_objects (FyAutosave *self, FyObject *const *object, int n);
/* labels: nullable */
void fy_autosave_put_frame (FyAutosave *self, int frame, FyFrameLabels *labels);
/* value: nullable */
void fy_autosave_put_setting (FyAutosave *self, const char *name, const char *value);
void fy_autosave_put_media (FyAutosave *self, const FyProjectMedia *media);

/* While it is held nothing is written but what fy_autosave_flush and _close ask for: what is put meanwhile is
 * one transaction, so that a crash leaves all of it or nothing. */
void fy_autosave_hold (FyAutosave *self, gboolean held);

/* Where what a project cannot take may go: a new path in ferry/unsaved below the user's data folder. */
char *fy_autosave_new_refuge (const char *project_path);
/* The last that was written for a project of that name since the project was written to, or NULL. */
char *fy_autosave_find_refuge (const char *project_path);

/* Whether the last write failed. */
gboolean fy_autosave_is_failing (FyAutosave *self);

/* Whether all that was put is on disk. */
gboolean fy_autosave_is_clean (FyAutosave *self);

/* Waits until it is, or until a write has failed. */
gboolean fy_autosave_flush (FyAutosave *self, GError **error);

/* A consistent copy of all that was put so far, also of what could not be written to the file itself. */
void fy_autosave_copy_async (FyAutosave *self,
                             const char *path,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean fy_autosave_copy_finish (FyAutosave *self, GAsyncResult *result, GError **error);

G_END_DECLS
