/* SPDX-License-Identifier: MIT */
/* Whether a GPU's subgroups can hold the lists of a search, as shaders/search.comp has it. */
#pragma once

#include "compute/vulkan/instance.h"

G_BEGIN_DECLS

/* The lanes of a subgroup to ask for: the fewest that the device has, from 8 to 64, since it works so
 * with most registers a lane.  0 where subgroups cannot be relied on. */
guint fy_vulkan_subgroup_lanes (const FyVulkanInstance *instance, const FyVulkanPhysical *physical);

G_END_DECLS
