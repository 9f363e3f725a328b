/* SPDX-License-Identifier: MIT */
/* How long tests wait for what must come. */
#pragma once

#include <glib.h>

/* Microseconds of a usual program; more where programs are slower (FERRY_TEST_SLOW), as under a sanitizer. */
static inline gint64
test_patience (int seconds)
{
  const char *slow = g_getenv ("FERRY_TEST_SLOW");

  return (gint64) (seconds * G_USEC_PER_SEC * (slow != NULL ? g_ascii_strtod (slow, NULL) : 1.0));
}
