/* SPDX-License-Identifier: MIT */
/* Features on a Vulkan device: planes [channel / 4][cell] of four float32 or float16 a part. */
#pragma once

#include "compute/vulkan/device.h"

G_BEGIN_DECLS

typedef struct FyVulkanBasis FyVulkanBasis;

typedef struct
{
  FyFeatures parent;
  FyVulkanBuffer *planes[FY_FEATURES_MAX_PARTS]; /* owned; NULL for features in host memory */
  guint8 *host[FY_FEATURES_MAX_PARTS];           /* owned; the same bytes, or NULL          */

  /* Made when a search first needs it: see lead.h. */
  FyVulkanBasis *basis; /* nullable */
  FyVulkanBuffer *lead; /* planes [n_parts][FY_LEAD_PLANES][cell]; owned */
} FyVulkanFeatures;

/* Bytes of a part. */
gsize fy_vulkan_features_size (const FyFeatures *self, int part);

gboolean fy_vulkan_features_spilled (const FyFeatures *self);

/* Whether the device has `size` bytes to spare: a quarter of its memory is left for maps, weights and
 * the lists of a search, and no less than a search of such frames in host memory needs. */
gboolean fy_vulkan_features_leave_room (const FyFeatures *self, gsize size);

/* The planes of a frame on the device, wherever its features are kept. */
typedef struct
{
  FyVulkanBuffer *part[FY_FEATURES_MAX_PARTS];
  gboolean half;
} FyPlanes;

#define FY_ROOM_FRAMES 4

/* Room on the device for features in host memory. */
typedef struct
{
  FyPlanes target;                  /* owned                         */
  FyPlanes context[FY_ROOM_FRAMES]; /* owned: used in turn           */
  int n;                            /* of them                       */
  int next;
} FyRoom;

/* Makes room for the target and for some context frames at once, fewer until they fit. */
gboolean fy_room_make (FyRoom *self,
                       FyFeatures *target,
                       FyFeatures *const *context,
                       int n_context,
                       GError **error);
void fy_room_clear (FyRoom *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FyRoom, fy_room_clear)

/* Finds a frame's planes, (transfer none); copies features from host memory to the room.  The planes
 * of a context frame stay until FY_ROOM_FRAMES others have come. */
gboolean fy_room_target (FyRoom *self, FyFeatures *target, FyPlanes *planes, GError **error);
gboolean fy_room_context (FyRoom *self, FyFeatures *context, FyPlanes *planes, GError **error);

/* A part as a shader reads it. */
FyBinding fy_planes_binding (const FyPlanes *planes, int part);

/* The variant of a shader that reads both. */
int fy_planes_variant (const FyPlanes *target, const FyPlanes *context);

G_END_DECLS
