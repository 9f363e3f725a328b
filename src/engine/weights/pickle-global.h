/* SPDX-License-Identifier: MIT */
/* The names that a checkpoint's pickle may mention, and what each stands for.  Internal to weights. */
#pragma once

#include "weights/checkpoint.h"

G_BEGIN_DECLS

typedef enum
{
  FY_GLOBAL_DICT,    /* called: a dictionary */
  FY_GLOBAL_TENSOR,  /* called: a tensor, from storage, offset, shape and strides */
  FY_GLOBAL_FIRST,   /* called: its first argument */
  FY_GLOBAL_OPAQUE,  /* called or not: a thing without meaning here */
  FY_GLOBAL_STORAGE, /* the type of a storage: its dtype */
} FyGlobalKind;

typedef struct
{
  const char *module;
  const char *name;
  FyGlobalKind kind;
  FyDtype dtype;
} FyGlobal;

/* Returns the list's entry, or NULL. */
const FyGlobal *
fy_global_find (const char *module, gsize module_size, const char *name, gsize name_size);

G_END_DECLS
