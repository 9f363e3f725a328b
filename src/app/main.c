/* SPDX-License-Identifier: MIT */
#include "app/application.h"
#include "app/probe.h"
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

int
main (int argc, char *argv[])
{
  g_autoptr (FerryApplication) application = NULL;
  int status;
  const char *locale_dir = g_getenv ("FERRY_LOCALEDIR");

  setlocale (LC_ALL, "");
  signal (SIGXFSZ, SIG_IGN); /* a file-size limit is an error of the write, not of the program */
  bindtextdomain ("ferry", locale_dir != NULL ? locale_dir : FERRY_LOCALEDIR);
  bind_textdomain_codeset ("ferry", "UTF-8");
  textdomain ("ferry");
  g_set_application_name ("Ferry");
  application = ferry_application_new ();
  ferry_probe_start ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  ferry_probe_finish ();
  return status;
}
