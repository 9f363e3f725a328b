/* SPDX-License-Identifier: MIT */
/* What a sub-command is: one table each, from which parsing, --help and the man page are made.
 *
 * Thread: main. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Errors of this domain are wrong usage (exit status 2), all others failures (1). */
#define FERRY_USAGE (ferry_usage_quark ())
GQuark ferry_usage_quark (void);

/* What an option sets in the command's values: the member's C type. */
typedef enum
{
  FERRY_FLAG,  /* gboolean                                  */
  FERRY_TEXT,  /* char *, UTF-8; NULL when not given        */
  FERRY_PATH,  /* char *, file name; NULL when not given    */
  FERRY_WHOLE, /* int; FERRY_NOT_GIVEN when not given       */
  FERRY_REAL,  /* double; FERRY_NOT_GIVEN when not given    */
} FerryOptionType;

#define FERRY_NOT_GIVEN G_MININT

typedef struct
{
  const char *name; /* without the dashes */
  FerryOptionType type;
  gsize offset;      /* of the member in the values */
  const char *value; /* what stands for its value in the help; NULL for a flag */
  const char *help;
  gboolean required; /* of FERRY_TEXT, FERRY_PATH, FERRY_WHOLE */
} FerryOption;

typedef struct
{
  const char *name;
  const char *summary;     /* one line, lower case, no dot      */
  const char *arguments;   /* "INPUT", "[CLIP|CHECKPOINT]", ... */
  const char *description; /* paragraphs separated by an empty line                       */
  const char *examples;    /* lines, indented by two spaces                               */
  int min_arguments;
  int max_arguments;
  gsize values_size;          /* of the struct that the options' members are in */
  const FerryOption *options; /* ended by one without a name                    */

  /* Does it.
   *
   * values     of values_size bytes
   * arguments  NULL-terminated
   * Returns:   FALSE with an error of one line. */
  gboolean (*run) (gconstpointer values,
                   const char *const *arguments,
                   GCancellable *cancellable,
                   GError **error);
} FerryCommand;

/* What the program is about, in paragraphs. */
extern const char ferry_description[];

/* All sub-commands, ended by NULL. */
extern const FerryCommand *const ferry_commands[];

extern const FerryCommand ferry_info;
extern const FerryCommand ferry_features;
extern const FerryCommand ferry_match;
extern const FerryCommand ferry_prepare;
extern const FerryCommand ferry_propagate;
extern const FerryCommand ferry_evaluate;
extern const FerryCommand ferry_check;
extern const FerryCommand ferry_bench;
extern const FerryCommand ferry_demo;

/* Parses the words after the sub-command's name and runs it.
 * Returns: FALSE with *error set; --help prints and returns TRUE. */
gboolean ferry_command_run (const FerryCommand *self,
                            char **words,
                            GCancellable *cancellable,
                            GError **error);

/* Breaks lines at spaces so that they take at most so many columns where they can.
 * Returns: (transfer full). */
char *ferry_wrap (const char *text, int columns);

/* The text of `ferry-cli SUB-COMMAND --help`.  Returns: (transfer full). */
char *ferry_command_help (const FerryCommand *self);

/* The man page of the program.  Returns: (transfer full). */
char *ferry_manual (void);

G_END_DECLS
