/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/subgroups.h"

#define MIN_LANES 8
#define MAX_LANES 64 /* invocations of a workgroup */
#define OPERATIONS                                                                                 \
  (VK_SUBGROUP_FEATURE_BASIC_BIT | VK_SUBGROUP_FEATURE_VOTE_BIT | VK_SUBGROUP_FEATURE_BALLOT_BIT | \
   VK_SUBGROUP_FEATURE_SHUFFLE_BIT)

static gboolean
has_features (const FyVk *vk, VkPhysicalDevice device)
{
  VkPhysicalDeviceSubgroupSizeControlFeaturesEXT control = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES_EXT
  };
  VkPhysicalDeviceFeatures2 features = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                         .pNext = &control };

  vk->GetPhysicalDeviceFeatures2 (device, &features);
  return control.subgroupSizeControl && control.computeFullSubgroups;
}

guint
fy_vulkan_subgroup_lanes (const FyVulkanInstance *instance,
                          const FyVulkanPhysical *physical,
                          gboolean *required)
{
  const FyVk *vk = &instance->vk;
  VkPhysicalDeviceSubgroupSizeControlPropertiesEXT control = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES_EXT
  };
  VkPhysicalDeviceSubgroupProperties subgroup = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES, .pNext = &control
  };
  VkPhysicalDeviceProperties2 properties = { .sType =
                                                 VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                             .pNext = &subgroup };
  guint lanes;

  if (!fy_vulkan_has_extension (instance, physical, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME) ||
      !has_features (vk, physical->handle))
    return 0;
  vk->GetPhysicalDeviceProperties2 (physical->handle, &properties);
  *required = (control.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0 &&
              control.maxSubgroupSize >= MIN_LANES;
  lanes = *required ? MAX (control.minSubgroupSize, MIN_LANES) : subgroup.subgroupSize;
  if (lanes < MIN_LANES || lanes > MAX_LANES ||
      (*required && lanes * control.maxComputeWorkgroupSubgroups < MAX_LANES) ||
      (subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT) == 0 ||
      (subgroup.supportedOperations & OPERATIONS) != OPERATIONS)
    return 0;
  return lanes;
}
