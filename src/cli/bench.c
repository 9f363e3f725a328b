/* SPDX-License-Identifier: MIT */
/* ferry-cli bench: how fast this machine does each part of the work. */
#include "base/text.h"
#include "bench-plot.h"
#include "bench-stages.h"
#include "command.h"
#include "network.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_WIDTH   854
#define DEFAULT_HEIGHT  480
#define DEFAULT_REPEATS 5
#define PATIENCE        2.0 /* seconds a stage, where nobody asked for a number of repeats */

typedef struct
{
  char *what;
  char *size;
  char *device;
  int repeats;
  char *plot;
  gboolean json;
} Options;

typedef struct
{
  const char *name; /* as --what */
  gboolean (*run) (FerryBench *bench, GError **error);
} Part;

static const Part parts[] = {
  { "decode", ferry_bench_decode },  { "backbone", ferry_bench_backbones },
  { "match", ferry_bench_matching }, { "carry", ferry_bench_carry },
  { "files", ferry_bench_files },
};

/* --- The machine --- */

typedef struct
{
  char *processor; /* its model */
  FerryCeiling device;
  FerryCeiling host;
} Machine;

static void
machine_clear (Machine *self)
{
  g_free (self->processor);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Machine, machine_clear)

static gboolean
measure_machine (Machine *self, FyDevice *device, GError **error)
{
  self->processor = ferry_processor_name ();
  if (!ferry_ceiling_device (device, &self->device, error))
    return FALSE;
  self->host = strcmp (fy_device_kind (device), "cpu") == 0 ? self->device : ferry_ceiling_cpu ();
  return TRUE;
}

static FerryShare
share_of (const Machine *machine, const FerryMeasure *m)
{
  return ferry_share (m, m->on_host ? &machine->host : &machine->device);
}

static const char *
bound_by (FerryShare share)
{
  return share.arithmetic > share.memory ? "arithmetic" : "memory";
}

/* --- As JSON --- */

static void
print_ceiling (const char *name, const FerryCeiling *self)
{
  g_autofree char *fast =
      self->gflops_16_bit > 0 ? g_strdup_printf ("%.1f", self->gflops_16_bit) : g_strdup ("null");

  g_print ("  \"%s\": {\"gflops\": %.1f, \"gflops_16_bit\": %s, \"gbytes_per_s\": %.2f},\n", name,
           self->gflops, fast, self->gbytes_per_s);
}

static void
print_json (const FerryBench *bench, const Machine *machine)
{
  g_autofree char *device = ferry_json_string (fy_device_name (bench->device));
  g_autofree char *processor = ferry_json_string (machine->processor);

  g_print ("{\n  \"device\": %s,\n  \"processor\": %s,\n  \"width\": %d,\n  \"height\": %d,\n",
           device, processor, bench->width, bench->height);
  g_print ("  \"ceiling_gflops\": %.1f,\n", machine->device.gflops);
  print_ceiling ("ceiling", &machine->device);
  print_ceiling ("host_ceiling", &machine->host);
  g_print ("  \"results\": [");
  for (guint i = 0; i < bench->results->len; i++)
    {
      const FerryMeasure *m = &g_array_index (bench->results, FerryMeasure, i);
      FerryShare share = share_of (machine, m);

      g_print ("%s\n    {\"name\": \"%s\", \"on\": \"%s\", \"multiply_adds\": %.0f, "
               "\"bytes\": %.0f, \"seconds_min\": %.6f, \"seconds_median\": %.6f, "
               "\"gflops\": %.3f, \"gbytes_per_s\": %.3f, "
               "\"share_of_ceiling\": {\"arithmetic\": %.4f, \"memory\": %.4f}, "
               "\"bound_by\": \"%s\"",
               i == 0 ? "" : ",", m->name, m->on_host ? "host" : "device", m->multiply_adds,
               m->bytes, m->seconds_min, m->seconds_median,
               2e-9 * m->multiply_adds / m->seconds_min, 1e-9 * m->bytes / m->seconds_min,
               share.arithmetic, share.memory, bound_by (share));
      if (m->fast)
        g_print (", \"error\": {\"most\": %.3e, \"cosine\": %.3e}", m->error.most, m->error.cosine);
      g_print ("}");
    }
  g_print ("\n  ]\n}\n");
}

/* --- As text --- */

static void
describe_ceiling (const char *name, const FerryCeiling *self)
{
  g_print ("%s: at most %.0f GFLOP/s", name, self->gflops);
  if (self->gflops_16_bit > 0)
    g_print (" (%.0f in 16 bits)", self->gflops_16_bit);
  g_print (", %.1f GB/s\n", self->gbytes_per_s);
}

static void
print_row (const Machine *machine, const FerryMeasure *m)
{
  FerryShare share = share_of (machine, m);

  g_print ("%-23s %9.4f %9.4f", m->name, m->seconds_min, m->seconds_median);
  if (m->multiply_adds > 0)
    g_print (" %10.3f", 1e-9 * m->multiply_adds);
  else
    g_print (" %10s", "-");
  g_print (" %9.2f", 1e-6 * m->bytes);
  if (m->multiply_adds > 0)
    g_print (" %9.1f", 2e-9 * m->multiply_adds / m->seconds_min);
  else
    g_print (" %9s", "-");
  g_print (" %8.2f  %3.0f %% %s\n", 1e-9 * m->bytes / m->seconds_min,
           100 * MAX (share.arithmetic, share.memory), bound_by (share));
}

static void
print_text (const FerryBench *bench, const Machine *machine)
{
  gboolean on_cpu = strcmp (fy_device_kind (bench->device), "cpu") == 0;

  g_print ("%s%s%s, pictures of %dx%d\n", fy_device_name (bench->device), on_cpu ? ", " : "",
           on_cpu ? machine->processor : "", bench->width, bench->height);
  describe_ceiling (on_cpu ? "CPU" : "device", &machine->device);
  if (!on_cpu)
    describe_ceiling (machine->processor, &machine->host);
  g_print ("\n%-23s %9s %9s %10s %9s %9s %8s  %s\n", "", "fastest s", "median s", "G mul-add", "MB",
           "GFLOP/s", "GB/s", "of ceiling");
  for (guint i = 0; i < bench->results->len; i++)
    print_row (machine, &g_array_index (bench->results, FerryMeasure, i));
  for (guint i = 0; i < bench->results->len; i++)
    {
      const FerryMeasure *m = &g_array_index (bench->results, FerryMeasure, i);

      if (m->fast)
        g_print ("%s is off by %.1e, 1 - cosine %.1e\n", m->name, m->error.most, m->error.cosine);
    }
}

/* --- The command --- */

static gboolean
read_what (const Options *options, GError **error)
{
  if (options->what == NULL || strcmp (options->what, "all") == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strcmp (options->what, parts[i].name) == 0)
      return TRUE;
  g_set_error (error, FERRY_USAGE, 0,
               _ ("--what \"%s\" is none of decode, backbone, match, carry, files, all"),
               options->what);
  return FALSE;
}

static gboolean
read_options (const Options *options, FerryBench *bench, GError **error)
{
  char rest;

  bench->repeats = options->repeats == FERRY_NOT_GIVEN ? DEFAULT_REPEATS : options->repeats;
  bench->most_seconds = options->repeats == FERRY_NOT_GIVEN ? PATIENCE : G_MAXDOUBLE;
  if (!read_what (options, error))
    return FALSE;
  if (options->size != NULL &&
      (sscanf (options->size, "%dx%d%c", &bench->width, &bench->height, &rest) != 2 ||
       MIN (bench->width, bench->height) < 32 || MAX (bench->width, bench->height) > 8192))
    g_set_error (error, FERRY_USAGE, 0, _ ("--size \"%s\" does not read as WxH, 32 to 8192 each"),
                 options->size);
  else if (bench->repeats < 1 || bench->repeats > 1000)
    g_set_error (error, FERRY_USAGE, 0, _ ("--repeats %d is not 1 to 1000"), bench->repeats);
  else if (options->plot != NULL &&
           (options->what != NULL || options->json || options->repeats != FERRY_NOT_GIVEN))
    g_set_error_literal (
        error, FERRY_USAGE, 0,
        _ ("--plot draws what it draws: --what, --repeats and --json are not for it"));
  else
    return TRUE;
  return FALSE;
}

static gboolean
measure_parts (const Options *options, FerryBench *bench, GError **error)
{
  gboolean all = options->what == NULL || strcmp (options->what, "all") == 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if ((all || strcmp (options->what, parts[i].name) == 0) && !parts[i].run (bench, error))
      return FALSE;
  return TRUE;
}

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (FerryMeasure));
  FerryBench bench = { .results = results, .cancellable = cancellable };
  g_autoptr (FyDevice) device = NULL;
  g_auto (Machine) machine = { 0 };

  if (!read_options (options, &bench, error))
    return FALSE;
  if (options->plot != NULL)
    return ferry_bench_plot (options->device, bench.width, bench.height, options->plot, cancellable,
                             error);
  if (options->size == NULL)
    {
      bench.width = DEFAULT_WIDTH;
      bench.height = DEFAULT_HEIGHT;
    }
  bench.device = device = fy_device_new (options->device, error);
  if (device == NULL || !measure_machine (&machine, device, error) ||
      !measure_parts (options, &bench, error))
    return FALSE;
  if (options->json)
    print_json (&bench, &machine);
  else
    print_text (&bench, &machine);
  return TRUE;
}

static const FerryOption option_table[] = {
  { "what", FERRY_TEXT, G_STRUCT_OFFSET (Options, what), "PART",
    N_ ("decode, backbone, match, carry, files or all, which is the default") },
  { "size", FERRY_TEXT, G_STRUCT_OFFSET (Options, size), "WxH",
    N_ ("Picture that the networks see; 854x480 without, 640x360 for --plot") },
  { "device", FERRY_TEXT, G_STRUCT_OFFSET (Options, device), "DEVICE",
    N_ ("cpu, vulkan or vulkan:N; the fastest real device without") },
  { "repeats", FERRY_WHOLE, G_STRUCT_OFFSET (Options, repeats), "N",
    N_ ("Runs of each after one to warm up; without, 5, and fewer of what takes long") },
  { "plot", FERRY_PATH, G_STRUCT_OFFSET (Options, plot), "FILE.svg",
    N_ ("Draw instead how seconds per frame depend on clip and settings; takes minutes") },
  { "json", FERRY_FLAG, G_STRUCT_OFFSET (Options, json), NULL, N_ ("Print JSON") },
  { NULL },
};

const FerryCommand ferry_bench = {
  .name = "bench",
  .summary = N_ ("measure how fast this machine is"),
  .arguments = "",
  .description = N_ (
      "Measures each part of the work on made-up or sample data. decode-sample is the whole "
      "sample clip; backbone-* one frame through a network; match-*-local one frame's neighbours "
      "in the 20 frames before it, -reference in the first frame, merge-fc the union of both, "
      "match-fc and -sfc all three; votes-70 makes ready the lists of 70 frames, carry-70x2 and "
      "-70x50 carry 2 and 50 objects, carry-edit follows a change of 3 x 3 cells in the first "
      "frame, resolve-70x2 and -70x50 make the masks; write-png writes one mask, cache-* puts "
      "one frame's features or list into a cache in the folder for temporary files, or gets it "
      "from there. Only backbones and searches run on the device, the others always on the CPU.\n\n"
      "*-fast is in 16 bits and only there where the device has something faster for that. How "
      "far off it is stands below: the largest difference as a share of the largest value, and 1 "
      "- cosine of a cell on average.\n\n"
      "Work is counted as if nothing were skipped: an exact search that leaves out what cannot "
      "matter, or a convolution by Winograd's method, needs less, so that its share of a ceiling "
      "may exceed 1. Only multiply-adds count as arithmetic, and as bytes what a run reads and "
      "what it leaves, once each; what stays in caches may exceed the ceiling of memory. Rates "
      "are of the fastest run.\n\n"
      "Ceilings are measured in the same run. On the CPU: fused multiply-adds in registers, of "
      "float32 and, for *-fast, of bf16, and a[i] = b[i] + s * c[i] over 3 arrays of 128 MiB, on "
      "all cores. On a GPU: the fastest large convolution, for want of a bare loop, so that a "
      "share says how near to it a stage comes and not how near to the chip's limit; and a copy "
      "of 128 MiB. \"Of ceiling\" is the larger share, and names the ceiling that a stage is "
      "nearer to; where it is small, something else holds the stage up: other instructions, "
      "latency, a disk.\n\n"
      "--plot carries the sample clip's masks through it again and again and draws seconds per "
      "frame against clip length, resolution, k, radius and number of objects."),
  .examples = "  ferry-cli bench\n"
              "  ferry-cli bench --what match --size 910x480 --json\n"
              "  ferry-cli bench --plot bench.svg",
  .min_arguments = 0,
  .max_arguments = 0,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
