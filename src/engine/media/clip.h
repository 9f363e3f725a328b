/* SPDX-License-Identifier: MIT */
/* A clip: a video file or a folder of images, read by frame number in any order.
 *
 * Opening indexes the file by demuxing it once (no decoding), so the number of frames is exact and
 * frame n is the same pixels however it was reached: forwards, backwards or by a jump.
 *
 * Thread: one at a time (the decode thread owns it).  Frames it returns may go anywhere. */
#pragma once

#include "media/frame.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct FyClip FyClip;

typedef struct
{
  gsize cache_bytes;  /* decoded frames kept, at most; 0 = 256 MiB */
  gsize parked_bytes; /* decoders left where jumps led to, for others to near there; 0 = none */
  int stream;         /* video stream to read, counted among the video streams from 1; 0 = best */
} FyClipParams;

typedef struct
{
  const char *path;   /* as opened                                                 */
  const char *name;   /* short name: folder's name, or the file's without extension */
  const char *format; /* "image folder", or container and codec: "mov,mp4 / h264"  */
  int n_frames;       /* exact; >= 1                                               */
  int width;          /* pixels as shown: after rotation and sample aspect         */
  int height;
  int coded_width; /* pixels in the file                                        */
  int coded_height;
  int rotation;             /* degrees clockwise applied: 0, 90, 180, 270                */
  double sample_aspect;     /* width / height of a coded pixel                           */
  double frames_per_second; /* mean; 0 for an image folder                           */
  int bit_depth;            /* of the file's samples; frames are 8-bit                   */
  gboolean interlaced;      /* flagged so by the stream; frames are woven, not split     */
  gboolean variable_rate;
  gboolean damaged; /* index or some packets are broken: reading may stop early  */
} FyClipInfo;

/* Opens and indexes a file or folder.
 *
 * A folder holds one image a frame (JPEG, PNG, told apart by content), in natural numeric order of
 * the names whatever their case; other files are ignored.  All images must have one size.
 *
 * params    nullable
 * Returns:  (transfer full), or NULL with FY_ERROR_CORRUPT, _UNSUPPORTED, _MISMATCH (mixed sizes)
 *           or G_IO_ERROR. */
FyClip *fy_clip_open (const char *path,
                      const FyClipParams *params,
                      GCancellable *cancellable,
                      GError **error);
void fy_clip_free (FyClip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyClip, fy_clip_free)

/* Borrowed; lives as long as the clip. */
const FyClipInfo *fy_clip_info (FyClip *self);

/* File name of an image folder's frame ("00012.jpg"), NULL for a video.  Borrowed. */
const char *fy_clip_frame_name (FyClip *self, int number);

/* Presentation time in microseconds relative to frame 0 (image folder: 0). */
gint64 fy_clip_frame_time (FyClip *self, int number);

/* Decodes frame `number`; slow.  Neighbouring frames are kept in the cache as they pass.
 *
 * Returns:  (transfer full), or NULL with FY_ERROR_DECODE naming file and frame, or
 *           G_IO_ERROR_CANCELLED. */
FyFrame *fy_clip_frame (FyClip *self, int number, GCancellable *cancellable, GError **error);

/* SHA-256, in hex, over what identifies the pixels: size and sampled content of the file, or names,
 * sizes and sampled content of the images.  Cheap at any length; the same after a move or rename of
 * the clip.  Returns: (transfer full), or NULL with G_IO_ERROR. */
char *fy_clip_fingerprint (FyClip *self, GError **error);

G_END_DECLS
