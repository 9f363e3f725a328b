/* SPDX-License-Identifier: MIT */
#include "weights/pickle-machine.h"

#include "base/text.h"

gboolean
fy_machine_fail (FyMachine *self, FyError code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (self->error, FY_ERROR, (gint) code, _ ("%s, byte %zu: %s"), self->place, self->at,
               message);
  return FALSE;
}

gboolean
fy_machine_fail_large (FyMachine *self)
{
  return fy_machine_fail (
      self, FY_ERROR_UNSUPPORTED,
      _ ("more values than any checkpoint needs; save the network's state_dict alone"));
}

gboolean
fy_machine_fail_short (FyMachine *self)
{
  return fy_machine_fail (
      self, FY_ERROR_CORRUPT,
      _ ("the pickle ends in the middle of an instruction; get the file again"));
}

gboolean
fy_machine_fail_wrong (FyMachine *self, const char *what)
{
  return fy_machine_fail (self, FY_ERROR_CORRUPT,
                          _ ("%s is not of the form PyTorch writes; get the file again"), what);
}

FyValue *
fy_machine_new_value (FyMachine *self, FyValueKind kind)
{
  FyPickle *pickle = self->pickle;
  guint place = pickle->n_values % FY_VALUES_PER_BLOCK;
  FyValue *value;

  if (pickle->n_values == FY_MAX_VALUES)
    {
      fy_machine_fail_large (self);
      return NULL;
    }
  if (place == 0)
    g_ptr_array_add (pickle->blocks, g_new0 (FyValue, FY_VALUES_PER_BLOCK));
  value = (FyValue *) pickle->blocks->pdata[pickle->blocks->len - 1] + place;
  value->kind = kind;
  pickle->n_values++;
  return value;
}

gboolean
fy_machine_push (FyMachine *self, const FyValue *value)
{
  if (value == NULL)
    return FALSE;
  if (self->stack->len == FY_MAX_VALUES)
    return fy_machine_fail_large (self);
  g_ptr_array_add (self->stack, (gpointer) value);
  return TRUE;
}

/* The stack height below which nothing may be taken. */
static guint
last_mark (const FyMachine *self)
{
  guint n = self->marks->len;

  return n > 0 ? g_array_index (self->marks, guint, n - 1) : 0;
}

guint
fy_machine_n_free (const FyMachine *self)
{
  return self->stack->len - last_mark (self);
}

FyValue *
fy_machine_top (FyMachine *self)
{
  if (fy_machine_n_free (self) > 0)
    return self->stack->pdata[self->stack->len - 1];
  fy_machine_fail (self, FY_ERROR_CORRUPT,
                   _ ("the pickle takes from an empty stack; get the file again"));
  return NULL;
}

FyValue *
fy_machine_pop (FyMachine *self)
{
  FyValue *value = fy_machine_top (self);

  if (value != NULL)
    g_ptr_array_set_size (self->stack, (gint) self->stack->len - 1);
  return value;
}

gboolean
fy_machine_pop_mark (FyMachine *self, guint *first)
{
  if (self->marks->len == 0)
    return fy_machine_fail (self, FY_ERROR_CORRUPT,
                            _ ("the pickle goes back to a mark it never set; get the file again"));
  *first = last_mark (self);
  g_array_set_size (self->marks, self->marks->len - 1);
  return TRUE;
}

gboolean
fy_machine_take_items (FyMachine *self, FyValue *container, guint first)
{
  guint n = self->stack->len - first;

  if (n > FY_MAX_ITEMS - self->pickle->n_items)
    return fy_machine_fail_large (self);
  if (n == 0)
    return TRUE;
  self->pickle->n_items += n;
  if (container->items == NULL)
    container->items = g_ptr_array_sized_new (n);
  for (guint i = first; i < self->stack->len; i++)
    g_ptr_array_add (container->items, self->stack->pdata[i]);
  g_ptr_array_set_size (self->stack, (gint) first);
  return TRUE;
}
