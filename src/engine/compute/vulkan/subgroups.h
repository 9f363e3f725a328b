/* SPDX-License-Identifier: MIT */
/* Whether a GPU's subgroups can hold the lists of a search, as shaders/search.comp has it. */
#pragma once

#include "compute/vulkan/instance.h"

G_BEGIN_DECLS

/* The lanes of a subgroup, from 8 to 64, or 0 where subgroups cannot be relied on.  Where there is a
 * choice the fewest, since the device has most registers a lane so.
 *
 * required  out: whether pipelines must ask for as many, and may */
guint fy_vulkan_subgroup_lanes (const FyVulkanInstance *instance,
                                const FyVulkanPhysical *physical,
                                gboolean *required);

G_END_DECLS
