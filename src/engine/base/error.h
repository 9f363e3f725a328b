/* SPDX-License-Identifier: MIT */
/* The engine's one error domain.
 *
 * A code exists where a caller acts differently; everything else is FY_ERROR_FAILED.  Reading and
 * writing files and cancellation stay G_IO_ERROR.  A message is one line that names the file, the
 * place in it, what is wrong with numbers, and what to do. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FY_ERROR (fy_error_quark ())
GQuark fy_error_quark (void);

typedef enum
{
  FY_ERROR_FAILED,
  FY_ERROR_CORRUPT,     /* bytes that break their own format                          */
  FY_ERROR_UNSUPPORTED, /* valid, but not something Ferry reads or can do             */
  FY_ERROR_MISMATCH,    /* two valid things that do not fit: sizes, shapes, names     */
  FY_ERROR_TOO_NEW,     /* written by a later version                                 */
  FY_ERROR_NO_DEVICE,   /* the named compute device does not exist here               */
  FY_ERROR_GPU_MEMORY,  /* out of device memory: try smaller, or the CPU              */
  FY_ERROR_DEVICE_LOST, /* the device is gone: build a new one                        */
  FY_ERROR_DECODE,      /* a frame that cannot be decoded; others may be              */
  FY_ERROR_STORE,       /* the project file                                           */
} FyError;

G_END_DECLS
