/* SPDX-License-Identifier: MIT */
/* What the names on the list do when they are called, and what a storage's tuple means. */
#include "base/text.h"
#include "weights/pickle-machine.h"
#include "weights/tensor-table.h"

/* Makes a dictionary of nothing, of another one, or of a list of pairs. */
static const FyValue *
make_dict (FyMachine *machine, const FyValue *args)
{
  FyValue *dict = fy_machine_new_value (machine, FY_VALUE_DICT);
  const FyValue *from = fy_value_n_items (args) > 0 ? fy_value_item (args, 0) : NULL;
  guint first = machine->stack->len;
  gboolean ok = dict != NULL;

  for (guint i = 0; ok && from != NULL && i < fy_value_n_items (from); i++)
    {
      const FyValue *item = fy_value_item (from, i);

      if (from->kind == FY_VALUE_DICT)
        ok = fy_machine_push (machine, item);
      else if (fy_value_n_items (item) == 2)
        ok = fy_machine_push (machine, fy_value_item (item, 0)) &&
             fy_machine_push (machine, fy_value_item (item, 1));
      else
        ok = fy_machine_fail_wrong (machine, _ ("a dictionary"));
    }
  return ok && fy_machine_take_items (machine, dict, first) ? dict : NULL;
}

static gboolean
is_integer (const FyValue *tuple, guint index)
{
  return fy_value_item (tuple, index)->kind == FY_VALUE_INTEGER;
}

/* Copies the integers of a tuple; returns their number, or -1. */
static int
read_extents (const FyValue *tuple, gint64 *extents)
{
  guint n = fy_value_n_items (tuple);

  if (tuple->kind != FY_VALUE_TUPLE || n > FY_CHECKPOINT_MAX_RANK)
    return -1;
  for (guint i = 0; i < n; i++)
    {
      if (!is_integer (tuple, i))
        return -1;
      extents[i] = fy_value_item (tuple, i)->integer;
    }
  return (int) n;
}

/* Arguments: storage, offset, shape, strides, and others that do not matter here. */
static const FyValue *
make_tensor (FyMachine *machine, const FyValue *args)
{
  FyPickleTensor tensor = { .rank = -1 };
  FyValue *value;

  if (fy_value_n_items (args) >= 4 && fy_value_item (args, 0)->kind == FY_VALUE_STORAGE &&
      is_integer (args, 1))
    {
      tensor.storage = fy_value_item (args, 0)->storage;
      tensor.offset = fy_value_item (args, 1)->integer;
      tensor.rank = read_extents (fy_value_item (args, 2), tensor.shape);
      if (tensor.rank != read_extents (fy_value_item (args, 3), tensor.stride))
        tensor.rank = -1;
    }
  if (tensor.rank < 0)
    {
      fy_machine_fail_wrong (machine, _ ("a tensor"));
      return NULL;
    }
  if (machine->pickle->tensors->len == FY_MAX_TENSORS)
    {
      fy_machine_fail_large (machine);
      return NULL;
    }
  value = fy_machine_new_value (machine, FY_VALUE_TENSOR);
  if (value != NULL)
    {
      value->tensor = g_memdup2 (&tensor, sizeof tensor);
      g_ptr_array_add (machine->pickle->tensors, value->tensor);
    }
  return value;
}

const FyValue *
fy_machine_call (FyMachine *machine, const FyValue *callable, const FyValue *args)
{
  if (callable->kind == FY_VALUE_GLOBAL && args->kind == FY_VALUE_TUPLE)
    switch (callable->global->kind)
      {
      case FY_GLOBAL_DICT:
        return make_dict (machine, args);
      case FY_GLOBAL_TENSOR:
        return make_tensor (machine, args);
      case FY_GLOBAL_FIRST:
        if (fy_value_n_items (args) > 0)
          return fy_value_item (args, 0);
        break;
      case FY_GLOBAL_OPAQUE:
        return fy_machine_new_value (machine, FY_VALUE_OPAQUE);
      case FY_GLOBAL_STORAGE:
        break;
      }
  fy_machine_fail_wrong (machine, _ ("a call"));
  return NULL;
}

/* Reads (view key, first, count) into a storage; None means all of it. */
static gboolean
read_view (const FyValue *view, FyPickleStorage *storage)
{
  if (view->kind == FY_VALUE_NONE)
    return TRUE;
  if (view->kind != FY_VALUE_TUPLE || fy_value_n_items (view) != 3 || !is_integer (view, 1) ||
      !is_integer (view, 2))
    return FALSE;
  storage->first = fy_value_item (view, 1)->integer;
  storage->count = fy_value_item (view, 2)->integer;
  return storage->first >= 0 && storage->first <= storage->whole && storage->count >= 0 &&
         storage->count <= storage->whole - storage->first;
}

/* Reads "storage", its type, its key, the device it was on, its size, and perhaps a view. */
static gboolean
read_storage (const FyValue *id, FyPickleStorage *storage)
{
  guint n = fy_value_n_items (id);

  if (n < 5 || !fy_value_is_text (fy_value_item (id, 0), "storage") ||
      fy_value_item (id, 1)->kind != FY_VALUE_GLOBAL ||
      fy_value_item (id, 1)->global->kind != FY_GLOBAL_STORAGE ||
      fy_value_item (id, 2)->kind != FY_VALUE_TEXT || !is_integer (id, 4))
    return FALSE;
  storage->dtype = fy_value_item (id, 1)->global->dtype;
  storage->key = fy_value_item (id, 2);
  storage->whole = storage->count = fy_value_item (id, 4)->integer;
  return storage->whole >= 0 && (n == 5 || read_view (fy_value_item (id, 5), storage));
}

const FyValue *
fy_machine_load_storage (FyMachine *machine, const FyValue *id)
{
  FyPickleStorage storage = { 0 };
  FyValue *value;

  if (fy_value_n_items (id) > 0 && fy_value_is_text (fy_value_item (id, 0), "module"))
    {
      fy_machine_fail (
          machine, FY_ERROR_UNSUPPORTED,
          _ ("a whole network was saved with its program; save its state_dict instead"));
      return NULL;
    }
  if (!read_storage (id, &storage))
    {
      fy_machine_fail_wrong (machine, _ ("a storage"));
      return NULL;
    }
  if (machine->pickle->storages->len == FY_MAX_TENSORS)
    {
      fy_machine_fail_large (machine);
      return NULL;
    }
  value = fy_machine_new_value (machine, FY_VALUE_STORAGE);
  if (value != NULL)
    {
      value->storage = g_memdup2 (&storage, sizeof storage);
      g_ptr_array_add (machine->pickle->storages, value->storage);
    }
  return value;
}
