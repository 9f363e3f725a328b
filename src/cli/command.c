/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "base/text.h"

#include <string.h>

G_DEFINE_QUARK (ferry - usage, ferry_usage)

static const GOptionArg parsed_as[] = {
  [FERRY_FLAG] = G_OPTION_ARG_NONE,     [FERRY_TEXT] = G_OPTION_ARG_STRING,
  [FERRY_PATH] = G_OPTION_ARG_FILENAME, [FERRY_WHOLE] = G_OPTION_ARG_INT,
  [FERRY_REAL] = G_OPTION_ARG_DOUBLE,
};

/* Values of a command as long as it runs. */
typedef struct
{
  const FerryCommand *command;
  gpointer values;
} Values;

static gpointer
member (const Values *self, const FerryOption *option)
{
  return (char *) self->values + option->offset;
}

static void
values_init (Values *self, const FerryCommand *command)
{
  self->command = command;
  self->values = g_malloc0 (command->values_size);
  for (const FerryOption *option = command->options; option->name != NULL; option++)
    if (option->type == FERRY_WHOLE)
      *(int *) member (self, option) = FERRY_NOT_GIVEN;
    else if (option->type == FERRY_REAL)
      *(double *) member (self, option) = FERRY_NOT_GIVEN;
}

static void
values_clear (Values *self)
{
  if (self->command == NULL)
    return;
  for (const FerryOption *option = self->command->options; option->name != NULL; option++)
    if (option->type == FERRY_TEXT || option->type == FERRY_PATH)
      g_free (*(char **) member (self, option));
  g_free (self->values);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Values, values_clear)

char *
ferry_wrap (const char *text, int columns)
{
  g_autofree char *wrapped = g_strdup (text);
  char *line = wrapped, *space = NULL;

  for (char *c = wrapped; *c != '\0'; c = g_utf8_next_char (c))
    {
      if (*c == '\n')
        line = c + 1;
      if (*c == '\n' || *c == ' ')
        space = *c == ' ' ? c : NULL;
      if (space != NULL && g_utf8_pointer_to_offset (line, c) >= columns)
        {
          *space = '\n';
          line = space + 1;
          space = NULL;
        }
    }
  return g_steal_pointer (&wrapped);
}

static GOptionContext *
make_parser (const Values *values)
{
  const FerryCommand *command = values->command;
  GOptionContext *parser = g_option_context_new (command->arguments);
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  g_autofree char *description = ferry_wrap (_ (command->description), 80);
  g_autofree char *examples = g_strconcat (_ ("Examples:\n"), command->examples, NULL);

  for (const FerryOption *option = command->options; option->name != NULL; option++)
    {
      GOptionEntry entry = { .long_name = option->name,
                             .arg = parsed_as[option->type],
                             .arg_data = member (values, option),
                             .description = _ (option->help),
                             .arg_description = option->value };

      g_array_append_val (entries, entry);
    }
  g_option_context_add_main_entries (parser, (GOptionEntry *) (gpointer) entries->data, NULL);
  g_option_context_set_summary (parser, description);
  g_option_context_set_description (parser, examples);
  g_option_context_set_help_enabled (parser, FALSE);
  return parser;
}

char *
ferry_command_help (const FerryCommand *self)
{
  g_auto (Values) values = { 0 };
  g_autoptr (GOptionContext) parser = NULL;

  g_autofree char *program = g_strconcat ("ferry-cli ", self->name, NULL);

  g_set_prgname (program);
  values_init (&values, self);
  parser = make_parser (&values);
  return g_option_context_get_help (parser, TRUE, NULL);
}

/* Returns FALSE. */
static gboolean
wrong_usage (const FerryCommand *self, const char *message, GError **error)
{
  g_set_error (error, FERRY_USAGE, 0, _ ("%s: %s; see ferry-cli %s --help"), self->name, message,
               self->name);
  return FALSE;
}

static gboolean
is_given (const Values *values, const FerryOption *option)
{
  if (option->type == FERRY_WHOLE)
    return *(int *) member (values, option) != FERRY_NOT_GIVEN;
  return *(char **) member (values, option) != NULL;
}

static gboolean
check_required (const Values *values, GError **error)
{
  for (const FerryOption *option = values->command->options; option->name != NULL; option++)
    {
      g_autofree char *message = NULL;

      if (!option->required || is_given (values, option))
        continue;
      message = g_strdup_printf (_ ("--%s %s is missing"), option->name, option->value);
      return wrong_usage (values->command, message, error);
    }
  return TRUE;
}

/* The words that are no options, without a "--" before them; words[0] is the command. */
static const char *const *
arguments_of (char **words)
{
  gboolean marked = words[1] != NULL && strcmp (words[1], "--") == 0;

  return (const char *const *) words + (marked ? 2 : 1);
}

gboolean
ferry_command_run (const FerryCommand *self,
                   char **words,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (Values) values = { 0 };
  g_autoptr (GOptionContext) parser = NULL;
  g_autoptr (GError) wrong = NULL;
  g_auto (GStrv) left = g_strdupv (words);
  const char *const *arguments;
  int n_arguments;

  if (g_strv_contains ((const char *const *) words, "--help"))
    {
      g_autofree char *help = ferry_command_help (self);

      g_print ("%s", help);
      return TRUE;
    }
  values_init (&values, self);
  parser = make_parser (&values);
  if (!g_option_context_parse_strv (parser, &left, &wrong))
    return wrong_usage (self, wrong->message, error);
  arguments = arguments_of (left);
  n_arguments = (int) g_strv_length ((char **) arguments);
  if (n_arguments < self->min_arguments)
    return wrong_usage (self, _ ("an argument is missing"), error);
  if (n_arguments > self->max_arguments)
    return wrong_usage (self, _ ("there are too many arguments"), error);
  return check_required (&values, error) &&
         self->run (values.values, arguments, cancellable, error);
}
