/* SPDX-License-Identifier: MIT */
/* Rows of the inspector's pages and of the preferences: a label and what it names, explained in a tooltip.
 * Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A page: a grid of two columns with a margin. */
GtkWidget *ferry_rows_new (void);

/* Adds a row below the others.  The label names the widget for people and for assistive programs. */
void ferry_rows_add (GtkWidget *grid, const char *label, GtkWidget *widget, const char *tip);
/* Over both columns. */
void ferry_rows_add_wide (GtkWidget *grid, GtkWidget *widget);
void ferry_rows_add_heading (GtkWidget *grid, const char *text);

/* A row of text that can be selected; set it with gtk_label_set_text, hide it with its name.
 * Returns: (transfer none) */
GtkWidget *ferry_rows_add_text (GtkWidget *grid, const char *label, const char *tip);

/* The wheel scrolls the page, and does not change what it passes over. */
void ferry_rows_let_wheel_pass (GtkWidget *widget);

GtkWidget *ferry_check_new (const char *label, const char *tip);
GtkWidget *ferry_spin_new (double least, double most, double step, guint digits);
/* 0 .. 1, shown as per cent. */
GtkWidget *ferry_share_new (void);

G_END_DECLS
