/* SPDX-License-Identifier: MIT */
#include "weights/pickle.h"

#include "base/error.h"
#include "base/text.h"
#include "weights/pickle-machine.h"

#include <string.h>

#define HIGHEST_PROTOCOL  5
#define MAX_INTEGER_WIDTH 24 /* characters of a decimal 64-bit integer, with room */

typedef gboolean (*Instruction) (FyMachine *machine, guint8 code);

void
fy_pickle_free (FyPickle *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_values; i++)
    {
      FyValue *value =
          (FyValue *) self->blocks->pdata[i / FY_VALUES_PER_BLOCK] + i % FY_VALUES_PER_BLOCK;

      if (fy_value_n_items (value) > 0)
        g_ptr_array_unref (value->items);
    }
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->storages);
  g_ptr_array_unref (self->tensors);
  g_free (self);
}

const FyValue *
fy_pickle_root (const FyPickle *self)
{
  return self->root;
}

GPtrArray *
fy_pickle_peek_storages (const FyPickle *self)
{
  return self->storages;
}

static gboolean
is_container (const FyValue *value)
{
  return value->kind == FY_VALUE_TUPLE || value->kind == FY_VALUE_LIST ||
         value->kind == FY_VALUE_DICT;
}

guint
fy_value_n_items (const FyValue *value)
{
  return is_container (value) && value->items != NULL ? value->items->len : 0;
}

const FyValue *
fy_value_item (const FyValue *value, guint index)
{
  return value->items->pdata[index];
}

gboolean
fy_value_is_text (const FyValue *value, const char *text)
{
  return value->kind == FY_VALUE_TEXT && value->text.size == strlen (text) &&
         memcmp (value->text.bytes, text, value->text.size) == 0;
}

const FyValue *
fy_value_get (const FyValue *dict, const char *key)
{
  for (guint i = 0; dict->kind == FY_VALUE_DICT && i + 1 < fy_value_n_items (dict); i += 2)
    if (fy_value_is_text (fy_value_item (dict, i), key))
      return fy_value_item (dict, i + 1);
  return NULL;
}

static gboolean
push_integer (FyMachine *machine, FyValueKind kind, gint64 integer)
{
  FyValue *value = fy_machine_new_value (machine, kind);

  if (value == NULL)
    return FALSE;
  value->integer = integer;
  return fy_machine_push (machine, value);
}

static gboolean
push_bytes (FyMachine *machine, FyValueKind kind, guint64 size)
{
  const guint8 *bytes = fy_reader_bytes (machine->reader, size);
  FyValue *value = bytes != NULL ? fy_machine_new_value (machine, kind) : NULL;

  if (bytes == NULL)
    return fy_machine_fail_short (machine);
  if (value == NULL)
    return FALSE;
  value->text.bytes = (const char *) bytes;
  value->text.size = size;
  return fy_machine_push (machine, value);
}

static gboolean
run_proto (FyMachine *machine, guint8 code)
{
  guint8 protocol = fy_reader_u8 (machine->reader);

  if (protocol > HIGHEST_PROTOCOL)
    return fy_machine_fail (machine, FY_ERROR_UNSUPPORTED,
                            _ ("pickle protocol %d; save with protocol 2"), protocol);
  return TRUE;
}

static gboolean
run_frame (FyMachine *machine, guint8 code)
{
  fy_reader_u64le (machine->reader); /* only a hint for buffering */
  return TRUE;
}

static gboolean
run_stop (FyMachine *machine, guint8 code)
{
  machine->pickle->root = fy_machine_pop (machine);
  machine->stopped = TRUE;
  return machine->pickle->root != NULL;
}

static gboolean
run_mark (FyMachine *machine, guint8 code)
{
  if (machine->marks->len == FY_MAX_VALUES)
    return fy_machine_fail_large (machine);
  g_array_append_val (machine->marks, machine->stack->len);
  return TRUE;
}

static gboolean
run_pop (FyMachine *machine, guint8 code)
{
  return fy_machine_pop (machine) != NULL;
}

static gboolean
run_pop_mark (FyMachine *machine, guint8 code)
{
  guint first;

  if (!fy_machine_pop_mark (machine, &first))
    return FALSE;
  g_ptr_array_set_size (machine->stack, (gint) first);
  return TRUE;
}

static gboolean
run_dup (FyMachine *machine, guint8 code)
{
  return fy_machine_push (machine, fy_machine_top (machine));
}

static gboolean
run_none (FyMachine *machine, guint8 code)
{
  return fy_machine_push (machine, fy_machine_new_value (machine, FY_VALUE_NONE));
}

static gboolean
run_boolean (FyMachine *machine, guint8 code)
{
  return push_integer (machine, FY_VALUE_BOOLEAN, code == 0x88);
}

static gboolean
run_binint (FyMachine *machine, guint8 code)
{
  FyReader *reader = machine->reader;

  return push_integer (machine, FY_VALUE_INTEGER,
                       code == 'K'   ? fy_reader_u8 (reader)
                       : code == 'M' ? fy_reader_u16le (reader)
                                     : (gint32) fy_reader_u32le (reader));
}

/* A decimal line: Python 2 writes integers beyond 32 bits so. */
static gboolean
run_int (FyMachine *machine, guint8 code)
{
  char digits[MAX_INTEGER_WIDTH] = "";
  gint64 integer;
  gsize size;
  const char *line = fy_reader_line (machine->reader, &size);

  if (line == NULL)
    return fy_machine_fail_short (machine);
  memcpy (digits, line, MIN (size, sizeof digits - 1));
  if (!g_ascii_string_to_signed (digits, 10, G_MININT64, G_MAXINT64, &integer, NULL))
    return fy_machine_fail_wrong (machine, _ ("an integer"));
  return push_integer (machine, FY_VALUE_INTEGER, integer);
}

/* Little-endian two's complement of any length. */
static gboolean
run_long (FyMachine *machine, guint8 code)
{
  guint32 size = code == 0x8a ? fy_reader_u8 (machine->reader) : fy_reader_u32le (machine->reader);
  const guint8 *bytes = machine->reader->data + machine->reader->at;
  guint64 integer = 0;

  if (size > 8 || machine->reader->failed)
    return push_bytes (machine, FY_VALUE_LONG, size);
  if (fy_reader_bytes (machine->reader, size) == NULL)
    return fy_machine_fail_short (machine);
  for (guint32 i = 0; i < size; i++)
    integer |= (guint64) bytes[i] << (8 * i);
  if (size > 0 && size < 8 && bytes[size - 1] >= 0x80)
    integer |= G_MAXUINT64 << (8 * size);
  return push_integer (machine, FY_VALUE_INTEGER, (gint64) integer);
}

static gboolean
run_binfloat (FyMachine *machine, guint8 code)
{
  guint64 bits = fy_reader_u64be (machine->reader);
  FyValue *value = fy_machine_new_value (machine, FY_VALUE_NUMBER);

  if (value == NULL)
    return FALSE;
  memcpy (&value->number, &bits, sizeof bits);
  return fy_machine_push (machine, value);
}

static gboolean
run_text (FyMachine *machine, guint8 code)
{
  FyReader *reader = machine->reader;

  switch (code)
    {
    case 'U':
    case 'C':
    case 0x8c:
      return push_bytes (machine, FY_VALUE_TEXT, fy_reader_u8 (reader));
    case 0x8d:
    case 0x8e:
    case 0x96:
      return push_bytes (machine, FY_VALUE_TEXT, fy_reader_u64le (reader));
    default:
      return push_bytes (machine, FY_VALUE_TEXT, fy_reader_u32le (reader));
    }
}

static gboolean
run_empty (FyMachine *machine, guint8 code)
{
  return fy_machine_push (machine, fy_machine_new_value (machine, code == ')'   ? FY_VALUE_TUPLE
                                                                  : code == '}' ? FY_VALUE_DICT
                                                                                : FY_VALUE_LIST));
}

/* Makes a container of what lies above the mark. */
static gboolean
run_collect (FyMachine *machine, guint8 code)
{
  FyValue *container = fy_machine_new_value (machine, code == 't' ? FY_VALUE_TUPLE : FY_VALUE_LIST);
  guint first;

  return container != NULL && fy_machine_pop_mark (machine, &first) &&
         fy_machine_take_items (machine, container, first) && fy_machine_push (machine, container);
}

/* Makes a tuple of the top one, two or three. */
static gboolean
run_short_tuple (FyMachine *machine, guint8 code)
{
  guint n = code - 0x84u;
  FyValue *tuple;

  if (fy_machine_n_free (machine) < n)
    return fy_machine_fail_wrong (machine, _ ("a tuple"));
  tuple = fy_machine_new_value (machine, FY_VALUE_TUPLE);
  return tuple != NULL && fy_machine_take_items (machine, tuple, machine->stack->len - n) &&
         fy_machine_push (machine, tuple);
}

/* Adds what lies above the mark to the container below it. */
static gboolean
run_extend (FyMachine *machine, guint8 code)
{
  FyValueKind kind = code == 'u' ? FY_VALUE_DICT : FY_VALUE_LIST;
  FyValue *container;
  guint first;

  if (!fy_machine_pop_mark (machine, &first))
    return FALSE;
  container = first > 0 ? machine->stack->pdata[first - 1] : NULL;
  if (container == NULL || container->kind != kind ||
      (code == 'u' && (machine->stack->len - first) % 2 != 0))
    return fy_machine_fail_wrong (machine, _ ("a container"));
  return fy_machine_take_items (machine, container, first);
}

/* Adds the top one (or key and value) to the container below. */
static gboolean
run_add (FyMachine *machine, guint8 code)
{
  FyValueKind kind = code == 's' ? FY_VALUE_DICT : FY_VALUE_LIST;
  guint n = code == 's' ? 2 : 1;
  FyValue *container;

  if (fy_machine_n_free (machine) < n + 1)
    return fy_machine_fail_wrong (machine, _ ("a container"));
  container = machine->stack->pdata[machine->stack->len - n - 1];
  if (container->kind != kind)
    return fy_machine_fail_wrong (machine, _ ("a container"));
  return fy_machine_take_items (machine, container, machine->stack->len - n);
}

static gboolean
put (FyMachine *machine, guint32 index)
{
  FyValue *value = fy_machine_top (machine);

  if (value == NULL)
    return FALSE;
  if (index >= FY_MAX_VALUES)
    return fy_machine_fail_large (machine);
  if (index >= machine->memo->len)
    g_ptr_array_set_size (machine->memo, (gint) index + 1);
  machine->memo->pdata[index] = value;
  return TRUE;
}

static gboolean
run_put (FyMachine *machine, guint8 code)
{
  return put (machine,
              code == 'q' ? fy_reader_u8 (machine->reader) : fy_reader_u32le (machine->reader));
}

static gboolean
run_memoize (FyMachine *machine, guint8 code)
{
  return put (machine, machine->memo->len);
}

static gboolean
run_get (FyMachine *machine, guint8 code)
{
  guint32 index = code == 'h' ? fy_reader_u8 (machine->reader) : fy_reader_u32le (machine->reader);

  if (index >= machine->memo->len || machine->memo->pdata[index] == NULL)
    return fy_machine_fail (machine, FY_ERROR_CORRUPT,
                            _ ("the pickle recalls value %u, which it never kept"), index);
  return fy_machine_push (machine, machine->memo->pdata[index]);
}

static gboolean
push_global (FyMachine *machine,
             const char *module,
             gsize module_size,
             const char *name,
             gsize size)
{
  const FyGlobal *global = fy_global_find (module, module_size, name, size);
  FyValue *value;

  if (global == NULL)
    {
      g_autofree char *raw_module = g_strndup (module, MIN (module_size, 80));
      g_autofree char *raw_name = g_strndup (name, MIN (size, 80));
      g_autofree char *shown_module = g_strescape (raw_module, NULL);
      g_autofree char *shown_name = g_strescape (raw_name, NULL);

      return fy_machine_fail (
          machine, FY_ERROR_UNSUPPORTED,
          _ ("the pickle names %s.%s, which a checkpoint of weights does not need; nothing was "
             "run; save the network's state_dict alone"),
          shown_module, shown_name);
    }
  value = fy_machine_new_value (machine, FY_VALUE_GLOBAL);
  if (value == NULL)
    return FALSE;
  value->global = global;
  return fy_machine_push (machine, value);
}

static gboolean
run_global (FyMachine *machine, guint8 code)
{
  gsize module_size, size;
  const char *module = fy_reader_line (machine->reader, &module_size);
  const char *name = fy_reader_line (machine->reader, &size);

  if (module == NULL || name == NULL)
    return fy_machine_fail_short (machine);
  return push_global (machine, module, module_size, name, size);
}

static gboolean
run_stack_global (FyMachine *machine, guint8 code)
{
  const FyValue *name = fy_machine_pop (machine);
  const FyValue *module = name != NULL ? fy_machine_pop (machine) : NULL;

  if (module == NULL)
    return FALSE;
  if (name->kind != FY_VALUE_TEXT || module->kind != FY_VALUE_TEXT)
    return fy_machine_fail_wrong (machine, _ ("a name"));
  return push_global (machine, module->text.bytes, module->text.size, name->text.bytes,
                      name->text.size);
}

/* REDUCE, NEWOBJ and NEWOBJ_EX (with keywords, which no entry of the list needs). */
static gboolean
run_call (FyMachine *machine, guint8 code)
{
  const FyValue *args, *callable;

  if (code == 0x92 && fy_machine_pop (machine) == NULL)
    return FALSE;
  args = fy_machine_pop (machine);
  callable = args != NULL ? fy_machine_pop (machine) : NULL;
  return callable != NULL && fy_machine_push (machine, fy_machine_call (machine, callable, args));
}

/* Attributes matter only for the training program's settings. */
static gboolean
run_build (FyMachine *machine, guint8 code)
{
  const FyValue *state = fy_machine_pop (machine);
  FyValue *object = state != NULL ? fy_machine_top (machine) : NULL;

  if (object == NULL)
    return FALSE;
  if (object->kind == FY_VALUE_OPAQUE)
    object->state = state;
  return TRUE;
}

static gboolean
run_persistent (FyMachine *machine, guint8 code)
{
  const FyValue *id = fy_machine_pop (machine);

  return id != NULL && fy_machine_push (machine, fy_machine_load_storage (machine, id));
}

static const Instruction instructions[256] = {
  [0x80] = run_proto,        ['.'] = run_stop,         ['('] = run_mark,
  ['0'] = run_pop,           ['1'] = run_pop_mark,     ['2'] = run_dup,
  ['N'] = run_none,          [0x88] = run_boolean,     [0x89] = run_boolean,
  ['I'] = run_int,           ['J'] = run_binint,       ['K'] = run_binint,
  ['M'] = run_binint,        [0x8a] = run_long,        [0x8b] = run_long,
  ['G'] = run_binfloat,      ['T'] = run_text,         ['U'] = run_text,
  ['X'] = run_text,          [0x8c] = run_text,        [0x8d] = run_text,
  ['B'] = run_text,          ['C'] = run_text,         [0x8e] = run_text,
  [0x96] = run_text,         [')'] = run_empty,        ['}'] = run_empty,
  [']'] = run_empty,         [0x8f] = run_empty,       ['t'] = run_collect,
  [0x91] = run_collect,      [0x85] = run_short_tuple, [0x86] = run_short_tuple,
  [0x87] = run_short_tuple,  ['e'] = run_extend,       ['u'] = run_extend,
  [0x90] = run_extend,       ['a'] = run_add,          ['s'] = run_add,
  ['q'] = run_put,           ['r'] = run_put,          [0x94] = run_memoize,
  ['h'] = run_get,           ['j'] = run_get,          ['c'] = run_global,
  [0x93] = run_stack_global, ['R'] = run_call,         [0x81] = run_call,
  [0x92] = run_call,         ['b'] = run_build,        ['Q'] = run_persistent,
  [0x95] = run_frame,
};

static gboolean
run (FyMachine *machine)
{
  while (!machine->stopped)
    {
      guint8 code;

      machine->at = machine->reader->at;
      code = fy_reader_u8 (machine->reader);
      if (!machine->reader->failed && instructions[code] == NULL)
        return fy_machine_fail (
            machine, FY_ERROR_UNSUPPORTED,
            _ ("pickle instruction 0x%02x, which no checkpoint of weights needs"), code);
      if (!machine->reader->failed && !instructions[code](machine, code))
        return FALSE;
      if (machine->reader->failed)
        return fy_machine_fail_short (machine);
    }
  return TRUE;
}

FyPickle *
fy_pickle_new (FyReader *reader, const char *place, GError **error)
{
  g_autoptr (FyPickle) self = g_new0 (FyPickle, 1);
  g_autoptr (GPtrArray) stack = g_ptr_array_new ();
  g_autoptr (GPtrArray) memo = g_ptr_array_new ();
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (guint));
  FyMachine machine = { .pickle = self,
                        .reader = reader,
                        .place = place,
                        .stack = stack,
                        .marks = marks,
                        .memo = memo,
                        .error = error };

  self->blocks = g_ptr_array_new_with_free_func (g_free);
  self->storages = g_ptr_array_new_with_free_func (g_free);
  self->tensors = g_ptr_array_new_with_free_func (g_free);
  return run (&machine) ? g_steal_pointer (&self) : NULL;
}
