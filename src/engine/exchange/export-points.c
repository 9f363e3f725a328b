/* SPDX-License-Identifier: MIT */
/* Joints as tables: DeepLabCut's CSV and JHMDB's joint_positions.mat.
 *
 * Ferry's pixels span 0 .. width; in DeepLabCut's files a pixel's centre is a whole number from 0, in
 * JHMDB's from 1.  Source: formats.md sections 7 and 9. */
#include "base/error.h"
#include "base/output-file.h"
#include "base/text.h"
#include "exchange/export-job.h"

#include <math.h>
#include <string.h>

#define JHMDB_JOINTS 15
#define SCORER       "Ferry"

/* A joint's place, NAN where it is absent or not labelled. */
static void
get_joint (const FyFrameLabels *labels, guint16 id, int joint, double offset, double place[2])
{
  const FyPoint *point =
      labels != NULL ? fy_frame_labels_point (labels, id, (guint16) joint) : NULL;
  gboolean known = point != NULL && point->state != FY_JOINT_ABSENT;

  place[0] = known ? (double) point->x + offset : (double) NAN;
  place[1] = known ? (double) point->y + offset : (double) NAN;
}

/* The skeletons, in people's order.  Returns: (transfer container). */
static GPtrArray *
find_skeletons (const FyExport *self)
{
  GPtrArray *found = g_ptr_array_new ();

  for (int i = 0; i < self->n_objects; i++)
    if (self->object[i]->kind == FY_OBJECT_SKELETON)
      g_ptr_array_add (found, self->object[i]);
  return found;
}

/* --- DeepLabCut --- */

/* A field, in quotes where CSV would misread it. */
static void
append_text (GString *text, const char *field)
{
  gboolean quote = strpbrk (field, ",\"\r\n") != NULL;

  g_string_append_c (text, ',');
  if (!quote)
    {
      g_string_append (text, field);
      return;
    }
  g_string_append_c (text, '"');
  for (; *field != '\0'; field++)
    {
      if (*field == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *field);
    }
  g_string_append_c (text, '"');
}

typedef const char *(*HeadFunc) (const FyObject *object, int joint, int axis);

static const char *
head_scorer (const FyObject *object, int joint, int axis)
{
  return SCORER;
}

static const char *
head_individual (const FyObject *object, int joint, int axis)
{
  return object->name;
}

static const char *
head_joint (const FyObject *object, int joint, int axis)
{
  return object->skeleton.joint[joint];
}

static const char *
head_axis (const FyObject *object, int joint, int axis)
{
  return axis == 0 ? "x" : "y";
}

static void
append_head (GString *text, const char *name, const GPtrArray *skeletons, HeadFunc head)
{
  g_string_append (text, name);
  for (guint i = 0; i < skeletons->len; i++)
    {
      const FyObject *object = g_ptr_array_index (skeletons, i);

      for (int j = 0; j < object->skeleton.n_joints; j++)
        for (int axis = 0; axis < 2; axis++)
          append_text (text, head (object, j, axis));
    }
  g_string_append_c (text, '\n');
}

static void
append_row (GString *text, const FyExportJob *job, int frame, const GPtrArray *skeletons)
{
  const char *name = fy_clip_frame_name (job->export->clip, frame);
  g_autofree char *image =
      name != NULL ? g_filename_display_name (name) : g_strdup_printf ("img%05d.png", frame);

  g_string_append_printf (text, "labeled-data/%s/%s", job->name, image);
  for (guint i = 0; i < skeletons->len; i++)
    {
      const FyObject *object = g_ptr_array_index (skeletons, i);

      for (int j = 0; j < object->skeleton.n_joints; j++)
        {
          char number[G_ASCII_DTOSTR_BUF_SIZE];
          double place[2];

          get_joint (job->export->labels[frame], object->id, j, -0.5, place);
          for (int axis = 0; axis < 2; axis++)
            g_string_append_printf (
                text, ",%s",
                isnan (place[axis]) ? ""
                                    : g_ascii_formatd (number, sizeof number, "%.4f", place[axis]));
        }
    }
  g_string_append_c (text, '\n');
}

gboolean
fy_export_write_deeplabcut (const FyExportJob *job, GError **error)
{
  g_autoptr (GPtrArray) skeletons = find_skeletons (job->export);
  g_autoptr (GString) text = g_string_new (NULL);

  append_head (text, "scorer", skeletons, head_scorer);
  if (skeletons->len > 1)
    append_head (text, "individuals", skeletons, head_individual);
  append_head (text, "bodyparts", skeletons, head_joint);
  append_head (text, "coords", skeletons, head_axis);
  for (int i = job->export->first; i <= job->export->last; i++)
    {
      if (!fy_export_step (job, i, error))
        return FALSE;
      if (fy_export_wants (job, i))
        append_row (text, job, i, skeletons);
    }
  return fy_output_file_save (job->path, text->str, text->len, FALSE, error);
}

/* --- JHMDB --- */

static void
append_u32 (GByteArray *bytes, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (bytes, (const guint8 *) &value, sizeof value);
}

static void
append_f64 (GByteArray *bytes, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_LE (bits);
  g_byte_array_append (bytes, (const guint8 *) &bits, sizeof bits);
}

/* A MATLAB 5 file with one array of doubles, "pos_img", [2, joints, frames], first index fastest.
 * Source:  MAT-File Format, "Level 5 MAT-Files". */
static GByteArray *
start_mat (guint32 n_frames)
{
  enum
  {
    INT8 = 1,
    INT32 = 5,
    UINT32 = 6,
    DOUBLE = 9,
    MATRIX = 14,
    DOUBLE_ARRAY = 6
  };
  GByteArray *bytes = g_byte_array_new ();
  guint32 size = 2 * JHMDB_JOINTS * 8 * n_frames;
  char head[124];

  memset (head, ' ', sizeof head);
  memcpy (head, "MATLAB 5.0 MAT-file, Ferry", strlen ("MATLAB 5.0 MAT-file, Ferry"));
  memset (head + 116, 0, 8);
  g_byte_array_append (bytes, (const guint8 *) head, sizeof head);
  g_byte_array_append (bytes, (const guint8 *) "\x00\x01IM", 4); /* version, little endian */
  append_u32 (bytes, MATRIX);
  append_u32 (bytes, 16 + 24 + 16 + 8 + size);
  append_u32 (bytes, UINT32);
  append_u32 (bytes, 8);
  append_u32 (bytes, DOUBLE_ARRAY);
  append_u32 (bytes, 0);
  append_u32 (bytes, INT32);
  append_u32 (bytes, 12);
  append_u32 (bytes, 2);
  append_u32 (bytes, JHMDB_JOINTS);
  append_u32 (bytes, n_frames);
  append_u32 (bytes, 0);
  append_u32 (bytes, INT8);
  append_u32 (bytes, strlen ("pos_img"));
  g_byte_array_append (bytes, (const guint8 *) "pos_img\0", 8);
  append_u32 (bytes, DOUBLE);
  append_u32 (bytes, size);
  return bytes;
}

gboolean
fy_export_write_jhmdb (const FyExportJob *job, GError **error)
{
  g_autoptr (GPtrArray) skeletons = find_skeletons (job->export);
  const FyObject *object = skeletons->len == 1 ? g_ptr_array_index (skeletons, 0) : NULL;
  g_autoptr (GByteArray) bytes = NULL;

  if (object == NULL || object->skeleton.n_joints != JHMDB_JOINTS)
    {
      g_set_error (
          error, FY_ERROR, FY_ERROR_MISMATCH,
          _ ("%s: JHMDB holds one skeleton of %d joints, here %s; choose DeepLabCut or COCO"),
          job->path, JHMDB_JOINTS, object == NULL ? _ ("are several") : _ ("it has others"));
      return FALSE;
    }
  bytes = start_mat ((guint32) (job->export->last - job->export->first + 1));
  for (int i = job->export->first; i <= job->export->last; i++)
    {
      if (!fy_export_step (job, i, error))
        return FALSE;
      for (int j = 0; j < JHMDB_JOINTS; j++)
        {
          double place[2];

          get_joint (job->export->labels[i], object->id, j, 0.5, place);
          append_f64 (bytes, place[0]);
          append_f64 (bytes, place[1]);
        }
    }
  return fy_output_file_save (job->path, bytes->data, bytes->len, FALSE, error);
}
