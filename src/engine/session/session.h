/* SPDX-License-Identifier: MIT */
/* One open clip with all that computes on it: device, networks, features, neighbour lists.
 *
 * Thread: compute, one at a time. */
#pragma once

#include "compute/device.h"
#include "label/id-map.h"
#include "match/neighbours.h"
#include "media/clip.h"
#include "propagate/params.h"

G_BEGIN_DECLS

typedef struct FySession FySession;

typedef struct
{
  const char *device;   /* as fy_device_new; NULL = best                                 */
  const char *fine;     /* checkpoint of the (fine-grained) network; NULL = shipped model,
                                * or none when `semantic` is given                              */
  const char *semantic; /* checkpoint of the semantic network, nullable                  */
  FyPropagateParams propagate;
  int short_side; /* pixels the network sees, never enlarged; 0 = 480; -1 = native */
  gboolean fast;  /* features in 16 bits where the device is faster so             */
} FySessionParams;

#define FY_DEFAULT_SHORT_SIDE 480

/* Seconds spent, summed over frames. */
typedef struct
{
  double decode;
  double features;
  double match;
  double carry; /* gather, and lifting to masks */
} FySessionTimes;

/* Opens clip, device and networks.
 * Returns: (transfer full), or NULL with the error of whichever part failed, its message naming the
 *          file. */
FySession *fy_session_new (const char *input,
                           const FySessionParams *params,
                           GCancellable *cancellable,
                           GError **error);
void fy_session_free (FySession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FySession, fy_session_free)

/* Borrowed. */
FyClip *fy_session_clip (FySession *self);
FyDevice *fy_session_device (FySession *self);
const FyPropagateParams *fy_session_params (FySession *self);
FySessionTimes *fy_session_times (FySession *self);

/* Picture size the network sees, and its grid of cells. */
void fy_session_network_size (FySession *self, int *width_px, int *height_px);
void fy_session_grid_size (FySession *self, int *width_cells, int *height_cells);

/* Features of a frame, one part a network (fine-grained first); unit rows, or as the network gives
 * them with `raw`.  Unit features of recent frames are kept.
 * Returns: (transfer full). */
FyFeatures *fy_session_features (FySession *self,
                                 int frame,
                                 gboolean raw,
                                 GCancellable *cancellable,
                                 GError **error);

/* The merged list of target `frame` when frame `first` < `frame` carries the labels: the recent
 * frames from `first` on, and `first` itself unrestricted.
 *
 * Returns: (transfer full), or NULL with FY_ERROR_MISMATCH when the networks' features resemble
 *          nothing (all zero or not finite), or what decoding or the device report. */
FyNeighbours *fy_session_neighbours (FySession *self,
                                     int first,
                                     int frame,
                                     GCancellable *cancellable,
                                     GError **error);

/* What a propagation hands out for each frame, in order, `first` included.
 *
 * mask     source size, ids of the labels; borrowed
 * soft     [n_classes, grid height, grid width] float32, class 0 = background, then the labels' ids
 *          ascending; borrowed
 * Returns: FALSE with *error set to stop. */
typedef gboolean (*FyFrameFunc) (int frame,
                                 const FyIdMap *mask,
                                 const float *soft,
                                 int n_classes,
                                 gpointer user_data,
                                 GError **error);

/* Carries the labels of frame `first` to frames first+1 .. last.
 *
 * labels   source size; at least one object
 * Errors:  FY_ERROR_MISMATCH (size, no object), what decoding or the device report,
 *          G_IO_ERROR_CANCELLED, or what `frame_func` set.  Frames handed out before are good. */
gboolean fy_session_propagate (FySession *self,
                               const FyIdMap *labels,
                               int first,
                               int last,
                               FyFrameFunc frame_func,
                               gpointer user_data,
                               GCancellable *cancellable,
                               GError **error);

G_END_DECLS
