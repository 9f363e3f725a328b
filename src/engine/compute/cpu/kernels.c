/* SPDX-License-Identifier: MIT */
#include "compute/cpu/kernels.h"

#include "base/text.h"

#include <string.h>

#define DECLARE(isa) extern const FyCpuKernels fy_cpu_kernels_##isa

DECLARE (plain);
#if defined(__x86_64__)
DECLARE (v2);
DECLARE (avx2);
DECLARE (avx512);
DECLARE (avx512bf16);
#endif

const FyCpuKernels *const *
fy_cpu_kernels_all (int *n)
{
  static const FyCpuKernels *all[5];
  static gsize made;

  if (g_once_init_enter (&made))
    {
      gsize count = 0;

#if defined(__x86_64__)
      __builtin_cpu_init ();
      if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
          __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl"))
        {
          if (__builtin_cpu_supports ("avx512bf16") && __builtin_cpu_supports ("avx512vnni"))
            all[count++] = &fy_cpu_kernels_avx512bf16;
          all[count++] = &fy_cpu_kernels_avx512;
        }
      if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
        all[count++] = &fy_cpu_kernels_avx2;
      if (__builtin_cpu_supports ("sse4.2"))
        all[count++] = &fy_cpu_kernels_v2;
#endif
      all[count++] = &fy_cpu_kernels_plain;
      g_once_init_leave (&made, count);
    }
  *n = (int) made;
  return all;
}

/* Once: a figure taken with other kernels than one thinks says nothing. */
static void
complain (const char *wish, const FyCpuKernels *const *all, int n)
{
  static gsize said = FALSE;
  g_autoptr (GString) names = g_string_new (NULL);

  if (!g_once_init_enter (&said))
    return;
  for (int i = 0; i < n; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", all[i]->name);
  g_printerr (_ ("FERRY_CPU_ISA is \"%s\", but this processor has %s; the first of them is used\n"),
              wish, names->str);
  g_once_init_leave (&said, TRUE);
}

const FyCpuKernels *
fy_cpu_kernels (void)
{
  const char *wish = g_getenv ("FERRY_CPU_ISA");
  int n;
  const FyCpuKernels *const *all = fy_cpu_kernels_all (&n);

  for (int i = 0; wish != NULL && i < n; i++)
    if (g_ascii_strcasecmp (all[i]->name, wish) == 0)
      return all[i];
  if (wish != NULL)
    complain (wish, all, n);
  return all[0];
}
