/* SPDX-License-Identifier: MIT */
/* Compiles a function a second time for AVX2; which one runs is decided when the program is loaded.
 * Both give the same bits: the flags of the build keep multiplications and additions apart. */
#pragma once

#if defined(__x86_64__) && defined(__has_attribute)
/* Not under the thread sanitizer, which is not there yet when the loader chooses. */
#if __has_attribute(target_clones) && !defined(__SANITIZE_THREAD__)
#define FY_WIDE __attribute__ ((target_clones ("avx2", "default")))
#endif
#endif
#ifndef FY_WIDE
#define FY_WIDE
#endif
