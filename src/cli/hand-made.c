/* SPDX-License-Identifier: MIT */
#include "hand-made.h"

#include "base/error.h"
#include "base/text.h"
#include "exchange/davis.h"

void
ferry_hand_made_clear (FerryHandMade *self)
{
  g_clear_pointer (&self->masks, g_ptr_array_unref);
  g_clear_pointer (&self->frames, g_array_unref);
  g_clear_pointer (&self->first_path, g_free);
}

static void
add (FerryHandMade *self, int frame, FyIdMap *mask)
{
  g_ptr_array_add (self->masks, mask);
  g_array_append_val (self->frames, frame);
}

static FyIdMap *
read_correction (const FyMaskFolder *folder, int index, const FyClipInfo *clip, GError **error)
{
  g_autoptr (FyIdMap) mask = fy_mask_folder_read (folder, index, NULL, error);

  if (mask == NULL || (mask->width == clip->width && mask->height == clip->height))
    return g_steal_pointer (&mask);
  g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
               _ ("%s/%s: the labels are %dx%d but the clip's frames %dx%d; give labels of the "
                  "frames' size"),
               fy_mask_folder_path (folder), fy_mask_folder_frame (folder, index), mask->width,
               mask->height, clip->width, clip->height);
  return NULL;
}

/* Corrections of frames that are not carried through would be forgotten in silence. */
static gboolean
check_used (const FyMaskFolder *folder, const gboolean *used, int first, int last, GError **error)
{
  for (int i = 0; i < fy_mask_folder_n_frames (folder); i++)
    if (!used[i])
      {
        g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                     _ ("%s/%s: no frame of %d to %d is called so; name corrections like their "
                        "frames, take this one away, or choose other --frames"),
                     fy_mask_folder_path (folder), fy_mask_folder_frame (folder, i), first, last);
        return FALSE;
      }
  return TRUE;
}

/* How masks of a folder belong to frames: by name if any of them is called like an image of the clip,
 * else by the numbers in their names. */
static gboolean
goes_by_name (FyMaskFolder *folder, FyClip *clip)
{
  for (int frame = 0; frame < fy_clip_info (clip)->n_frames; frame++)
    if (fy_clip_frame_name (clip, frame) != NULL &&
        fy_mask_folder_index (folder, fy_clip_frame_name (clip, frame), -1) >= 0)
      return TRUE;
  return FALSE;
}

static int
find_mask (FyMaskFolder *folder, FyClip *clip, gboolean by_name, int frame)
{
  return by_name ? fy_mask_folder_index (folder, fy_clip_frame_name (clip, frame), -1)
                 : fy_mask_folder_index (folder, NULL, frame);
}

static gboolean
read_corrections (FerryHandMade *self,
                  FyClip *clip,
                  const char *path,
                  int from,
                  int first,
                  int last,
                  GError **error)
{
  g_autoptr (FyMaskFolder) folder = fy_mask_folder_open (path, error);
  g_autofree gboolean *used = NULL;
  gboolean by_name;

  if (folder == NULL)
    return FALSE;
  used = g_new0 (gboolean, (gsize) fy_mask_folder_n_frames (folder));
  by_name = goes_by_name (folder, clip);
  for (int frame = first; frame <= last; frame++)
    {
      int index = find_mask (folder, clip, by_name, frame);
      FyIdMap *mask;

      if (index >= 0)
        used[index] = TRUE;
      if (index < 0 || frame == from) /* --labels has the start */
        continue;
      mask = read_correction (folder, index, fy_clip_info (clip), error);
      if (mask == NULL)
        return FALSE;
      add (self, frame, mask);
    }
  return check_used (folder, used, first, last, error);
}

/* The file with the labels of the start: in a folder of masks, that frame's.  Returns: (transfer full),
 * or NULL with FY_ERROR_MISMATCH when the folder has none, or what opening it reports. */
static char *
choose_labels (FyClip *clip, const char *labels, int from, GError **error)
{
  g_autoptr (FyMaskFolder) folder = NULL;
  int index;

  if (!g_file_test (labels, G_FILE_TEST_IS_DIR))
    return g_strdup (labels);
  folder = fy_mask_folder_open (labels, error);
  if (folder == NULL)
    return NULL;
  index = find_mask (folder, clip, goes_by_name (folder, clip), from);
  return fy_mask_folder_file (folder, index, fy_clip_frame_name (clip, from), from, error);
}

gboolean
ferry_hand_made_read (FerryHandMade *self,
                      FyClip *clip,
                      const char *labels,
                      const char *corrections,
                      int from,
                      int first,
                      int last,
                      GError **error)
{
  const FyClipInfo *info = fy_clip_info (clip);
  g_autofree char *file = choose_labels (clip, labels, from, error);
  FyIdMap *mask = file != NULL ? fy_labels_read (file, NULL, from, info->width, info->height,
                                                 &self->first_path, &self->coding, error)
                               : NULL;

  if (mask == NULL)
    return FALSE;
  self->masks = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_id_map_free);
  self->frames = g_array_new (FALSE, FALSE, sizeof (int));
  add (self, from, mask);
  return corrections == NULL ||
         read_corrections (self, clip, corrections, from, first, last, error);
}

GArray *
ferry_hand_made_towards (const FerryHandMade *self, int last)
{
  GArray *way = g_array_new (FALSE, FALSE, sizeof (FyHandMade));
  int from = g_array_index (self->frames, int, 0);

  for (guint i = 0; i < self->frames->len; i++)
    {
      FyHandMade hand = { g_array_index (self->frames, int, i), self->masks->pdata[i] };

      if (i == 0 || (last >= from && hand.frame > from))
        g_array_append_val (way, hand);
      else if (last < from && hand.frame < from)
        g_array_insert_val (way, 1, hand); /* ascending frames, descending way */
    }
  return way;
}

GArray *
ferry_hand_made_ids (const FerryHandMade *self)
{
  g_autofree gboolean *there = g_new0 (gboolean, 65536);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint16));

  for (guint i = 0; i < self->masks->len; i++)
    {
      g_autoptr (GArray) some = fy_id_map_ids (self->masks->pdata[i]);

      for (guint j = 0; j < some->len; j++)
        there[g_array_index (some, guint16, j)] = TRUE;
    }
  for (guint id = 0; id < 65536; id++)
    if (there[id])
      {
        guint16 value = (guint16) id;

        g_array_append_val (ids, value);
      }
  return ids;
}
