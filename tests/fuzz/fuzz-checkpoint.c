/* SPDX-License-Identifier: MIT */
/* A whole file, told apart by content: opens it, reads every tensor, looks for a ResNet. */
#include "weights/backbone.h"

#include <stdlib.h>
#include <string.h>

/* More than a mutated shape can mean. */
#define MOST_ELEMENTS 100000

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_error (const GError *error)
{
  if (error == NULL || strpbrk (error->message, "\n\r") != NULL)
    abort ();
}

static void
read_tensor (FyCheckpoint *checkpoint, int index)
{
  const FyTensorInfo *info = fy_checkpoint_tensor (checkpoint, index);
  g_autoptr (GError) error = NULL;
  g_autofree float *values = NULL;
  gint64 n = 1;

  for (int i = 0; i < info->rank; i++)
    if (__builtin_mul_overflow (n, info->shape[i], &n) || n > MOST_ELEMENTS)
      return;
  values = g_new (float, (gsize) n);
  if (!fy_checkpoint_read (checkpoint, index, values, (gsize) n, &error))
    check_error (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_new_for_bytes (bytes, "x", &error);
  g_autoptr (FyBackbone) backbone = NULL;

  if (checkpoint == NULL)
    {
      check_error (error);
      return 0;
    }
  for (int i = 0; i < fy_checkpoint_n_tensors (checkpoint); i++)
    read_tensor (checkpoint, i);
  backbone = fy_backbone_new (checkpoint, &error);
  if (backbone == NULL)
    check_error (error);
  return 0;
}
