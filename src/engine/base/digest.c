/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include "base/parallel.h"

#define CHUNK (1 << 20) /* bytes of an item */
#define MD5   16        /* bytes of a sum   */

typedef struct
{
  const guint8 *data;
  gsize size;
  guint8 (*sum)[MD5];
} Work;

static void
sum_chunk (int chunk, int worker, gpointer data)
{
  const Work *work = data;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  gsize begin = (gsize) chunk * CHUNK, length = MD5;

  g_checksum_update (checksum, work->data + begin, (gssize) MIN (CHUNK, work->size - begin));
  g_checksum_get_digest (checksum, work->sum[chunk], &length);
}

char *
fy_file_digest (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  g_autofree guint8 (*sum)[MD5] = NULL;
  Work work;
  gsize n;

  if (file == NULL)
    return NULL;
  work.data = (const guint8 *) g_mapped_file_get_contents (file);
  work.size = g_mapped_file_get_length (file);
  n = (work.size + CHUNK - 1) / CHUNK;
  work.sum = sum = g_malloc_n (n + 1, sizeof *sum);
  fy_parallel_for ((int) n, sum_chunk, &work);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) sum, n * sizeof *sum);
}
