/* SPDX-License-Identifier: MIT */
/* One open clip with all that computes on it: device, networks, features, neighbour lists.
 *
 * Thread: compute, one at a time. */
#pragma once

#include "compute/device.h"
#include "label/id-map.h"
#include "match/neighbours.h"
#include "match/schedule.h"
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

  /* Features are rounded to float16, as they are kept on disk, so that a run gives the same whether
   * they were kept or not.  Exact: float32, also on disk; so it is for strict_reference. */
  gboolean exact;

  const char *cache;   /* folder for features and lists to be used again; NULL = none       */
  guint64 cache_bytes; /* that folder at most; 0 = FY_DEFAULT_CACHE_BYTES                   */
  gsize memory_bytes;  /* host memory to stay inside if at all possible; 0 = 2 GiB          */
  gboolean lazy;       /* for slow devices: propagating searches only for cells whose labels are not
                        * settled; these lists are not kept                                       */
  int candidates;      /* entries of a list, topk or more, up to FY_SEARCH_MAX_K; 0 = topk.
                        * With more than topk a fused list knows its parts, so that topk may
                        * grow and lambda change without a new search where that is exact   */
} FySessionParams;

#define FY_DEFAULT_SHORT_SIDE   480
#define FY_DEFAULT_CACHE_BYTES  (G_GUINT64_CONSTANT (10) << 30)
#define FY_DEFAULT_MEMORY_BYTES ((gsize) 2 << 30)

/* Seconds spent, summed over frames, and what for. */
typedef struct
{
  double decode;
  double features;
  double match;
  double carry;            /* merging lists, weights, gather */
  double resolve;          /* lifting to masks               */
  double cache;            /* reading and writing it         */
  int features_computed;   /* frames                         */
  int features_from_cache; /* frames                         */
  int lists_computed;
  int lists_from_cache;
  int lists_not_kept;    /* computed, but the cache did not take them */
  double cells_searched; /* of recent frames' lists, all that were computed */
  double cells_settled;  /* of these lists, left out                        */
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

/* Other parameters from the next list on, but for strict_reference and shift, which features go by.
 * Returns: FALSE with FY_ERROR_MISMATCH, the old ones kept, or as fy_session_new. */
gboolean fy_session_set_params (FySession *self, const FyPropagateParams *params, GError **error);

/* Bytes that this clip's features and lists take in the cache. */
guint64 fy_session_cache_size (FySession *self);

/* What became of the device and the cache, a line each, for people; "" when all is well.  Borrowed. */
const char *fy_session_notes (FySession *self);

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

/* The neighbours of `target` among frames begin .. end-1, within `radius` cells (0 = anywhere): out
 * of the cache or by a search.
 *
 * Returns: (transfer full), of at least topk entries, or NULL with FY_ERROR_MISMATCH when the
 *          networks' features resemble nothing (all zero or not finite), or what decoding or the
 *          device report. */
FyNeighbours *fy_session_list (FySession *self,
                               int target,
                               int begin,
                               int end,
                               int radius,
                               GCancellable *cancellable,
                               GError **error);

/* Where not all cells need neighbours in the recent frames begin .. end-1: given the target's lists over
 * its n references, marks those that do.  wanted: [cells] out. */
typedef void (*FyWantedFunc) (int begin,
                              int end,
                              const FyNeighbours *const *reference,
                              int n,
                              guint8 *wanted,
                              gpointer user_data);

/* What the cache does not have yet of the lists that carrying from frame `first` to frame `last` takes,
 * each frame's against its recent frames and against `first`.  Returns: (transfer full) GArray of
 * FyListWish, in carrying order. */
GArray *fy_session_missing_lists (FySession *self, int first, int last);

/* Where the user is: what is near it stays in a cache that is full.  -1: where work is done. */
void fy_session_set_playhead (FySession *self, int frame);

/* The merged list of `target` when the labels come from frame `first`, before the target or, carried
 * back, after it: the recent frames up to `first`, and each reference unrestricted.
 *
 * reference  [n] frames, nearest to `first` first
 * wanted     nullable: all cells; only asked when the list over the recent frames is not kept, and
 *            what is searched for some cells only is not kept either
 * Returns:   (transfer full), or NULL as fy_session_list. */
FyNeighbours *fy_session_neighbours (FySession *self,
                                     int first,
                                     const int *reference,
                                     int n,
                                     int target,
                                     FyWantedFunc wanted,
                                     gpointer user_data,
                                     GCancellable *cancellable,
                                     GError **error);

/* What a run would take, planned before it. */
typedef struct
{
  gsize network;  /* bytes of host memory (on the CPU): weights and activations */
  gsize features; /* of the frames a search looks at                            */
  gsize labels;   /* soft labels and masks                                      */
  gsize decoder;  /* decoded frames                                             */
  gsize memory;   /* these and the program itself                               */
  int window;     /* frames whose features are at hand                          */
  guint64 disk;   /* bytes that features and lists take in the cache            */
} FySessionPlan;

/* n_frames   to carry through, each against one reference; n_objects: labels */
void fy_session_plan (FySession *self, int n_frames, int n_objects, FySessionPlan *plan);

/* What a propagation hands out for each frame, in order, the first included.
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

/* A frame somebody labelled. */
typedef struct
{
  int frame;
  const FyIdMap *labels; /* source size */
} FyHandMade;

/* Carries labels from frame hand[0].frame to frame `last`, backwards when that is before it.
 *
 * Every hand-made frame on the way is handed out as it was made, feeds the frames after it, and is a
 * reference for them as params.references says.
 *
 * hand     [n], n >= 1, in the order of the way, each once
 * ids      guint16, ascending: the objects, all those of `hand` among them; NULL = these
 * Errors:  FY_ERROR_MISMATCH (size, no object), what decoding or the device report,
 *          G_IO_ERROR_CANCELLED, or what `frame_func` set.  Frames handed out before are good. */
gboolean fy_session_propagate (FySession *self,
                               const FyHandMade *hand,
                               int n,
                               const GArray *ids,
                               int last,
                               FyFrameFunc frame_func,
                               gpointer user_data,
                               GCancellable *cancellable,
                               GError **error);

G_END_DECLS
