/* SPDX-License-Identifier: MIT */
/* A contact sheet: pictures in a grid on dark ground, each with its number below.
 *
 * Pictures are scaled by area average as they come, so a sheet of a long clip takes little memory.
 * Thread: one at a time. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct FyContactSheet FyContactSheet;

/* A zero member means the default. */
typedef struct
{
  int columns;  /* 0 = as many as make the sheet about 4:3      */
  int width_px; /* of a picture on the sheet; 0 = 320; never enlarged */
} FyContactSheetParams;

/* n         pictures to come, at least 1
 * width     and height, of the pictures to come, in pixels
 * params    nullable
 * Returns:  (transfer full), or NULL with FY_ERROR_UNSUPPORTED when the sheet would be too large. */
FyContactSheet *fy_contact_sheet_new (int n,
                                      int width,
                                      int height,
                                      const FyContactSheetParams *params,
                                      GError **error);
void fy_contact_sheet_free (FyContactSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyContactSheet, fy_contact_sheet_free)

/* Adds the next picture, at most n times.
 * rgb      [height, width, 3] u8
 * number   shown below it */
void fy_contact_sheet_add (FyContactSheet *self, const guint8 *rgb, int number);

/* Errors:  G_IO_ERROR. */
gboolean fy_contact_sheet_save (FyContactSheet *self, const char *path, GError **error);

G_END_DECLS
