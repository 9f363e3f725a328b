/* SPDX-License-Identifier: MIT */
/* Runs one test body on every device that is here. */
#pragma once

#include "judge.h"

typedef void (*DeviceTest) (FyDevice *device);

/* Opens "cpu" and every Vulkan device; a software device a second time with the loads of a GPU.
 * Caches go to a folder of their own and the Vulkan validation layer is on, unless the environment
 * says otherwise.  Call before g_test_init. */
GPtrArray *devices_open (void);

/* Adds /DEVICE/name for each device, and a skipped test where there is no Vulkan device. */
void devices_add_test (GPtrArray *devices, const char *name, DeviceTest test);

/* Runs the tests; last, that the validation layer had nothing to say.  Takes @devices. */
int devices_run (GPtrArray *devices);

/* Copies maps into one buffer, from offset FY_MAP_ALIGN on: (transfer full). */
FyBuffer *devices_upload (FyDevice *device, JudgeMap *const *maps, int n_maps, FyMap *uploaded);

/* Compares a map on the device, border included, with @want. */
void devices_check_map (const char *what, const FyMap *map, const JudgeMap *want, float epsilon);

FyFeatures *devices_features (FyDevice *device, const JudgeFeatures *features);

/* The same in a format, to which @features are rounded. */
FyFeatures *
devices_features_in (FyDevice *device, JudgeFeatures *features, FyFeaturesFormat format);
