/* SPDX-License-Identifier: MIT */
/* Principal axes by subspace iteration: V <- orthonormalise (X^T X V) over a sample of the rows X.
 *
 * A few rounds are enough: the search stays exact with any orthonormal basis, and the energy of
 * features sits in so few axes that the leading ones are found at once. */
#include "compute/cpu/cpu.h"

#include <math.h>
#include <string.h>

#define SAMPLE 1024 /* rows looked at */
#define ROUNDS 4

/* Makes the n_axes rows of V [n_axes, n] orthonormal, in double precision and twice over, so that
 * their products are 1 and 0 to float rounding.  A row that vanishes becomes a coordinate axis. */
static void
orthonormalise (float *axes, int n_axes, gsize n)
{
  g_autofree double *row = g_new (double, n);

  for (int i = 0; i < n_axes; i++)
    {
      float *axis = axes + (gsize) i * n;
      double norm = 0.0;

      for (gsize c = 0; c < n; c++)
        row[c] = (double) axis[c];
      for (int attempt = 0; attempt < 3 && norm < 0.5; attempt++)
        {
          for (int j = 0; j < i; j++)
            {
              const float *other = axes + (gsize) j * n;
              double dot = 0.0;

              for (gsize c = 0; c < n; c++)
                dot += row[c] * (double) other[c];
              for (gsize c = 0; c < n; c++)
                row[c] -= dot * (double) other[c];
            }
          norm = 0.0;
          for (gsize c = 0; c < n; c++)
            norm += row[c] * row[c];
          norm = sqrt (norm);
          if (!(norm > 1e-20))
            {
              memset (row, 0, n * sizeof *row);
              row[((gsize) i + (gsize) attempt) % n] = 1.0;
              norm = 0.0;
              continue;
            }
          for (gsize c = 0; c < n; c++)
            row[c] /= norm;
          norm = attempt == 0 ? 0.0 : 1.0; /* once more against what rounding left */
        }
      for (gsize c = 0; c < n; c++)
        axis[c] = (float) row[c];
    }
}

/* axes <- X^T X axes, for X [rows, n] */
static void
multiply (const float *sample, int rows, float *axes, int n_axes, gsize n)
{
  g_autofree float *next = g_new0 (float, (gsize) n_axes *n);

  for (int r = 0; r < rows; r++)
    {
      const float *x = sample + (gsize) r * n;

      for (int i = 0; i < n_axes; i++)
        {
          const float *axis = axes + (gsize) i * n;
          float *sum = next + (gsize) i * n;
          float dot[16] = { 0 }; /* sixteen chains, so that the loop becomes vectors */
          float total = 0.0f;
          gsize c = 0;

          for (; c + 16 <= n; c += 16)
            for (gsize lane = 0; lane < 16; lane++)
              dot[lane] += x[c + lane] * axis[c + lane];
          for (; c < n; c++)
            total += x[c] * axis[c];
          for (gsize lane = 0; lane < 16; lane++)
            total += dot[lane];
          for (c = 0; c < n; c++)
            sum[c] += total * x[c];
        }
    }
  memcpy (axes, next, (gsize) n_axes * n * sizeof (float));
}

float *
fy_principal_axes (const float *rows, gsize cells, gsize n, int n_axes)
{
  int count = (int) MIN (cells, SAMPLE);
  g_autofree float *sample = g_new (float, (gsize) count *n);
  g_autofree float *axes = g_new (float, (gsize) n_axes *n);

  for (int r = 0; r < count; r++)
    memcpy (sample + (gsize) r * n, rows + cells * (gsize) r / (gsize) count * n,
            n * sizeof (float));
  for (int i = 0; i < n_axes; i++)
    memcpy (axes + (gsize) i * n, sample + (gsize) (i * count / n_axes) * n, n * sizeof (float));
  for (int round = 0; round < ROUNDS; round++)
    {
      orthonormalise (axes, n_axes, n);
      multiply (sample, count, axes, n_axes, n);
    }
  orthonormalise (axes, n_axes, n);
  return g_steal_pointer (&axes);
}

FyCpuBasis *
fy_cpu_basis_new (FyCpuFeatures *features, GError **error)
{
  FyFeatures *form = &features->parent;
  FyCpuBasis *basis = g_new0 (FyCpuBasis, 1);

  g_atomic_ref_count_init (&basis->refs);
  basis->n_parts = form->n_parts;
  for (int p = 0; p < form->n_parts; p++)
    {
      gsize cells = (gsize) form->height * (gsize) form->width;
      FyConvolutionParams params = { .in_channels = form->channels[p], .kernel = 1, .stride = 1 };
      g_autofree float *axes = NULL;

      basis->rank[p] = MIN (FY_INDEX_LONG - 1, form->channels[p]);
      params.out_channels = basis->rank[p];
      axes =
          fy_principal_axes (features->part[p], cells, (gsize) form->channels[p], basis->rank[p]);
      basis->project[p] = fy_convolution_new (form->device, &params, axes, NULL, error);
      if (basis->project[p] == NULL)
        {
          fy_cpu_basis_unref (basis);
          return NULL;
        }
    }
  return basis;
}

FyCpuBasis *
fy_cpu_basis_ref (FyCpuBasis *basis)
{
  g_atomic_ref_count_inc (&basis->refs);
  return basis;
}

void
fy_cpu_basis_unref (FyCpuBasis *basis)
{
  if (basis == NULL || !g_atomic_ref_count_dec (&basis->refs))
    return;
  for (int p = 0; p < basis->n_parts; p++)
    fy_convolution_free (basis->project[p]);
  g_free (basis);
}
