/* SPDX-License-Identifier: MIT */
#include "plot.h"

#include <math.h>
#include <string.h>

/* All in pixels. */
#define COLUMNS      3
#define LEFT         78 /* of the first panel */
#define TOP          118
#define WIDTH        250 /* of a panel's inside */
#define HEIGHT       210
#define PITCH_X      372
#define PITCH_Y      306
#define LABEL_PITCH  15 /* between labels of lines */
#define DIGIT        7  /* width of a digit of the ticks */
#define CAPTION_STEP 18

static const char *const colours[FERRY_PLOT_LINES] = { "#0072b2", "#c8501e", "#00805c" };

typedef struct
{
  double low; /* log10 of seconds, bottom and top */
  double high;
} Scale;

/* --- Scales --- */

/* From the round number (1, 2, 5 times a power of ten) below all values to the one above. */
static Scale
find_scale (const FerryPanel *panel, int n_panels)
{
  double least = G_MAXDOUBLE, most = 0;
  Scale scale = { 0 };

  for (int p = 0; p < n_panels; p++)
    for (int line = 0; line < FERRY_PLOT_LINES; line++)
      for (int i = 0; i < panel[p].n; i++)
        {
          least = fmin (least, fmax (panel[p].y[line][i], 1e-6));
          most = fmax (most, fmax (panel[p].y[line][i], 1e-6));
        }
  for (int step = -18; step <= 12; step++)
    {
      double power = floor (step / 3.0), round = (step % 3 + 3) % 3;
      double value = pow (10, power) * (round == 0 ? 1 : round == 1 ? 2 : 5);

      if (step == -18 || value <= least * 0.95)
        scale.low = log10 (value);
      scale.high = log10 (value);
      if (value >= most * 1.05)
        break;
    }
  return scale;
}

static double
place_x (const FerryPanel *panel, double x)
{
  double low = panel->log ? log (panel->x[0]) : 0;
  double high = panel->log ? log (panel->x[panel->n - 1]) : panel->x[panel->n - 1];
  double at = panel->log ? log (x) : x;

  return high > low ? 12 + (WIDTH - 24) * (at - low) / (high - low) : WIDTH / 2.0;
}

static double
place_y (const Scale *scale, double seconds)
{
  double at = log10 (fmax (seconds, 1e-6));

  return HEIGHT * (scale->high - at) / (scale->high - scale->low);
}

/* --- Text --- */

static void
add_text (GString *svg, double x, double y, const char *class, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *escaped = g_markup_escape_text (valid, -1);

  g_string_append_printf (svg, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", x, y, class,
                          escaped);
}

static void
add_tick_label (GString *svg, double y, double seconds)
{
  g_autofree char *text = seconds > 0.9      ? g_strdup_printf ("%.0f s", seconds)
                          : seconds > 0.9e-3 ? g_strdup_printf ("%.0f ms", seconds * 1e3)
                                             : g_strdup_printf ("%.0f \u00b5s", seconds * 1e6);

  add_text (svg, -10, y + 4, "tick end", text);
}

/* --- A panel --- */

static void
add_grid (GString *svg, const Scale *scale, gboolean first)
{
  gboolean dense = scale->high - scale->low < 2.5;

  for (int step = -18; step <= 12; step++)
    {
      int round = (step % 3 + 3) % 3;
      double seconds = pow (10, floor (step / 3.0)) * (round == 0 ? 1 : round == 1 ? 2 : 5);
      double at = log10 (seconds), y = place_y (scale, seconds);

      if (at < scale->low - 1e-9 || at > scale->high + 1e-9)
        continue;
      g_string_append_printf (svg,
                              "<line x1=\"0\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n",
                              WIDTH, y, y, round == 0 ? "grid" : "faint");
      if (first && (round == 0 || dense))
        add_tick_label (svg, y, seconds);
    }
}

/* A tick at each point; a label where the next one leaves room. */
static void
add_ticks (GString *svg, const FerryPanel *panel)
{
  double free_from = -G_MAXDOUBLE;

  for (int i = 0; i < panel->n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%g", panel->x[i]);
      double x = place_x (panel, panel->x[i]), half = DIGIT * (double) strlen (text) / 2;

      g_string_append_printf (
          svg, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" class=\"axis\"/>\n", x, x, HEIGHT,
          HEIGHT + 5);
      if (x - half < free_from)
        continue;
      add_text (svg, x, HEIGHT + 19, "tick middle", text);
      free_from = x + half + DIGIT;
    }
}

static void
add_line (GString *svg, const FerryPanel *panel, const Scale *scale, int line)
{
  g_string_append_printf (svg, "<polyline stroke=\"%s\" points=\"", colours[line]);
  for (int i = 0; i < panel->n; i++)
    g_string_append_printf (svg, "%s%.1f,%.1f", i == 0 ? "" : " ", place_x (panel, panel->x[i]),
                            place_y (scale, panel->y[line][i]));
  g_string_append (svg, "\"/>\n");
  for (int i = 0; i < panel->n; i++)
    g_string_append_printf (svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n",
                            place_x (panel, panel->x[i]), place_y (scale, panel->y[line][i]),
                            colours[line]);
}

/* Where the labels of lines go: beside their last points, moved apart. */
static void
place_labels (const FerryPanel *panel, const Scale *scale, double y[FERRY_PLOT_LINES])
{
  int order[FERRY_PLOT_LINES];

  for (int line = 0; line < FERRY_PLOT_LINES; line++)
    {
      int at = line;

      y[line] = place_y (scale, panel->y[line][panel->n - 1]);
      for (; at > 0 && y[order[at - 1]] > y[line]; at--)
        order[at] = order[at - 1];
      order[at] = line;
    }
  for (int i = 1; i < FERRY_PLOT_LINES; i++) /* down */
    y[order[i]] = fmax (y[order[i]], y[order[i - 1]] + LABEL_PITCH);
  y[order[FERRY_PLOT_LINES - 1]] = fmin (y[order[FERRY_PLOT_LINES - 1]], HEIGHT - 4);
  for (int i = FERRY_PLOT_LINES - 2; i >= 0; i--) /* and up from the bottom */
    y[order[i]] = fmin (y[order[i]], y[order[i + 1]] - LABEL_PITCH);
}

static void
add_labels (GString *svg, const FerryPlotText *text, const FerryPanel *panel, const Scale *scale)
{
  double y[FERRY_PLOT_LINES];

  place_labels (panel, scale, y);
  for (int line = 0; line < FERRY_PLOT_LINES; line++)
    {
      g_string_append_printf (svg, "<g fill=\"%s\">", colours[line]);
      add_text (svg, WIDTH + 6, y[line] + 4, "label", text->label[line]);
      g_string_append (svg, "</g>\n");
    }
}

static void
add_panel (GString *svg,
           const FerryPlotText *text,
           const FerryPanel *panel,
           const Scale *scale,
           int index)
{
  g_string_append_printf (svg, "<g transform=\"translate(%d,%d)\">\n",
                          LEFT + index % COLUMNS * PITCH_X, TOP + index / COLUMNS * PITCH_Y);
  add_text (svg, 0, -14, "title", panel->title);
  add_grid (svg, scale, index % COLUMNS == 0);
  g_string_append_printf (svg, "<line x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\" class=\"axis\"/>\n",
                          WIDTH, HEIGHT, HEIGHT);
  add_ticks (svg, panel);
  add_text (svg, WIDTH / 2.0, HEIGHT + 39, "unit middle", panel->unit);
  for (int line = 0; line < FERRY_PLOT_LINES; line++)
    add_line (svg, panel, scale, line);
  add_labels (svg, text, panel, scale);
  g_string_append (svg, "</g>\n");
}

/* --- The whole --- */

static const char style[] =
    "<style>text{font-family:'DejaVu Sans','Noto "
    "Sans',Verdana,sans-serif;font-size:12px;fill:#222}\n"
    ".head{font-size:20px;font-weight:bold}.sub{font-size:13px;fill:#555}\n"
    ".title{font-size:14px;font-weight:bold}.tick,.unit{font-size:12px;fill:#444}\n"
    ".label{font-size:12px;fill:inherit}.caption{font-size:12px;fill:#444}\n"
    ".middle{text-anchor:middle}.end{text-anchor:end}\n"
    ".axis{stroke:#444;stroke-width:1}.grid{stroke:#ccd0d4;stroke-width:1}\n"
    ".faint{stroke:#eceef0;stroke-width:1}\n"
    "polyline{fill:none;stroke-width:2;stroke-linejoin:round}</style>\n";

char *
ferry_plot_svg (const FerryPlotText *text, const FerryPanel *panel, int n_panels)
{
  GString *svg = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  int rows = n_panels / COLUMNS + 1; /* the place of the last is the caption's */
  int width = LEFT + COLUMNS * PITCH_X, height = TOP + rows * PITCH_Y - 30;
  Scale scale = find_scale (panel, n_panels);
  double x = LEFT + n_panels % COLUMNS * PITCH_X, y = TOP + (rows - 1) * PITCH_Y;

  g_string_append_printf (svg,
                          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                          "viewBox=\"0 0 %d %d\">\n%s"
                          "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
                          width, height, width, height, style);
  add_text (svg, LEFT, 42, "head", text->title);
  add_text (svg, LEFT, 66, "sub", text->subtitle);
  for (int p = 0; p < n_panels; p++)
    add_panel (svg, text, &panel[p], &scale, p);
  for (const char *const *line = text->caption; *line != NULL; line++, y += CAPTION_STEP)
    add_text (svg, x, y, "caption", *line);
  g_string_append (svg, "</svg>\n");
  return g_string_free (svg, FALSE);
}
