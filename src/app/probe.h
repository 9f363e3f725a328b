/* SPDX-License-Identifier: MIT */
/* How long the main thread is busy between two looks at the world, to show that nothing blocks it, and how
 * long a hand waits to see what it drew.
 *
 * With FERRY_PROBE set to a path, the turns of the main loop are timed from then on; at the end a JSON object
 * is written there: turns, their longest time and longest processor time in milliseconds, how many took
 * over 8, 16 and 33 ms of processor time, when (microseconds of the monotonic clock) the window and a picture
 * were painted first, milliseconds from samples of strokes and from wishes for frames to the screen and from the end of strokes to
 * when labels changed last, and of the
 * turns that took long where the main thread was after each 4 ms of
 * it (stacks, innermost first).  SIGUSR1 begins anew, so that start-up can be left out; SIGUSR2 ends.
 * Without it, nothing is done.
 *
 * Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void ferry_probe_start (void);

/* Writes what was found, if it was started. */
void ferry_probe_finish (void);

/* A sample of a stroke came in.
 * time: of its event, milliseconds of the monotonic clock, as X servers count */
void ferry_probe_sample (GtkWidget *canvas, guint32 time);

/* A stroke has ended; and the labels of a frame have changed, as is counted once for each until the next. */
void ferry_probe_stroke (void);
void ferry_probe_labels (int frame);

/* Another frame is to be shown. */
void ferry_probe_wish (void);

/* A picture was composed since then: something like it, or that of the frame. */
void ferry_probe_picture (gboolean exact);

/* From when the window is mapped on: when it is painted first. */
void ferry_probe_window (GtkWidget *window);

/* What is drawn now shows all that came in: it is on the screen when this frame is painted. */
void ferry_probe_shown (GtkWidget *canvas);

G_END_DECLS
