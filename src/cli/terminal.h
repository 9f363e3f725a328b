/* SPDX-License-Identifier: MIT */
/* What the program says: progress on a terminal, errors, JSON.  Thread: main. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Progress of a count, on standard error; silent when that is no terminal. */
typedef struct FerryProgress FerryProgress;

/* unit    "frame", "sequence"
 * total   of them */
FerryProgress *ferry_progress_new (const char *unit, int total);

/* `done` of the total are done. */
void ferry_progress_set (FerryProgress *self, int done);

/* Wipes its line away. */
void ferry_progress_free (FerryProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryProgress, ferry_progress_free)

/* "2.5 s", "3 min 20 s".  Returns: (transfer full). */
char *ferry_format_seconds (double seconds);

/* Prints "ferry-cli: MESSAGE" on standard error as one line, whatever a file's name holds. */
void ferry_print_error (const GError *error);

/* Becomes cancelled when the user presses Ctrl-C or the process is asked to end; a second time ends
 * it at once.  Call before any thread is made.  Returns: (transfer full). */
GCancellable *ferry_cancellable_new (void);

/* Most memory the process has had so far, in MiB. */
double ferry_peak_memory (void);

G_END_DECLS
