/* SPDX-License-Identifier: MIT */
#include "weights/safetensors.h"

#include "base/error.h"
#include "base/half.h"
#include "base/output-file.h"
#include "base/text.h"

#include <math.h>

/* The data begins at a multiple of this, so that it can be used where it is mapped. */
#define ALIGNMENT 8

static gsize
count_elements (const FyTensorInfo *info)
{
  gsize n = 1;

  for (int i = 0; i < info->rank; i++)
    n *= (gsize) info->shape[i];
  return n;
}

/* Appends a JSON text; names and notes are UTF-8. */
static void
append_text (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (const char *at = text; *at != '\0'; at++)
    if ((guchar) *at < 0x20)
      g_string_append_printf (json, "\\u%04x", *at);
    else if (*at == '"' || *at == '\\')
      g_string_append_printf (json, "\\%c", *at);
    else
      g_string_append_c (json, *at);
  g_string_append_c (json, '"');
}

static void
append_tensor (GString *json, const FyTensorInfo *info, gsize *at)
{
  gsize size = count_elements (info) * fy_dtype_size (info->dtype);

  append_text (json, info->name);
  g_string_append_printf (json, ":{\"dtype\":\"%s\",\"shape\":[",
                          info->dtype == FY_DTYPE_F16 ? "F16" : "F32");
  for (int i = 0; i < info->rank; i++)
    g_string_append_printf (json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", info->shape[i]);
  g_string_append_printf (json, "],\"data_offsets\":[%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT "]}",
                          *at, *at + size);
  *at += size;
}

static GString *
make_header (const FyTensorInfo *tensors, int n_tensors, const FyNote *notes, int n_notes)
{
  GString *json = g_string_new ("{\"__metadata__\":{");
  gsize at = 0;

  for (int i = 0; i < n_notes; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      append_text (json, notes[i].name);
      g_string_append_c (json, ':');
      append_text (json, notes[i].text);
    }
  g_string_append_c (json, '}');
  for (int i = 0; i < n_tensors; i++)
    {
      g_string_append_c (json, ',');
      append_tensor (json, &tensors[i], &at);
    }
  g_string_append_c (json, '}');
  while (json->len % ALIGNMENT != 0)
    g_string_append_c (json, ' ');
  return json;
}

/* Writes n values as float16. */
static gboolean
write_half (FyOutputFile *file, const char *name, const float *values, gsize n, GError **error)
{
  g_autofree guint16 *half = g_new (guint16, n);

  for (gsize i = 0; i < n; i++)
    {
      half[i] = fy_f32_to_f16 (values[i]);
      if (isfinite (values[i]) && !isfinite (fy_f16_to_f32 (half[i])))
        {
          g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                       _ ("%s: element %zu is %g, more than float16 can hold; write "
                          "float32 instead"),
                       name, i, (double) values[i]);
          return FALSE;
        }
    }
  return fy_output_file_write (file, half, n * sizeof *half, error);
}

gboolean
fy_safetensors_save (const char *path,
                     const FyTensorInfo *tensors,
                     int n_tensors,
                     const FyNote *notes,
                     int n_notes,
                     FyTensorFill fill,
                     gpointer user_data,
                     GError **error)
{
  g_autoptr (GString) header = make_header (tensors, n_tensors, notes, n_notes);
  guint64 length = GUINT64_TO_LE (header->len);
  g_autoptr (FyOutputFile) file = fy_output_file_new (path, error);

  if (file == NULL || !fy_output_file_write (file, &length, sizeof length, error) ||
      !fy_output_file_write (file, header->str, header->len, error))
    return FALSE;
  for (int i = 0; i < n_tensors; i++)
    {
      gsize n = count_elements (&tensors[i]);
      g_autofree float *values = g_new (float, n);

      if (!fill (i, values, n, user_data, error))
        return FALSE;
      if (tensors[i].dtype == FY_DTYPE_F16
              ? !write_half (file, tensors[i].name, values, n, error)
              : !fy_output_file_write (file, values, n * sizeof *values, error))
        return FALSE;
    }
  return fy_output_file_commit (file, TRUE, error);
}
