/* SPDX-License-Identifier: MIT */
/* Downloads a file and goes on where it broke off.  Without GTK.
 *
 * Bytes go to a part; PART.state beside it says which version of the file they are of (its ETag, or when
 * it was last changed).  A part outlives cancelling, errors and the program's end.  The next fetch asks for
 * the rest on the condition that the file is still the same, and begins anew where the server does
 * not do that or the file is another.
 *
 * Thread: any, it waits; one at a time on a part, also of several programs. */
#pragma once

#include "weights/model-folder.h"

G_BEGIN_DECLS

/* Fetches all of it.  The part is then complete; it is the caller's to use up.
 *
 * progress   nullable; from the thread that calls
 * Errors:    one line for people: G_IO_ERROR; NOT_FOUND = the server does not have it, NO_SPACE,
 *            BUSY = another program fetches it, CANCELLED, PARTIAL_INPUT = the connection broke. */
gboolean ferry_fetch (const char *address,
                      const char *part,
                      FyModelProgress progress,
                      gpointer data,
                      GCancellable *cancellable,
                      GError **error);

/* Bytes that need not be fetched again.
 *
 * total   out, nullable: of the whole file; 0 = unknown */
guint64 ferry_fetch_kept (const char *address, const char *part, guint64 *total);

/* Deletes a part. */
void ferry_fetch_discard (const char *part);

G_END_DECLS
