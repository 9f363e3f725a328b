/* SPDX-License-Identifier: MIT */
/* manifest.json: which file of an export belongs to which frame of which clip, so that both can be
 * compared later.
 *
 *   {"ferry-manifest": 1, "format": "davis",
 *    "clip": {"path": "/clips/swan.mp4", "fingerprint": "3f...", "frames": 90, "width": 854, "height": 480},
 *    "frames": [{"frame": 0, "pts_us": 0, "image": "00000.jpg", "picture": "9a..."}, ...],
 *    "files": [{"file": "00000.png", "frame": 0, "digest": "07..."}, ...]}
 *
 * "picture" is the SHA-256 of a frame's upright RGB bytes; "image" is there for image folders, a file's
 * "frame" for files of one frame.  Thread: any. */
#pragma once

#include "exchange/davis-check.h"
#include "media/clip.h"

G_BEGIN_DECLS

#define FY_MANIFEST_NAME "manifest.json"

typedef struct FyManifest FyManifest;

/* Starts the manifest of an export into `folder`. */
FyManifest *fy_manifest_new (const char *folder, const char *format, FyClip *clip, GError **error);
void fy_manifest_free (FyManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyManifest, fy_manifest_free)

/* Decodes a frame and takes its digest. */
gboolean
fy_manifest_add_frame (FyManifest *self, int frame, GCancellable *cancellable, GError **error);
/* Of a picture that has been decoded already. */
void fy_manifest_add_picture (FyManifest *self, const FyFrame *frame);
/* A file that has been written; path relative to the folder.  frame: -1 = of no one frame. */
gboolean fy_manifest_add_file (FyManifest *self, const char *path, int frame, GError **error);
gboolean fy_manifest_save (FyManifest *self, GError **error);

/* Whether a folder has a manifest and no files that it does not name: what an export may replace.  An
 * empty folder may, too.
 * foreign: out, (transfer full), nullable: the first file that it does not name. */
gboolean fy_manifest_covers (const char *folder, char **foreign);

/* Compares an export with a clip: fingerprint, number and size of frames, then of every frame in the
 * manifest time and pixels, decoded again, and of every file its bytes.
 *
 * clip      nullable: files alone
 * progress  nullable
 * Returns:  (transfer full) GPtrArray of FyFinding, empty when all is aligned; NULL with
 *           G_IO_ERROR_NOT_FOUND when the folder has no manifest, FY_ERROR_CORRUPT when it is broken,
 *           or G_IO_ERROR_CANCELLED. */
GPtrArray *fy_manifest_check (const char *folder,
                              FyClip *clip,
                              void (*progress) (int done, int total, gpointer user_data),
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
