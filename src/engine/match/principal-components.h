/* SPDX-License-Identifier: MIT */
/* The directions along which features differ most, to show features as colours: red is the first
 * principal component, green the second, blue the third.
 *
 * Found on one set of rows and then fixed, so that a colour means the same in every frame.
 *
 * Source: I. T. Jolliffe, "Principal Component Analysis", 2nd edition, 2002, chapters 1 and 2;
 *         orthogonal iteration with Rayleigh-Ritz: G. H. Golub, C. F. Van Loan, "Matrix
 *         Computations", 4th edition, section 8.2.
 * Immutable once made.  Thread: any. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FY_N_COMPONENTS 3

typedef struct
{
  int channels;
  float *mean; /* [channels]                                               */
  float *axis; /* [FY_N_COMPONENTS, channels] unit, orthogonal; the largest entry
                                     * of each is positive; zero where rows have no such direction */
  double variance[FY_N_COMPONENTS]; /* along each axis, descending                              */
  double total;                     /* variance of all channels together                        */
} FyComponents;

/* rows      [n, channels] float32, n >= 1
 * Returns:  (transfer full), or NULL with G_IO_ERROR_CANCELLED.  Spreads over the cores. */
FyComponents *fy_components_new (const float *rows,
                                 int n,
                                 int channels,
                                 GCancellable *cancellable,
                                 GError **error);
void fy_components_free (FyComponents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyComponents, fy_components_free)

/* rows      [n, channels]
 * value     [n, FY_N_COMPONENTS] out: (row - mean) along each axis */
void fy_components_project (const FyComponents *self, const float *rows, int n, float *value);

/* Colours of projected rows: the mean is mid-grey, 2.5 standard deviations of the rows that the components
 * were found on reach the ends.
 *
 * value     [n, FY_N_COMPONENTS] of fy_components_project
 * rgb       [n, 3] out */
void fy_components_colour (const FyComponents *self, const float *value, int n, guint8 *rgb);

G_END_DECLS
