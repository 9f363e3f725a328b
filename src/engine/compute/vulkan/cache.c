/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/cache.h"

#include "base/output-file.h"

#include <string.h>

#define MAGIC   0x43564659u /* "YFVC" */
#define VERSION 1u          /* goes up when the header changes */

typedef struct
{
  guint32 magic;
  guint32 version;
  guint8 key[FY_CACHE_KEY_SIZE]; /* of all that the payload depends on */
  guint8 digest[32];             /* SHA-256 of the payload             */
} Header;

static void
digest_of (const void *data, gsize size, guint8 digest[32])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = 32;

  g_checksum_update (sum, data, (gssize) size);
  g_checksum_get_digest (sum, digest, &length);
}

GBytes *
fy_cache_load (const char *path, const guint8 key[FY_CACHE_KEY_SIZE])
{
  g_autofree char *contents = NULL;
  gsize size;
  Header header;
  guint8 digest[32];

  if (!g_file_get_contents (path, &contents, &size, NULL) || size < sizeof header)
    return NULL;
  memcpy (&header, contents, sizeof header);
  if (header.magic != MAGIC || header.version != VERSION ||
      memcmp (header.key, key, sizeof header.key) != 0)
    return NULL;
  digest_of (contents + sizeof header, size - sizeof header, digest);
  if (memcmp (digest, header.digest, sizeof digest) != 0)
    return NULL;
  return g_bytes_new (contents + sizeof header, size - sizeof header);
}

void
fy_cache_save (const char *path, const guint8 key[FY_CACHE_KEY_SIZE], GBytes *payload)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GByteArray) contents = g_byte_array_new ();
  Header header = { .magic = MAGIC, .version = VERSION };
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return;
  memcpy (header.key, key, sizeof header.key);
  digest_of (data, size, header.digest);
  g_byte_array_append (contents, (const guint8 *) &header, sizeof header);
  g_byte_array_append (contents, data, (guint) size);
  fy_output_file_save (path, contents->data, contents->len, FALSE, NULL);
}
