/* SPDX-License-Identifier: MIT */
/* The pictures of the canvas on the screen: composed on a thread, cut into tiles so that a stroke costs the
 * tiles it touches, shown stretched until they are composed anew.
 *
 * Thread: main. */
#pragma once

#include "app/canvas/compositor.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct FerryPicture FerryPicture;

/* What is to be shown.  References are taken. */
typedef struct
{
  int number;       /* of the frame */
  FyFrame *frame;   /* smaller than the geometry's picture: something like it, until it comes */
  FyRunMap *before; /* nullable, like the next two */
  FyRunMap *map;
  FyRunMap *behind;
  FerryGeometry geometry;
  FerryLook *look;
} FerryPictureWish;

/* changed    something else is to be drawn; on the main context */
typedef void (*FerryPictureFunc) (gpointer user_data);
FerryPicture *ferry_picture_new (FerryPictureFunc changed, gpointer user_data);
void ferry_picture_free (FerryPicture *self);

/* Composes it; a later wish replaces one that has not begun. */
void ferry_picture_show (FerryPicture *self, const FerryPictureWish *wish);
/* Waits for what is being composed, so that it is painted with what else has changed. */
void ferry_picture_wait (FerryPicture *self, gint64 microseconds);
void ferry_picture_clear (FerryPicture *self);

/* Number of the frame shown, -1 when there is none; whether that is something like it; its picture, borrowed
 * and nullable; its labels. */
int ferry_picture_number (FerryPicture *self);
gboolean ferry_picture_is_rough (FerryPicture *self);
FyFrame *ferry_picture_frame (FerryPicture *self);
FyRunMap *ferry_picture_map (FerryPicture *self);
gboolean ferry_picture_is_busy (FerryPicture *self);
GArray *ferry_picture_marks (FerryPicture *self); /* of FerryMark, nullable */

/* The shown map for a hand to draw into, until _end: what comes meanwhile does not replace it.
 * map       what it is to hold, of the frame shown
 * Returns:  borrowed; NULL when no picture is shown. */
FyIdMap *ferry_picture_begin (FerryPicture *self, FyRunMap *map);
void ferry_picture_touch (FerryPicture *self, const FyRect *pixels);
/* The caller then shows it anew.  drawn: what the map holds now; NULL = what was drawn does not count. */
void ferry_picture_end (FerryPicture *self, FyRunMap *drawn);

/* geometry   where the picture is now
 * scale      device pixels for one of the snapshot */
void ferry_picture_snapshot (FerryPicture *self,
                             GtkSnapshot *snapshot,
                             const FerryGeometry *geometry,
                             int scale);

G_END_DECLS
