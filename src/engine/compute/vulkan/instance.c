/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/instance.h"

#include "base/error.h"
#include "base/text.h"

#include <gmodule.h>
#include <string.h>

#define VALIDATION_LAYER "VK_LAYER_KHRONOS_validation"

/* Workgroup memory that the shaders take. */
#define SHARED_BYTES 21504

/* --- The loader --- */

/* The library stays open: drivers do not expect to be unloaded. */
static PFN_vkGetInstanceProcAddr
open_loader (GError **error)
{
  const char *name = g_getenv ("FERRY_VULKAN_LOADER");
  GModule *module;
  gpointer symbol = NULL;

  if (name == NULL)
    name = "libvulkan.so.1";
  module = g_module_open (name, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  if (module != NULL && !g_module_symbol (module, "vkGetInstanceProcAddr", &symbol))
    g_module_close (module);
  if (symbol == NULL)
    {
      g_set_error (
          error, FY_ERROR, FY_ERROR_NO_DEVICE,
          _ ("Vulkan's loader %s is not here; install it (Debian: libvulkan1) and a driver of "
             "your GPU, or use the CPU"),
          name);
      return NULL;
    }
  g_module_make_resident (module);
  return (PFN_vkGetInstanceProcAddr) symbol;
}

#define LOAD_GLOBAL(name)   vk->name = (PFN_vk##name) get (NULL, "vk" #name);
#define LOAD_INSTANCE(name) vk->name = (PFN_vk##name) get (self->handle, "vk" #name);

static void
load_global_functions (FyVk *vk, PFN_vkGetInstanceProcAddr get)
{
  vk->GetInstanceProcAddr = get;
  FY_VK_GLOBAL_FUNCTIONS (LOAD_GLOBAL)
}

static void
load_instance_functions (FyVulkanInstance *self)
{
  FyVk *vk = &self->vk;
  PFN_vkGetInstanceProcAddr get = vk->GetInstanceProcAddr;

  FY_VK_INSTANCE_FUNCTIONS (LOAD_INSTANCE)
}

/* --- Validation --- */

static VKAPI_ATTR VkBool32 VKAPI_CALL
on_message (VkDebugUtilsMessageSeverityFlagBitsEXT severity,
            VkDebugUtilsMessageTypeFlagsEXT types,
            const VkDebugUtilsMessengerCallbackDataEXT *data,
            void *user_data)
{
  FyVulkanInstance *self = user_data;

  if (types == VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT)
    return VK_FALSE; /* the loader's own talk: drivers for another architecture and the like */
  g_atomic_int_inc (&self->n_messages);
  g_message ("Vulkan validation: %s", data->pMessage);
  return VK_FALSE;
}

static gboolean
have_validation (const FyVk *vk)
{
  guint32 n = 0;
  g_autofree VkLayerProperties *layers = NULL;

  if (g_strcmp0 (g_getenv ("FERRY_VULKAN_VALIDATION"), "1") != 0)
    return FALSE;
  vk->EnumerateInstanceLayerProperties (&n, NULL);
  layers = g_new0 (VkLayerProperties, n + 1);
  vk->EnumerateInstanceLayerProperties (&n, layers);
  for (guint32 i = 0; i < n; i++)
    if (strcmp (layers[i].layerName, VALIDATION_LAYER) == 0)
      return TRUE;
  g_message ("FERRY_VULKAN_VALIDATION is set, but %s is not installed", VALIDATION_LAYER);
  return FALSE;
}

/* --- The instance --- */

static gboolean
create_instance (FyVulkanInstance *self, gboolean validate, GError **error)
{
  static const char *const layers[] = { VALIDATION_LAYER };
  static const char *const extensions[] = { VK_EXT_DEBUG_UTILS_EXTENSION_NAME,
                                            VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME };
  static const VkValidationFeatureEnableEXT features[] = {
    VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT
  };
  VkValidationFeaturesEXT validation = {
    .sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
    .enabledValidationFeatureCount = G_N_ELEMENTS (features),
    .pEnabledValidationFeatures = features,
  };
  VkApplicationInfo application = { .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                    .pApplicationName = "ferry",
                                    .apiVersion = VK_API_VERSION_1_2 };
  VkInstanceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                .pApplicationInfo = &application };
  VkResult result;

  if (validate)
    {
      info.pNext = &validation;
      info.enabledLayerCount = G_N_ELEMENTS (layers);
      info.ppEnabledLayerNames = layers;
      info.enabledExtensionCount = G_N_ELEMENTS (extensions);
      info.ppEnabledExtensionNames = extensions;
    }
  result = self->vk.CreateInstance (&info, NULL, &self->handle);
  if (result == VK_SUCCESS)
    return TRUE;
  if (result == VK_ERROR_INCOMPATIBLE_DRIVER)
    g_set_error_literal (error, FY_ERROR, FY_ERROR_NO_DEVICE,
                         _ ("no Vulkan driver is here; install your GPU's (Debian: "
                            "mesa-vulkan-drivers or nvidia-driver), or use the CPU"));
  else
    g_set_error (
        error, FY_ERROR, FY_ERROR_NO_DEVICE,
        _ ("Vulkan does not start (error %d); reinstall your GPU's driver, or use the CPU"),
        (int) result);
  return FALSE;
}

static void
watch (FyVulkanInstance *self)
{
  PFN_vkCreateDebugUtilsMessengerEXT create =
      (PFN_vkCreateDebugUtilsMessengerEXT) self->vk.GetInstanceProcAddr (
          self->handle, "vkCreateDebugUtilsMessengerEXT");
  VkDebugUtilsMessengerCreateInfoEXT info = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT |
                   VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
    .pfnUserCallback = on_message,
    .pUserData = self,
  };

  if (create != NULL)
    create (self->handle, &info, NULL, &self->messenger);
}

/* --- Physical devices --- */

static gboolean
find_queue_family (const FyVk *vk, FyVulkanPhysical *physical)
{
  guint32 n = 0;
  g_autofree VkQueueFamilyProperties *families = NULL;

  vk->GetPhysicalDeviceQueueFamilyProperties (physical->handle, &n, NULL);
  families = g_new0 (VkQueueFamilyProperties, n + 1);
  vk->GetPhysicalDeviceQueueFamilyProperties (physical->handle, &n, families);
  for (guint32 i = 0; i < n; i++)
    if (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT)
      {
        physical->queue_family = i;
        physical->timestamp_bits = families[i].timestampValidBits;
        return TRUE;
      }
  return FALSE;
}

/* Whether the device does what every Vulkan 1.2 device may be expected to. */
static gboolean
inspect (const FyVk *vk, VkPhysicalDevice handle, FyVulkanPhysical *physical)
{
  VkPhysicalDeviceVulkan12Features vulkan12 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES
  };
  VkPhysicalDeviceFeatures2 features = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                         .pNext = &vulkan12 };
  VkPhysicalDeviceMemoryProperties memory;

  *physical = (FyVulkanPhysical){ .handle = handle };
  vk->GetPhysicalDeviceProperties (handle, &physical->properties);
  if (physical->properties.apiVersion < VK_API_VERSION_1_2 ||
      physical->properties.limits.maxComputeSharedMemorySize < SHARED_BYTES ||
      !find_queue_family (vk, physical))
    return FALSE;
  vk->GetPhysicalDeviceFeatures2 (handle, &features);
  vk->GetPhysicalDeviceMemoryProperties (handle, &memory);
  for (guint32 i = 0; i < memory.memoryHeapCount; i++)
    if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      physical->local_size = MAX (physical->local_size, memory.memoryHeaps[i].size);
  return vulkan12.timelineSemaphore != VK_FALSE;
}

static void
find_physical_devices (FyVulkanInstance *self)
{
  const FyVk *vk = &self->vk;
  guint32 n = 0;
  g_autofree VkPhysicalDevice *handles = NULL;

  self->physical = g_array_new (FALSE, FALSE, sizeof (FyVulkanPhysical));
  vk->EnumeratePhysicalDevices (self->handle, &n, NULL);
  handles = g_new0 (VkPhysicalDevice, n + 1);
  if (n == 0 || vk->EnumeratePhysicalDevices (self->handle, &n, handles) < 0)
    return;
  for (guint32 i = 0; i < n; i++)
    {
      FyVulkanPhysical physical;

      if (inspect (vk, handles[i], &physical))
        g_array_append_val (self->physical, physical);
    }
}

gboolean
fy_vulkan_has_extension (const FyVulkanInstance *self,
                         const FyVulkanPhysical *physical,
                         const char *name)
{
  guint32 n = 0;
  g_autofree VkExtensionProperties *all = NULL;

  self->vk.EnumerateDeviceExtensionProperties (physical->handle, NULL, &n, NULL);
  all = g_new0 (VkExtensionProperties, n + 1);
  self->vk.EnumerateDeviceExtensionProperties (physical->handle, NULL, &n, all);
  for (guint32 i = 0; i < n; i++)
    if (strcmp (all[i].extensionName, name) == 0)
      return TRUE;
  return FALSE;
}

gboolean
fy_vulkan_physical_is_software (const FyVulkanPhysical *self)
{
  return self->properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
}

/* --- --- */

FyVulkanInstance *
fy_vulkan_instance_new (GError **error)
{
  g_autoptr (FyVulkanInstance) self = g_new0 (FyVulkanInstance, 1);
  PFN_vkGetInstanceProcAddr get = open_loader (error);
  guint32 version = 0;
  gboolean validate;

  if (get == NULL)
    return NULL;
  load_global_functions (&self->vk, get);
  if (self->vk.EnumerateInstanceVersion == NULL ||
      self->vk.EnumerateInstanceVersion (&version) != VK_SUCCESS || version < VK_API_VERSION_1_2)
    {
      g_set_error_literal (error, FY_ERROR, FY_ERROR_NO_DEVICE,
                           _ ("Vulkan's loader is older than 1.2; update it, or use the CPU"));
      return NULL;
    }
  validate = have_validation (&self->vk);
  if (!create_instance (self, validate, error))
    return NULL;
  load_instance_functions (self);
  if (validate)
    watch (self);
  find_physical_devices (self);
  return g_steal_pointer (&self);
}

void
fy_vulkan_instance_free (FyVulkanInstance *self)
{
  if (self == NULL)
    return;
  if (self->messenger != VK_NULL_HANDLE)
    {
      PFN_vkDestroyDebugUtilsMessengerEXT destroy =
          (PFN_vkDestroyDebugUtilsMessengerEXT) self->vk.GetInstanceProcAddr (
              self->handle, "vkDestroyDebugUtilsMessengerEXT");

      destroy (self->handle, self->messenger, NULL);
    }
  if (self->handle != NULL)
    self->vk.DestroyInstance (self->handle, NULL);
  g_clear_pointer (&self->physical, g_array_unref);
  g_free (self);
}
