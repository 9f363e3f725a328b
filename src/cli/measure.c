/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include "base/output-file.h"
#include "base/parallel.h"
#include "nn/graph.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* --- Runs by the clock --- */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

gboolean
ferry_measure (GArray *results,
               FerryMeasure measure,
               int repeats,
               FerryMeasured func,
               gpointer user_data,
               GCancellable *cancellable,
               GError **error)
{
  g_autofree double *seconds = g_new (double, (gsize) repeats);

  for (int i = -1; i < repeats; i++)
    {
      gint64 start = g_get_monotonic_time ();

      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !func (user_data, error))
        return FALSE;
      if (i >= 0)
        seconds[i] = (double) (g_get_monotonic_time () - start) * 1e-6;
    }
  qsort (seconds, (gsize) repeats, sizeof *seconds, compare_doubles);
  measure.seconds_min = seconds[0];
  measure.seconds_median =
      (seconds[(repeats - 1) / 2] + seconds[repeats / 2]) / 2; /* of an even number the middle */
  g_array_append_val (results, measure);
  return TRUE;
}

/* --- Ceiling of the CPU --- */

#define ROUNDS 4000000
#define CHAINS 14 /* independent, to hide the latency of an addition */

/* Each does ROUNDS times CHAINS fused multiply-adds of whole vectors, and returns how many numbers a
 * vector has. */

#if defined(__x86_64__)

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
  float *sink; /* [items] so that nothing is optimised away */
  int *width;  /* [items] */
} Ceiling;

static void
multiply_add (int index, int worker, gpointer user_data)
{
  Ceiling *self = user_data;

#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx512f"))
    self->width[index] = multiply_add_512 (&self->sink[index]);
  else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    self->width[index] = multiply_add_256 (&self->sink[index]);
  else
#endif
    self->width[index] = multiply_add_128 (&self->sink[index]);
}

static double
cpu_ceiling (void)
{
  int items = 4 * fy_parallel_workers ();
  g_autofree float *sink = g_new0 (float, (gsize) items);
  g_autofree int *width = g_new0 (int, (gsize) items);
  Ceiling self = { sink, width };
  double best = 0;

  for (int run = 0; run < 5; run++)
    {
      gint64 start = g_get_monotonic_time ();
      double seconds;

      fy_parallel_for (items, multiply_add, &self);
      seconds = (double) (g_get_monotonic_time () - start) * 1e-6;
      best = fmax (best, 2.0 * ROUNDS * CHAINS * width[0] * items / seconds * 1e-9);
    }
  return best;
}

/* --- Ceiling of a GPU --- */

/* Runs a 3x3 convolution several times and waits. */
static gboolean
convolve (FyConvolution *convolution,
          const FyMap *source,
          const FyMap *destination,
          int times,
          GError **error)
{
  float element;

  for (int i = 0; i < times; i++)
    if (!fy_convolution_run (convolution, source, NULL, destination, error))
      return FALSE;
  return fy_buffer_download (destination->buffer, destination->offset, &element, sizeof element,
                             error);
}

static gboolean
gpu_ceiling (FyDevice *device, double *gflops, GError **error)
{
  enum
  {
    SIDE = 128,
    CHANNELS = 256,
    TIMES = 8
  };
  const FyConvolutionParams params = {
    .in_channels = CHANNELS, .out_channels = CHANNELS, .kernel = 3, .stride = 1
  };
  FyMap source = { .height = SIDE, .width = SIDE, .channels = CHANNELS, .halo = 1 };
  FyMap destination = source;
  g_autofree float *weight = g_new0 (float, CHANNELS *CHANNELS * 9);
  g_autoptr (FyBuffer) from = fy_buffer_new (device, fy_map_size (&source), error);
  g_autoptr (FyBuffer) to =
      from != NULL ? fy_buffer_new (device, fy_map_size (&source), error) : NULL;
  g_autoptr (FyConvolution) convolution =
      to != NULL ? fy_convolution_new (device, &params, weight, NULL, error) : NULL;

  source.buffer = from;
  destination.buffer = to;
  *gflops = 0;
  if (convolution == NULL || !fy_device_pad (device, &source, FY_PADDING_ZERO, error))
    return FALSE;
  for (int run = 0; run < 5; run++)
    {
      gint64 start = g_get_monotonic_time ();
      double seconds;

      if (!convolve (convolution, &source, &destination, TIMES, error))
        return FALSE;
      seconds = (double) (g_get_monotonic_time () - start) * 1e-6;
      *gflops =
          fmax (*gflops, 2.0 * TIMES * SIDE * SIDE * CHANNELS * CHANNELS * 9 / seconds * 1e-9);
    }
  return TRUE;
}

gboolean
ferry_measure_ceiling (FyDevice *device, double *gflops, GError **error)
{
  if (strcmp (fy_device_kind (device), "cpu") != 0)
    return gpu_ceiling (device, gflops, error);
  *gflops = cpu_ceiling ();
  return TRUE;
}

/* --- A made-up network --- */

/* One tensor's line of the header, and its numbers: uniform in center - spread .. center + spread. */
static void
add_tensor (GString *header,
            GArray *data,
            GRand *random,
            const char *name,
            const char *shape,
            gsize n,
            double center,
            double spread)
{
  gsize at = (gsize) data->len * sizeof (float);

  g_string_append_printf (header,
                          "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
                          header->len > 1 ? "," : "", name, shape, at, at + n * sizeof (float));
  for (gsize i = 0; i < n; i++)
    {
      float value = (float) (center + spread * (2 * g_rand_double (random) - 1));

      g_array_append_val (data, value);
    }
}

static void
add_node (GString *header, GArray *data, GRand *random, const FyNode *node)
{
  static const char *const parts[] = { "weight", "bias", "running_mean", "running_var" };
  gsize n_inputs = (gsize) node->in_channels * (gsize) (node->kernel * node->kernel);
  g_autofree char *weight = g_strconcat (node->weight, ".weight", NULL);
  g_autofree char *shape = g_strdup_printf ("%d,%d,%d,%d", node->out_channels, node->in_channels,
                                            node->kernel, node->kernel);
  g_autofree char *channels = g_strdup_printf ("%d", node->out_channels);

  /* He et al. 2015: variance 2 / inputs, here of a uniform distribution; what is added to a residual
   * is small, so that sums do not grow. */
  add_tensor (header, data, random, weight, shape, (gsize) node->out_channels * n_inputs, 0,
              sqrt (6.0 / (double) n_inputs) * (node->residual >= 0 ? 0.3 : 1.0));
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strconcat (node->norm, ".", parts[i], NULL);

      add_tensor (header, data, random, name, channels, (gsize) node->out_channels,
                  i == 0 || i == 3 ? 1 : 0, 0);
    }
}

char *
ferry_synthetic_checkpoint (int depth, GError **error)
{
  const FyResnetParams params = { .depth = depth, .cut = 3, .stride = FY_RESNET_STRIDES };
  g_autoptr (FyGraph) graph = fy_resnet_new (&params);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GArray) data = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GString) header = g_string_new ("{");
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autofree char *path = NULL;
  guint64 size;
  int fd = g_file_open_tmp ("ferry-XXXXXX.safetensors", &path, error);

  if (fd < 0)
    return NULL;
  close (fd);
  for (int i = 0; i < fy_graph_n_nodes (graph); i++)
    if (fy_graph_node (graph, i)->kind == FY_NODE_CONVOLUTION)
      add_node (header, data, random, fy_graph_node (graph, i));
  g_string_append_c (header, '}');
  size = GUINT64_TO_LE ((guint64) header->len);
  g_byte_array_append (file, (const guint8 *) &size, sizeof size);
  g_byte_array_append (file, (const guint8 *) header->str, (guint) header->len);
  g_byte_array_append (file, (const guint8 *) data->data, data->len * (guint) sizeof (float));
  if (!fy_output_file_save (path, file->data, file->len, FALSE, error))
    {
      unlink (path);
      return NULL;
    }
  return g_steal_pointer (&path);
}
