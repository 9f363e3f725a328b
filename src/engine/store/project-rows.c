/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "base/text.h"
#include "store/database.h"
#include "store/frame-bytes.h"

#include <string.h>

#define HIGHEST_ID  "object.highest-id"
#define MOST_JOINTS 65535

static guint64
checksum_number (guint64 checksum, gint64 number)
{
  gint64 little = GINT64_TO_LE (number);

  return fy_checksum (checksum, &little, sizeof little);
}

static guint64
checksum_text (guint64 checksum, const char *text)
{
  return fy_checksum (checksum, text, strlen (text) + 1);
}

static const char *
column_text (FyStatement *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL ? text : "";
}

static void
bind_text (FyStatement *statement, int column, const char *text)
{
  sqlite3_bind_text (statement, column, text, -1, SQLITE_TRANSIENT);
}

/* Begins a transaction where none is open.  Returns: FALSE with *error set when it failed. */
static gboolean
begin_own (FyProjectFile *self, gboolean *own, GError **error)
{
  *own = sqlite3_get_autocommit (self->db) != 0;
  return !*own || fy_project_file_begin (self, error);
}

static gboolean
end_own (FyProjectFile *self, gboolean own, gboolean fine, GError **error)
{
  if (!own)
    return fine;
  if (fine && fy_project_file_commit (self, error))
    return TRUE;
  fy_project_file_rollback (self);
  return FALSE;
}

/* --- Media --- */

void
fy_project_media_clear (FyProjectMedia *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->fingerprint, g_free);
}

static guint64
media_checksum (const FyProjectMedia *media)
{
  guint64 checksum = checksum_text (FY_CHECKSUM_START, media->path);

  checksum = checksum_text (checksum, media->fingerprint);
  checksum = checksum_number (checksum, media->n_frames);
  checksum = checksum_number (checksum, media->width);
  return checksum_number (checksum, media->height);
}

/* `path` as seen from an absolute folder: "../clips/a.mp4".  Returns: (transfer full). */
static char *
relative_to (const char *path, const char *folder)
{
  g_auto (GStrv) from = g_strsplit (folder, G_DIR_SEPARATOR_S, -1);
  g_auto (GStrv) to = g_strsplit (path, G_DIR_SEPARATOR_S, -1);
  GString *relative = g_string_new (NULL);
  guint same = 0;

  while (from[same] != NULL && to[same] != NULL && g_str_equal (from[same], to[same]))
    same++;
  for (guint i = same; from[i] != NULL; i++)
    if (from[i][0] != '\0')
      g_string_append (relative, "../");
  for (guint i = same; to[i] != NULL; i++)
    g_string_append_printf (relative, "%s%s", i > same ? "/" : "", to[i]);
  return g_string_free (relative, FALSE);
}

/* Where the media is: at its address, else where it was seen from the project. */
static char *
find_media (FyProjectFile *self, const char *path, const char *relative)
{
  g_autofree char *beside = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS) || relative[0] == '\0')
    return g_strdup (path);
  beside = g_canonicalize_filename (relative, self->folder);
  return g_strdup (g_file_test (beside, G_FILE_TEST_EXISTS) ? beside : path);
}

gboolean
fy_project_file_get_media (FyProjectFile *self, FyProjectMedia *media, GError **error)
{
  g_autoptr (FyStatement) statement = fy_store_prepare (
      self, "SELECT path, fingerprint, n_frames, width, height, relative, checksum FROM media",
      error);
  FyProjectMedia stored;

  if (statement == NULL || !fy_store_next (self, statement, error))
    return FALSE;
  stored = (FyProjectMedia){ (char *) column_text (statement, 0),
                             (char *) column_text (statement, 1), sqlite3_column_int (statement, 2),
                             sqlite3_column_int (statement, 3), sqlite3_column_int (statement, 4) };
  if ((gint64) media_checksum (&stored) != sqlite3_column_int64 (statement, 6) ||
      stored.n_frames < 0 || stored.width < 0 || stored.height < 0)
    return fy_store_fail_corrupt (self->path, _ ("the address of its media is damaged"), error);
  *media = stored;
  media->path = find_media (self, stored.path, column_text (statement, 5));
  media->fingerprint = g_strdup (stored.fingerprint);
  return TRUE;
}

gboolean
fy_project_file_set_media (FyProjectFile *self, const FyProjectMedia *media, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (media->path, NULL);
  g_autofree char *relative = relative_to (path, self->folder);
  FyProjectMedia stored = *media;
  g_autoptr (FyStatement) statement = fy_store_prepare (
      self,
      "INSERT OR REPLACE INTO media (id, path, fingerprint, n_frames, width, height, "
      "relative, checksum) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      error);

  if (statement == NULL)
    return FALSE;
  stored.path = path;
  stored.fingerprint = media->fingerprint != NULL ? media->fingerprint : (char *) "";
  stored.n_frames = MAX (stored.n_frames, 0);
  stored.width = MAX (stored.width, 0);
  stored.height = MAX (stored.height, 0);
  bind_text (statement, 1, stored.path);
  bind_text (statement, 2, stored.fingerprint);
  sqlite3_bind_int (statement, 3, stored.n_frames);
  sqlite3_bind_int (statement, 4, stored.width);
  sqlite3_bind_int (statement, 5, stored.height);
  bind_text (statement, 6, relative);
  sqlite3_bind_int64 (statement, 7, (gint64) media_checksum (&stored));
  return fy_store_finish (self, statement, error);
}

/* --- Objects --- */

static gint64
colour_number (FyRgb colour)
{
  return (gint64) colour.r << 16 | (gint64) colour.g << 8 | colour.b;
}

static guint64
object_checksum (const FyObject *object, int position)
{
  guint64 checksum = checksum_number (FY_CHECKSUM_START, object->id);

  checksum = checksum_number (checksum, position);
  checksum = checksum_text (checksum, object->name);
  checksum = checksum_number (checksum, colour_number (object->colour));
  checksum = checksum_number (checksum, (object->hidden ? 1 : 0) + (object->locked ? 2 : 0));
  checksum = checksum_number (checksum, object->kind);
  checksum = checksum_number (checksum, object->skeleton.n_joints);
  for (int i = 0; i < object->skeleton.n_joints; i++)
    {
      checksum = checksum_text (checksum, object->skeleton.joint[i]);
      checksum = checksum_number (checksum, object->skeleton.parent[i]);
    }
  return checksum;
}

/* Reads an object's joints.  Returns: FALSE, with *error set when reading failed, when they are not as
 * many as said or one hangs on none of them. */
static gboolean
get_joints (FyProjectFile *self, FyObject *object, int n, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) parents = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (FyStatement) statement = fy_store_prepare (
      self, "SELECT joint, name, parent FROM joint WHERE object = ?1 ORDER BY joint", error);
  g_autoptr (GError) reason = NULL;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int (statement, 1, object->id);
  while (fy_store_next (self, statement, &reason) && names->len <= MOST_JOINTS)
    {
      int parent = sqlite3_column_int (statement, 2);

      if (sqlite3_column_int (statement, 0) != (int) names->len || parent < -1 || parent >= n)
        return FALSE;
      g_ptr_array_add (names, g_strdup (column_text (statement, 1)));
      g_array_append_val (parents, parent);
    }
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if ((int) names->len != n)
    return FALSE;
  fy_object_set_skeleton (object, (const char *const *) names->pdata,
                          (const int *) (gpointer) parents->data, n);
  return TRUE;
}

/* A copy that can be read again, whatever a fault elsewhere put into it. */
static FyObject *
readable (const FyObject *from)
{
  FyObject *object = fy_object_copy (from);
  FySkeleton *skeleton = &object->skeleton;
  char *name = g_utf8_make_valid (object->name != NULL ? object->name : "", -1);

  g_free (object->name);
  object->name = name;
  if (object->kind != FY_OBJECT_SKELETON)
    object->kind = FY_OBJECT_MASK;
  for (int i = 0; i < skeleton->n_joints; i++)
    {
      if (skeleton->parent[i] < -1 || skeleton->parent[i] >= skeleton->n_joints)
        skeleton->parent[i] = -1;
      name = g_utf8_make_valid (skeleton->joint[i] != NULL ? skeleton->joint[i] : "", -1);
      g_free (skeleton->joint[i]);
      skeleton->joint[i] = name;
    }
  return object;
}

FyObject *
fy_store_get_object (FyProjectFile *self, FyStatement *statement, GError **error)
{
  int id = sqlite3_column_int (statement, 0), position = sqlite3_column_int (statement, 1);
  int colour = sqlite3_column_int (statement, 3), kind = sqlite3_column_int (statement, 6);
  g_autoptr (GError) reason = NULL;
  g_autoptr (FyObject) object = NULL;

  if (id > 0 && id < FY_ID_VOID && (kind == FY_OBJECT_MASK || kind == FY_OBJECT_SKELETON))
    {
      object = fy_object_new ((guint16) id, column_text (statement, 2), (FyObjectKind) kind);
      object->colour = (FyRgb){ (guint8) (colour >> 16), (guint8) (colour >> 8), (guint8) colour };
      object->hidden = sqlite3_column_int (statement, 4) != 0;
      object->locked = sqlite3_column_int (statement, 5) != 0;
      if (get_joints (self, object, sqlite3_column_int (statement, 7), &reason) &&
          (gint64) object_checksum (object, position) == sqlite3_column_int64 (statement, 8))
        return readable (object);
    }
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    {
      g_autofree char *what = g_strdup_printf (_ ("its object %d is damaged"), id);

      fy_store_fail_corrupt (self->path, what, error);
    }
  return NULL;
}

GPtrArray *
fy_project_file_get_objects (FyProjectFile *self, GError **error)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);
  g_autoptr (FyStatement) statement = fy_store_prepare (
      self,
      "SELECT id, position, name, colour, hidden, locked, kind, n_joints, checksum "
      "FROM object ORDER BY position",
      error);
  g_autoptr (GError) reason = NULL;

  if (statement == NULL)
    return NULL;
  while (fy_store_next (self, statement, &reason))
    {
      FyObject *object = fy_store_get_object (self, statement, error);

      if (object == NULL)
        return NULL;
      g_ptr_array_add (objects, object);
    }
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  return g_steal_pointer (&objects);
}

static gboolean
insert_joints (FyProjectFile *self, const FyObject *object, GError **error)
{
  for (int i = 0; i < object->skeleton.n_joints; i++)
    {
      g_autoptr (FyStatement) statement = fy_store_prepare (
          self,
          "INSERT OR REPLACE INTO joint (object, joint, name, parent) VALUES (?1, ?2, ?3, ?4)",
          error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int (statement, 1, object->id);
      sqlite3_bind_int (statement, 2, i);
      bind_text (statement, 3, object->skeleton.joint[i]);
      sqlite3_bind_int (statement, 4, object->skeleton.parent[i]);
      if (!fy_store_finish (self, statement, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_object (FyProjectFile *self, const FyObject *from, int position, GError **error)
{
  g_autoptr (FyObject) object = readable (from);
  g_autoptr (FyStatement) statement = fy_store_prepare (
      self,
      "INSERT OR REPLACE INTO object (id, position, name, colour, hidden, locked, kind, "
      "n_joints, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int (statement, 1, object->id);
  sqlite3_bind_int (statement, 2, position);
  bind_text (statement, 3, object->name);
  sqlite3_bind_int64 (statement, 4, colour_number (object->colour));
  sqlite3_bind_int (statement, 5, object->hidden != 0);
  sqlite3_bind_int (statement, 6, object->locked != 0);
  sqlite3_bind_int (statement, 7, (int) object->kind);
  sqlite3_bind_int (statement, 8, object->skeleton.n_joints);
  sqlite3_bind_int64 (statement, 9, (gint64) object_checksum (object, position));
  return fy_store_finish (self, statement, error) && insert_joints (self, object, error);
}

static gboolean
put_objects (FyProjectFile *self, FyObject *const *object, int n, GError **error)
{
  guint16 highest = fy_project_file_get_highest_id (self);
  g_autofree char *number = NULL;

  if (!fy_store_run (self->db, self->path, "DELETE FROM joint; DELETE FROM object", error))
    return FALSE;
  for (int i = 0; i < n; i++)
    {
      if (object[i]->id == FY_ID_BACKGROUND || object[i]->id == FY_ID_VOID)
        continue; /* else nothing would be saved any more */
      highest = MAX (highest, object[i]->id);
      if (!insert_object (self, object[i], i, error))
        return FALSE;
    }
  number = g_strdup_printf ("%d", highest);
  return fy_project_file_set_setting (self, HIGHEST_ID, number, error);
}

gboolean
fy_project_file_set_objects (FyProjectFile *self, FyObject *const *object, int n, GError **error)
{
  gboolean own;

  return begin_own (self, &own, error) &&
         end_own (self, own, put_objects (self, object, n, error), error);
}

guint16
fy_project_file_get_highest_id (FyProjectFile *self)
{
  g_autofree char *number = fy_project_file_get_setting (self, HIGHEST_ID);
  guint64 highest = 0;

  return number != NULL &&
                 g_ascii_string_to_unsigned (number, 10, 0, FY_ID_VOID - 1, &highest, NULL)
             ? (guint16) highest
             : 0;
}

/* --- Frames --- */

static FyFrameLabels *
get_labels (FyProjectFile *self, FyStatement *statement, int *frame, GError **error)
{
  gint64 number = sqlite3_column_int64 (statement, 0);
  const void *bytes = sqlite3_column_blob (statement, 1);
  g_autoptr (GError) reason = NULL;
  FyFrameLabels *labels;

  if (number < 0 || number > G_MAXINT)
    {
      fy_store_fail_corrupt (self->path, _ ("the number of a frame is damaged"), error);
      return NULL;
    }
  *frame = (int) number;
  labels = fy_frame_labels_from_bytes (bytes, (gsize) sqlite3_column_bytes (statement, 1), *frame,
                                       &reason);
  if (labels == NULL)
    fy_store_fail_corrupt (self->path, reason->message, error);
  return labels;
}

gboolean
fy_project_file_get_frames (FyProjectFile *self,
                            FyProjectFrameFunc func,
                            gpointer user_data,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (FyStatement) statement =
      fy_store_prepare (self, "SELECT frame, labels FROM frame ORDER BY frame", error);
  g_autoptr (GError) reason = NULL;

  if (statement == NULL)
    return FALSE;
  while (fy_store_next (self, statement, &reason))
    {
      g_autoptr (FyFrameLabels) labels = NULL;
      int frame;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      labels = get_labels (self, statement, &frame, error);
      if (labels == NULL)
        return FALSE;
      func (frame, labels, user_data);
    }
  if (reason == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

static gboolean
delete_frame (FyProjectFile *self, int frame, GError **error)
{
  g_autoptr (FyStatement) statement =
      fy_store_prepare (self, "DELETE FROM frame WHERE frame = ?1", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int (statement, 1, frame);
  return fy_store_finish (self, statement, error);
}

gboolean
fy_project_file_set_frame (FyProjectFile *self,
                           int frame,
                           const FyFrameLabels *labels,
                           GError **error)
{
  g_autoptr (FyStatement) statement = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (fy_frame_labels_is_empty (labels))
    return delete_frame (self, frame, error);
  statement = fy_store_prepare (
      self, "INSERT OR REPLACE INTO frame (frame, labels) VALUES (?1, ?2)", error);
  if (statement == NULL)
    return FALSE;
  bytes = fy_frame_labels_to_bytes (labels, frame);
  sqlite3_bind_int (statement, 1, frame);
  sqlite3_bind_blob64 (statement, 2, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                       SQLITE_STATIC);
  return fy_store_finish (self, statement, error);
}

/* --- Settings --- */

char *
fy_project_file_get_setting (FyProjectFile *self, const char *name)
{
  g_autoptr (FyStatement) statement =
      fy_store_prepare (self, "SELECT value FROM setting WHERE name = ?1", NULL);

  if (statement == NULL)
    return NULL;
  bind_text (statement, 1, name);
  if (!fy_store_next (self, statement, NULL) ||
      !g_utf8_validate (column_text (statement, 0), -1, NULL))
    return NULL;
  return g_strdup (column_text (statement, 0));
}

gboolean
fy_project_file_set_setting (FyProjectFile *self,
                             const char *name,
                             const char *value,
                             GError **error)
{
  g_autoptr (FyStatement) statement = fy_store_prepare (
      self,
      value != NULL ? "INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)"
                    : "DELETE FROM setting WHERE name = ?1",
      error);

  if (statement == NULL)
    return FALSE;
  bind_text (statement, 1, name);
  if (value != NULL)
    bind_text (statement, 2, value);
  return fy_store_finish (self, statement, error);
}

/* --- Checking --- */

typedef struct
{
  FyProjectFile *file;
  FyProjectMedia media;
  gboolean has_media;
  GPtrArray *objects;
  char *wrong; /* the first thing, nullable */
} Check;

static void
check_frame (int frame, FyFrameLabels *labels, gpointer data)
{
  Check *check = data;
  g_autoptr (GArray) ids = NULL;

  if (check->wrong != NULL)
    return;
  if (check->has_media &&
      (frame >= check->media.n_frames ||
       (labels->map != NULL && (fy_run_map_width (labels->map) != check->media.width ||
                                fy_run_map_height (labels->map) != check->media.height))))
    check->wrong = g_strdup_printf (_ ("the labels of frame %d do not fit the media"), frame);
  ids = labels->map != NULL ? fy_run_map_ids (labels->map)
                            : g_array_new (FALSE, FALSE, sizeof (guint16));
  for (int i = 0; i < labels->n_states; i++)
    g_array_append_val (ids, labels->state[i].object);
  for (int i = 0; i < labels->n_points; i++)
    g_array_append_val (ids, labels->point[i].object);
  for (guint i = 0; i < ids->len && check->wrong == NULL; i++)
    if (fy_objects_index (check->objects, g_array_index (ids, guint16, i)) < 0)
      check->wrong = g_strdup_printf (_ ("frame %d has labels of object %d, which is none"), frame,
                                      g_array_index (ids, guint16, i));
}

gboolean
fy_project_file_check_pages (FyProjectFile *self, GError **error)
{
  g_autoptr (FyStatement) statement = fy_store_prepare (self, "PRAGMA integrity_check(1)", error);
  gint64 broken;

  if (statement == NULL || !fy_store_next (self, statement, error))
    return FALSE;
  if (!g_str_equal (column_text (statement, 0), "ok"))
    return fy_store_fail_corrupt (self->path, column_text (statement, 0), error);
  if (!fy_store_number (self->db, self->path, "SELECT count(*) FROM pragma_foreign_key_check",
                        &broken, error))
    return FALSE;
  return broken == 0 ||
         fy_store_fail_corrupt (self->path, _ ("a joint belongs to no object"), error);
}

gboolean
fy_project_file_check (FyProjectFile *self, GError **error)
{
  Check check = { .file = self };
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GError) reason = NULL;
  gboolean fine;

  if (!fy_project_file_check_pages (self, error) ||
      (objects = fy_project_file_get_objects (self, error)) == NULL)
    return FALSE;
  check.objects = objects;
  check.has_media = fy_project_file_get_media (self, &check.media, &reason);
  fine = reason == NULL && fy_project_file_get_frames (self, check_frame, &check, NULL, &reason);
  fy_project_media_clear (&check.media);
  if (fine && check.wrong == NULL)
    return TRUE;
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    fy_store_fail_corrupt (self->path, check.wrong, error);
  g_free (check.wrong);
  return FALSE;
}
