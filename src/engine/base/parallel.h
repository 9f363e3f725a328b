/* SPDX-License-Identifier: MIT */
/* Work spread over the cores: one pool for the process, made at the first call. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Does item `index`, 0 <= index < n.  `worker`, 0 <= worker < fy_parallel_workers (), tells the
 * threads of one fy_parallel_for apart: use it to pick scratch memory that the caller owns. */
typedef void (*FyParallelFunc) (int index, int worker, gpointer user_data);

/* Threads that fy_parallel_for uses, the caller included: the cores, or FERRY_THREADS. */
int fy_parallel_workers (void);

/* Calls func for every index in [0, n) and returns when all are done.  Items are handed out in
 * order, one at a time.  The caller's thread works too.  Calls from several threads take turns; a
 * call from within func runs its items one after the other, as worker 0.
 *
 * Thread: any. */
void fy_parallel_for (int n, FyParallelFunc func, gpointer user_data);

/* From now on this thread waits for no turn: while another one's loop runs, it does its items alone, one
 * after the other, as worker 0.  For threads whose work is short and that somebody waits for. */
void fy_parallel_never_wait (void);

G_END_DECLS
