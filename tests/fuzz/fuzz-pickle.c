/* SPDX-License-Identifier: MIT */
/* A pickle alone: what the machine makes of it, with the caps that keep it small. */
#include "weights/pickle.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  FyReader reader = FY_READER (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyPickle) pickle = fy_pickle_new (&reader, "x", &error);

  if ((pickle == NULL) != (error != NULL))
    abort ();
  if (error != NULL && strpbrk (error->message, "\n\r") != NULL)
    abort ();
  if (pickle != NULL)
    fy_value_get (fy_pickle_root (pickle), "state_dict");
  return 0;
}
