/* SPDX-License-Identifier: MIT */
/* ferry-cli evaluate: scores result masks against the truth. */
#include "command.h"

#include "base/text.h"
#include "metric/davis-score.h"

#include <string.h>

typedef struct
{
  char *metric;
  char *truth;
  char *result;
  char *csv;
  gboolean leading;
  gboolean compatible;
  gboolean json;
} Options;

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  FyDavisScoreParams params = { .leading = options->leading, .compatible = options->compatible };
  g_autoptr (FyReport) report = NULL;
  g_autofree char *text = NULL;

  if (strcmp (options->metric, "davis") != 0)
    {
      g_set_error (error, FERRY_USAGE, 0, _ ("no metric is called \"%s\"; there is davis"),
                   options->metric);
      return FALSE;
    }
  report = fy_davis_score (options->truth, options->result, &params, cancellable, error);
  if (report == NULL ||
      (options->csv != NULL && !fy_report_save_csv (report, options->csv, "val", error)))
    return FALSE;
  text = options->json ? fy_report_to_json (report) : fy_report_to_text (report);
  g_print ("%s", text);
  return TRUE;
}

static const FerryOption option_table[] = {
  { "metric", FERRY_TEXT, G_STRUCT_OFFSET (Options, metric), "METRIC",
    N_ ("What to compute: davis (region J and boundary F)"), TRUE },
  { "truth", FERRY_PATH, G_STRUCT_OFFSET (Options, truth), "DIR", N_ ("The true masks"), TRUE },
  { "pred", FERRY_PATH, G_STRUCT_OFFSET (Options, result), "DIR", N_ ("The masks to score"), TRUE },
  { "leading", FERRY_FLAG, G_STRUCT_OFFSET (Options, leading), NULL,
    N_ ("Score results that stop early as if the truth ended with them") },
  { "compatible", FERRY_FLAG, G_STRUCT_OFFSET (Options, compatible), NULL,
    N_ ("Compute decay as the DAVIS program does beyond 256 frames, wrapped") },
  { "csv", FERRY_PATH, G_STRUCT_OFFSET (Options, csv), "DIR",
    N_ ("Also write the two CSV files of the DAVIS program there") },
  { "json", FERRY_FLAG, G_STRUCT_OFFSET (Options, json), NULL, N_ ("Print JSON") },
  { NULL },
};

const FerryCommand ferry_evaluate = {
  .name = "evaluate",
  .summary = N_ ("score masks against the truth"),
  .arguments = "--metric davis --truth DIR --pred DIR",
  .description = N_ (
      "Computes mean, recall and decay of J and F as the DAVIS 2017 program does for the "
      "semi-supervised task: first and last frame are not scored, and the first frame's highest id "
      "is the number of objects.\n\n"
      "DIR is the folder of one sequence's PNG files, or a folder of such folders."),
  .examples = "  ferry-cli evaluate --metric davis --truth Annotations/480p/blackswan --pred "
              "masks\n"
              "  ferry-cli evaluate --metric davis --truth Annotations/480p --pred results --json",
  .min_arguments = 0,
  .max_arguments = 0,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
