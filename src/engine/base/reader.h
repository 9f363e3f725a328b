/* SPDX-License-Identifier: MIT */
/* A cursor over foreign bytes that cannot leave them.
 *
 * Every read checks what is left.  A read that does not fit returns zero (or NULL), moves nothing
 * and sets `failed`, which stays set: parse a whole record, then look at `failed` once.
 * Thread: any, one at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* borrowed */
  gsize size;         /* bytes    */
  gsize at;           /* next byte to read, 0 .. size */
  gboolean failed;
} FyReader;

#define FY_READER(data_, size_) ((FyReader){ .data = (data_), .size = (size_) })

guint8 fy_reader_u8 (FyReader *self);
guint16 fy_reader_u16le (FyReader *self);
guint32 fy_reader_u32le (FyReader *self);
guint64 fy_reader_u64le (FyReader *self);
guint64 fy_reader_u64be (FyReader *self);

/* Returns `size` borrowed bytes and steps over them. */
const guint8 *fy_reader_bytes (FyReader *self, gsize size);

/* Returns a borrowed, unterminated line without its '\n', and its length. */
const char *fy_reader_line (FyReader *self, gsize *length);

G_END_DECLS
