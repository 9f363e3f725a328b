/* SPDX-License-Identifier: MIT */
/* What computes: the CPU, or a GPU through Vulkan.
 *
 * Everything a back-end can do is in this file and nothing more.  Operations on one device are
 * carried out in the order of the calls.  On a GPU a call may return before its work is done; what
 * reads results back to host memory (fy_buffer_download, fy_features_read, fy_search_run) waits, and
 * reports what failed before it.
 *
 * Environment, for people with unusual systems:
 *   FERRY_VULKAN_MEMORY_MIB  GPU memory to take at most (default: 80 % of the GPU's own); features
 *                            that find no room in it stay in host memory
 *   FERRY_VULKAN_LOADER      the Vulkan loader to open instead of libvulkan.so.1
 *   FERRY_VULKAN_LOADS       storage: let a software device read as a GPU does, which is slower
 *   FERRY_VULKAN_MATRICES    1: let fast convolutions use the GPU's matrix units where it has them
 *                            (VK_NV_cooperative_matrix, 16x16x16 float16 to float32), maps rounded
 *                            to float16 too.  Off without: no GPU has been measured yet
 *   FERRY_VULKAN_VALIDATION  1: watch every Vulkan call with the validation layer, if installed
 *   FERRY_VULKAN_LOSE        N, for tests: each device opened is lost when it is given work for the
 *                            Nth time
 *
 * A device that was lost stays so: every later call on it fails with FY_ERROR_DEVICE_LOST, and what
 * belongs to it can only be freed.  A new one may be opened beside it.
 *
 * Thread: compute (one at a time) for everything but fy_device_list.
 * Errors: FY_ERROR_GPU_MEMORY, FY_ERROR_DEVICE_LOST where a GError is taken and no others are
 *         named. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* --- Devices -------------------------------------------------------------------------------- */

typedef struct FyDevice FyDevice;

/* Opens a device.
 *
 * name      "cpu"; "vulkan": the fastest real GPU; "vulkan:N": number N of fy_device_list, software
 *           devices too; NULL: the fastest discrete or integrated GPU if there is one, else the CPU.
 *           Never a software Vulkan device unless it is named by number or is all that "vulkan" has.
 * Returns:  (transfer full), or NULL with FY_ERROR_NO_DEVICE that says what there is instead, or
 *           FY_ERROR_UNSUPPORTED for a variable above that is not what it should be. */
FyDevice *fy_device_new (const char *name, GError **error);
void fy_device_free (FyDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyDevice, fy_device_free)

/* The same in every language: "CPU, AVX-512, 2 threads", "NVIDIA H200 (Vulkan)".  Borrowed. */
const char *fy_device_name (FyDevice *self);

/* That for people, in theirs.  Borrowed. */
const char *fy_device_title (FyDevice *self);

/* "cpu" or "vulkan".  Borrowed. */
const char *fy_device_kind (FyDevice *self);

/* Maps and weights on this device hold a multiple of this many channels. */
int fy_device_channel_multiple (FyDevice *self);

/* What fy_device_new takes and what it is, one line each: "vulkan:0  llvmpipe (software)".
 * Returns: (transfer full), NULL-terminated. */
char **fy_device_list (void);

/* Takes such a line apart.
 * name:     out, (transfer full), what fy_device_new takes
 * Returns:  what it is, for people; in the line. */
const char *fy_device_line_split (const char *line, char **name);

/* --- Memory --------------------------------------------------------------------------------- */

typedef struct FyBuffer FyBuffer;

/* Device memory, contents undefined.  Free every buffer before its device. */
FyBuffer *fy_buffer_new (FyDevice *device, gsize size, GError **error);
void fy_buffer_free (FyBuffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyBuffer, fy_buffer_free)

gboolean
fy_buffer_upload (FyBuffer *self, gsize offset, const void *data, gsize size, GError **error);
gboolean fy_buffer_download (FyBuffer *self, gsize offset, void *data, gsize size, GError **error);

/* A feature map: [height, width, channels] float32 inside a border of `halo` cells on each side, so
 * that a convolution needs no border case.  Element (y, x, c) lies at byte
 *   offset + 4 * (((y + halo) * (width + 2 halo) + x + halo) * channels + c). */
typedef struct
{
  FyBuffer *buffer; /* borrowed                                    */
  gsize offset;     /* bytes into it; a multiple of FY_MAP_ALIGN   */
  int height;
  int width;
  int channels; /* a multiple of fy_device_channel_multiple () */
  int halo;
} FyMap;

#define FY_MAP_ALIGN 256

/* Bytes a map takes in its buffer, border included. */
gsize fy_map_size (const FyMap *map);

/* --- Operations of a network ------------------------------------------------------------------ */

typedef enum
{
  FY_PADDING_ZERO,
  FY_PADDING_REFLECT, /* the border mirrors the map without repeating its edge */
} FyPadding;

/* Writes a picture, normalised per channel as ((u8 / 255) - mean) / std with each step rounded to
 * float32, into the inside of `destination`; channels past the third become 0.
 *
 * rgb     [height, width, 3] of the destination's size; not needed after return
 * Source: propagation.md section 1; torchvision's ImageNet statistics are the caller's. */
gboolean fy_device_load_picture (FyDevice *self,
                                 const guint8 *rgb,
                                 const float mean[3],
                                 const float std[3],
                                 const FyMap *destination,
                                 GError **error);

/* Fills the border of a map.  Reflection needs halo < height and halo < width. */
gboolean fy_device_pad (FyDevice *self, const FyMap *map, FyPadding padding, GError **error);

typedef struct FyConvolution FyConvolution;

typedef struct
{
  int in_channels; /* as in the weights; the source map may have more, which count as 0 */
  int out_channels;
  int kernel;    /* 1, 3 or 7: square; the border needed is kernel / 2 */
  int stride;    /* 1 or 2 */
  gboolean relu; /* after bias and residual */
  gboolean fast; /* may multiply in 16 bits, see below */
} FyConvolutionParams;

/* Packs weights for the device.  With `fast` it may multiply in 16 bits (bf16 on a CPU, fp16 on a GPU
 * that is faster so), summing in float32; without effect where the device has nothing faster.
 *
 * weight    [out, in, kernel, kernel] float32; not needed after return
 * bias      [out], nullable = 0 */
FyConvolution *fy_convolution_new (FyDevice *device,
                                   const FyConvolutionParams *params,
                                   const float *weight,
                                   const float *bias,
                                   GError **error);
void fy_convolution_free (FyConvolution *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyConvolution, fy_convolution_free)

/* destination = relu (weight * source + bias + residual)
 *
 * source       its border filled and at least kernel / 2 wide
 * residual     nullable; the destination's size and channels; may be the destination
 * destination  ceil (source / stride) large; its border is left alone; channels past out_channels,
 *              up to the device's multiple, become relu (residual), or 0 without one */
gboolean fy_convolution_run (FyConvolution *self,
                             const FyMap *source,
                             const FyMap *residual,
                             const FyMap *destination,
                             GError **error);

/* Maximum over 3x3 at stride 2.  The source's border (at least 1 wide) must be filled: with zeros
 * after a ReLU, which then equals padding with -infinity.  Destination: ceil (source / 2). */
gboolean
fy_device_max_pool (FyDevice *self, const FyMap *source, const FyMap *destination, GError **error);

/* --- Features of a frame ------------------------------------------------------------------------ */

/* What a search compares: for each cell of a frame's grid one vector per network ("part"), rows of
 * [height * width, channels] float32.  Reference-counted; kept in device memory, or in host memory
 * when the device has no more (a search then streams it). */
typedef struct FyFeatures FyFeatures;

#define FY_FEATURES_MAX_PARTS 2

/* How rows are kept.  Rounding is part of what is set: whatever a device holds, its results are
 * those of the rounded rows. */
typedef enum
{
  FY_FEATURES_F32,
  FY_FEATURES_F16, /* rounded to float16, to nearest even; half the size where a device keeps them
                    * so, and on disk */
} FyFeaturesFormat;

FyFeatures *fy_features_new (FyDevice *device,
                             int height,
                             int width,
                             int n_parts,
                             const int *channels,
                             FyFeaturesFormat format,
                             GError **error);
FyFeatures *fy_features_ref (FyFeatures *self);
void fy_features_unref (FyFeatures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFeatures, fy_features_unref)

int fy_features_height (FyFeatures *self);
int fy_features_width (FyFeatures *self);
int fy_features_n_parts (FyFeatures *self);
int fy_features_channels (FyFeatures *self, int part);

/* Copies the inside of a map into a part, each row divided by max (its norm, 1e-12) if `normalize`. */
gboolean fy_features_set_map (FyFeatures *self,
                              int part,
                              const FyMap *map,
                              gboolean normalize,
                              GError **error);
gboolean fy_features_write (FyFeatures *self, int part, const float *rows, GError **error);
gboolean fy_features_read (FyFeatures *self, int part, float *rows, GError **error);

/* The same in float16, of features kept so. */
gboolean fy_features_write_f16 (FyFeatures *self, int part, const guint16 *rows, GError **error);
gboolean fy_features_read_f16 (FyFeatures *self, int part, guint16 *rows, GError **error);

/* --- Neighbour search ------------------------------------------------------------------------------- */

/* For every cell of a target frame, the k most similar cells of some context frames.  The whole
 * affinity is never stored.
 *
 * The similarity of two cells is  sum over parts of weight[p] * <a_p, b_p>,  each dot product summed
 * apart.  Rows are expected to have unit length where the result should be a cosine. */
typedef struct FySearch FySearch;

typedef struct
{
  int k;      /* neighbours kept, 1 .. FY_SEARCH_MAX_K                   */
  int radius; /* cells: allowed iff dx^2 + dy^2 < radius^2; 0 = no limit */
  int n_parts;
  float weight[FY_FEATURES_MAX_PARTS]; /* >= 0; {1} for one network                               */
  gboolean brute_force;                /* compute every similarity: the judge of anything smarter */
} FySearchParams;

#define FY_SEARCH_MAX_K 64
#define FY_SEARCH_NONE  G_MAXUINT32

FySearch *fy_search_new (FyDevice *device, const FySearchParams *params, GError **error);
void fy_search_free (FySearch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FySearch, fy_search_free)

/* Finds the neighbours.  All features have one grid and the parts of the params.
 *
 * context   [n_context]
 * position  [Q, k] u32 out: slot * Q + cell with slot < n_context; most similar first, equal ones by
 *           lower position; FY_SEARCH_NONE where fewer than k cells are allowed
 * score     [Q, k] f32 out: similarity, descending; -infinity where none
 *
 * Source:   propagation.md sections 3, 4 and 9; exact whatever the method (pruned-search.md).
 * Errors:   G_IO_ERROR_CANCELLED; FY_ERROR_GPU_MEMORY only when one context frame at a time does not
 *           fit: the message says how much was needed. */
gboolean fy_search_run (FySearch *self,
                        FyFeatures *target,
                        FyFeatures *const *context,
                        int n_context,
                        guint32 *position,
                        float *score,
                        GCancellable *cancellable,
                        GError **error);

/* The same for some cells of the target only.
 *
 * wanted    [Q] 0 = the cell need not be searched for: its row may come out empty
 * Others:   as fy_search_run. */
gboolean fy_search_run_some (FySearch *self,
                             FyFeatures *target,
                             FyFeatures *const *context,
                             int n_context,
                             const guint8 *wanted,
                             guint32 *position,
                             float *score,
                             GCancellable *cancellable,
                             GError **error);

/* The parts that make up similarities found: <a_p, b_p> of each cell and the cells at `position`, so
 * that the parts can be weighted otherwise later.
 *
 * position    [Q, k] as fy_search_run gave them for the same target and context
 * similarity  [n_parts] of [Q, k] f32 out; -infinity where none */
gboolean fy_search_parts (FySearch *self,
                          FyFeatures *target,
                          FyFeatures *const *context,
                          int n_context,
                          const guint32 *position,
                          float *const *similarity,
                          GError **error);

G_END_DECLS
