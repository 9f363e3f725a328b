/* SPDX-License-Identifier: MIT */
#include "store/rescue.h"

#include "base/error.h"
#include "base/text.h"
#include "store/database.h"
#include "store/frame-bytes.h"

#define MOST_FRAMES 1000000 /* looked for where nothing tells how many there are */

typedef struct
{
  FyProjectFile *from;
  FyProjectFile *to;
  FyRescue *rescue;
  GPtrArray *objects; /* of FyObject */
  guint8 *used;       /* [65536] whether an id has labels */
  FyProjectMedia media;
  int n_frames; /* of the clip; 0 = not known */
} Rescue;

static gboolean
take_media (Rescue *self, GError **error)
{
  self->rescue->media = fy_project_file_get_media (self->from, &self->media, NULL);
  return !self->rescue->media || fy_project_file_set_media (self->to, &self->media, error);
}

static void
read_objects (Rescue *self)
{
  g_autoptr (FyStatement) statement = fy_store_prepare (self->from, FY_STORE_SELECT_OBJECTS, NULL);

  while (statement != NULL && fy_store_next (self->from, statement, NULL))
    {
      FyObject *object = fy_store_get_object (self->from, statement, NULL);

      if (object != NULL)
        g_ptr_array_add (self->objects, object);
    }
  self->rescue->objects = (int) self->objects->len;
}

static void
note_ids (Rescue *self, const FyFrameLabels *labels)
{
  g_autoptr (GArray) ids = labels->map != NULL ? fy_run_map_ids (labels->map) : NULL;

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    self->used[g_array_index (ids, guint16, i)] = TRUE;
  for (int i = 0; i < labels->n_states; i++)
    self->used[labels->state[i].object] = TRUE;
  for (int i = 0; i < labels->n_points; i++)
    self->used[labels->point[i].object] = TRUE;
}

/* How many frames to look for. */
static int
count_frames (Rescue *self)
{
  gint64 last;

  if (self->rescue->media && self->media.n_frames > 0)
    return self->media.n_frames;
  if (fy_store_number (self->from->db, self->from->path, "SELECT max(frame) FROM frame", &last,
                       NULL))
    return (int) CLAMP (last + 1, 0, MOST_FRAMES);
  return self->n_frames > 0 ? self->n_frames : MOST_FRAMES;
}

/* Each frame is looked for by itself: a scan would end at the first damaged page. */
static gboolean
take_frames (Rescue *self, GError **error)
{
  g_autoptr (FyStatement) statement =
      fy_store_prepare (self->from, "SELECT labels FROM frame WHERE frame = ?1", error);
  int n = count_frames (self);

  for (int i = 0; statement != NULL && i < n; i++)
    {
      g_autoptr (FyFrameLabels) labels = NULL;
      int result;

      sqlite3_reset (statement);
      sqlite3_bind_int (statement, 1, i);
      result = sqlite3_step (statement);
      if (result == SQLITE_DONE)
        continue;
      if (result == SQLITE_ROW)
        labels = fy_frame_labels_from_bytes (sqlite3_column_blob (statement, 0),
                                             (gsize) sqlite3_column_bytes (statement, 0), i, NULL);
      if (labels == NULL)
        {
          self->rescue->frames_lost++;
          continue;
        }
      note_ids (self, labels);
      if (!fy_project_file_set_frame (self->to, i, labels, error))
        return FALSE;
      self->rescue->frames++;
    }
  return statement != NULL;
}

/* The objects that are left, and new ones for labels that have lost theirs. */
static gboolean
put_objects (Rescue *self, GError **error)
{
  for (guint id = 1; id < FY_ID_VOID; id++)
    if (self->used[id] && fy_objects_index (self->objects, (guint16) id) < 0)
      {
        g_ptr_array_add (self->objects, fy_object_new ((guint16) id, NULL, FY_OBJECT_MASK));
        self->rescue->objects_lost++;
      }
  return fy_project_file_set_objects (self->to, (FyObject **) self->objects->pdata,
                                      (int) self->objects->len, error);
}

static gboolean
take_settings (Rescue *self, GError **error)
{
  g_autoptr (FyStatement) statement =
      fy_store_prepare (self->from, "SELECT name, value FROM setting", NULL);

  while (statement != NULL && fy_store_next (self->from, statement, NULL))
    {
      const char *name = (const char *) sqlite3_column_text (statement, 0);
      const char *value = (const char *) sqlite3_column_text (statement, 1);

      if (name != NULL && value != NULL &&
          !fy_project_file_set_setting (self->to, name, value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_all (Rescue *self, GError **error)
{
  if (!fy_project_file_begin (self->to, error) || !take_media (self, error) ||
      !take_settings (self, error))
    return FALSE;
  read_objects (self);
  if (!take_frames (self, error) || !put_objects (self, error))
    return FALSE;
  if (self->rescue->frames + self->rescue->objects == 0 && !self->rescue->media)
    return fy_store_fail_corrupt (self->from->path, _ ("nothing of it can be read"), error);
  return fy_project_file_commit (self->to, error);
}

gboolean
fy_project_rescue (const char *path, const char *to, int n_frames, FyRescue *rescue, GError **error)
{
  g_autoptr (FyProjectFile) from = fy_project_file_open (path, FY_PROJECT_READ_ONLY, error);
  g_autoptr (FyProjectFile) made = NULL;
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);
  g_autofree guint8 *used = g_new0 (guint8, 65536);
  Rescue self = {
    .from = from, .rescue = rescue, .objects = objects, .used = used, .n_frames = n_frames
  };
  gboolean fine;

  *rescue = (FyRescue){ 0 };
  if (from == NULL || (made = fy_project_file_open (to, FY_PROJECT_CREATE, error)) == NULL)
    return FALSE;
  self.to = made;
  fine = take_all (&self, error);
  fy_project_media_clear (&self.media);
  if (!fine)
    fy_project_file_discard (g_steal_pointer (&made));
  return fine;
}
