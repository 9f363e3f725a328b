/* SPDX-License-Identifier: MIT */
/* What bounds the similarity of two cells from above: leading coefficients in an orthonormal basis,
 * and the length of what they leave.  See search.comp. */
#pragma once

#include "compute/vulkan/features.h"

G_BEGIN_DECLS

/* An orthonormal basis of the leading part of feature vectors.  Any keeps a search exact; principal
 * axes keep it fast.  Reference-counted: searches and features that share one share the
 * coefficients. */
struct FyVulkanBasis
{
  gatomicrefcount refs;
  FyVulkanBuffer *axes[FY_FEATURES_MAX_PARTS]; /* [channel][FY_LEAD_PLANES] vec4s; owned */
};

/* Principal axes of a frame's features.  Waits for the device. */
FyVulkanBasis *fy_vulkan_basis_new (FyFeatures *features, GError **error);
FyVulkanBasis *fy_vulkan_basis_ref (FyVulkanBasis *self);
void fy_vulkan_basis_unref (FyVulkanBasis *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyVulkanBasis, fy_vulkan_basis_unref)

/* Makes the features' coefficients in `basis` unless they are there; without memory to spare there
 * are none.  FALSE on an error only. */
gboolean fy_vulkan_lead_make (FyFeatures *features,
                              const FyPlanes *planes,
                              FyVulkanBasis *basis,
                              GError **error);

/* The coefficients that are there, as a shader reads them. */
FyBinding fy_vulkan_lead_binding (const FyFeatures *features);

/* Forgets them: the features have changed. */
void fy_vulkan_lead_drop (FyVulkanFeatures *self);

G_END_DECLS
