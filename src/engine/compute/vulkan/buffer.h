/* SPDX-License-Identifier: MIT */
/* Buffers in device memory and the way of bytes to and from them. */
#pragma once

#include "compute/backend.h"
#include "compute/vulkan/memory.h"

G_BEGIN_DECLS

typedef enum
{
  FY_STAGE_COMPUTE,
  FY_STAGE_TRANSFER,
  FY_STAGE_HOST,
  FY_N_STAGES,
} FyStage;

/* When a buffer was last used, in commands since the device was opened: enough to know which
 * barrier its next use needs.  0 = never. */
typedef struct
{
  FyStage write_stage;
  guint64 written;
  guint64 read[FY_N_STAGES];
} FyAccess;

typedef struct
{
  FyBuffer parent;
  VkBuffer handle;
  FyAllocation allocation;
  GArray *views; /* texel views made so far; see fy_vulkan_buffer_view */
  FyAccess access;
} FyVulkanBuffer;

/* Its size is rounded up to whole vec4s.  Fails with FY_ERROR_GPU_MEMORY. */
FyVulkanBuffer *fy_vulkan_buffer_new (FyVulkanDevice *device, gsize size, GError **error);

/* Frees the buffer when the GPU is done with what was recorded so far.  NULL is allowed. */
void fy_vulkan_buffer_free (FyVulkanBuffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyVulkanBuffer, fy_vulkan_buffer_free)

/* A view of [offset, offset + size) as RGBA32F texels, or RGBA16F if `half`, kept with the buffer. */
VkBufferView fy_vulkan_buffer_view (FyVulkanBuffer *self,
                                    gsize offset,
                                    gsize size,
                                    gboolean half,
                                    GError **error);

/* The host's bytes may be changed at once. */
gboolean fy_vulkan_buffer_upload (FyVulkanBuffer *self,
                                  gsize offset,
                                  const void *data,
                                  gsize size,
                                  GError **error);

/* Waits for the GPU. */
gboolean fy_vulkan_buffer_download (FyVulkanBuffer *self,
                                    gsize offset,
                                    void *data,
                                    gsize size,
                                    GError **error);

/* A ring of host memory that the GPU reaches. */
typedef struct FyStaging FyStaging;

FyStaging *fy_staging_new (FyVulkanDevice *device, GError **error);
void fy_staging_free (FyStaging *self);

G_END_DECLS
