/* SPDX-License-Identifier: MIT */
/* Reads the pickles of PyTorch checkpoints as data.
 *
 * A pickle is a program for a small stack machine that may call anything in Python by name.  This
 * reader runs the instructions that build numbers, text and containers, and answers the few names
 * on its list (tensors, storages, ordered dictionaries, some records that are kept as opaque) by
 * building a value itself.  It calls nothing.  Any other instruction or name is an error.
 *
 * Values live as long as their FyPickle and may refer to each other in circles.  Work and memory
 * are linear in the size of the pickle and capped.
 *
 * Source: CPython's Lib/pickletools.py describes protocols 0 to 5.  Internal to weights.
 * Thread: one at a time. */
#pragma once

#include "base/reader.h"
#include "weights/pickle-global.h"

G_BEGIN_DECLS

typedef enum
{
  FY_VALUE_NONE,
  FY_VALUE_BOOLEAN, /* integer */
  FY_VALUE_INTEGER, /* integer */
  FY_VALUE_LONG,    /* text: the little-endian bytes of an integer beyond 64 bits */
  FY_VALUE_NUMBER,  /* number */
  FY_VALUE_TEXT,    /* text: str or bytes */
  FY_VALUE_TUPLE,   /* items */
  FY_VALUE_LIST,    /* items; sets too */
  FY_VALUE_DICT,    /* items: key, value, key, value ... */
  FY_VALUE_GLOBAL,  /* global */
  FY_VALUE_STORAGE, /* storage */
  FY_VALUE_TENSOR,  /* tensor */
  FY_VALUE_OPAQUE,  /* state: the object's attributes, nullable */
} FyValueKind;

typedef struct FyValue FyValue;

/* A storage as the pickle refers to it: elements [first, first + count) of the one called `key`,
 * which has `whole` elements.  0 <= first, first + count <= whole. */
typedef struct
{
  FyDtype dtype;
  const FyValue *key; /* text */
  gint64 whole;
  gint64 first;
  gint64 count;
  guint index; /* for whoever resolves it: its place in the tensor table plus one */
} FyPickleStorage;

/* Shape and strides as the pickle has them: not checked yet. */
typedef struct
{
  FyPickleStorage *storage;
  gint64 offset;
  int rank;
  gint64 shape[FY_CHECKPOINT_MAX_RANK];
  gint64 stride[FY_CHECKPOINT_MAX_RANK];
} FyPickleTensor;

struct FyValue
{
  FyValueKind kind;
  union
  {
    gint64 integer;
    double number;
    struct
    {
      const char *bytes; /* borrowed from the pickle's bytes; not terminated */
      gsize size;
    } text;
    GPtrArray *items; /* of FyValue, borrowed; NULL when empty */
    const FyGlobal *global;
    FyPickleStorage *storage;
    FyPickleTensor *tensor;
    const FyValue *state;
  };
};

typedef struct FyPickle FyPickle;

/* Reads one pickle, up to and including its STOP.
 *
 * reader   the bytes, which must outlive the result; left behind the STOP
 * place    begins every message: "PATH: data.pkl"
 * Errors:  FY_ERROR_CORRUPT or FY_ERROR_UNSUPPORTED, naming the byte. */
FyPickle *fy_pickle_new (FyReader *reader, const char *place, GError **error);
void fy_pickle_free (FyPickle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyPickle, fy_pickle_free)

const FyValue *fy_pickle_root (const FyPickle *self);

/* The storages that the pickle refers to, in its order, of FyPickleStorage. */
GPtrArray *fy_pickle_peek_storages (const FyPickle *self);

guint fy_value_n_items (const FyValue *value); /* 0 for a value that is no container */
const FyValue *fy_value_item (const FyValue *value, guint index);

/* Returns what a dictionary holds under a text key, or NULL. */
const FyValue *fy_value_get (const FyValue *dict, const char *key);

gboolean fy_value_is_text (const FyValue *value, const char *text);

G_END_DECLS
