/* SPDX-License-Identifier: MIT */
#include "weights/checkpoint.h"

static const struct
{
  const char *name;
  gsize size;
} dtypes[] = {
  [FY_DTYPE_F32] = { "float32", 4 },   [FY_DTYPE_F16] = { "float16", 2 },
  [FY_DTYPE_BF16] = { "bfloat16", 2 }, [FY_DTYPE_F64] = { "float64", 8 },
  [FY_DTYPE_I64] = { "int64", 8 },     [FY_DTYPE_I32] = { "int32", 4 },
  [FY_DTYPE_I16] = { "int16", 2 },     [FY_DTYPE_I8] = { "int8", 1 },
  [FY_DTYPE_U8] = { "uint8", 1 },      [FY_DTYPE_BOOL] = { "bool", 1 },
};

gsize
fy_dtype_size (FyDtype dtype)
{
  return dtypes[dtype].size;
}

const char *
fy_dtype_name (FyDtype dtype)
{
  return dtypes[dtype].name;
}
