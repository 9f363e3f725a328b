/* SPDX-License-Identifier: MIT */
/* Preloaded, keeps every library in memory, so that the leak checker can name what it finds in one. */
#include <dlfcn.h>
#include <stddef.h>

int
dlclose (void *library)
{
  return library == NULL;
}
