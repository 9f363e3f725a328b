/* SPDX-License-Identifier: MIT */
/* The note beside a checkpoint that says where it came from.  Internal to weights. */
#pragma once

#include "weights/model-folder.h"

G_BEGIN_DECLS

#define FY_NOTE_SUFFIX ".origin"

/* Fills a note that is all zero with what can be read of the one beside `path`. */
void fy_model_note_load (FyModelNote *self, const char *path);
gboolean fy_model_note_save (const FyModelNote *self, const char *path, GError **error);
void fy_model_note_remove (const char *path);
void fy_model_note_clear (FyModelNote *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FyModelNote, fy_model_note_clear)

G_END_DECLS
