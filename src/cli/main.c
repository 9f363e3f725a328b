/* SPDX-License-Identifier: MIT */
/* ferry-cli: the engine from the command line. */
#include "base/text.h"
#include "command.h"
#include "config.h"
#include "terminal.h"

#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

const char ferry_description[] = N_ (
    "Ferry carries labels across video: masks painted on one frame of a clip are carried to the "
    "frames after it by what a ResNet sees in them.\n\n"
    "A clip is a video file or a folder of images. Masks are indexed PNG files as the DAVIS data "
    "set has them. Everything runs on the CPU, or on a GPU through Vulkan.");

const FerryCommand *const ferry_commands[] = {
  &ferry_info,  &ferry_prepare, &ferry_propagate, &ferry_evaluate, &ferry_features,
  &ferry_match, &ferry_check,   &ferry_demo,
#if FERRY_HAVE_BENCH
  &ferry_bench,
#endif
  NULL,
};

static void
print_help (void)
{
  g_autofree char *description = ferry_wrap (_ (ferry_description), 80);

  g_print (_ ("Usage:\n  ferry-cli COMMAND [ARGUMENT…]\n\n%s\n\nCommands:\n"), description);
  for (int i = 0; ferry_commands[i] != NULL; i++)
    g_print ("  %-10s %s\n", ferry_commands[i]->name, _ (ferry_commands[i]->summary));
  g_print (
      _ ("\n\"ferry-cli COMMAND --help\" tells more, with examples.  Also: --version, --man (the "
         "manual page).\n"));
}

static const FerryCommand *
find_command (const char *name)
{
  for (int i = 0; ferry_commands[i] != NULL; i++)
    if (strcmp (ferry_commands[i]->name, name) == 0)
      return ferry_commands[i];
  return NULL;
}

/* Returns: the exit status. */
static int
run (const FerryCommand *command, char **words)
{
  g_autoptr (GCancellable) cancellable = ferry_cancellable_new ();
  g_autoptr (GError) error = NULL;

  if (ferry_command_run (command, words, cancellable, &error))
    return 0;
  ferry_print_error (error);
  return error->domain == FERRY_USAGE ? 2 : 1;
}

/* What was printed may still be on its way: a full disk shows only now. */
static int
close_output (int status)
{
  if (fflush (stdout) == 0 && ferror (stdout) == 0)
    return status;
  g_printerr (_ ("ferry-cli: standard output: cannot write all of it; free some space or write "
                 "elsewhere\n"));
  return status == 0 ? 1 : status;
}

int
main (int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : "";
  const FerryCommand *command = find_command (word);
  g_autofree char *manual = NULL;

#ifdef __GLIBC__
  /* Frames and features come and go between what stays: apart from the heap they leave no holes. */
  mallopt (M_MMAP_THRESHOLD, 512 << 10);
#endif
  fy_text_start ();
  setlocale (LC_NUMERIC, "C"); /* a figure reads the same everywhere */
  signal (SIGXFSZ, SIG_IGN);   /* a file-size limit is an error of the write, not of the program */
  if (command != NULL)
    return close_output (run (command, argv + 1));
  if (argc == 1)
    {
      g_printerr (_ ("ferry-cli: no command is given; see ferry-cli --help\n"));
      return 2;
    }
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "help") == 0)
    print_help ();
  else if (strcmp (word, "--version") == 0)
    g_print ("ferry-cli %s\n", FERRY_VERSION);
  else if (strcmp (word, "--man") == 0)
    g_print ("%s", manual = ferry_manual ());
  else
    {
      g_printerr (_ ("ferry-cli: no command is called \"%s\"; see ferry-cli --help\n"), word);
      return 2;
    }
  return close_output (0);
}
