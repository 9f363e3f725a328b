/* SPDX-License-Identifier: MIT */
/* How long the main thread is busy between two looks at the world, to show that nothing blocks it.
 *
 * With FERRY_PROBE set to a path, the turns of the main loop are timed from then on; at the end a JSON object
 * is written there: turns, their longest time and longest processor time in milliseconds, and how many took
 * over 8, 16 and 33 ms of processor time.  SIGUSR1 begins the count anew, so that start-up can be left out.
 *
 * Thread: main. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void ferry_probe_start (void);

/* Writes what was found, if it was started. */
void ferry_probe_finish (void);

G_END_DECLS
