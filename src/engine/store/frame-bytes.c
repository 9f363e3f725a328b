/* SPDX-License-Identifier: MIT */
#include "store/frame-bytes.h"

#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

/* All numbers little-endian:
 *   u8 version, u32 states, u32 points, u32 bytes of the map
 *   a state     u16 object, u8 provenance, u8 reviewed, f32 trust (NAN = unknown)
 *   a point     u16 object, u16 joint, u8 state, u8 provenance, f32 x, f32 y
 *   the map     run-map.h
 *   u64 checksum */
#define VERSION 1

guint64
fy_checksum (guint64 checksum, const void *data, gsize size)
{
  const guint8 *byte = data;

  for (gsize i = 0; i < size; i++)
    checksum = (checksum ^ byte[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return checksum;
}

static guint64
checksum_of (const void *data, gsize size, int frame)
{
  guint32 number = GUINT32_TO_LE ((guint32) frame);

  return fy_checksum (fy_checksum (FY_CHECKSUM_START, &number, sizeof number), data, size);
}

static void
put_u8 (GByteArray *bytes, guint8 value)
{
  g_byte_array_append (bytes, &value, 1);
}

static void
put_u16 (GByteArray *bytes, guint16 value)
{
  guint16 little = GUINT16_TO_LE (value);

  g_byte_array_append (bytes, (guint8 *) &little, sizeof little);
}

static void
put_u32 (GByteArray *bytes, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (bytes, (guint8 *) &little, sizeof little);
}

static void
put_float (GByteArray *bytes, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  put_u32 (bytes, bits);
}

static gboolean
is_object (guint16 id)
{
  return id != FY_ID_BACKGROUND && id != FY_ID_VOID;
}

static gboolean
is_state (const FyState *state)
{
  return is_object (state->object) && state->provenance < FY_N_PROVENANCES && !isinf (state->trust);
}

static gboolean
is_point (const FyPoint *point)
{
  return is_object (point->object) && point->state <= FY_JOINT_ABSENT &&
         point->provenance < FY_N_PROVENANCES && isfinite (point->x) && isfinite (point->y);
}

/* --- Writing --- */

/* Of what could not be read again, which a fault elsewhere would have to have made, nothing is written, so
 * that the rest can be. */
static FyFrameLabels *
readable (const FyFrameLabels *labels)
{
  g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (FyState));
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (FyPoint));

  for (int i = 0; i < labels->n_states; i++)
    if (is_state (&labels->state[i]))
      g_array_append_val (states, labels->state[i]);
  for (int i = 0; i < labels->n_points; i++)
    if (is_point (&labels->point[i]))
      g_array_append_val (points, labels->point[i]);
  return fy_frame_labels_new (labels->map, (FyState *) (gpointer) states->data, (int) states->len,
                              (FyPoint *) (gpointer) points->data, (int) points->len);
}

GBytes *
fy_frame_labels_to_bytes (const FyFrameLabels *all, int frame)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (FyFrameLabels) labels = readable (all);
  g_autoptr (GBytes) map = labels->map != NULL ? fy_run_map_to_bytes (labels->map) : NULL;
  guint64 checksum;

  put_u8 (bytes, VERSION);
  put_u32 (bytes, (guint32) labels->n_states);
  put_u32 (bytes, (guint32) labels->n_points);
  put_u32 (bytes, map != NULL ? (guint32) g_bytes_get_size (map) : 0);
  for (int i = 0; i < labels->n_states; i++)
    {
      put_u16 (bytes, labels->state[i].object);
      put_u8 (bytes, labels->state[i].provenance);
      put_u8 (bytes, labels->state[i].reviewed != 0);
      put_float (bytes, labels->state[i].trust);
    }
  for (int i = 0; i < labels->n_points; i++)
    {
      put_u16 (bytes, labels->point[i].object);
      put_u16 (bytes, labels->point[i].joint);
      put_u8 (bytes, labels->point[i].state);
      put_u8 (bytes, labels->point[i].provenance);
      put_float (bytes, labels->point[i].x);
      put_float (bytes, labels->point[i].y);
    }
  if (map != NULL)
    g_byte_array_append (bytes, g_bytes_get_data (map, NULL), (guint) g_bytes_get_size (map));
  checksum = GUINT64_TO_LE (checksum_of (bytes->data, bytes->len, frame));
  g_byte_array_append (bytes, (guint8 *) &checksum, sizeof checksum);
  return g_byte_array_free_to_bytes (bytes);
}

/* --- Reading --- */

static float
get_float (FyReader *reader)
{
  guint32 bits = fy_reader_u32le (reader);
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static gboolean
get_state (FyReader *reader, FyState *state, const FyState *above)
{
  state->object = fy_reader_u16le (reader);
  state->provenance = fy_reader_u8 (reader);
  state->reviewed = fy_reader_u8 (reader);
  state->trust = get_float (reader);
  return !reader->failed && is_state (state) && state->reviewed <= 1 &&
         (above == NULL || state->object > above->object);
}

static gboolean
get_point (FyReader *reader, FyPoint *point, const FyPoint *above)
{
  point->object = fy_reader_u16le (reader);
  point->joint = fy_reader_u16le (reader);
  point->state = fy_reader_u8 (reader);
  point->provenance = fy_reader_u8 (reader);
  point->x = get_float (reader);
  point->y = get_float (reader);
  return !reader->failed && is_point (point) &&
         (above == NULL || point->object > above->object ||
          (point->object == above->object && point->joint > above->joint));
}

static FyFrameLabels *
fail (int frame, const char *what, GError **error)
{
  g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT, _ ("the labels of frame %d are damaged: %s"),
               frame, what);
  return NULL;
}

static FyRunMap *
get_map (FyReader *reader, gsize size, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (fy_reader_bytes (reader, size), size);

  return fy_run_map_from_bytes (bytes, error);
}

FyFrameLabels *
fy_frame_labels_from_bytes (const void *data, gsize size, int frame, GError **error)
{
  FyReader reader = FY_READER (data, size >= 8 ? size - 8 : 0);
  FyReader tail = FY_READER ((const guint8 *) data + reader.size, size - reader.size);
  guint8 version = fy_reader_u8 (&reader);
  guint32 n_states = fy_reader_u32le (&reader), n_points = fy_reader_u32le (&reader);
  guint32 n_map = fy_reader_u32le (&reader);
  g_autofree FyState *states = NULL;
  g_autofree FyPoint *points = NULL;
  g_autoptr (FyRunMap) map = NULL;

  if (reader.failed || fy_reader_u64le (&tail) != checksum_of (data, reader.size, frame))
    return fail (frame, _ ("their checksum is wrong"), error);
  if (version != VERSION || n_states > 65534 || n_points > reader.size / 14 ||
      n_states > reader.size / 8)
    return fail (frame, _ ("their beginning is"), error);
  states = g_new (FyState, n_states + 1);
  points = g_new (FyPoint, n_points + 1);
  for (guint32 i = 0; i < n_states; i++)
    if (!get_state (&reader, &states[i], i > 0 ? &states[i - 1] : NULL))
      return fail (frame, _ ("the state of an object is"), error);
  for (guint32 i = 0; i < n_points; i++)
    if (!get_point (&reader, &points[i], i > 0 ? &points[i - 1] : NULL))
      return fail (frame, _ ("a point is"), error);
  if (reader.size - reader.at != n_map)
    return fail (frame, _ ("their length is wrong"), error);
  if (n_map > 0 && (map = get_map (&reader, n_map, error)) == NULL)
    {
      g_prefix_error (error, _ ("the labels of frame %d are damaged: "), frame);
      return NULL;
    }
  return fy_frame_labels_new (map, states, (int) n_states, points, (int) n_points);
}
