/* SPDX-License-Identifier: MIT */
/* Objects as the window makes them: named in the language of people.  Thread: any. */
#pragma once

#include "label/object.h"

G_BEGIN_DECLS

/* "object 7" or "skeleton 7".  Returns: (transfer full). */
FyObject *ferry_named_object (guint16 id, FyObjectKind kind);

G_END_DECLS
