/* SPDX-License-Identifier: MIT */
#include "devices.h"

#include "base/half.h"
#include "compute/vulkan/inspect.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  FyDevice *device;
  char *label;
} Entry;

typedef struct
{
  const Entry *entry; /* borrowed */
  DeviceTest test;
} Job;

static void
entry_free (gpointer data)
{
  Entry *self = data;

  fy_device_free (self->device);
  g_free (self->label);
  g_free (self);
}

static void
open_one (GPtrArray *devices, const char *name, const char *label)
{
  g_autoptr (GError) error = NULL;
  Entry *entry = g_new0 (Entry, 1);

  entry->device = fy_device_new (name, &error);
  g_assert_no_error (error);
  entry->label = g_strdup (label);
  g_ptr_array_add (devices, entry);
}

GPtrArray *
devices_open (void)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func (entry_free);
  g_autofree char *cache = g_dir_make_tmp ("ferry-test-XXXXXX", NULL);
  g_auto (GStrv) lines = NULL;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("FERRY_VULKAN_VALIDATION", "1", FALSE);
  lines = fy_device_list ();
  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *name = g_strndup (*line, strcspn (*line, " "));
      g_autofree char *second = g_strconcat (name, "-storage", NULL);

      open_one (devices, name, name);
      if (strstr (*line, "(software)") == NULL)
        continue;
      g_setenv ("FERRY_VULKAN_LOADS", "storage", TRUE);
      open_one (devices, name, second);
      g_unsetenv ("FERRY_VULKAN_LOADS");
    }
  return g_steal_pointer (&devices);
}

static void
run_job (gconstpointer data)
{
  const Job *job = data;

  job->test (job->entry->device);
}

static void
skip (void)
{
  g_test_skip ("no Vulkan device here");
}

void
devices_add_test (GPtrArray *devices, const char *name, DeviceTest test)
{
  gboolean have_vulkan = FALSE;

  for (guint i = 0; i < devices->len; i++)
    {
      const Entry *entry = devices->pdata[i];
      g_autofree char *path = g_strdup_printf ("/%s/%s", entry->label, name);
      Job *job = g_new (Job, 1);

      *job = (Job){ entry, test };
      g_test_add_data_func_full (path, job, run_job, g_free);
      have_vulkan |= strcmp (fy_device_kind (entry->device), "vulkan") == 0;
    }
  if (!have_vulkan)
    {
      g_autofree char *path = g_strdup_printf ("/vulkan/%s", name);

      g_test_add_func (path, skip);
    }
}

static void
test_validation (FyDevice *device)
{
  if (strcmp (fy_device_kind (device), "vulkan") != 0)
    return;
  if (!fy_vulkan_is_validated (device))
    {
      g_test_skip ("the Vulkan validation layer is not installed");
      return;
    }
  g_assert_cmpint (fy_vulkan_message_count (device), ==, 0);
}

/* Removes a folder of files and folders. */
static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

int
devices_run (GPtrArray *devices)
{
  int status;

  devices_add_test (devices, "validation", test_validation);
  status = g_test_run ();
  g_ptr_array_unref (devices);
  remove_folder (g_getenv ("XDG_CACHE_HOME"));
  return status;
}

/* --- Maps and features --- */

FyBuffer *
devices_upload (FyDevice *device, JudgeMap *const *maps, int n_maps, FyMap *uploaded)
{
  g_autoptr (FyBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;
  gsize size = FY_MAP_ALIGN;

  for (int i = 0; i < n_maps; i++)
    {
      uploaded[i] =
          (FyMap){ NULL, size, maps[i]->height, maps[i]->width, maps[i]->channels, maps[i]->halo };
      size += (fy_map_size (&uploaded[i]) + FY_MAP_ALIGN - 1) / FY_MAP_ALIGN * FY_MAP_ALIGN;
    }
  buffer = fy_buffer_new (device, size, &error);
  g_assert_no_error (error);
  for (int i = 0; i < n_maps; i++)
    {
      uploaded[i].buffer = buffer;
      fy_buffer_upload (buffer, uploaded[i].offset, maps[i]->data, fy_map_size (&uploaded[i]),
                        &error);
      g_assert_no_error (error);
    }
  return g_steal_pointer (&buffer);
}

void
devices_check_map (const char *what, const FyMap *map, const JudgeMap *want, float epsilon)
{
  gsize rows = (gsize) (want->height + 2 * want->halo), columns = judge_map_n_floats (want) / rows;
  g_autofree float *got = g_new (float, rows *columns);
  g_autoptr (GError) error = NULL;

  fy_buffer_download (map->buffer, map->offset, got, fy_map_size (map), &error);
  g_assert_no_error (error);
  judge_check_close (what, want->data, got, rows, columns, epsilon);
}

static FyFeatures *
features_new (FyDevice *device, const JudgeFeatures *features, FyFeaturesFormat format)
{
  g_autoptr (GError) error = NULL;
  FyFeatures *self = fy_features_new (device, features->height, features->width, features->n_parts,
                                      features->channels, format, &error);

  g_assert_no_error (error);
  for (int part = 0; part < features->n_parts; part++)
    {
      fy_features_write (self, part, features->rows[part], &error);
      g_assert_no_error (error);
    }
  return self;
}

FyFeatures *
devices_features (FyDevice *device, const JudgeFeatures *features)
{
  return features_new (device, features, FY_FEATURES_F32);
}

FyFeatures *
devices_features_in (FyDevice *device, JudgeFeatures *features, FyFeaturesFormat format)
{
  for (int part = 0; part < features->n_parts && format == FY_FEATURES_F16; part++)
    fy_round_to_f16_all (features->rows[part], (gsize) features->height * (gsize) features->width *
                                                   (gsize) features->channels[part]);
  return features_new (device, features, format);
}
