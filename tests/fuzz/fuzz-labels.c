/* SPDX-License-Identifier: MIT */
/* The labels of a frame as a project file has them; the checksum is set right, so that mutations are not
 * all refused for it.  What is read is written and read again. */
#include "store/frame-bytes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static FyFrameLabels *
read_summed (const guint8 *data, gsize size, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (size + 8);
  guint32 frame = 0;
  guint64 checksum = fy_checksum (FY_CHECKSUM_START, &frame, sizeof frame);

  if (size > 0)
    memcpy (bytes, data, size);
  checksum = GUINT64_TO_LE (fy_checksum (checksum, data, size));
  memcpy (bytes + size, &checksum, sizeof checksum);
  return fy_frame_labels_from_bytes (bytes, size + 8, 0, error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyFrameLabels) labels = read_summed (data, size, &error), again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize written;
  const void *start;

  if ((labels == NULL) != (error != NULL))
    abort ();
  if (labels == NULL)
    return 0;
  bytes = fy_frame_labels_to_bytes (labels, 3);
  start = g_bytes_get_data (bytes, &written);
  again = fy_frame_labels_from_bytes (start, written, 3, &error);
  if (again == NULL || !fy_frame_labels_equal (labels, again))
    abort ();
  return 0;
}
