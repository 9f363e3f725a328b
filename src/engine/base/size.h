/* SPDX-License-Identifier: MIT */
/* Sizes that come from a file: products that cannot overflow unseen. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sets *product to a * b * c.  Returns FALSE, leaving it alone, when that does not fit a gsize. */
static inline gboolean
fy_size_mul3 (gsize a, gsize b, gsize c, gsize *product)
{
  gsize ab, abc;

  if (!g_size_checked_mul (&ab, a, b) || !g_size_checked_mul (&abc, ab, c))
    return FALSE;
  *product = abc;
  return TRUE;
}

G_END_DECLS
