/* SPDX-License-Identifier: MIT */
/* The stack machine that a pickle runs on: values, stack, marks, memo, and their caps.
 *
 * Internal to the pickle reader.  A function that returns FALSE or NULL has set machine->error. */
#pragma once

#include "base/error.h"
#include "weights/pickle.h"

G_BEGIN_DECLS

/* Caps, far above what a checkpoint's pickle needs (a ResNet-50 with its optimiser: 10^4). */
#define FY_MAX_VALUES (1u << 20) /* values, stack height, memo size */
#define FY_MAX_ITEMS  (1u << 21) /* places in all containers together */

#define FY_VALUES_PER_BLOCK 1024

struct FyPickle
{
  GPtrArray *blocks; /* FyValue[FY_VALUES_PER_BLOCK] */
  guint n_values;
  guint n_items;
  GPtrArray *storages; /* FyPickleStorage */
  GPtrArray *tensors;  /* FyPickleTensor */
  const FyValue *root;
};

typedef struct
{
  FyPickle *pickle;
  FyReader *reader;
  const char *place;
  gsize at;         /* offset of the instruction being run */
  GPtrArray *stack; /* FyValue, borrowed */
  GArray *marks;    /* guint: stack heights */
  GPtrArray *memo;  /* FyValue, borrowed; NULL where nothing was put */
  gboolean stopped;
  GError **error;
} FyMachine;

/* Set the error "PLACE, byte N: MESSAGE" and return FALSE. */
gboolean fy_machine_fail (FyMachine *self, FyError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
gboolean fy_machine_fail_large (FyMachine *self);
gboolean fy_machine_fail_short (FyMachine *self);
gboolean fy_machine_fail_wrong (FyMachine *self, const char *what);

/* Returns a new value, owned by the pickle. */
FyValue *fy_machine_new_value (FyMachine *self, FyValueKind kind);

/* Pushes a value; NULL is a failure that has been reported. */
gboolean fy_machine_push (FyMachine *self, const FyValue *value);
FyValue *fy_machine_top (FyMachine *self);
FyValue *fy_machine_pop (FyMachine *self);

/* Values above the last mark: those that may be taken. */
guint fy_machine_n_free (const FyMachine *self);

/* Removes the last mark and sets *first to the stack place it stood at. */
gboolean fy_machine_pop_mark (FyMachine *self, guint *first);

/* Moves the stack from place `first` on to the end of a container. */
gboolean fy_machine_take_items (FyMachine *self, FyValue *container, guint first);

/* What the names on the list do when they are called, and what a storage's tuple means. */
const FyValue *fy_machine_call (FyMachine *self, const FyValue *callable, const FyValue *arguments);
const FyValue *fy_machine_load_storage (FyMachine *self, const FyValue *id);

G_END_DECLS
