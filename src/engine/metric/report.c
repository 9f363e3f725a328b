/* SPDX-License-Identifier: MIT */
#include "metric/report.h"

#include "base/output-file.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static void
clear_score (gpointer data)
{
  g_free (((FyScore *) data)->sequence);
}

FyReport *
fy_report_new (void)
{
  FyReport *self = g_new0 (FyReport, 1);

  self->scores = g_array_new (FALSE, FALSE, sizeof (FyScore));
  g_array_set_clear_func (self->scores, clear_score);
  return self;
}

void
fy_report_free (FyReport *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->scores);
  g_free (self);
}

void
fy_report_add (FyReport *self, const FyScore *score)
{
  FyScore copy = *score;

  copy.sequence = g_strdup (score->sequence);
  g_array_append_val (self->scores, copy);
}

static const FyScore *
score_at (const FyReport *self, guint i)
{
  return &g_array_index (self->scores, FyScore, i);
}

static void
add (FyStatistics *sum, const FyStatistics *statistics)
{
  sum->mean += statistics->mean;
  sum->recall += statistics->recall;
  sum->decay += statistics->decay;
}

/* Without any: NaN. */
static void
divide (FyStatistics *sum, guint n)
{
  sum->mean /= n;
  sum->recall /= n;
  sum->decay /= n;
}

double
fy_report_overall (const FyReport *self, FyStatistics *region, FyStatistics *boundary)
{
  *region = *boundary = (FyStatistics){ 0 };
  for (guint i = 0; i < self->scores->len; i++)
    {
      add (region, &score_at (self, i)->region);
      add (boundary, &score_at (self, i)->boundary);
    }
  divide (region, self->scores->len);
  divide (boundary, self->scores->len);
  return (region->mean + boundary->mean) / 2.0;
}

/* --- Text --- */

static void
append_padded (GString *text, const char *word, int width)
{
  g_string_append_printf (text, "%s%*s", word, width - (int) g_utf8_strlen (word, -1), "");
}

static void
append_figures (GString *text, double both, const FyStatistics *j, const FyStatistics *f)
{
  g_string_append_printf (text, "%8.3f  %8.3f %7.3f %7.3f  %8.3f %7.3f %7.3f\n", both, j->mean,
                          j->recall, j->decay, f->mean, f->recall, f->decay);
}

char *
fy_report_to_text (const FyReport *self)
{
  GString *text = g_string_new (NULL);
  FyStatistics region, boundary;
  double both = fy_report_overall (self, &region, &boundary);
  int width = (int) strlen ("sequence");

  for (guint i = 0; i < self->scores->len; i++)
    width = MAX (width, (int) g_utf8_strlen (score_at (self, i)->sequence, -1));
  append_padded (text, "sequence", width);
  g_string_append (text, "  object  frames     J&F    J mean  recall   decay    F mean  recall   "
                         "decay\n");
  for (guint i = 0; i < self->scores->len; i++)
    {
      const FyScore *score = score_at (self, i);

      append_padded (text, score->sequence, width);
      g_string_append_printf (text, "  %6d  %6d", score->object, score->n_frames);
      append_figures (text, (score->region.mean + score->boundary.mean) / 2.0, &score->region,
                      &score->boundary);
    }
  append_padded (text, "mean", width);
  g_string_append_printf (text, "  %6u  %6s", self->scores->len, "");
  append_figures (text, both, &region, &boundary);
  return g_string_free (text, FALSE);
}

/* --- JSON --- */

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_statistics (JsonBuilder *builder, const char *name, const FyStatistics *statistics)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  add_number (builder, "mean", statistics->mean);
  add_number (builder, "recall", statistics->recall);
  add_number (builder, "decay", statistics->decay);
  json_builder_end_object (builder);
}

/* Scores are by sequence: a sequence's object is open while its scores last. */
static void
add_sequences (JsonBuilder *builder, const FyReport *self)
{
  const char *open = NULL;

  for (guint i = 0; i < self->scores->len; i++)
    {
      const FyScore *score = score_at (self, i);
      g_autofree char *object = g_strdup_printf ("%d", score->object);

      if (g_strcmp0 (open, score->sequence) != 0)
        {
          if (open != NULL)
            json_builder_end_object (builder);
          open = score->sequence;
          json_builder_set_member_name (builder, open);
          json_builder_begin_object (builder);
        }
      json_builder_set_member_name (builder, object);
      json_builder_begin_object (builder);
      add_statistics (builder, "J", &score->region);
      add_statistics (builder, "F", &score->boundary);
      json_builder_end_object (builder);
    }
  if (open != NULL)
    json_builder_end_object (builder);
}

char *
fy_report_to_json (const FyReport *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  FyStatistics region, boundary;
  double both = fy_report_overall (self, &region, &boundary);

  json_builder_begin_object (builder);
  add_number (builder, "J&F", both);
  add_statistics (builder, "J", &region);
  add_statistics (builder, "F", &boundary);
  json_builder_set_member_name (builder, "sequences");
  json_builder_begin_object (builder);
  add_sequences (builder, self);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  return g_strconcat (text, "\n", NULL);
}

/* --- CSV --- */

/* NaN is an empty field. */
static void
append_field (GString *text, double value, const char *end)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isnan (value))
    g_string_append (text, g_ascii_formatd (number, sizeof number, "%.3f", value));
  g_string_append (text, end);
}

char *
fy_report_to_global_csv (const FyReport *self)
{
  GString *text = g_string_new ("J&F-Mean,J-Mean,J-Recall,J-Decay,F-Mean,F-Recall,F-Decay\n");
  FyStatistics region, boundary;
  double both = fy_report_overall (self, &region, &boundary);

  append_field (text, both, ",");
  append_field (text, region.mean, ",");
  append_field (text, region.recall, ",");
  append_field (text, region.decay, ",");
  append_field (text, boundary.mean, ",");
  append_field (text, boundary.recall, ",");
  append_field (text, boundary.decay, "\n");
  return g_string_free (text, FALSE);
}

/* A name that CSV would misread goes into quotes, which double inside. */
static void
append_name (GString *text, const char *name)
{
  gboolean quote = strpbrk (name, ",\"\r\n") != NULL;

  if (quote)
    g_string_append_c (text, '"');
  for (; *name != '\0'; name++)
    {
      if (*name == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *name);
    }
  if (quote)
    g_string_append_c (text, '"');
}

char *
fy_report_to_sequence_csv (const FyReport *self)
{
  GString *text = g_string_new ("Sequence,J-Mean,F-Mean\n");

  for (guint i = 0; i < self->scores->len; i++)
    {
      const FyScore *score = score_at (self, i);
      g_autofree char *name = g_strdup_printf ("%s_%d", score->sequence, score->object);

      append_name (text, name);
      g_string_append_c (text, ',');
      append_field (text, score->region.mean, ",");
      append_field (text, score->boundary.mean, "\n");
    }
  return g_string_free (text, FALSE);
}

static gboolean
save (const char *folder, const char *kind, const char *set, const char *text, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s_results-%s.csv", kind, set);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return fy_output_file_save (path, text, strlen (text), FALSE, error);
}

gboolean
fy_report_save_csv (const FyReport *self, const char *folder, const char *set, GError **error)
{
  g_autofree char *global = fy_report_to_global_csv (self);
  g_autofree char *sequences = fy_report_to_sequence_csv (self);

  return save (folder, "global", set, global, error) &&
         save (folder, "per-sequence", set, sequences, error);
}
