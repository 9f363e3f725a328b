/* SPDX-License-Identifier: MIT */
/* Writes the man page from the same tables that --help shows. */
#include "command.h"
#include "config.h"

#include <string.h>

/* Appends text with roff's own characters escaped; a line never starts as a request. */
static void
append_text (GString *page, const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      if ((c == text || c[-1] == '\n') && (*c == '.' || *c == '\''))
        g_string_append (page, "\\&");
      if (*c == '\\')
        g_string_append (page, "\\e");
      else if (*c == '-')
        g_string_append (page, "\\-");
      else
        g_string_append_c (page, *c);
    }
}

static void
append_paragraphs (GString *page, const char *text)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);

  for (int i = 0; paragraphs[i] != NULL; i++)
    {
      g_string_append (page, ".PP\n");
      append_text (page, paragraphs[i]);
      g_string_append (page, "\n");
    }
}

static void
append_option (GString *page, const FerryOption *option)
{
  g_string_append (page, ".TP\n.B ");
  append_text (page, "--");
  append_text (page, option->name);
  if (option->value != NULL)
    {
      g_string_append (page, " \\fI");
      append_text (page, option->value);
      g_string_append (page, "\\fR");
    }
  g_string_append (page, "\n");
  append_text (page, option->help);
  g_string_append (page, ".\n");
}

static void
append_examples (GString *page, const char *examples)
{
  g_string_append (page, ".PP\n.nf\n");
  append_text (page, examples);
  g_string_append (page, "\n.fi\n");
}

static void
append_command (GString *page, const FerryCommand *command)
{
  g_string_append_printf (page, ".SS %s\n.B ferry\\-cli %s\n", command->name, command->name);
  append_text (page, command->arguments);
  g_string_append (page, "\n");
  append_paragraphs (page, command->description);
  for (const FerryOption *option = command->options; option->name != NULL; option++)
    append_option (page, option);
  append_examples (page, command->examples);
}

char *
ferry_manual (void)
{
  GString *page = g_string_new (".TH FERRY\\-CLI 1 \"\" \"ferry " FERRY_VERSION "\"\n");

  g_string_append (page, ".SH NAME\nferry\\-cli \\- carry labels across video\n"
                         ".SH SYNOPSIS\n.B ferry\\-cli\n\\fICOMMAND\\fR [\\fIARGUMENT\\fR ...]\n"
                         ".SH DESCRIPTION\n");
  append_paragraphs (page, ferry_description);
  g_string_append (page, ".SH COMMANDS\n");
  for (int i = 0; ferry_commands[i] != NULL; i++)
    append_command (page, ferry_commands[i]);
  g_string_append (page,
                   ".SH EXIT STATUS\n.TP\n.B 0\nDone.\n.TP\n.B 1\nFailed or stopped; one line "
                   "on standard error says where and what to do.\n.TP\n.B 2\nWrong usage.\n"
                   ".SH ENVIRONMENT\n.TP\n.B FERRY_THREADS\nThreads to compute with; the "
                   "cores of the machine if unset.\n.TP\n.B FERRY_DATADIR\nFolder of the "
                   "shipped model and the sample clip.\n");
  return g_string_free (page, FALSE);
}
