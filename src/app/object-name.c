/* SPDX-License-Identifier: MIT */
#include "app/object-name.h"

#include <glib/gi18n.h>

FyObject *
ferry_named_object (guint16 id, FyObjectKind kind)
{
  g_autofree char *name =
      g_strdup_printf (kind == FY_OBJECT_SKELETON ? _ ("skeleton %d") : _ ("object %d"), id);

  return fy_object_new (id, name, kind);
}
