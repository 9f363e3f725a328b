/* SPDX-License-Identifier: MIT */
#include "app/models/published.h"

#include "base/text.h"
#include "session/model.h"

#include <string.h>

#define HEX "0123456789abcdef"

static void
published_clear (gpointer data)
{
  FerryPublished *self = data;

  g_free (self->id);
  g_free (self->title);
  g_free (self->paper);
  g_free (self->page);
  g_free (self->address);
  g_free (self->file);
  g_free (self->licence);
  g_free (self->checksum);
}

FerryPublished *
ferry_published_ref (FerryPublished *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ferry_published_unref (FerryPublished *self)
{
  g_atomic_rc_box_release_full (self, published_clear);
}

static const struct
{
  const char *key;
  const char *name;
  GChecksumType type;
} types[] = {
  { "sha256:", "SHA-256", G_CHECKSUM_SHA256 },
  { "md5:", "MD5", G_CHECKSUM_MD5 },
};

const char *
ferry_checksum_name (GChecksumType type)
{
  return type == G_CHECKSUM_MD5 ? types[1].name : types[0].name;
}

/* "md5:59fd9945" */
static gboolean
read_checksum (FerryPublished *self, const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_prefix (text, types[i].key))
      {
        const char *hex = text + strlen (types[i].key);

        self->checksum_type = types[i].type;
        self->checksum = g_strdup (hex);
        return *hex != '\0' && strspn (hex, HEX) == strlen (hex);
      }
  return FALSE;
}

static gboolean
is_web (const char *address)
{
  return address != NULL && g_uri_is_valid (address, G_URI_FLAGS_NONE, NULL) &&
         (g_str_has_prefix (address, "https://") || g_str_has_prefix (address, "http://"));
}

static gboolean
is_file_name (const char *name)
{
  return name != NULL && *name != '\0' && *name != '.' && strchr (name, '/') == NULL;
}

/* Returns the first line of a group that makes no sense, or NULL. */
static const char *
find_wrong (const FerryPublished *self, gboolean checksum_read)
{
  return self->title == NULL                                    ? "title"
         : self->depth != 18 && self->depth != 50               ? "depth"
         : !is_web (self->page)                                 ? "page"
         : self->address != NULL && !is_web (self->address)     ? "address"
         : (self->address != NULL) != is_file_name (self->file) ? "file"
         : !checksum_read                                       ? "checksum"
                                                                : NULL;
}

static FerryPublished *
read_group (GKeyFile *table, const char *group, const char *path, GError **error)
{
  FerryPublished *self = g_atomic_rc_box_new0 (FerryPublished);
  g_autofree char *suits = g_key_file_get_string (table, group, "suits", NULL);
  g_autofree char *checksum = g_key_file_get_string (table, group, "checksum", NULL);
  const char *wrong;

  self->id = g_strdup (group);
  self->title = g_key_file_get_string (table, group, "title", NULL);
  self->depth = g_key_file_get_integer (table, group, "depth", NULL);
  self->fine = g_strcmp0 (suits, "fine") == 0;
  self->paper = g_key_file_get_string (table, group, "paper", NULL);
  self->page = g_key_file_get_string (table, group, "page", NULL);
  self->address = g_key_file_get_string (table, group, "address", NULL);
  self->file = g_key_file_get_string (table, group, "file", NULL);
  self->licence = g_key_file_get_string (table, group, "licence", NULL);
  self->size = g_key_file_get_uint64 (table, group, "size", NULL);
  wrong = find_wrong (self, checksum == NULL || read_checksum (self, checksum));
  if (wrong == NULL)
    return self;
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
               _ ("%s: [%s] has no sensible %s; mend the table"), path, group, wrong);
  ferry_published_unref (self);
  return NULL;
}

GPtrArray *
ferry_published_load (GError **error)
{
  const char *wish = g_getenv ("FERRY_PUBLISHED_MODELS");
  g_autofree char *path = wish != NULL ? g_strdup (wish) : fy_data_path ("models/published.ini");
  g_autoptr (GKeyFile) table = g_key_file_new ();
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ferry_published_unref);
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (table, path, G_KEY_FILE_NONE, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  groups = g_key_file_get_groups (table, NULL);
  for (int i = 0; groups[i] != NULL; i++)
    {
      FerryPublished *one = read_group (table, groups[i], path, error);

      if (one == NULL)
        return NULL;
      g_ptr_array_add (list, one);
    }
  return g_steal_pointer (&list);
}
