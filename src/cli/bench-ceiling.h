/* SPDX-License-Identifier: MIT */
/* The most that a machine can do, measured.  Thread: main. */
#pragma once

#include "compute/device.h"

G_BEGIN_DECLS

typedef struct
{
  double gflops;        /* 1e9 additions and multiplications a second in float32        */
  double gflops_16_bit; /* of factors in 16 bits, sums in float32; 0 = nothing for that */
  double gbytes_per_s;  /* 1e9 bytes a second from and to memory                        */
} FerryCeiling;

/* Of the CPU, all cores: fused multiply-adds in registers (float32, bf16), and
 * a[i] = b[i] + s * c[i] over arrays much larger than caches. */
FerryCeiling ferry_ceiling_cpu (void);

/* Of a device.  A GPU's arithmetic is that of its fastest large convolution, for want of a bare loop;
 * its memory that of copying features.
 * Errors:  the device's. */
gboolean ferry_ceiling_device (FyDevice *device, FerryCeiling *ceiling, GError **error);

/* The CPU's model, for people.  Returns: (transfer full). */
char *ferry_processor_name (void);

G_END_DECLS
