/* SPDX-License-Identifier: MIT */
/* Devices that are not there, full, cut short or interrupted. */
#include "base/error.h"
#include "compute/vulkan/inspect.h"
#include "devices.h"

#include <string.h>

/* --- Choosing --- */

static void
check_no_device (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyDevice) device = fy_device_new (name, &error);

  g_assert_null (device);
  g_assert_error (error, FY_ERROR, FY_ERROR_NO_DEVICE);
  g_assert_true (strstr (error->message, "cpu") != NULL ||
                 strstr (error->message, "CPU") != NULL); /* what to do instead */
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_names (void)
{
  static const char *const names[] = {
    "", "gpu", "vulkan:", "vulkan:-1", "vulkan:1x", "vulkan:999", "vulkan:99999999999999999999"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    check_no_device (names[i]);
}

static gboolean
is_software (FyDevice *device)
{
  return strstr (fy_device_name (device), "software") != NULL;
}

/* By default never a software device, and by "vulkan" only where there is nothing else. */
static void
test_choice (void)
{
  g_auto (GStrv) lines = fy_device_list ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FyDevice) usual = fy_device_new (NULL, &error);
  gboolean have_vulkan = FALSE, have_gpu = FALSE;

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (lines[0], "cpu "));
  for (char **line = lines + 1; *line != NULL; line++)
    {
      have_vulkan = TRUE;
      have_gpu |= strstr (*line, "(software)") == NULL;
    }
  g_assert_cmpstr (fy_device_kind (usual), ==, have_gpu ? "vulkan" : "cpu");
  g_assert_false (is_software (usual));
  if (have_vulkan)
    {
      g_autoptr (FyDevice) vulkan = fy_device_new ("vulkan", &error);

      g_assert_no_error (error);
      g_assert_true (is_software (vulkan) == !have_gpu);
    }
  else
    check_no_device ("vulkan");
}

/* As on a machine without Vulkan: the CPU by default, and a reason for who asked for more. */
static void
check_without_vulkan (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyDevice) device = fy_device_new (NULL, &error);
  g_auto (GStrv) lines = fy_device_list ();

  g_assert_no_error (error);
  g_assert_cmpstr (fy_device_kind (device), ==, "cpu");
  g_assert_cmpuint (g_strv_length (lines), ==, 1);
  check_no_device ("vulkan");
  check_no_device ("vulkan:0");
}

static void
test_no_loader (void)
{
  static const char *const loaders[] = { "/nowhere/libvulkan.so.1", "libm.so.6", "/dev/null" };

  for (guint i = 0; i < G_N_ELEMENTS (loaders); i++)
    {
      g_setenv ("FERRY_VULKAN_LOADER", loaders[i], TRUE);
      check_without_vulkan ();
    }
  g_unsetenv ("FERRY_VULKAN_LOADER");
}

static void
test_no_driver (void)
{
  static const char *const variables[] = { "VK_DRIVER_FILES", "VK_ICD_FILENAMES" };
  char *before[G_N_ELEMENTS (variables)];

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      before[i] = g_strdup (g_getenv (variables[i]));
      g_setenv (variables[i], "/nowhere/driver.json", TRUE);
    }
  check_without_vulkan ();
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      if (before[i] != NULL)
        g_setenv (variables[i], before[i], TRUE);
      else
        g_unsetenv (variables[i]);
      g_free (before[i]);
    }
}

/* --- Memory --- */

/* The device again, with a budget of its own. */
static FyDevice *
open_with_budget (FyDevice *device, const char *mib)
{
  g_auto (GStrv) lines = fy_device_list ();
  g_autoptr (GError) error = NULL;
  FyDevice *found = NULL;

  g_setenv ("FERRY_VULKAN_MEMORY_MIB", mib, TRUE);
  for (char **line = lines + 1; found == NULL && *line != NULL; line++)
    {
      g_autofree char *name = g_strndup (*line, strcspn (*line, " "));

      found = fy_device_new (name, &error);
      g_assert_no_error (error);
      if (strcmp (fy_device_name (found), fy_device_name (device)) != 0)
        g_clear_pointer (&found, fy_device_free);
    }
  g_unsetenv ("FERRY_VULKAN_MEMORY_MIB");
  g_assert_nonnull (found);
  return found;
}

static gboolean
is_vulkan (FyDevice *device)
{
  if (strcmp (fy_device_kind (device), "vulkan") == 0)
    return TRUE;
  g_test_skip ("for Vulkan only");
  return FALSE;
}

/* Buffers of many sizes come and go without touching each other, and leave no holes behind. */
static void
test_arena (FyDevice *device)
{
  g_autoptr (FyDevice) small = is_vulkan (device) ? open_with_budget (device, "16") : NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = g_malloc (1 << 20);
  g_autofree guint8 *got = g_malloc (1 << 20);
  FyBuffer *buffers[24] = { NULL }, *large;
  gsize sizes[24];

  if (small == NULL)
    return;
  for (int turn = 0; turn < 400; turn++)
    {
      int i = g_rand_int_range (rand, 0, 24);

      if (buffers[i] == NULL)
        {
          sizes[i] = (gsize) g_rand_int_range (rand, 1, turn % 3 ? 5000 : 600000);
          buffers[i] = fy_buffer_new (small, sizes[i], &error);
          g_assert_no_error (error);
          memset (bytes, i, sizes[i]);
          g_assert_true (fy_buffer_upload (buffers[i], 0, bytes, sizes[i], &error));
          continue;
        }
      memset (bytes, i, sizes[i]);
      g_assert_true (fy_buffer_download (buffers[i], 0, got, sizes[i], &error));
      g_assert_true (memcmp (bytes, got, sizes[i]) == 0);
      g_clear_pointer (&buffers[i], fy_buffer_free);
    }
  for (int i = 0; i < 24; i++)
    fy_buffer_free (buffers[i]);
  g_assert_true (fy_buffer_new (small, (16 << 20) + 1, &error) == NULL);
  g_assert_error (error, FY_ERROR, FY_ERROR_GPU_MEMORY);
  g_clear_error (&error);
  buffers[0] = fy_buffer_new (small, 4, &error); /* waits for what was freed just now */
  g_assert_true (fy_buffer_download (buffers[0], 0, got, 4, &error));
  fy_buffer_free (buffers[0]);
  large = fy_buffer_new (small, 16 << 20, &error);
  g_assert_no_error (error);
  fy_buffer_free (large);
}

/* Features that find no room on the device are searched all the same, as few at once as need be. */
static void
check_spill (FyDevice *device, const char *mib, int height, int width, int n_spilled)
{
  const FySearchParams params = { .k = 7, .radius = 5, .n_parts = 2, .weight = { 0.75f, 0.25f } };
  g_autoptr (FyDevice) small = open_with_budget (device, mib);
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  g_autoptr (GError) error = NULL;
  g_autoptr (FySearch) search = fy_search_new (small, &params, &error);
  g_autofree guint32 *position = g_new (guint32, height * width * 7);
  g_autofree float *score = g_new (float, height *width * 7);
  JudgeFeatures *judged[6];
  FyFeatures *features[6];
  int spilled = 0;

  for (int i = 0; i < 6; i++)
    {
      judged[i] = judge_features_new (rand, height, width, 2, (int[]){ 64, 30 }, 0.125f);
      features[i] = devices_features (small, judged[i]);
      spilled += fy_vulkan_features_in_host_memory (features[i]) ? 1 : 0;
    }
  g_assert_cmpint (spilled, ==, n_spilled);
  for (int target = 0; target < 6; target += 5)
    {
      fy_search_run (search, features[target], features, 6, position, score, NULL, &error);
      g_assert_no_error (error);
      judge_check_search (&params, judged[target], judged, 6, position, score, 0);
    }
  for (int i = 0; i < 6; i++)
    {
      fy_features_unref (features[i]);
      judge_features_free (judged[i]);
    }
  g_assert_cmpint (fy_vulkan_message_count (small), ==, 0);
}

static void
test_spill (FyDevice *device)
{
  if (!is_vulkan (device))
    return;
  check_spill (device, "4", 17, 21, 0); /* 140 KiB a frame: all fit           */
  check_spill (device, "1", 17, 21, 2); /* the last find no room             */
  check_spill (device, "1", 25, 33, 6); /* 310 KiB a frame: one at a time    */
}

/* Features in host memory take a map by way of what device memory there is. */
static void
check_spilled_map (FyDevice *small, FyFeaturesFormat format, float epsilon)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (JudgeMap) map = NULL;
  g_autoptr (FyFeatures) features = NULL;
  g_autoptr (FyBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree float *got = g_new (float, 60 * 61 * 128);
  float want[128];
  FyMap uploaded;

  map = judge_map_new (rand, 60, 61, 128, 1); /* 1.9 MiB */
  buffer = devices_upload (small, &map, 1, &uploaded);
  features = fy_features_new (small, 60, 61, 1, (int[]){ 128 }, format, &error);
  g_assert_no_error (error);
  g_assert_true (fy_vulkan_features_in_host_memory (features));
  g_assert_true (fy_features_set_map (features, 0, &uploaded, TRUE, &error));
  g_assert_true (fy_features_read (features, 0, got, &error));
  for (int cell = 0; cell < 60 * 61; cell++)
    {
      judge_normalize_row (judge_map_at (map, cell / 61, cell % 61), want, 128);
      judge_check_close ("spilled row", want, got + (gsize) cell * 128, 1, 128, epsilon);
    }
}

static void
test_spilled_map (FyDevice *device)
{
  g_autoptr (FyDevice) small = is_vulkan (device) ? open_with_budget (device, "3") : NULL;

  if (small == NULL)
    return;
  check_spilled_map (small, FY_FEATURES_F32, 1e-6f);
  check_spilled_map (small, FY_FEATURES_F16, 1e-3f);
}

/* One context frame that does not fit is an error that says how much was needed. */
static void
test_too_large (FyDevice *device)
{
  const FySearchParams params = { .k = 64, .n_parts = 1, .weight = { 1 } };
  g_autoptr (FyDevice) small = is_vulkan (device) ? open_with_budget (device, "1") : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FyFeatures) features = NULL;
  g_autoptr (FySearch) search = NULL;
  g_autofree guint32 *position = g_new (guint32, 40 * 40 * 64);
  g_autofree float *score = g_new (float, 40 * 40 * 64);

  if (small == NULL)
    return;
  features = fy_features_new (small, 40, 40, 1, (int[]){ 256 }, FY_FEATURES_F32, &error);
  g_assert_no_error (error);
  search = fy_search_new (small, &params, &error);
  g_assert_false (fy_search_run (search, features, &features, 1, position, score, NULL, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_GPU_MEMORY);
  g_assert_nonnull (strstr (error->message, "MiB"));
  g_test_message ("%s", error->message);
}

/* --- Interruption --- */

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (50000);
  g_cancellable_cancel (data);
  return NULL;
}

/* A search of many seconds stops soon, and the device works on. */
static void
test_interrupted (FyDevice *device)
{
  const FySearchParams params = { .k = 2, .n_parts = 1, .weight = { 1 }, .brute_force = TRUE };
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (JudgeFeatures) judged = judge_features_new (rand, 60, 60, 1, (int[]){ 256 }, 0);
  g_autoptr (FyFeatures) features = devices_features (device, judged);
  g_autoptr (FySearch) search = fy_search_new (device, &params, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree guint32 *position = g_new (guint32, 7200);
  g_autofree float *score = g_new (float, 7200);
  FyFeatures *context[40];
  GThread *thread;
  gint64 start;

  for (int i = 0; i < 40; i++)
    context[i] = features;
  thread = g_thread_new ("cancel", cancel_soon, cancellable);
  start = g_get_monotonic_time ();
  fy_search_run (search, features, context, 40, position, score, cancellable, &error);
  g_test_message ("stopped after %.3f s", (double) (g_get_monotonic_time () - start) * 1e-6);
  g_thread_join (thread);
  if (error != NULL || is_software (device)) /* a GPU may be done before */
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  fy_search_run (search, features, context, 1, position, score, NULL, &error);
  g_assert_no_error (error);
  for (guint cell = 0; cell < 3600; cell++)
    g_assert_cmpuint (position[2 * cell], ==, cell);
}

/* --- Loss --- */

#define LOST_CELLS (12 * 13)

/* What lives on a device while it is lost. */
typedef struct
{
  FyDevice *device;
  FyBuffer *buffer;
  FyConvolution *convolution;
  FyFeatures *features;
  FyFeatures *spilled;
  FySearch *search;
  FyMap map;
} Living;

static void
living_clear (Living *self)
{
  fy_search_free (self->search);
  g_clear_pointer (&self->features, fy_features_unref);
  g_clear_pointer (&self->spilled, fy_features_unref);
  fy_convolution_free (self->convolution);
  fy_buffer_free (self->buffer);
  fy_device_free (self->device);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Living, living_clear)

static const FySearchParams lost_params = { .k = 3, .radius = 4, .n_parts = 1, .weight = { 1 } };
static const FyConvolutionParams lost_layer = { .in_channels = 8,
                                                .out_channels = 8,
                                                .kernel = 1,
                                                .stride = 1 };

static void
living_open (Living *self, FyDevice *device)
{
  const float weight[64] = { 1, 2, 3 }, rows[256 * 8] = { 0 };
  g_autoptr (GError) error = NULL;

  self->device = open_with_budget (device, "1");
  self->buffer = fy_buffer_new (self->device, 1 << 16, &error);
  self->map = (FyMap){ self->buffer, 256, 12, 13, 8, 1 };
  self->convolution = fy_convolution_new (self->device, &lost_layer, weight, NULL, &error);
  self->features = fy_features_new (self->device, 12, 13, 1, (int[]){ 8 }, FY_FEATURES_F16, &error);
  self->spilled = fy_features_new (self->device, 50, 80, 1, (int[]){ 64 }, FY_FEATURES_F32, &error);
  self->search = fy_search_new (self->device, &lost_params, &error);
  fy_buffer_upload (self->buffer, 0, rows, sizeof rows, &error);
  g_assert_no_error (error);
  g_assert_true (fy_vulkan_features_in_host_memory (self->spilled));
}

static gboolean
search_once (Living *self, GError **error)
{
  guint32 position[LOST_CELLS * 3];
  float score[LOST_CELLS * 3];

  return fy_search_run (self->search, self->features, &self->features, 1, position, score, NULL,
                        error) &&
         fy_search_parts (self->search, self->features, &self->features, 1, position,
                          (float *[]){ score }, error);
}

/* A frame's work, which waits for the device several times. */
static gboolean
work (Living *self, GError **error)
{
  g_autofree float *bytes = g_malloc0 (1 << 16);
  FyMap *map = &self->map;

  return fy_buffer_download (self->buffer, 0, bytes, 1 << 16, error) &&
         fy_device_pad (self->device, map, FY_PADDING_ZERO, error) &&
         fy_convolution_run (self->convolution, map, NULL, map, error) &&
         fy_features_set_map (self->features, 0, map, TRUE, error) &&
         fy_features_read (self->features, 0, bytes, error) && search_once (self, error) &&
         search_once (self, error);
}

static void
expect_lost (gboolean done, GError **error)
{
  g_assert_false (done);
  g_assert_error (*error, FY_ERROR, FY_ERROR_DEVICE_LOST);
  g_clear_error (error);
}

/* Nothing works any more. */
static void
check_lost (Living *self)
{
  static const float some[3] = { 1, 1, 1 };
  const float weight[64] = { 0 };
  g_autofree float *bytes = g_malloc0 (50 * 80 * 64 * sizeof (float));
  FyMap *map = &self->map;
  FyMap small = { self->buffer, 256, 6, 7, 8, 0 };
  GError *error = NULL;

  expect_lost (fy_buffer_new (self->device, 16, &error) != NULL, &error);
  expect_lost (fy_buffer_upload (self->buffer, 0, bytes, 16, &error), &error);
  expect_lost (fy_buffer_download (self->buffer, 0, bytes, 16, &error), &error);
  expect_lost (fy_device_load_picture (self->device, (guint8 *) bytes, some, some, map, &error),
               &error);
  expect_lost (fy_device_pad (self->device, map, FY_PADDING_ZERO, &error), &error);
  expect_lost (fy_device_max_pool (self->device, map, &small, &error), &error);
  expect_lost (fy_convolution_new (self->device, &lost_layer, weight, NULL, &error) != NULL,
               &error);
  expect_lost (fy_convolution_run (self->convolution, map, NULL, map, &error), &error);
  expect_lost (fy_features_new (self->device, 1, 1, 1, (int[]){ 4 }, FY_FEATURES_F32, &error) !=
                   NULL,
               &error);
  expect_lost (fy_features_set_map (self->features, 0, map, TRUE, &error), &error);
  expect_lost (fy_features_write (self->spilled, 0, bytes, &error), &error);
  expect_lost (fy_features_read (self->spilled, 0, bytes, &error), &error);
  expect_lost (fy_features_read_f16 (self->features, 0, (guint16 *) bytes, &error), &error);
  expect_lost (fy_search_new (self->device, &lost_params, &error) != NULL, &error);
  expect_lost (search_once (self, &error), &error);
}

/* Messages of the validation layer so far, those about a device being closed too. */
static int *
messages (void)
{
  static int count;

  return &count;
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 && strstr (fields[i].value, "alidation") != NULL)
      ++*messages ();
  return g_log_writer_default (level, fields, n_fields, data);
}

/* Lost at any submit, a device fails from then on, frees what it has, and a new one works. */
static void
test_lost (FyDevice *device)
{
  int before = *messages ();

  if (!is_vulkan (device))
    return;
  for (guint n = 1;; n++)
    {
      g_auto (Living) living = { 0 };
      g_autoptr (GError) error = NULL;

      living_open (&living, device);
      fy_vulkan_lose (living.device, n);
      if (work (&living, &error))
        {
          g_assert_no_error (error);
          g_assert_cmpuint (n, >, 5);
          break;
        }
      g_assert_error (error, FY_ERROR, FY_ERROR_DEVICE_LOST);
      check_lost (&living);
    }
  g_assert_cmpint (*messages (), ==, before); /* nothing was left over */
}

/* --- Environment --- */

static void
check_environment (const char *variable, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyDevice) device = NULL;

  g_setenv (variable, value, TRUE);
  device = fy_device_new ("vulkan", &error);
  g_unsetenv (variable);
  g_assert_null (device);
  g_assert_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, variable));
  g_assert_nonnull (strstr (error->message, value));
}

static void
test_environment (FyDevice *device)
{
  static const char *const values[] = {
    "", "much", "0", "-5", "1.5", "12x", "99999999999999999999"
  };
  g_autoptr (FyDevice) doomed = NULL;
  g_autoptr (FyBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;
  char byte;

  if (!is_vulkan (device))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      check_environment ("FERRY_VULKAN_MEMORY_MIB", values[i]);
      check_environment ("FERRY_VULKAN_LOSE", values[i]);
    }
  g_setenv ("FERRY_VULKAN_LOSE", "2", TRUE);
  doomed = fy_device_new ("vulkan", &error);
  g_unsetenv ("FERRY_VULKAN_LOSE");
  g_assert_no_error (error);
  buffer = fy_buffer_new (doomed, 16, &error);
  g_assert_true (fy_buffer_download (buffer, 0, &byte, 1, &error));
  g_assert_false (fy_buffer_download (buffer, 0, &byte, 1, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_DEVICE_LOST);
}

int
main (int argc, char **argv)
{
  GPtrArray *devices = devices_open ();

  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (write_log, NULL, NULL);
  g_test_add_func ("/device/names", test_names);
  g_test_add_func ("/device/choice", test_choice);
  g_test_add_func ("/device/no-loader", test_no_loader);
  g_test_add_func ("/device/no-driver", test_no_driver);
  devices_add_test (devices, "arena", test_arena);
  devices_add_test (devices, "spill", test_spill);
  devices_add_test (devices, "spilled-map", test_spilled_map);
  devices_add_test (devices, "too-large", test_too_large);
  devices_add_test (devices, "interrupted", test_interrupted);
  devices_add_test (devices, "lost", test_lost);
  devices_add_test (devices, "environment", test_environment);
  return devices_run (devices);
}
