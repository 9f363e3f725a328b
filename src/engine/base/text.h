/* SPDX-License-Identifier: MIT */
/* Texts for people: _(), N_(), C_() and g_dngettext (GETTEXT_PACKAGE, ...).
 *
 * Messages come in the user's language once the program has called fy_text_start, else in English.
 * Not for what programs read: JSON, CSV, names of files, options and codes, keys of a cache.
 *
 * xgettext reads no G_GSIZE_FORMAT and its like: a translated format has %zu for a gsize and PRId64
 * for a gint64.  Thread: any. */
#pragma once

#include <inttypes.h>

#define GETTEXT_PACKAGE "ferry"
#include <glib/gi18n-lib.h>

/* To be called first of all by a program: takes the locale of the environment, and the texts from
 * where they are installed, or from FERRY_LOCALEDIR. */
void fy_text_start (void);
