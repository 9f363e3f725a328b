/* SPDX-License-Identifier: MIT */
#include "base/error.h"

G_DEFINE_QUARK (fy - error - quark, fy_error)
