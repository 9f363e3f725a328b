/* SPDX-License-Identifier: MIT */
#include "app/application.h"
#include "app/probe.h"
#include "base/text.h"

#include <signal.h>

int
main (int argc, char *argv[])
{
  g_autoptr (FerryApplication) application = NULL;
  int status;

  fy_text_start ();
  signal (SIGXFSZ, SIG_IGN); /* a file-size limit is an error of the write, not of the program */
  g_set_application_name ("Ferry");
  application = ferry_application_new ();
  ferry_probe_start ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  ferry_probe_finish ();
  return status;
}
