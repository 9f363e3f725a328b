/* SPDX-License-Identifier: MIT */
/* Work for the GPU, in the order of the calls.
 *
 * Each call records; what is recorded is submitted when it amounts to some 16 ms, and when somebody
 * waits.  Barriers follow from what each buffer was last used for: no caller says anything about
 * them. */
#pragma once

#include "compute/vulkan/buffer.h"
#include "compute/vulkan/shader.h"

G_BEGIN_DECLS

typedef struct FyCommands FyCommands;

FyCommands *fy_commands_new (FyVulkanDevice *device, GError **error);

/* Waits for the GPU. */
void fy_commands_free (FyCommands *self);

typedef enum
{
  FY_USAGE_READ = 1,
  FY_USAGE_WRITE = 2,
} FyUsage;

/* Bytes of a buffer that a shader uses. */
typedef struct
{
  FyVulkanBuffer *buffer; /* borrowed */
  gsize offset;
  gsize size;
  FyUsage usage;
  gboolean half; /* holds float16: where texels are read, in fours */
} FyBinding;

typedef struct
{
  FyShader shader;
  int variant;               /* see shader.h */
  const FyBinding *bindings; /* as many as the shader has */
  const void *push;          /* its push constants        */
  guint32 groups[3];
  double work; /* floating-point operations, or their like in time */
} FyDispatch;

gboolean fy_commands_dispatch (FyCommands *self, const FyDispatch *dispatch, GError **error);
gboolean fy_commands_copy (FyCommands *self,
                           FyVulkanBuffer *source,
                           gsize source_offset,
                           FyVulkanBuffer *destination,
                           gsize destination_offset,
                           gsize size,
                           GError **error);

/* Sets [offset, offset + size), multiples of 4, to a repeated word. */
gboolean fy_commands_fill (FyCommands *self,
                           FyVulkanBuffer *buffer,
                           gsize offset,
                           gsize size,
                           guint32 word,
                           GError **error);

/* Makes what the GPU wrote so far visible to the host after the next wait. */
gboolean fy_commands_show_host (FyCommands *self, FyVulkanBuffer *buffer, GError **error);

/* Frees @data when the GPU is done with all that was recorded so far. */
void fy_commands_keep (FyCommands *self, gpointer data, GDestroyNotify free_func);

/* A point in time: when all that was recorded so far is done. */
guint64 fy_commands_upcoming (const FyCommands *self);

/* Submits what is needed and waits for that point. */
gboolean fy_commands_wait (FyCommands *self, guint64 point, GError **error);

/* The work that one dispatch may hold: callers split what is more. */
double fy_commands_step (const FyCommands *self);

/* Groups of 64 invocations for `n` in all, for shaders that count by LINEAR_ID. */
void fy_linear_groups (gsize n, guint32 groups[3]);

/* Work that moving bytes is like. */
#define FY_WORK_OF_BYTES(bytes) (8.0 * (double) (bytes))

G_END_DECLS
