/* SPDX-License-Identifier: MIT */
#include "bench-ceiling.h"

#include "base/parallel.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define RUNS 5

char *
ferry_processor_name (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; line != NULL && *line != NULL; line++)
    {
      const char *colon = strchr (*line, ':');

      if (g_str_has_prefix (*line, "model name") && colon != NULL)
        return g_strstrip (g_strdup (colon + 1));
    }
  return g_strdup ("unnamed CPU");
}

static double
seconds_since (gint64 start)
{
  return (double) MAX (1, g_get_monotonic_time () - start) * 1e-6;
}

/* --- Arithmetic of the CPU --- */

#define ROUNDS 4000000
#define CHAINS 14 /* independent, to hide the latency of an addition */

/* Each does ROUNDS times CHAINS fused multiply-adds of whole vectors, and returns how many
 * multiply-adds one of these is. */

#if defined(__x86_64__)

__attribute__ ((target ("avx512f,avx512bf16"))) static int
multiply_add_bf16 (float *sink)
{
  const __m512i ones = _mm512_set1_epi16 (0x3c00); /* 2^-7 */
  __m512 x[CHAINS];

  for (int i = 0; i < CHAINS; i++)
    x[i] = _mm512_set1_ps ((float) i);
  for (int round = 0; round < ROUNDS; round++)
#pragma GCC unroll 14
    for (int i = 0; i < CHAINS; i++)
      x[i] = _mm512_dpbf16_ps (x[i], (__m512bh) ones, (__m512bh) ones);
  for (int i = 0; i < CHAINS; i++)
    *sink += _mm512_reduce_add_ps (x[i]);
  return 32;
}

__attribute__ ((target ("avx512f"))) static int
multiply_add_512 (float *sink)
{
  const __m512 a = _mm512_set1_ps (0.999f), b = _mm512_set1_ps (0.001f);
  __m512 x[CHAINS];

  for (int i = 0; i < CHAINS; i++)
    x[i] = _mm512_set1_ps ((float) i);
  for (int round = 0; round < ROUNDS; round++)
#pragma GCC unroll 14
    for (int i = 0; i < CHAINS; i++)
      x[i] = _mm512_fmadd_ps (x[i], a, b);
  for (int i = 0; i < CHAINS; i++)
    *sink += _mm512_reduce_add_ps (x[i]);
  return 16;
}

__attribute__ ((target ("avx2,fma"))) static int
multiply_add_256 (float *sink)
{
  const __m256 a = _mm256_set1_ps (0.999f), b = _mm256_set1_ps (0.001f);
  __m256 x[CHAINS];

  for (int i = 0; i < CHAINS; i++)
    x[i] = _mm256_set1_ps ((float) i);
  for (int round = 0; round < ROUNDS; round++)
#pragma GCC unroll 14
    for (int i = 0; i < CHAINS; i++)
      x[i] = _mm256_fmadd_ps (x[i], a, b);
  for (int i = 0; i < CHAINS; i++)
    *sink += _mm256_cvtss_f32 (x[i]);
  return 8;
}

#endif

typedef float Vector __attribute__ ((vector_size (16)));

static int
multiply_add_128 (float *sink)
{
  const Vector a = { 0.999f, 0.999f, 0.999f, 0.999f }, b = { 0.001f, 0.001f, 0.001f, 0.001f };
  Vector x[CHAINS];

  for (int i = 0; i < CHAINS; i++)
    x[i] = a * (float) i;
  for (int round = 0; round < ROUNDS; round++)
#pragma GCC unroll 14
    for (int i = 0; i < CHAINS; i++)
      x[i] = x[i] * a + b;
  for (int i = 0; i < CHAINS; i++)
    *sink += x[i][0];
  return 4;
}

typedef struct
{
  gboolean pairs; /* of bf16 */
  float *sink;    /* [items] so that nothing is optimised away */
  int *width;     /* [items] */
} Arithmetic;

static void
multiply_add (int index, int worker, gpointer user_data)
{
  Arithmetic *self = user_data;

#if defined(__x86_64__)
  if (self->pairs)
    self->width[index] = multiply_add_bf16 (&self->sink[index]);
  else if (__builtin_cpu_supports ("avx512f"))
    self->width[index] = multiply_add_512 (&self->sink[index]);
  else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    self->width[index] = multiply_add_256 (&self->sink[index]);
  else
#endif
    self->width[index] = multiply_add_128 (&self->sink[index]);
}

static double
cpu_gflops (gboolean pairs)
{
  int items = 4 * fy_parallel_workers ();
  g_autofree float *sink = g_new0 (float, (gsize) items);
  g_autofree int *width = g_new0 (int, (gsize) items);
  Arithmetic self = { pairs, sink, width };
  double best = 0;

  for (int run = 0; run < RUNS; run++)
    {
      gint64 start = g_get_monotonic_time ();

      fy_parallel_for (items, multiply_add, &self);
      best = fmax (best, 2e-9 * ROUNDS * CHAINS * width[0] * items / seconds_since (start));
    }
  return best;
}

static gboolean
has_bf16 (void)
{
#if defined(__x86_64__)
  return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bf16");
#else
  return FALSE;
#endif
}

/* --- Memory of the CPU --- */

#define ARRAY   ((gsize) 1 << 25) /* floats of an array: 128 MiB */
#define STRETCH ((gsize) 1 << 18) /* of them that are one item's */

typedef struct
{
  float *a; /* [ARRAY] each */
  float *b;
  float *c;
} Triad;

static void
fill (int index, int worker, gpointer user_data)
{
  const Triad *self = user_data;

  for (gsize i = (gsize) index * STRETCH; i < ((gsize) index + 1) * STRETCH; i++)
    {
      self->a[i] = 0;
      self->b[i] = 1;
      self->c[i] = (float) i;
    }
}

static void
triad (int index, int worker, gpointer user_data)
{
  const Triad *self = user_data;

  for (gsize i = (gsize) index * STRETCH; i < ((gsize) index + 1) * STRETCH; i += 4)
    {
#if defined(__x86_64__) /* past the caches: else each line written is read first */
      _mm_stream_ps (self->a + i,
                     _mm_add_ps (_mm_load_ps (self->b + i),
                                 _mm_mul_ps (_mm_set1_ps (0.5f), _mm_load_ps (self->c + i))));
#else
      for (gsize j = i; j < i + 4; j++)
        self->a[j] = self->b[j] + 0.5f * self->c[j];
#endif
    }
#if defined(__x86_64__)
  _mm_sfence ();
#endif
}

static double
cpu_gbytes_per_s (void)
{
  g_autofree float *memory = g_new (float, 3 * ARRAY + 16);
  float *aligned = (float *) (((guintptr) memory + 63) & ~(guintptr) 63);
  Triad self = { aligned, aligned + ARRAY, aligned + 2 * ARRAY };
  double best = 0;

  fy_parallel_for (ARRAY / STRETCH, fill, &self);
  for (int run = 0; run < RUNS; run++)
    {
      gint64 start = g_get_monotonic_time ();

      fy_parallel_for (ARRAY / STRETCH, triad, &self);
      best = fmax (best, 3e-9 * sizeof (float) * ARRAY / seconds_since (start));
    }
  return best;
}

FerryCeiling
ferry_ceiling_cpu (void)
{
  return (FerryCeiling){ .gflops = cpu_gflops (FALSE),
                         .gflops_16_bit = has_bf16 () ? cpu_gflops (TRUE) : 0,
                         .gbytes_per_s = cpu_gbytes_per_s () };
}

/* --- A GPU --- */

#define SIDE         128 /* of what is convolved */
#define CHANNELS     256
#define WIDE_SIDE    1024 /* of what is copied: 128 MiB */
#define FEW_CHANNELS 32
#define MOST_SECONDS 1.0

/* Queues what is to be measured once.  Returns: FALSE with *error set. */
typedef gboolean (*Enqueue) (gpointer user_data, GError **error);

/* Seconds that one of them takes: so many at a time that waiting for the end does not count. */
static gboolean
time_queued (Enqueue enqueue, gpointer user_data, const FyMap *map, double *seconds, GError **error)
{
  gint64 first = g_get_monotonic_time ();
  int times = 1;

  *seconds = G_MAXDOUBLE;
  for (int run = 0; run < RUNS && (run == 0 || seconds_since (first) < MOST_SECONDS); run++)
    {
      gint64 start = g_get_monotonic_time ();
      float element;

      for (int i = 0; i < times; i++)
        if (!enqueue (user_data, error))
          return FALSE;
      if (!fy_buffer_download (map->buffer, map->offset, &element, sizeof element, error))
        return FALSE;
      *seconds = fmin (*seconds, seconds_since (start) / times);
      times = CLAMP ((int) (0.1 / *seconds), 1, 256);
    }
  return TRUE;
}

typedef struct
{
  FyMap source;
  FyMap destination;
  FyConvolution *convolution;
  FyFeatures *features;
} Gpu;

static gboolean
convolve (gpointer user_data, GError **error)
{
  Gpu *self = user_data;

  return fy_convolution_run (self->convolution, &self->source, NULL, &self->destination, error);
}

static gboolean
copy (gpointer user_data, GError **error)
{
  Gpu *self = user_data;

  return fy_features_set_map (self->features, 0, &self->source, FALSE, error);
}

/* A buffer of zeros for a map. */
static FyBuffer *
zeros (FyDevice *device, const FyMap *map, GError **error)
{
  gsize size = fy_map_size (map);
  g_autofree guint8 *bytes = g_malloc0 (size);
  g_autoptr (FyBuffer) buffer = fy_buffer_new (device, size, error);

  if (buffer == NULL || !fy_buffer_upload (buffer, 0, bytes, size, error))
    return NULL;
  return g_steal_pointer (&buffer);
}

/* Raises *gflops to what a convolution reaches, if that is more. */
static gboolean
time_convolution (FyDevice *device, int kernel, gboolean fast, double *gflops, GError **error)
{
  const FyConvolutionParams params = {
    .in_channels = CHANNELS, .out_channels = CHANNELS, .kernel = kernel, .stride = 1, .fast = fast
  };
  const FyMap map = { .height = SIDE, .width = SIDE, .channels = CHANNELS, .halo = 1 };
  g_autofree float *weight = g_new0 (float, (gsize) (CHANNELS * CHANNELS * kernel * kernel));
  g_autoptr (FyBuffer) from = zeros (device, &map, error);
  g_autoptr (FyBuffer) to = from != NULL ? zeros (device, &map, error) : NULL;
  g_autoptr (FyConvolution) convolution =
      to != NULL ? fy_convolution_new (device, &params, weight, NULL, error) : NULL;
  Gpu self = { map, map, convolution, NULL };
  double seconds;

  self.source.buffer = from;
  self.destination.buffer = to;
  if (convolution == NULL || !time_queued (convolve, &self, &self.destination, &seconds, error))
    return FALSE;
  *gflops = fmax (*gflops, 2e-9 * SIDE * SIDE * CHANNELS * CHANNELS * kernel * kernel / seconds);
  return TRUE;
}

static gboolean
time_copy (FyDevice *device, double *gbytes_per_s, GError **error)
{
  const FyMap map = { .height = WIDE_SIDE, .width = WIDE_SIDE, .channels = FEW_CHANNELS };
  g_autoptr (FyBuffer) from = zeros (device, &map, error);
  g_autoptr (FyFeatures) features = from != NULL
                                        ? fy_features_new (device, map.height, map.width, 1,
                                                           &map.channels, FY_FEATURES_F32, error)
                                        : NULL;
  Gpu self = { map, map, NULL, features };
  double seconds;

  self.source.buffer = from;
  if (features == NULL || !time_queued (copy, &self, &self.source, &seconds, error))
    return FALSE;
  *gbytes_per_s = 2e-9 * sizeof (float) * WIDE_SIDE * WIDE_SIDE * FEW_CHANNELS / seconds;
  return TRUE;
}

static gboolean
ceiling_gpu (FyDevice *device, FerryCeiling *ceiling, GError **error)
{
  *ceiling = (FerryCeiling){ 0 };
  for (int kernel = 1; kernel <= 3; kernel += 2)
    if (!time_convolution (device, kernel, FALSE, &ceiling->gflops, error) ||
        !time_convolution (device, kernel, TRUE, &ceiling->gflops_16_bit, error))
      return FALSE;
  ceiling->gflops_16_bit = fmax (ceiling->gflops_16_bit, ceiling->gflops);
  return time_copy (device, &ceiling->gbytes_per_s, error);
}

gboolean
ferry_ceiling_device (FyDevice *device, FerryCeiling *ceiling, GError **error)
{
  if (strcmp (fy_device_kind (device), "cpu") != 0)
    return ceiling_gpu (device, ceiling, error);
  *ceiling = ferry_ceiling_cpu ();
  return TRUE;
}
