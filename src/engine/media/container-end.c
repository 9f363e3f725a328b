/* SPDX-License-Identifier: MIT */
#include "media/container-end.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* Reads `n` <= 8 bytes as a big-endian number.  Sets *ok to FALSE at the end of the file. */
static guint64
read_number (FILE *file, int n, gboolean *ok)
{
  guint64 value = 0;

  for (int i = 0; i < n; i++)
    {
      int byte = fgetc (file);

      if (byte == EOF)
        *ok = FALSE;
      value = value << 8 | (guint8) byte;
    }
  return value;
}

/* ISO base media: a row of boxes of 32-bit size (1: a 64-bit size follows; 0: up to the end). */
static gboolean
boxes_are_cut (FILE *file, guint64 size)
{
  guint64 at = 0;

  while (at + 8 <= size)
    {
      gboolean ok = fseeko (file, (goffset) at, SEEK_SET) == 0;
      guint64 box = read_number (file, 4, &ok);

      read_number (file, 4, &ok);
      if (box == 1)
        box = read_number (file, 8, &ok);
      else if (box == 0)
        return FALSE;
      if (!ok || box < 8 || box > size - at)
        return TRUE;
      at += box;
    }
  return at != size;
}

/* EBML: a number's length is told by the leading zeros of its first byte; all ones: not known. */
static guint64
read_ebml_size (FILE *file, gboolean *ok)
{
  guint first = (guint) read_number (file, 1, ok);
  int more = first > 0 ? __builtin_clz (first) - 24 : 0;
  guint64 value = first & (0x7f >> more);
  guint64 unknown = (G_GUINT64_CONSTANT (1) << (7 * (more + 1))) - 1;

  for (int i = 0; i < more; i++)
    value = value << 8 | read_number (file, 1, ok);
  return value == unknown ? G_MAXUINT64 : value;
}

/* Matroska: a header, then one segment that holds everything. */
static gboolean
segment_is_cut (FILE *file, guint64 size)
{
  gboolean ok = TRUE;
  guint64 header, segment, at;

  read_number (file, 4, &ok);
  header = read_ebml_size (file, &ok);
  if (!ok || header > size || fseeko (file, (goffset) header, SEEK_CUR) != 0)
    return TRUE;
  if (read_number (file, 4, &ok) != 0x18538067)
    return !ok;
  segment = read_ebml_size (file, &ok);
  at = (guint64) ftello (file);
  return !ok || (segment != G_MAXUINT64 && segment > size - at);
}

/* AVI: the first chunk's size, little-endian, after its name. */
static gboolean
riff_is_cut (FILE *file, guint64 size)
{
  gboolean ok = fseeko (file, 4, SEEK_SET) == 0;
  guint32 chunk = GUINT32_SWAP_LE_BE ((guint32) read_number (file, 4, &ok));

  return !ok || chunk > size - 8;
}

gboolean
fy_container_is_cut (const char *path, const char *format)
{
  FILE *file = g_fopen (path, "rb");
  gboolean cut = FALSE;
  goffset size;

  if (file == NULL)
    return FALSE;
  fseeko (file, 0, SEEK_END);
  size = ftello (file);
  rewind (file);
  if (size < 16)
    cut = TRUE;
  else if (strstr (format, "mp4") != NULL)
    cut = boxes_are_cut (file, (guint64) size);
  else if (strstr (format, "matroska") != NULL)
    cut = segment_is_cut (file, (guint64) size);
  else if (strcmp (format, "avi") == 0)
    cut = riff_is_cut (file, (guint64) size);
  else if (strcmp (format, "mpegts") == 0)
    cut = size % 188 != 0 && size % 192 != 0 && size % 204 != 0;
  fclose (file);
  return cut;
}
