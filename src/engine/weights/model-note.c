/* SPDX-License-Identifier: MIT */
#include "weights/model-note.h"

#include "base/output-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define GROUP     "model"
#define LARGEST   65536 /* bytes of a note  */
#define LONGEST   4096  /* bytes of a value */
#define HEX_BYTES 64    /* of a SHA-256     */

static const char *const origins[] = {
  [FY_ORIGIN_UNKNOWN] = "unknown",
  [FY_ORIGIN_ADDED] = "added",
  [FY_ORIGIN_DOWNLOADED] = "downloaded",
};

static char *
note_path (const char *path)
{
  return g_strconcat (path, FY_NOTE_SUFFIX, NULL);
}

/* A regular file of at most LARGEST bytes.  Returns: (transfer full) bytes read, 0 for none. */
static gsize
read_small (const char *path, char *text)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  GStatBuf status;
  gssize n = 0;

  if (fd < 0)
    return 0;
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= LARGEST)
    n = read (fd, text, LARGEST);
  close (fd);
  return n > 0 ? (gsize) n : 0;
}

/* One line of sensible length.  Returns: (transfer full), nullable. */
static char *
get_line (GKeyFile *file, const char *key)
{
  g_autofree char *text = g_key_file_get_string (file, GROUP, key, NULL);

  if (text == NULL || *text == '\0' || strlen (text) > LONGEST)
    return NULL;
  for (const char *at = text; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      return NULL;
  return g_steal_pointer (&text);
}

static gboolean
is_sha256 (const char *text)
{
  return strlen (text) == HEX_BYTES && strspn (text, "0123456789abcdef") == HEX_BYTES;
}

void
fy_model_note_load (FyModelNote *self, const char *path)
{
  g_autofree char *beside = note_path (path);
  g_autofree char *text = g_malloc (LARGEST);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *origin = NULL;
  gsize n = read_small (beside, text);

  if (n == 0 || !g_key_file_load_from_data (file, text, n, G_KEY_FILE_NONE, NULL))
    return;
  origin = get_line (file, "origin");
  for (guint i = 0; origin != NULL && i < G_N_ELEMENTS (origins); i++)
    if (strcmp (origin, origins[i]) == 0)
      self->origin = (FyOrigin) i;
  self->source = get_line (file, "source");
  self->title = get_line (file, "title");
  self->licence = get_line (file, "licence");
  self->sha256 = get_line (file, "sha256");
  self->date = MAX (0, g_key_file_get_int64 (file, GROUP, "date", NULL));
  if (self->source == NULL)
    self->origin = FY_ORIGIN_UNKNOWN;
  if (self->sha256 != NULL && !is_sha256 (self->sha256))
    g_clear_pointer (&self->sha256, g_free);
}

static void
set_line (GKeyFile *file, const char *key, const char *value)
{
  if (value != NULL)
    g_key_file_set_string (file, GROUP, key, value);
}

gboolean
fy_model_note_save (const FyModelNote *self, const char *path, GError **error)
{
  g_autofree char *beside = note_path (path);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize n;

  set_line (file, "origin", origins[self->origin]);
  set_line (file, "source", self->source);
  set_line (file, "title", self->title);
  set_line (file, "licence", self->licence);
  set_line (file, "sha256", self->sha256);
  if (self->date > 0)
    g_key_file_set_int64 (file, GROUP, "date", self->date);
  text = g_key_file_to_data (file, &n, NULL);
  return fy_output_file_save (beside, text, n, TRUE, error);
}

void
fy_model_note_remove (const char *path)
{
  g_autofree char *beside = note_path (path);

  g_unlink (beside);
}

void
fy_model_note_clear (FyModelNote *self)
{
  g_clear_pointer (&self->source, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->licence, g_free);
  g_clear_pointer (&self->sha256, g_free);
}
