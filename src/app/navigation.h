/* SPDX-License-Identifier: MIT */
/* Frames worth going to.
 *
 * object     id; 0 = any object
 * direction  1 = next, -1 = previous
 * Thread: main, as the labels. */
#pragma once

#include "label/label-set.h"

G_BEGIN_DECLS

/* The nearest frame behind (before) `from` in which a hand made something.  -1 = none. */
int ferry_next_hand (FyLabelSet *labels, guint16 object, int from, int direction);

/* The frame to look at next: of those with carried labels that nobody reviewed, in the order of their trust,
 * worst first, equal ones in the order of time; a frame counts by its worst object.  The first one when
 * `from` is none of them; behind the last comes the first again.  -1 = none. */
int ferry_next_weak (FyLabelSet *labels, guint16 object, int from, int direction);

/* Makes the above quick for any object, however many there are.  Once for a set. */
void ferry_follow_weakness (FyLabelSet *labels);

/* The least trust of what was carried into a frame and not reviewed; NAN where there is none. */
float ferry_frame_trust (FyLabelSet *labels, guint16 object, int frame);

/* The frames behind `frame`, up to the one before the next labels by hand of the object (or a statement
 * that it is absent or occluded), or the last of the clip. */
int ferry_last_before_hand (FyLabelSet *labels, guint16 object, int frame);

/* The frames around one in which the object's labels came about in the same way. */
void ferry_same_around (FyLabelSet *labels, guint16 object, int frame, int *first, int *last);

G_END_DECLS
