/* SPDX-License-Identifier: MIT */
/* The coloured mark of an object or a joint: a square with the number of a mask, a disc with that of a
 * skeleton, a dot, ring or cross for a joint.  Thread: main. */
#pragma once

#include "label/frame-labels.h"
#include "label/palette.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  FERRY_SWATCH_BACKGROUND,
  FERRY_SWATCH_MASK,
  FERRY_SWATCH_SKELETON,
  FERRY_SWATCH_COLOUR, /* a square without number */
  FERRY_SWATCH_JOINT,
} FerrySwatchKind;

#define FERRY_TYPE_SWATCH (ferry_swatch_get_type ())
G_DECLARE_FINAL_TYPE (FerrySwatch, ferry_swatch, FERRY, SWATCH, GtkWidget)

GtkWidget *ferry_swatch_new (void);

/* number   shown in it; for a joint its FyJointState, -1 = it has no place yet */
void ferry_swatch_set (FerrySwatch *self, FerrySwatchKind kind, FyRgb colour, int number);

/* A popover at `parent` to choose the colour of an object in: `choose` is called at most once. */
typedef void (*FerryColourFunc) (FyRgb colour, gpointer user_data);
void ferry_swatch_choose (GtkWidget *parent,
                          FyRgb colour,
                          FerryColourFunc choose,
                          gpointer user_data,
                          GDestroyNotify user_data_free);

G_END_DECLS
