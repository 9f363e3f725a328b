/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/matrices.h"

/* Workgroup memory of convolution.comp with matrices. */
#define SHARED_BYTES 27136

static gboolean
has_features (const FyVk *vk, VkPhysicalDevice device)
{
  VkPhysicalDeviceCooperativeMatrixFeaturesNV matrix = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_NV
  };
  VkPhysicalDeviceVulkan12Features vulkan12 = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, .pNext = &matrix
  };
  VkPhysicalDeviceFeatures2 features = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                         .pNext = &vulkan12 };

  vk->GetPhysicalDeviceFeatures2 (device, &features);
  return matrix.cooperativeMatrix && vulkan12.shaderFloat16 && vulkan12.vulkanMemoryModel;
}

static gboolean
has_subgroups (const FyVk *vk, VkPhysicalDevice device)
{
  VkPhysicalDeviceCooperativeMatrixPropertiesNV matrix = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_PROPERTIES_NV
  };
  VkPhysicalDeviceSubgroupProperties subgroup = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES, .pNext = &matrix
  };
  VkPhysicalDeviceProperties2 properties = { .sType =
                                                 VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                             .pNext = &subgroup };

  vk->GetPhysicalDeviceProperties2 (device, &properties);
  return subgroup.subgroupSize == 32 &&
         (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_BASIC_BIT) != 0 &&
         (matrix.cooperativeMatrixSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0 &&
         properties.properties.limits.maxComputeSharedMemorySize >= SHARED_BYTES;
}

static gboolean
has_shape (const FyVulkanInstance *instance, VkPhysicalDevice device)
{
  PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesNV list =
      (PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesNV) instance->vk.GetInstanceProcAddr (
          instance->handle, "vkGetPhysicalDeviceCooperativeMatrixPropertiesNV");
  g_autofree VkCooperativeMatrixPropertiesNV *all = NULL;
  guint32 n = 0;

  if (list == NULL || list (device, &n, NULL) != VK_SUCCESS)
    return FALSE;
  all = g_new0 (VkCooperativeMatrixPropertiesNV, n + 1);
  for (guint32 i = 0; i < n; i++)
    all[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_NV;
  if (list (device, &n, all) != VK_SUCCESS)
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    if (all[i].MSize == 16 && all[i].NSize == 16 && all[i].KSize == 16 &&
        all[i].AType == VK_COMPONENT_TYPE_FLOAT16_NV &&
        all[i].BType == VK_COMPONENT_TYPE_FLOAT16_NV &&
        all[i].CType == VK_COMPONENT_TYPE_FLOAT32_NV &&
        all[i].DType == VK_COMPONENT_TYPE_FLOAT32_NV && all[i].scope == VK_SCOPE_SUBGROUP_NV)
      return TRUE;
  return FALSE;
}

gboolean
fy_vulkan_has_matrices (const FyVulkanInstance *instance, const FyVulkanPhysical *physical)
{
  const FyVk *vk = &instance->vk;

  return fy_vulkan_has_extension (instance, physical, VK_NV_COOPERATIVE_MATRIX_EXTENSION_NAME) &&
         has_features (vk, physical->handle) && has_subgroups (vk, physical->handle) &&
         has_shape (instance, physical->handle);
}
