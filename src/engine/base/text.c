/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include "config.h"

#include <glib.h>
#include <locale.h>

void
fy_text_start (void)
{
  const char *folder = g_getenv ("FERRY_LOCALEDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : FERRY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
