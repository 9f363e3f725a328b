/* SPDX-License-Identifier: MIT */
/* The table of checkpoints that others published: data/models/published.ini, which says what its lines
 * mean, or the file that the environment variable FERRY_PUBLISHED_MODELS names.  Without GTK.
 * Thread: any. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *id;
  char *title;
  int depth;     /* 18 or 50 */
  gboolean fine; /* suits the fine-grained network, else the semantic one */
  char *paper;
  char *page;
  char *address; /* NULL = only the page leads there */
  char *file;    /* name when it is installed; NULL without address */
  char *licence; /* NULL = the page states none */
  guint64 size;  /* bytes, about; 0 = unknown */
  GChecksumType checksum_type;
  char *checksum; /* how it begins, hex in small letters; NULL = not published */
} FerryPublished;

FerryPublished *ferry_published_ref (FerryPublished *self);
void ferry_published_unref (FerryPublished *self);

/* Returns: (transfer full) of FerryPublished, or NULL with G_IO_ERROR or G_KEY_FILE_ERROR naming file and
 *          line of the table. */
GPtrArray *ferry_published_load (GError **error);

/* "SHA-256", "MD5". */
const char *ferry_checksum_name (GChecksumType type);

G_END_DECLS
