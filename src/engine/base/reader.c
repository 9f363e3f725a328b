/* SPDX-License-Identifier: MIT */
#include "base/reader.h"

#include <string.h>

const guint8 *
fy_reader_bytes (FyReader *self, gsize size)
{
  const guint8 *bytes = self->data + self->at;

  if (self->failed || size > self->size - self->at)
    {
      self->failed = TRUE;
      return NULL;
    }
  self->at += size;
  return bytes;
}

/* Reads `size` <= 8 bytes, least significant first. */
static guint64
read_le (FyReader *self, gsize size)
{
  const guint8 *bytes = fy_reader_bytes (self, size);
  guint64 value = 0;

  for (gsize i = 0; bytes != NULL && i < size; i++)
    value |= (guint64) bytes[i] << (8 * i);
  return value;
}

guint8
fy_reader_u8 (FyReader *self)
{
  return (guint8) read_le (self, 1);
}

guint16
fy_reader_u16le (FyReader *self)
{
  return (guint16) read_le (self, 2);
}

guint32
fy_reader_u32le (FyReader *self)
{
  return (guint32) read_le (self, 4);
}

guint64
fy_reader_u64le (FyReader *self)
{
  return read_le (self, 8);
}

guint64
fy_reader_u64be (FyReader *self)
{
  return GUINT64_SWAP_LE_BE (read_le (self, 8));
}

const char *
fy_reader_line (FyReader *self, gsize *length)
{
  const guint8 *start = self->data + self->at;
  const guint8 *end =
      self->failed || self->at == self->size ? NULL : memchr (start, '\n', self->size - self->at);

  *length = 0;
  if (end == NULL)
    {
      self->failed = TRUE;
      return NULL;
    }
  *length = (gsize) (end - start);
  self->at += *length + 1;
  return (const char *) start;
}
