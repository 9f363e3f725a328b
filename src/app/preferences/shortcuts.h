/* SPDX-License-Identifier: MIT */
/* The verbs of the program and the keys that mean them: one table that menus, the window of shortcuts and
 * their editor are made from.
 *
 * A key is written as GTK reads it, "<Ctrl><Shift>z".  What people changed is kept as in GSettings: a{sas},
 * action to keys; an action that is not in it has the keys of the preset.  Without GTK.  Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FERRY_KEYS_DEFAULT,
  FERRY_KEYS_CUTIE,
  FERRY_KEYS_CVAT,
  FERRY_N_KEYS,
} FerryKeys;

typedef struct
{
  const char *action;             /* detailed name, "win.step(-1)" */
  const char *section;            /* not translated                */
  const char *title;              /* not translated                */
  const char *keys[FERRY_N_KEYS]; /* separated by spaces; NULL = those of the first preset */
} FerryShortcut;

/* Static, sections together. */
const FerryShortcut *ferry_shortcuts (int *n);
const FerryShortcut *ferry_shortcut_find (const char *action);

/* Keys of a verb, the first of which is shown.  changes: nullable.
 * Returns: (transfer full) NULL-terminated, may be empty. */
char **ferry_shortcut_keys (const FerryShortcut *self, FerryKeys preset, GVariant *changes);

/* The preset's alone. */
char **ferry_shortcut_preset_keys (const FerryShortcut *self, FerryKeys preset);

/* A key in the one way in which it is compared: modifiers in a fixed order, "<Primary>" and "<Control>" as
 * "<Ctrl>", a letter small.  Returns: (transfer full). */
char *ferry_key_normalize (const char *key);

/* Which verb but `except` (nullable) has a key already.  Returns: NULL when it is free. */
const FerryShortcut *ferry_shortcut_of_key (const char *key,
                                            FerryKeys preset,
                                            GVariant *changes,
                                            const FerryShortcut *except);

/* The changes with a verb's keys set; keys that are the preset's are no change.
 * Returns: (transfer full), not floating. */
GVariant *ferry_shortcut_change (GVariant *changes,
                                 const FerryShortcut *self,
                                 FerryKeys preset,
                                 const char *const *keys);

/* The same, taking `key` from the verb that has it. */
GVariant *ferry_shortcut_take_key (GVariant *changes,
                                   const FerryShortcut *self,
                                   FerryKeys preset,
                                   const char *key);

G_END_DECLS
