/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include <stdlib.h>

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

gboolean
ferry_measure (FerryBench *bench,
               FerryMeasure measure,
               FerryMeasured func,
               gpointer user_data,
               GError **error)
{
  g_autofree double *seconds = g_new (double, (gsize) bench->repeats);
  double spent = 0;
  int n = 0;

  for (int i = -1; i < 1 || (i < bench->repeats && spent < bench->most_seconds); i++)
    {
      gint64 start = g_get_monotonic_time ();
      double passed;

      if (g_cancellable_set_error_if_cancelled (bench->cancellable, error) ||
          !func (user_data, error))
        return FALSE;
      passed = (double) (g_get_monotonic_time () - start) * 1e-6;
      spent += passed;
      if (i >= 0)
        seconds[n++] = MAX (passed, 1e-6); /* what the clock tells apart */
    }
  qsort (seconds, (gsize) n, sizeof *seconds, compare_doubles);
  measure.seconds_min = seconds[0];
  measure.seconds_median =
      (seconds[(n - 1) / 2] + seconds[n / 2]) / 2; /* of an even number the middle */
  g_array_append_val (bench->results, measure);
  return TRUE;
}

FerryShare
ferry_share (const FerryMeasure *self, const FerryCeiling *ceiling)
{
  double most = self->fast && ceiling->gflops_16_bit > 0 ? ceiling->gflops_16_bit : ceiling->gflops;

  return (FerryShare){ 2e-9 * self->multiply_adds / self->seconds_min / most,
                       1e-9 * self->bytes / self->seconds_min / ceiling->gbytes_per_s };
}
