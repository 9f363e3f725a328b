/* SPDX-License-Identifier: MIT */
/* What the parts of the canvas and its tools share.  Thread: main. */
#pragma once

#include "app/canvas/canvas-picture.h"
#include "app/canvas/canvas.h"
#include "label/brush.h"

G_BEGIN_DECLS

/* Where a hand points. */
typedef struct
{
  double x; /* pixels of the picture, may be outside */
  double y;
  double pressure; /* 0 .. 1 */
  guint button;    /* GDK_BUTTON_PRIMARY or _SECONDARY */
  gboolean eraser; /* the eraser tip of a pen */
  int presses;     /* of this button here, shortly after each other: 2 = double click */
  GdkModifierType state;
} FerryPointer;

/* A tool.  Functions may be NULL. */
typedef struct FerryHand FerryHand;
struct FerryHand
{
  FerryCanvas *canvas; /* borrowed */
  gboolean down;       /* between press and release */

  /* FALSE: nothing can be done here. */
  gboolean (*press) (FerryHand *self, const FerryPointer *pointer);
  void (*move) (FerryHand *self, const FerryPointer *pointer);
  void (*release) (FerryHand *self);
  /* Gives up what is unfinished.  FALSE: nothing was. */
  gboolean (*cancel) (FerryHand *self);
  gboolean (*key) (FerryHand *self, guint keyval);
  void (*draw) (FerryHand *self, GtkSnapshot *snapshot); /* in the widget's coordinates */
  /* The labels of the frame in hand have changed by something else. */
  void (*labels_changed) (FerryHand *self);
  void (*free) (FerryHand *self);
};

FerryHand *ferry_hand_new_brush (FerryCanvas *canvas, gboolean eraser);
FerryHand *ferry_hand_new_polygon (FerryCanvas *canvas, gboolean lasso);
FerryHand *ferry_hand_new_fill (FerryCanvas *canvas);
FerryHand *ferry_hand_new_pick (FerryCanvas *canvas);
FerryHand *ferry_hand_new_match (FerryCanvas *canvas);
FerryHand *ferry_hand_new_keypoint (FerryCanvas *canvas);

/* canvas-input.c: tools see what it makes of events. */
typedef struct FerryCanvasInput FerryCanvasInput;
FerryCanvasInput *ferry_canvas_input_new (FerryCanvas *canvas);
void ferry_canvas_input_free (FerryCanvasInput *self);
void ferry_canvas_input_root_changed (FerryCanvasInput *self);
/* Lifts the hand, keeping what it did. */
void ferry_canvas_input_lift (FerryCanvasInput *self);
/* The ring or cross at the pointer, or at the pen of the keyboard. */
void ferry_canvas_input_draw (FerryCanvasInput *self, GtkSnapshot *snapshot);
void ferry_canvas_input_update_cursor (FerryCanvasInput *self);
void ferry_canvas_input_show_ring (FerryCanvasInput *self);
/* FALSE while no pointer is over the canvas. */
gboolean ferry_canvas_input_pointer (FerryCanvasInput *self, double *x, double *y);

/* What a hand changes of the shown frame's map, as one entry of the history. */
typedef struct
{
  FyIdMap *map; /* borrowed from the picture; NULL = nothing is being changed */
  int frame;
  FyLabelSet *labels; /* owned */
  FyRunMap *start;    /* owned */
  FyRect dirty;
  gboolean previewed;
  gboolean preview_due;
} FerryEdit;

struct _FerryCanvas
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
  GSignalGroup *labels; /* of the label set */
  GSignalGroup *frames;

  FerryGeometry geometry;
  FerryPicture *picture;
  FerryLook *look; /* NULL = to be made */
  guint tick;
  gboolean stale; /* something else is to be composed */
  gboolean refit; /* the canvas changed its size under a stroke */

  FerryHand *hand[FERRY_N_TOOLS]; /* NULL for those without */
  FerryCanvasInput *input;
  FerryEdit edit;

  GtkWidget *waiting; /* label of the frame that is on its way */
  GtkWidget *zoom_box;
  GtkWidget *zoom_label;
};

/* canvas.c */
FerryHand *ferry_canvas_hand (FerryCanvas *self); /* the tool in hand, nullable */
void ferry_canvas_to_picture (FerryCanvas *self, double x, double y, double *px, double *py);
void ferry_canvas_to_widget (FerryCanvas *self, double px, double py, double *x, double *y);
/* A box, widget units, grows to hold a point of the picture with `margin` around it; begins as { 0 }. */
void
ferry_canvas_box_add (FerryCanvas *self, graphene_rect_t *box, double px, double py, double margin);
double ferry_canvas_scale (FerryCanvas *self); /* widget units for a pixel of the picture */
void ferry_canvas_zoom_at (FerryCanvas *self, double scale, double x, double y);
void ferry_canvas_pan (FerryCanvas *self, double dx, double dy);
void ferry_canvas_invalidate (FerryCanvas *self); /* composes anew, at the next display frame */
void ferry_canvas_describe (FerryCanvas *self);   /* for assistive technologies */
/* The frame shown is the document's. */
gboolean ferry_canvas_is_exact (FerryCanvas *self);
FyFrameLabels *ferry_canvas_peek_labels (FerryCanvas *self);

/* canvas-edit.c */

/* Begins a change that the history will call `name`: makes an object where none is in hand, and says in *paint
 * what may be changed.  Returns: the map to change; NULL when nothing may, and people have been told. */
FyIdMap *
ferry_canvas_edit_begin (FerryCanvas *self, const char *name, gboolean erase, FyPaint *paint);
void ferry_canvas_edit_touch (FerryCanvas *self, const FyRect *dirty);
void ferry_canvas_edit_preview (FerryCanvas *self); /* once a display frame */
void ferry_canvas_edit_end (FerryCanvas *self);
void ferry_canvas_edit_abandon (FerryCanvas *self);
/* The labels are gone. */
void ferry_canvas_edit_drop (FerryCanvas *self);
/* Takes what the label set holds now as what is being changed. */
void ferry_canvas_edit_restart (FerryCanvas *self);

G_END_DECLS
