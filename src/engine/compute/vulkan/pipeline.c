/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/pipeline.h"

#include "base/text.h"
#include "compute/vulkan/cache.h"
#include "compute/vulkan/device.h"
#include "compute/vulkan/result.h"

struct FyPipelines
{
  FyVulkanDevice *device; /* borrowed */
  VkPipelineCache cache;
  char *cache_path;
  guint8 cache_key[FY_CACHE_KEY_SIZE];
  GBytes *cached; /* as loaded; nullable */
  FyPipeline pipelines[FY_N_SHADERS][FY_SHADER_N_VARIANTS];
};

/* --- The cache --- */

/* A driver takes back only what it made itself for this device; the shaders are ours to compare. */
static void
find_cache (FyPipelines *self)
{
  const VkPhysicalDeviceProperties *properties = &self->device->physical.properties;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *name =
      g_strdup_printf ("vulkan-%x-%x.cache", properties->vendorID, properties->deviceID);
  gsize length = sizeof self->cache_key;

  g_checksum_update (sum, (const guint8 *) &properties->vendorID, 4);
  g_checksum_update (sum, (const guint8 *) &properties->deviceID, 4);
  g_checksum_update (sum, (const guint8 *) &properties->driverVersion, 4);
  g_checksum_update (sum, properties->pipelineCacheUUID, VK_UUID_SIZE);
  for (int shader = 0; shader < FY_N_SHADERS; shader++)
    for (int texel = 0; texel < 2; texel++)
      {
        const FyShaderInfo *info = fy_shader_info ((FyShader) shader, texel != 0);

        g_checksum_update (sum, (const guint8 *) info->code, (gssize) info->code_size);
      }
  g_checksum_get_digest (sum, self->cache_key, &length);
  self->cache_path = g_build_filename (g_get_user_cache_dir (), "ferry", name, NULL);
  self->cached = fy_cache_load (self->cache_path, self->cache_key);
}

static void
save_cache (FyPipelines *self)
{
  const FyVk *vk = &self->device->vk;
  g_autofree guint8 *data = NULL;
  g_autoptr (GBytes) payload = NULL;
  gsize size = 0;

  if (vk->GetPipelineCacheData (self->device->handle, self->cache, &size, NULL) != VK_SUCCESS)
    return;
  data = g_malloc (size);
  if (vk->GetPipelineCacheData (self->device->handle, self->cache, &size, data) != VK_SUCCESS)
    return;
  payload = g_bytes_new (data, size);
  if (self->cached == NULL || !g_bytes_equal (payload, self->cached))
    fy_cache_save (self->cache_path, self->cache_key, payload);
}

FyPipelines *
fy_pipelines_new (FyVulkanDevice *device, GError **error)
{
  g_autoptr (FyPipelines) self = g_new0 (FyPipelines, 1);
  VkPipelineCacheCreateInfo info = { .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO };

  self->device = device;
  find_cache (self);
  if (self->cached != NULL)
    info.pInitialData = g_bytes_get_data (self->cached, &info.initialDataSize);
  FY_VK_OR_RETURN (_ ("creating the pipeline cache"),
                   device->vk.CreatePipelineCache (device->handle, &info, NULL, &self->cache),
                   NULL);
  return g_steal_pointer (&self);
}

void
fy_pipelines_free (FyPipelines *self)
{
  FyVulkanDevice *device;

  if (self == NULL)
    return;
  device = self->device;
  if (self->cache != VK_NULL_HANDLE)
    save_cache (self);
  for (int i = 0; i < FY_N_SHADERS * FY_SHADER_N_VARIANTS; i++)
    {
      const FyPipeline *pipeline = &self->pipelines[0][0] + i;

      device->vk.DestroyPipeline (device->handle, pipeline->handle, NULL);
      device->vk.DestroyPipelineLayout (device->handle, pipeline->layout, NULL);
      device->vk.DestroyDescriptorSetLayout (device->handle, pipeline->set_layout, NULL);
      device->vk.DestroyShaderModule (device->handle, pipeline->module, NULL);
    }
  device->vk.DestroyPipelineCache (device->handle, self->cache, NULL);
  g_clear_pointer (&self->cached, g_bytes_unref);
  g_free (self->cache_path);
  g_free (self);
}

/* --- Pipelines --- */

static gboolean
create_layout (FyPipelines *self, const FyShaderInfo *info, FyPipeline *pipeline, GError **error)
{
  FyVulkanDevice *device = self->device;
  VkDescriptorSetLayoutBinding bindings[FY_SHADER_MAX_BINDINGS];
  VkPushConstantRange push = { VK_SHADER_STAGE_COMPUTE_BIT, 0, info->push_size };

  for (guint i = 0; i < info->n_bindings; i++)
    bindings[i] = (VkDescriptorSetLayoutBinding){
      .binding = i,
      .descriptorType = device->texel && i < info->n_sources
                            ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER
                            : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
      .descriptorCount = 1,
      .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
    };
  FY_VK_OR_RETURN (info->name,
                   device->vk.CreateDescriptorSetLayout (
                       device->handle,
                       &(VkDescriptorSetLayoutCreateInfo){
                           .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
                           .bindingCount = info->n_bindings,
                           .pBindings = bindings,
                       },
                       NULL, &pipeline->set_layout),
                   FALSE);
  FY_VK_OR_RETURN (
      info->name,
      device->vk.CreatePipelineLayout (device->handle,
                                       &(VkPipelineLayoutCreateInfo){
                                           .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                           .setLayoutCount = 1,
                                           .pSetLayouts = &pipeline->set_layout,
                                           .pushConstantRangeCount = 1,
                                           .pPushConstantRanges = &push,
                                       },
                                       NULL, &pipeline->layout),
      FALSE);
  return TRUE;
}

static gboolean
create_pipeline (FyPipelines *self,
                 const FyShaderInfo *info,
                 const VkSpecializationInfo *special,
                 gboolean subgroups,
                 FyPipeline *pipeline,
                 GError **error)
{
  FyVulkanDevice *device = self->device;
  VkPipelineShaderStageRequiredSubgroupSizeCreateInfoEXT size = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO_EXT,
    .requiredSubgroupSize = device->lanes,
  };
  VkComputePipelineCreateInfo create = { .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
                                         .layout = pipeline->layout };

  FY_VK_OR_RETURN (
      info->name,
      device->vk.CreateShaderModule (device->handle,
                                     &(VkShaderModuleCreateInfo){
                                         .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                         .codeSize = info->code_size,
                                         .pCode = info->code,
                                     },
                                     NULL, &pipeline->module),
      FALSE);
  create.stage = (VkPipelineShaderStageCreateInfo){
    .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
    .pNext = subgroups && device->lanes_required ? &size : NULL,
    .flags = subgroups ? VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT_EXT : 0,
    .stage = VK_SHADER_STAGE_COMPUTE_BIT,
    .module = pipeline->module,
    .pName = "main",
    .pSpecializationInfo = special,
  };
  FY_VK_OR_RETURN (info->name,
                   device->vk.CreateComputePipelines (device->handle, self->cache, 1, &create, NULL,
                                                      &pipeline->handle),
                   FALSE);
  return TRUE;
}

const FyPipeline *
fy_pipelines_get (FyPipelines *self, FyShader shader, int variant, GError **error)
{
  gboolean texel = self->device->texel;
  const FyShaderInfo *info = fy_shader_info (shader, texel);
  FyPipeline *pipeline = &self->pipelines[shader][variant];
  guint32 constants[FY_SHADER_MAX_CONSTANTS];
  VkSpecializationMapEntry entries[FY_SHADER_MAX_CONSTANTS];
  VkSpecializationInfo special = { .pMapEntries = entries, .pData = constants };

  if (pipeline->handle != VK_NULL_HANDLE)
    return pipeline;
  special.mapEntryCount =
      fy_shader_constants (shader, variant, texel, self->device->lanes, constants);
  special.dataSize = special.mapEntryCount * sizeof constants[0];
  for (guint i = 0; i < special.mapEntryCount; i++)
    entries[i] =
        (VkSpecializationMapEntry){ i, (guint32) (i * sizeof constants[0]), sizeof constants[0] };
  if (pipeline->layout == VK_NULL_HANDLE && !create_layout (self, info, pipeline, error))
    return NULL;
  if (!create_pipeline (self, info, &special, shader == FY_SHADER_SEARCH_SUBGROUP, pipeline, error))
    return NULL;
  return pipeline;
}
