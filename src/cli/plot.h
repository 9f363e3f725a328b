/* SPDX-License-Identifier: MIT */
/* Small multiples as one SVG: panels side by side, some lines each, over one logarithmic scale of
 * seconds.  Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FERRY_PLOT_LINES  3
#define FERRY_PLOT_POINTS 8 /* of a line, at most */

/* What the points of one panel are. */
typedef struct
{
  const char *title;
  const char *unit;            /* below the horizontal axis */
  gboolean log;                /* its scale                 */
  int n;                       /* points, 1 .. FERRY_PLOT_POINTS; a tick at each */
  double x[FERRY_PLOT_POINTS]; /* ascending; > 0 where log */
  double y[FERRY_PLOT_LINES][FERRY_PLOT_POINTS]; /* seconds */
} FerryPanel;

typedef struct
{
  const char *title;
  const char *subtitle; /* what y is */
  const char *label[FERRY_PLOT_LINES];
  const char *const
      *caption; /* lines, NULL-terminated; they stand where the last panel leaves room */
} FerryPlotText;

/* Returns: (transfer full) the file's text, UTF-8. */
char *ferry_plot_svg (const FerryPlotText *text, const FerryPanel *panel, int n_panels);

G_END_DECLS
