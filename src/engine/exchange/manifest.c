/* SPDX-License-Identifier: MIT */
#include "exchange/manifest.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/output-file.h"
#include "base/text.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define VERSION 1

struct FyManifest
{
  char *folder;
  FyClip *clip;
  JsonObject *root;
  JsonArray *frames;
  JsonArray *files;
};

static char *
picture_digest (const FyFrame *frame)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, frame->rgb,
                                      (gsize) frame->width * (gsize) frame->height * 3);
}

/* --- Writing --- */

FyManifest *
fy_manifest_new (const char *folder, const char *format, FyClip *clip, GError **error)
{
  const FyClipInfo *info = fy_clip_info (clip);
  g_autofree char *fingerprint = fy_clip_fingerprint (clip, error);
  g_autofree char *path = g_canonicalize_filename (info->path, NULL);
  g_autofree char *readable = g_filename_display_name (path);
  JsonObject *object;
  FyManifest *self;

  if (fingerprint == NULL)
    return NULL;
  object = json_object_new ();
  json_object_set_string_member (object, "path", readable);
  json_object_set_string_member (object, "fingerprint", fingerprint);
  json_object_set_int_member (object, "frames", info->n_frames);
  json_object_set_int_member (object, "width", info->width);
  json_object_set_int_member (object, "height", info->height);
  self = g_new0 (FyManifest, 1);
  self->folder = g_strdup (folder);
  self->clip = clip;
  self->root = json_object_new ();
  self->frames = json_array_new ();
  self->files = json_array_new ();
  json_object_set_int_member (self->root, "ferry-manifest", VERSION);
  json_object_set_string_member (self->root, "format", format);
  json_object_set_object_member (self->root, "clip", object);
  json_object_set_array_member (self->root, "frames", self->frames);
  json_object_set_array_member (self->root, "files", self->files);
  return self;
}

void
fy_manifest_free (FyManifest *self)
{
  if (self == NULL)
    return;
  json_object_unref (self->root);
  g_free (self->folder);
  g_free (self);
}

void
fy_manifest_add_picture (FyManifest *self, const FyFrame *frame)
{
  const char *name = fy_clip_frame_name (self->clip, frame->number);
  g_autofree char *digest = picture_digest (frame);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "frame", frame->number);
  json_object_set_int_member (object, "pts_us", fy_clip_frame_time (self->clip, frame->number));
  if (name != NULL)
    {
      g_autofree char *readable = g_filename_display_name (name);

      json_object_set_string_member (object, "image", readable);
    }
  json_object_set_string_member (object, "picture", digest);
  json_array_add_object_element (self->frames, object);
}

gboolean
fy_manifest_add_frame (FyManifest *self, int frame, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyFrame) picture = fy_clip_frame (self->clip, frame, cancellable, error);

  if (picture == NULL)
    return FALSE;
  fy_manifest_add_picture (self, picture);
  return TRUE;
}

gboolean
fy_manifest_add_file (FyManifest *self, const char *path, int frame, GError **error)
{
  g_autofree char *full = g_build_filename (self->folder, path, NULL);
  g_autofree char *digest = fy_file_digest (full, error);
  g_autofree char *readable = g_filename_display_name (path);
  JsonObject *object;

  if (digest == NULL)
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "file", readable);
  if (frame >= 0)
    json_object_set_int_member (object, "frame", frame);
  json_object_set_string_member (object, "digest", digest);
  json_array_add_object_element (self->files, object);
  return TRUE;
}

gboolean
fy_manifest_save (FyManifest *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, FY_MANIFEST_NAME, NULL);
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), self->root);
  g_autofree char *text = json_to_string (node, TRUE);

  return fy_output_file_save (path, text, strlen (text), FALSE, error);
}

/* --- Reading --- */

/* Members of a file that anybody may have changed: what is missing or of another type is 0 or NULL. */
static gint64
get_int (JsonObject *object, const char *name, gint64 otherwise)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : otherwise;
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
get_element (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* Returns: (transfer full) the manifest's root. */
static JsonObject *
load (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, FY_MANIFEST_NAME, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) reason = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *root;

  if (!g_file_get_contents (path, &text, NULL, &reason))
    {
      g_set_error (error, G_IO_ERROR,
                   g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? G_IO_ERROR_NOT_FOUND
                                                                              : G_IO_ERROR_FAILED,
                   _ ("%s: cannot read: %s; only folders that Ferry exported can be compared"),
                   path, reason->message);
      return NULL;
    }
  node = json_from_string (text, &reason);
  root = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  if (root == NULL || get_array (root, "frames") == NULL || get_array (root, "files") == NULL ||
      get_int (root, "ferry-manifest", 0) < 1)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
                   _ ("%s: not a manifest of an export%s%s; export it again"), path,
                   reason != NULL ? ": " : "", reason != NULL ? reason->message : "");
      return NULL;
    }
  if (get_int (root, "ferry-manifest", 0) > VERSION)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_TOO_NEW,
                   _ ("%s: written by a later version; compare it with that"), path);
      return NULL;
    }
  return json_object_ref (root);
}

/* The path of a file that a manifest names; NULL when it is not one below the folder. */
static const char *
get_file (JsonObject *object)
{
  const char *file = object != NULL ? get_string (object, "file") : NULL;

  return file != NULL && !g_path_is_absolute (file) && strstr (file, "..") == NULL ? file : NULL;
}

/* --- What an export may replace --- */

/* The first file below that `known` does not have. */
static char *
find_foreign (const char *folder, const char *relative, GHashTable *known)
{
  g_autofree char *path = g_build_filename (folder, relative, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL)
    return g_strdup (relative);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner =
          relative[0] != '\0' ? g_build_filename (relative, name, NULL) : g_strdup (name);
      g_autofree char *full = g_build_filename (folder, inner, NULL);
      g_autofree char *foreign = NULL;

      if (g_hash_table_contains (known, inner))
        continue;
      if (g_file_test (full, G_FILE_TEST_IS_SYMLINK) || !g_file_test (full, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&inner);
      foreign = find_foreign (folder, inner, known);
      if (foreign != NULL)
        return g_steal_pointer (&foreign);
    }
  return NULL;
}

gboolean
fy_manifest_covers (const char *folder, char **foreign)
{
  JsonObject *root = load (folder, NULL);
  JsonArray *files = root != NULL ? get_array (root, "files") : NULL;
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *found = NULL;

  for (guint i = 0; files != NULL && i < json_array_get_length (files); i++)
    {
      const char *file = get_file (get_element (files, i));

      if (file != NULL)
        g_hash_table_add (known, g_strdup (file));
    }
  if (root != NULL)
    g_hash_table_add (known, g_strdup (FY_MANIFEST_NAME));
  g_clear_pointer (&root, json_object_unref);
  found = find_foreign (folder, "", known);
  if (found == NULL)
    return TRUE;
  if (foreign != NULL)
    *foreign = g_steal_pointer (&found);
  return FALSE;
}

/* --- Comparing --- */

typedef enum
{
  CLIP,
  PICTURE,
  TIME,
  MISSING,
  CHANGED,
  N_KINDS
} Kind;

typedef struct
{
  const char *folder;
  FyClip *clip;
  char *first[N_KINDS]; /* what is wrong, of the first that has it */
  int count[N_KINDS];
} Check;

static void
check_clear (Check *check)
{
  for (int i = 0; i < N_KINDS; i++)
    g_free (check->first[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Check, check_clear)

static void report (Check *check, Kind kind, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
report (Check *check, Kind kind, const char *format, ...)
{
  va_list arguments;

  if (check->count[kind]++ > 0)
    return;
  va_start (arguments, format);
  check->first[kind] = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

static void
check_clip (Check *check, JsonObject *root)
{
  JsonNode *node = json_object_get_member (root, "clip");
  JsonObject *clip =
      node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const FyClipInfo *info = fy_clip_info (check->clip);
  g_autofree char *fingerprint = fy_clip_fingerprint (check->clip, NULL);

  if (clip == NULL || get_int (clip, "frames", 0) != info->n_frames ||
      get_int (clip, "width", 0) != info->width || get_int (clip, "height", 0) != info->height)
    report (check, CLIP,
            g_dngettext (GETTEXT_PACKAGE,
                         "%s has %d frame of %dx%d, the clip of the export %d of %dx%d",
                         "%s has %d frames of %dx%d, the clip of the export %d of %dx%d",
                         (gulong) info->n_frames),
            info->path, info->n_frames, info->width, info->height,
            clip != NULL ? (int) get_int (clip, "frames", 0) : 0,
            clip != NULL ? (int) get_int (clip, "width", 0) : 0,
            clip != NULL ? (int) get_int (clip, "height", 0) : 0);
  else if (g_strcmp0 (fingerprint, get_string (clip, "fingerprint")) != 0)
    report (check, CLIP, _ ("%s is not the file that was exported: its content differs"),
            info->path);
}

/* Returns: FALSE when cancelled. */
static gboolean
check_frame (Check *check, JsonObject *object, GCancellable *cancellable)
{
  gint64 number = get_int (object, "frame", -1);
  g_autofree char *digest = NULL;
  g_autoptr (FyFrame) frame = NULL;
  g_autoptr (GError) error = NULL;

  if (number < 0 || number >= fy_clip_info (check->clip)->n_frames)
    {
      report (check, PICTURE, _ ("frame %" PRId64 " is not in the clip"), number);
      return TRUE;
    }
  frame = fy_clip_frame (check->clip, (int) number, cancellable, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  digest = frame != NULL ? picture_digest (frame) : NULL;
  if (frame == NULL)
    report (check, PICTURE, "%s", error->message);
  else if (g_strcmp0 (digest, get_string (object, "picture")) != 0)
    report (check, PICTURE, _ ("frame %d shows another picture than was exported"), (int) number);
  if (fy_clip_frame_time (check->clip, (int) number) != get_int (object, "pts_us", -1))
    report (check, TIME, _ ("frame %d is at %" PRId64 " us, in the export at %" PRId64 " us"),
            (int) number, fy_clip_frame_time (check->clip, (int) number),
            get_int (object, "pts_us", -1));
  return TRUE;
}

static void
check_file (Check *check, JsonObject *object)
{
  const char *file = get_file (object);
  g_autofree char *path = file != NULL ? g_build_filename (check->folder, file, NULL) : NULL;
  g_autofree char *digest = path != NULL ? fy_file_digest (path, NULL) : NULL;

  if (digest == NULL)
    report (check, MISSING, _ ("%s is not there, or cannot be read"),
            file != NULL ? file : _ ("a file without a name"));
  else if (g_strcmp0 (digest, get_string (object, "digest")) != 0)
    report (check, CHANGED, _ ("%s has changed since"), file);
}

static GPtrArray *
findings_of (const Check *check)
{
  static const struct
  {
    FyFindingLevel level;
    const char *what;
    const char *remedy;
  } kind[] = {
    [CLIP] = { FY_FINDING_ERROR, N_ ("another clip"),
               N_ ("compare with the clip that was labelled") },
    [PICTURE] = { FY_FINDING_ERROR, N_ ("pictures that differ"),
                  N_ ("do not use these masks with this clip; export them from it") },
    [TIME] = { FY_FINDING_WARNING, N_ ("times that differ"),
               N_ ("go by frame numbers, or export again") },
    [MISSING] = { FY_FINDING_ERROR, N_ ("missing files"), N_ ("export again") },
    [CHANGED] = { FY_FINDING_WARNING, N_ ("changed files"),
                  N_ ("export again unless they were changed on purpose") },
  };
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_finding_free);

  for (int i = 0; i < N_KINDS; i++)
    if (check->count[i] > 0)
      {
        FyFinding *finding = g_new (FyFinding, 1);

        finding->level = kind[i].level;
        finding->message = g_strdup_printf ("%s: %s (%d): %s; %s", check->folder, _ (kind[i].what),
                                            check->count[i], check->first[i], _ (kind[i].remedy));
        g_ptr_array_add (findings, finding);
      }
  return findings;
}

GPtrArray *
fy_manifest_check (const char *folder,
                   FyClip *clip,
                   void (*progress) (int done, int total, gpointer user_data),
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (Check) check = { .folder = folder, .clip = clip };
  g_autoptr (JsonObject) root = load (folder, error);
  JsonArray *frames, *files;
  guint n_frames, n_files;

  if (root == NULL)
    return NULL;
  frames = get_array (root, "frames");
  files = get_array (root, "files");
  n_frames = clip != NULL ? json_array_get_length (frames) : 0;
  n_files = json_array_get_length (files);
  if (clip != NULL)
    check_clip (&check, root);
  for (guint i = 0; i < n_frames + n_files; i++)
    {
      JsonObject *object =
          i < n_frames ? get_element (frames, i) : get_element (files, i - n_frames);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (i >= n_frames)
        check_file (&check, object);
      else if (object != NULL && !check_frame (&check, object, cancellable))
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          return NULL;
        }
      if (progress != NULL)
        progress ((int) i + 1, (int) (n_frames + n_files), user_data);
    }
  return findings_of (&check);
}
