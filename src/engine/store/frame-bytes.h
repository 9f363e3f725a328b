/* SPDX-License-Identifier: MIT */
/* A frame's labels as the bytes of a project file, with a checksum over them and the frame's number.
 * Thread: any. */
#pragma once

#include "label/frame-labels.h"

G_BEGIN_DECLS

#define FY_CHECKSUM_START G_GUINT64_CONSTANT (0xcbf29ce484222325)

/* Goes on with a checksum.  Any one changed byte changes it.
 * Source:  FNV-1a, 64 bits, of G. Fowler, L. C. Noll, P. Vo. */
guint64 fy_checksum (guint64 checksum, const void *data, gsize size);

GBytes *fy_frame_labels_to_bytes (const FyFrameLabels *labels, int frame);

/* Bytes may be foreign.  Returns: (transfer full), or NULL with FY_ERROR_CORRUPT. */
FyFrameLabels *fy_frame_labels_from_bytes (const void *data, gsize size, int frame, GError **error);

G_END_DECLS
