/* SPDX-License-Identifier: MIT */
/* What was opened lately, kept where the whole desktop keeps it.  Thread: main. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *path;
  char *name; /* for people */
  char *folder;
} FerryRecent;

/* That which is still there, newest first, `most` at most.  Returns: (transfer full) of FerryRecent. */
GPtrArray *ferry_recent_list (guint most);
void ferry_recent_add (const char *path);

G_END_DECLS
