/* SPDX-License-Identifier: MIT */
#include "base/zeroes.h"

#include <sys/mman.h>

#define MUCH (1 << 20) /* bytes */

gpointer
fy_zeroes_new (gsize bytes)
{
  void *pages;

  if (bytes < MUCH)
    return g_try_malloc0 (bytes);
  pages = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages != MAP_FAILED ? pages : NULL;
}

void
fy_zeroes_free (gpointer zeroes, gsize bytes)
{
  if (bytes < MUCH)
    g_free (zeroes);
  else if (zeroes != NULL)
    munmap (zeroes, bytes);
}
