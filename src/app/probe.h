/* SPDX-License-Identifier: MIT */
/* How long the main thread is busy between two looks at the world, to show that nothing blocks it, and how
 * long a hand waits to see what it drew.
 *
 * With FERRY_PROBE set to a path, the turns of the main loop are timed from then on; at the end a JSON object
 * is written there: turns, their longest time and longest processor time in milliseconds, how many took
 * over 8, 16 and 33 ms of processor time, and of those that did where the main thread was after each 4 ms of
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

/* What is drawn now shows all samples that came in: they are on the screen when this frame is painted. */
void ferry_probe_shown (GtkWidget *canvas);

G_END_DECLS
