/* SPDX-License-Identifier: MIT */
#include "weights/pickle-global.h"

#include <string.h>

static const FyGlobal globals[] = {
  { "collections", "OrderedDict", FY_GLOBAL_DICT },
  { "collections", "Counter", FY_GLOBAL_DICT }, /* milestones of a learning-rate schedule */
  { "collections", "defaultdict", FY_GLOBAL_DICT },
  { "builtins", "dict", FY_GLOBAL_DICT },
  { "__builtin__", "dict", FY_GLOBAL_DICT },

  { "torch._utils", "_rebuild_tensor_v2", FY_GLOBAL_TENSOR },
  { "torch._utils", "_rebuild_tensor", FY_GLOBAL_TENSOR },
  { "torch._utils", "_rebuild_parameter", FY_GLOBAL_FIRST },
  { "torch._utils", "_rebuild_parameter_with_state", FY_GLOBAL_FIRST },
  { "torch.nn.parameter", "Parameter", FY_GLOBAL_FIRST },
  { "torch", "Size", FY_GLOBAL_FIRST },

  { "torch", "FloatStorage", FY_GLOBAL_STORAGE, FY_DTYPE_F32 },
  { "torch", "HalfStorage", FY_GLOBAL_STORAGE, FY_DTYPE_F16 },
  { "torch", "BFloat16Storage", FY_GLOBAL_STORAGE, FY_DTYPE_BF16 },
  { "torch", "DoubleStorage", FY_GLOBAL_STORAGE, FY_DTYPE_F64 },
  { "torch", "LongStorage", FY_GLOBAL_STORAGE, FY_DTYPE_I64 },
  { "torch", "IntStorage", FY_GLOBAL_STORAGE, FY_DTYPE_I32 },
  { "torch", "ShortStorage", FY_GLOBAL_STORAGE, FY_DTYPE_I16 },
  { "torch", "CharStorage", FY_GLOBAL_STORAGE, FY_DTYPE_I8 },
  { "torch", "ByteStorage", FY_GLOBAL_STORAGE, FY_DTYPE_U8 },
  { "torch", "BoolStorage", FY_GLOBAL_STORAGE, FY_DTYPE_BOOL },
  { "torch.cuda", "FloatStorage", FY_GLOBAL_STORAGE, FY_DTYPE_F32 },
  { "torch.cuda", "HalfStorage", FY_GLOBAL_STORAGE, FY_DTYPE_F16 },
  { "torch.cuda", "BFloat16Storage", FY_GLOBAL_STORAGE, FY_DTYPE_BF16 },
  { "torch.cuda", "DoubleStorage", FY_GLOBAL_STORAGE, FY_DTYPE_F64 },
  { "torch.cuda", "LongStorage", FY_GLOBAL_STORAGE, FY_DTYPE_I64 },
  { "torch.cuda", "IntStorage", FY_GLOBAL_STORAGE, FY_DTYPE_I32 },
  { "torch.cuda", "ShortStorage", FY_GLOBAL_STORAGE, FY_DTYPE_I16 },
  { "torch.cuda", "CharStorage", FY_GLOBAL_STORAGE, FY_DTYPE_I8 },
  { "torch.cuda", "ByteStorage", FY_GLOBAL_STORAGE, FY_DTYPE_U8 },
  { "torch.cuda", "BoolStorage", FY_GLOBAL_STORAGE, FY_DTYPE_BOOL },

  /* The training program's settings, times and scores beside the weights. */
  { "argparse", "Namespace", FY_GLOBAL_OPAQUE },
  { "torch", "device", FY_GLOBAL_OPAQUE },
  { "torch", "float16", FY_GLOBAL_OPAQUE },
  { "torch", "bfloat16", FY_GLOBAL_OPAQUE },
  { "torch", "float32", FY_GLOBAL_OPAQUE },
  { "torch", "float64", FY_GLOBAL_OPAQUE },
  { "torch", "int64", FY_GLOBAL_OPAQUE },
  { "pathlib", "PosixPath", FY_GLOBAL_OPAQUE },
  { "datetime", "datetime", FY_GLOBAL_OPAQUE },
  { "datetime", "timedelta", FY_GLOBAL_OPAQUE },
  { "builtins", "set", FY_GLOBAL_OPAQUE },
  { "builtins", "frozenset", FY_GLOBAL_OPAQUE },
  { "builtins", "list", FY_GLOBAL_OPAQUE },
  { "builtins", "int", FY_GLOBAL_OPAQUE },
  { "builtins", "float", FY_GLOBAL_OPAQUE },
  { "builtins", "complex", FY_GLOBAL_OPAQUE },
  { "builtins", "bytearray", FY_GLOBAL_OPAQUE },
  { "__builtin__", "set", FY_GLOBAL_OPAQUE },
  { "__builtin__", "frozenset", FY_GLOBAL_OPAQUE },
  { "__builtin__", "list", FY_GLOBAL_OPAQUE },
  { "__builtin__", "int", FY_GLOBAL_OPAQUE },
  { "__builtin__", "float", FY_GLOBAL_OPAQUE },
  { "__builtin__", "complex", FY_GLOBAL_OPAQUE },
  { "__builtin__", "bytearray", FY_GLOBAL_OPAQUE },
  { "_codecs", "encode", FY_GLOBAL_OPAQUE },
  { "numpy", "dtype", FY_GLOBAL_OPAQUE },
  { "numpy", "ndarray", FY_GLOBAL_OPAQUE },
  { "numpy.core.multiarray", "scalar", FY_GLOBAL_OPAQUE },
  { "numpy.core.multiarray", "_reconstruct", FY_GLOBAL_OPAQUE },
  { "numpy._core.multiarray", "scalar", FY_GLOBAL_OPAQUE },
  { "numpy._core.multiarray", "_reconstruct", FY_GLOBAL_OPAQUE },
};

static gboolean
equal (const char *text, const char *bytes, gsize size)
{
  return strlen (text) == size && memcmp (text, bytes, size) == 0;
}

const FyGlobal *
fy_global_find (const char *module, gsize module_size, const char *name, gsize name_size)
{
  for (gsize i = 0; i < G_N_ELEMENTS (globals); i++)
    if (equal (globals[i].module, module, module_size) && equal (globals[i].name, name, name_size))
      return &globals[i];
  return NULL;
}
