/* SPDX-License-Identifier: MIT */
/* The CPU back-end's own forms of device, buffer, convolution, features and search. */
#pragma once

#include "compute/backend.h"
#include "compute/cpu/kernels.h"

G_BEGIN_DECLS

typedef struct
{
  FyDevice parent;
  const FyCpuKernels *kernels;
  float **scratch;      /* [workers] memory an operation may use while it runs */
  gsize scratch_floats; /* each */
} FyCpuDevice;

/* Makes every worker's scratch at least this large; what was in it is lost.  FALSE when there is no
 * memory. */
gboolean fy_cpu_reserve_scratch (FyCpuDevice *device, gsize floats);

typedef struct
{
  FyBuffer parent;
  float *data; /* aligned to 64 bytes */
} FyCpuBuffer;

/* Memory aligned for whole vectors.  NULL when there is none; free with fy_cpu_free. */
float *fy_cpu_alloc (gsize floats);
void fy_cpu_free (gpointer memory);

/* The inside of a map in memory: element (0, 0, 0). */
float *fy_cpu_map_data (const FyMap *map);
gsize fy_cpu_map_row (const FyMap *map); /* floats from a row to the next */

/* --- convolution.c --- */

FyConvolution *fy_cpu_convolution_new (FyDevice *device,
                                       const FyConvolutionParams *params,
                                       const float *weight,
                                       const float *bias,
                                       GError **error);
void fy_cpu_convolution_free (FyConvolution *convolution);
gboolean fy_cpu_convolution_run (FyConvolution *convolution,
                                 const FyMap *source,
                                 const FyMap *residual,
                                 const FyMap *destination,
                                 GError **error);

/* destination[n, out] = rows[n, in] * weight: a 1x1 convolution on plain memory. */
void
fy_cpu_convolution_apply (FyConvolution *convolution, const float *rows, int n, float *destination);

/* --- basis.c --- */

/* An orthonormal basis for the leading part of feature vectors.  Any orthonormal one keeps a search
 * exact; principal axes keep it fast.  Reference-counted: searches and features that share one
 * need no second index. */
typedef struct
{
  gatomicrefcount refs;
  int n_parts;
  FyConvolution *project[FY_FEATURES_MAX_PARTS]; /* [channels] -> [rank] coefficients */
  int rank[FY_FEATURES_MAX_PARTS];               /* <= FY_INDEX_LONG - 1              */
} FyCpuBasis;

FyCpuBasis *fy_cpu_basis_ref (FyCpuBasis *basis);
void fy_cpu_basis_unref (FyCpuBasis *basis);

/* --- features.c --- */

typedef struct
{
  FyFeatures parent;
  float *part[FY_FEATURES_MAX_PARTS]; /* [cells, channels] */

  /* Made when a search first needs it: see FyCpuFrame. */
  FyCpuBasis *basis; /* nullable */
  float *plane;
  float unit; /* of its numbers */
  float *rows;
  float longest; /* the largest |row|, over parts */
} FyCpuFeatures;

FyFeatures *fy_cpu_features_new (FyDevice *device,
                                 int height,
                                 int width,
                                 int n_parts,
                                 const int *channels,
                                 FyFeaturesFormat format,
                                 GError **error);
void fy_cpu_features_free (FyFeatures *features);
gboolean fy_cpu_features_set_map (FyFeatures *features,
                                  int part,
                                  const FyMap *map,
                                  gboolean normalize,
                                  GError **error);
gboolean fy_cpu_features_write (FyFeatures *features, int part, const float *rows, GError **error);
gboolean fy_cpu_features_read (FyFeatures *features, int part, float *rows, GError **error);
gboolean
fy_cpu_features_write_f16 (FyFeatures *features, int part, const guint16 *rows, GError **error);
gboolean fy_cpu_features_read_f16 (FyFeatures *features, int part, guint16 *rows, GError **error);

/* Principal axes of a frame's features. */
FyCpuBasis *fy_cpu_basis_new (FyCpuFeatures *features, GError **error);

/* Makes the index in `basis` unless it is there. */
gboolean fy_cpu_features_index (FyCpuFeatures *features, FyCpuBasis *basis, GError **error);

/* --- search.c --- */

FySearch *fy_cpu_search_new (FyDevice *device, const FySearchParams *params, GError **error);
void fy_cpu_search_free (FySearch *search);
gboolean fy_cpu_search_run (FySearch *search,
                            FyFeatures *target,
                            FyFeatures *const *context,
                            int n_context,
                            guint32 *position,
                            float *score,
                            GCancellable *cancellable,
                            GError **error);
gboolean fy_cpu_search_parts (FySearch *search,
                              FyFeatures *target,
                              FyFeatures *const *context,
                              int n_context,
                              const guint32 *position,
                              float *const *similarity,
                              GError **error);

G_END_DECLS
