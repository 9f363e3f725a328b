/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/device.h"

#include "base/error.h"
#include "base/text.h"
#include "compute/vulkan/features.h"
#include "compute/vulkan/inspect.h"
#include "compute/vulkan/matrices.h"
#include "compute/vulkan/operations.h"
#include "compute/vulkan/result.h"
#include "compute/vulkan/subgroups.h"

#include <string.h>

/* --- Choosing --- */

/* Larger is faster; 0 for a software device. */
static int
rank (const FyVulkanPhysical *physical)
{
  switch (physical->properties.deviceType)
    {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return 4;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return 3;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return 2;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return 0;
    default:
      return 1;
    }
}

static const FyVulkanPhysical *
fastest (const FyVulkanInstance *instance, gboolean software_too)
{
  const FyVulkanPhysical *best = NULL;

  for (guint i = 0; i < instance->physical->len; i++)
    {
      const FyVulkanPhysical *each = &g_array_index (instance->physical, FyVulkanPhysical, i);

      if (rank (each) == 0 && !software_too)
        continue;
      if (best == NULL || rank (each) > rank (best) ||
          (rank (each) == rank (best) && each->local_size > best->local_size))
        best = each;
    }
  return best;
}

static char *
describe (const FyVulkanInstance *instance, guint number)
{
  const FyVulkanPhysical *each = &g_array_index (instance->physical, FyVulkanPhysical, number);

  return g_strdup_printf (fy_vulkan_physical_is_software (each) ? _ ("vulkan:%u  %s (software)")
                                                                : "vulkan:%u  %s",
                          number, each->properties.deviceName);
}

static void
set_no_device (const FyVulkanInstance *instance, int number, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < instance->physical->len; i++)
    {
      g_autofree char *line = describe (instance, i);

      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", line);
    }
  if (instance->physical->len == 0)
    g_set_error_literal (
        error, FY_ERROR, FY_ERROR_NO_DEVICE,
        _ ("no GPU with Vulkan 1.2 is here; install or update its driver, or use the CPU"));
  else if (number < 0)
    g_set_error (error, FY_ERROR, FY_ERROR_NO_DEVICE,
                 _ ("no GPU is here, only %s; name it, or use the CPU"), list->str);
  else
    g_set_error (error, FY_ERROR, FY_ERROR_NO_DEVICE,
                 _ ("there is no vulkan:%d; there is %s, and cpu"), number, list->str);
}

static const FyVulkanPhysical *
choose (const FyVulkanInstance *instance, int number, gboolean software_too, GError **error)
{
  const FyVulkanPhysical *chosen = NULL;

  if (number < 0)
    chosen = fastest (instance, software_too);
  else if ((guint) number < instance->physical->len)
    chosen = &g_array_index (instance->physical, FyVulkanPhysical, (guint) number);
  if (chosen == NULL)
    set_no_device (instance, number, error);
  return chosen;
}

void
fy_vulkan_device_list (GPtrArray *lines)
{
  g_autoptr (FyVulkanInstance) instance = fy_vulkan_instance_new (NULL);

  for (guint i = 0; instance != NULL && i < instance->physical->len; i++)
    g_ptr_array_add (lines, describe (instance, i));
}

/* --- The device --- */

/* Frees a device in any state of construction. */
static void
vulkan_device_free (FyDevice *device)
{
  FyVulkanDevice *self = (FyVulkanDevice *) device;

  g_clear_pointer (&self->commands, fy_commands_free); /* waits, and frees what was kept */
  g_clear_pointer (&self->staging, fy_staging_free);
  g_clear_pointer (&self->pipelines, fy_pipelines_free);
  g_clear_pointer (&self->memory, fy_memory_free);
  if (self->handle != NULL)
    self->vk.DestroyDevice (self->handle, NULL);
  fy_vulkan_instance_free (self->instance);
  g_free (self->parent.name);
  g_free (self);
}

static FyBuffer *
buffer_new (FyDevice *device, gsize size, GError **error)
{
  FyVulkanBuffer *self = fy_vulkan_buffer_new ((FyVulkanDevice *) device, size, error);

  return self != NULL ? &self->parent : NULL;
}

static void
buffer_free (FyBuffer *self)
{
  fy_vulkan_buffer_free ((FyVulkanBuffer *) self);
}

static gboolean
buffer_upload (FyBuffer *self, gsize offset, const void *data, gsize size, GError **error)
{
  return fy_vulkan_buffer_upload ((FyVulkanBuffer *) self, offset, data, size, error);
}

static gboolean
buffer_download (FyBuffer *self, gsize offset, void *data, gsize size, GError **error)
{
  return fy_vulkan_buffer_download ((FyVulkanBuffer *) self, offset, data, size, error);
}

static const FyBackend vulkan_backend = {
  .kind = "vulkan",
  .channel_multiple = 4,
  .free = vulkan_device_free,
  .buffer_new = buffer_new,
  .buffer_free = buffer_free,
  .buffer_upload = buffer_upload,
  .buffer_download = buffer_download,
  .load_picture = fy_vulkan_load_picture,
  .pad = fy_vulkan_pad,
  .max_pool = fy_vulkan_max_pool,
  .convolution_new = fy_vulkan_convolution_new,
  .convolution_free = fy_vulkan_convolution_free,
  .convolution_run = fy_vulkan_convolution_run,
  .features_new = fy_vulkan_features_new,
  .features_free = fy_vulkan_features_free,
  .features_set_map = fy_vulkan_features_set_map,
  .features_write = fy_vulkan_features_write,
  .features_read = fy_vulkan_features_read,
  .features_write_f16 = fy_vulkan_features_write_f16,
  .features_read_f16 = fy_vulkan_features_read_f16,
  .search_new = fy_vulkan_search_new,
  .search_free = fy_vulkan_search_free,
  .search_run = fy_vulkan_search_run,
  .search_parts = fy_vulkan_search_parts,
};

#define LOAD_DEVICE(name)                                                                          \
  vk->name = (PFN_vk##name) vk->GetDeviceProcAddr (self->handle, "vk" #name);

/* Enables what subgroups.h found, and with `matrices` what matrices.h did. */
static gboolean
create_device (FyVulkanDevice *self, gboolean matrices, GError **error)
{
  static const float priority = 1;
  const char *extensions[2];
  FyVk *vk = &self->vk;
  VkPhysicalDeviceVulkan12Features vulkan12 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
    .timelineSemaphore = VK_TRUE,
    .shaderFloat16 = matrices,
    .vulkanMemoryModel = matrices,
  };
  VkPhysicalDeviceCooperativeMatrixFeaturesNV matrix = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_NV,
    .cooperativeMatrix = VK_TRUE,
  };
  VkPhysicalDeviceSubgroupSizeControlFeaturesEXT control = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES_EXT,
    .pNext = &vulkan12,
    .subgroupSizeControl = VK_TRUE,
    .computeFullSubgroups = VK_TRUE,
  };
  VkDeviceQueueCreateInfo queue = { .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                    .queueFamilyIndex = self->physical.queue_family,
                                    .queueCount = 1,
                                    .pQueuePriorities = &priority };
  VkDeviceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                              .pNext = &vulkan12,
                              .queueCreateInfoCount = 1,
                              .pQueueCreateInfos = &queue,
                              .ppEnabledExtensionNames = extensions };

  if (matrices)
    {
      vulkan12.pNext = &matrix;
      extensions[info.enabledExtensionCount++] = VK_NV_COOPERATIVE_MATRIX_EXTENSION_NAME;
    }
  if (self->lanes > 0)
    {
      info.pNext = &control;
      extensions[info.enabledExtensionCount++] = VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME;
    }
  FY_VK_OR_RETURN (self->physical.properties.deviceName,
                   vk->CreateDevice (self->physical.handle, &info, NULL, &self->handle), FALSE);
  FY_VK_DEVICE_FUNCTIONS (LOAD_DEVICE)
  vk->GetDeviceQueue (self->handle, self->physical.queue_family, 0, &self->queue);
  return TRUE;
}

/* A software device reads texels unless FERRY_VULKAN_LOADS=storage. */
static gboolean
reads_texels (const FyVulkanPhysical *physical)
{
  return fy_vulkan_physical_is_software (physical) &&
         g_strcmp0 (g_getenv ("FERRY_VULKAN_LOADS"), "storage") != 0;
}

/* A workgroup that does more would take longer than a submit should, whatever the device. */
#define MAX_WORK 1e9

static void
set_limits (FyVulkanDevice *self, gsize max_range, double max_work)
{
  const VkPhysicalDeviceLimits *limits = &self->physical.properties.limits;

  self->max_range = limits->maxStorageBufferRange;
  if (self->texel)
    self->max_range = MIN (self->max_range, (gsize) limits->maxTexelBufferElements * 16);
  if (max_range > 0)
    self->max_range = MIN (self->max_range, max_range);
  self->max_work = max_work > 0 ? max_work : MAX_WORK;
}

/* Reads a number from 1 on from the environment; 0 when it is not there. */
static gboolean
read_number (const char *variable, guint64 *value, GError **error)
{
  const char *text = g_getenv (variable);

  *value = 0;
  if (text == NULL || g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, value, NULL))
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
               _ ("%s is \"%s\", not a whole number from 1 on; correct or unset it"), variable,
               text);
  return FALSE;
}

static gboolean
start (FyVulkanDevice *self, GError **error)
{
  guint64 mib, lose, matrices;

  if (!read_number ("FERRY_VULKAN_MATRICES", &matrices, error))
    return FALSE;
  if (matrices != 0 && !fy_vulkan_has_matrices (self->instance, &self->physical))
    matrices = 0;
  self->lanes = fy_vulkan_subgroup_lanes (self->instance, &self->physical, &self->lanes_required);
  if (!create_device (self, matrices != 0, error))
    return FALSE;
  self->texel = reads_texels (&self->physical);
  self->fast_convolution = matrices != 0 ? FY_SHADER_CONVOLUTION_MATRIX : FY_SHADER_CONVOLUTION;
  self->prunes = TRUE;
  fy_vulkan_set_subgroups (&self->parent, !self->texel); /* which make a software device slower */
  set_limits (self, 0, 0);
  if (!read_number ("FERRY_VULKAN_MEMORY_MIB", &mib, error) ||
      !read_number ("FERRY_VULKAN_LOSE", &lose, error))
    return FALSE;
  self->memory = fy_memory_new (self, (gsize) mib << 20);
  self->lose_in = (guint) lose;
  self->commands = fy_commands_new (self, error);
  if (self->commands == NULL)
    return FALSE;
  self->pipelines = fy_pipelines_new (self, error);
  if (self->pipelines == NULL)
    return FALSE;
  self->staging = fy_staging_new (self, error);
  return self->staging != NULL;
}

FyDevice *
fy_vulkan_device_new (int number, gboolean software_too, GError **error)
{
  g_autoptr (FyVulkanInstance) instance = fy_vulkan_instance_new (error);
  const FyVulkanPhysical *physical =
      instance != NULL ? choose (instance, number, software_too, error) : NULL;
  g_autoptr (FyDevice) owner = NULL;
  FyVulkanDevice *self;

  if (physical == NULL)
    return NULL;
  self = g_new0 (FyVulkanDevice, 1);
  owner = &self->parent;
  self->parent.backend = &vulkan_backend;
  self->parent.name =
      g_strdup_printf ("%s (Vulkan%s)", physical->properties.deviceName,
                       fy_vulkan_physical_is_software (physical) ? ", software" : "");
  if (fy_vulkan_physical_is_software (physical))
    self->parent.title =
        g_strdup_printf (_ ("%s (Vulkan, software)"), physical->properties.deviceName);
  self->physical = *physical;
  self->vk = instance->vk;
  self->instance = g_steal_pointer (&instance);
  return start (self, error) ? g_steal_pointer (&owner) : NULL;
}

gboolean
fy_vulkan_device_check (const FyVulkanDevice *self, GError **error)
{
  return !self->lost || fy_vk_fail (VK_ERROR_DEVICE_LOST, self->parent.name, error);
}

/* --- For tests --- */

void
fy_vulkan_set_pruning (FyDevice *device, gboolean prune)
{
  ((FyVulkanDevice *) device)->prunes = prune;
}

guint
fy_vulkan_set_subgroups (FyDevice *device, gboolean use)
{
  FyVulkanDevice *self = (FyVulkanDevice *) device;

  self->search = use && self->lanes > 0 ? FY_SHADER_SEARCH_SUBGROUP : FY_SHADER_SEARCH;
  return self->lanes;
}

void
fy_vulkan_emulate_matrices (FyDevice *device, gboolean emulate)
{
  ((FyVulkanDevice *) device)->fast_convolution =
      emulate ? FY_SHADER_CONVOLUTION_EMULATED : FY_SHADER_CONVOLUTION;
}

void
fy_vulkan_lose (FyDevice *device, guint n)
{
  ((FyVulkanDevice *) device)->lose_in = n;
}

gboolean
fy_vulkan_is_validated (FyDevice *device)
{
  return ((FyVulkanDevice *) device)->instance->messenger != VK_NULL_HANDLE;
}

int
fy_vulkan_message_count (FyDevice *device)
{
  return g_atomic_int_get (&((FyVulkanDevice *) device)->instance->n_messages);
}

void
fy_vulkan_set_limits (FyDevice *device, gsize max_range, double max_work)
{
  set_limits ((FyVulkanDevice *) device, max_range, max_work);
}

gboolean
fy_vulkan_features_in_host_memory (FyFeatures *features)
{
  return fy_vulkan_features_spilled (features);
}
