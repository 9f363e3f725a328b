/* SPDX-License-Identifier: MIT */
/* Vulkan's functions, looked up at run time: the program starts where there is no loader. */
#pragma once

#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES
#endif
#include <vulkan/vulkan_core.h>

#define FY_VK_GLOBAL_FUNCTIONS(X)                                                                  \
  X (CreateInstance)                                                                               \
  X (EnumerateInstanceExtensionProperties)                                                         \
  X (EnumerateInstanceLayerProperties)                                                             \
  X (EnumerateInstanceVersion)

#define FY_VK_INSTANCE_FUNCTIONS(X)                                                                \
  X (CreateDevice)                                                                                 \
  X (DestroyInstance)                                                                              \
  X (EnumerateDeviceExtensionProperties)                                                           \
  X (EnumeratePhysicalDevices)                                                                     \
  X (GetDeviceProcAddr)                                                                            \
  X (GetPhysicalDeviceFeatures2)                                                                   \
  X (GetPhysicalDeviceMemoryProperties)                                                            \
  X (GetPhysicalDeviceProperties)                                                                  \
  X (GetPhysicalDeviceProperties2)                                                                 \
  X (GetPhysicalDeviceQueueFamilyProperties)

#define FY_VK_DEVICE_FUNCTIONS(X)                                                                  \
  X (AllocateCommandBuffers)                                                                       \
  X (AllocateDescriptorSets)                                                                       \
  X (AllocateMemory)                                                                               \
  X (BeginCommandBuffer)                                                                           \
  X (BindBufferMemory)                                                                             \
  X (CmdBindDescriptorSets)                                                                        \
  X (CmdBindPipeline)                                                                              \
  X (CmdCopyBuffer)                                                                                \
  X (CmdDispatch)                                                                                  \
  X (CmdFillBuffer)                                                                                \
  X (CmdPipelineBarrier)                                                                           \
  X (CmdPushConstants)                                                                             \
  X (CmdResetQueryPool)                                                                            \
  X (CmdWriteTimestamp)                                                                            \
  X (CreateBuffer)                                                                                 \
  X (CreateBufferView)                                                                             \
  X (CreateCommandPool)                                                                            \
  X (CreateComputePipelines)                                                                       \
  X (CreateDescriptorPool)                                                                         \
  X (CreateDescriptorSetLayout)                                                                    \
  X (CreatePipelineCache)                                                                          \
  X (CreatePipelineLayout)                                                                         \
  X (CreateQueryPool)                                                                              \
  X (CreateSemaphore)                                                                              \
  X (CreateShaderModule)                                                                           \
  X (DestroyBuffer)                                                                                \
  X (DestroyBufferView)                                                                            \
  X (DestroyCommandPool)                                                                           \
  X (DestroyDescriptorPool)                                                                        \
  X (DestroyDescriptorSetLayout)                                                                   \
  X (DestroyDevice)                                                                                \
  X (DestroyPipeline)                                                                              \
  X (DestroyPipelineCache)                                                                         \
  X (DestroyPipelineLayout)                                                                        \
  X (DestroyQueryPool)                                                                             \
  X (DestroySemaphore)                                                                             \
  X (DestroyShaderModule)                                                                          \
  X (DeviceWaitIdle)                                                                               \
  X (EndCommandBuffer)                                                                             \
  X (FreeMemory)                                                                                   \
  X (GetBufferMemoryRequirements)                                                                  \
  X (GetDeviceQueue)                                                                               \
  X (GetPipelineCacheData)                                                                         \
  X (GetQueryPoolResults)                                                                          \
  X (GetSemaphoreCounterValue)                                                                     \
  X (MapMemory)                                                                                    \
  X (QueueSubmit)                                                                                  \
  X (ResetCommandBuffer)                                                                           \
  X (ResetDescriptorPool)                                                                          \
  X (UpdateDescriptorSets)                                                                         \
  X (WaitSemaphores)

#define FY_VK_MEMBER(name) PFN_vk##name name;

typedef struct
{
  PFN_vkGetInstanceProcAddr GetInstanceProcAddr;
  FY_VK_GLOBAL_FUNCTIONS (FY_VK_MEMBER)
  FY_VK_INSTANCE_FUNCTIONS (FY_VK_MEMBER)
  FY_VK_DEVICE_FUNCTIONS (FY_VK_MEMBER)
} FyVk;
