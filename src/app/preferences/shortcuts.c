/* SPDX-License-Identifier: MIT */
#include "app/preferences/shortcuts.h"

#include <glib/gi18n.h>
#include <string.h>

#define FILES   N_ ("Files")
#define HISTORY N_ ("History")
#define FRAMES  N_ ("Frames")
#define OBJECTS N_ ("Objects")
#define LABELS  N_ ("Labels")
#define RANGE   N_ ("Range")
#define TOOLS   N_ ("Tools")
#define CARRY   N_ ("Propagation")
#define VIEW    N_ ("View")
#define PROGRAM N_ ("Program")

/* Keys of default, Cutie, CVAT.  Source: what these programs answer to; a verb whose key another program
 * needs for one of its own moves out of the way in that preset. */
static const FerryShortcut table[] = {
  { "win.open", FILES, N_ ("Open a video or a project"), { "<Ctrl>o" } },
  { "win.open-folder", FILES, N_ ("Open a folder of images"), { "<Ctrl><Shift>o" } },
  { "win.open-sample", FILES, N_ ("Open the sample clip"), { "" } },
  { "win.close-document", FILES, N_ ("Close the clip"), { "<Ctrl>w" } },
  { "win.save-copy", FILES, N_ ("Save a copy"), { "<Ctrl><Shift>s" } },
  { "win.export", FILES, N_ ("Export"), { "<Ctrl>e" } },

  { "win.undo", HISTORY, N_ ("Undo"), { "<Ctrl>z" } },
  { "win.redo", HISTORY, N_ ("Redo"), { "<Ctrl><Shift>z <Ctrl>y" } },
  { "win.history", HISTORY, N_ ("Show the history"), { "<Ctrl>h" } },

  { "win.step(-1)", FRAMES, N_ ("Previous frame"), { "Left comma", NULL, "d comma" } },
  { "win.step(1)", FRAMES, N_ ("Next frame"), { "Right period", NULL, "f period" } },
  { "win.step(-10)", FRAMES, N_ ("10 frames back"), { "<Shift>Left", NULL, "c <Shift>Left" } },
  { "win.step(10)", FRAMES, N_ ("10 frames on"), { "<Shift>Right", NULL, "v <Shift>Right" } },
  { "win.first-frame", FRAMES, N_ ("First frame"), { "Home", "Home <Alt>Left" } },
  { "win.last-frame", FRAMES, N_ ("Last frame"), { "End", "End <Alt>Right" } },
  { "win.previous-hand",
    FRAMES,
    N_ ("Previous frame labelled by hand"),
    { "<Alt>Left", "<Ctrl><Alt>Left", "Left <Alt>Left" } },
  { "win.next-hand",
    FRAMES,
    N_ ("Next frame labelled by hand"),
    { "<Alt>Right", "<Ctrl><Alt>Right", "Right <Alt>Right" } },
  { "win.next-weak", FRAMES, N_ ("Next weak frame"), { "n", NULL, "w" } },
  { "win.previous-weak", FRAMES, N_ ("Previous weak frame"), { "<Shift>n", NULL, "<Shift>w" } },
  { "win.play", FRAMES, N_ ("Play or pause"), { "space", "<Ctrl>space" } },
  { "win.set-in", RANGE, N_ ("Range begins here"), { "<Shift>i" } },
  { "win.set-out", RANGE, N_ ("Range ends here"), { "<Shift>o" } },
  { "win.clear-range", RANGE, N_ ("No range"), { "<Shift>x" } },

  { "win.propagate-forward",
    CARRY,
    N_ ("Propagate forward"),
    { "<Ctrl>Right", "f space <Ctrl>Right" } },
  { "win.propagate-backward", CARRY, N_ ("Propagate backward"), { "<Ctrl>Left", "b <Ctrl>Left" } },
  { "win.propagate-both", CARRY, N_ ("Propagate both ways"), { "<Ctrl>t" } },
  { "win.stop", CARRY, N_ ("Stop"), { "Escape" } },
  { "win.commit-frame", CARRY, N_ ("Make this frame a reference"), { "k", "c k" } },
  { "win.delete-forward", CARRY, N_ ("Delete carried labels from here on"), { "<Ctrl>Delete" } },

  { "win.select-object(0)", OBJECTS, N_ ("Background"), { "0", NULL, "<Ctrl>0" } },
  { "win.select-object(1)", OBJECTS, N_ ("First object"), { "1", NULL, "<Ctrl>1" } },
  { "win.select-object(2)", OBJECTS, N_ ("Second object"), { "2", NULL, "<Ctrl>2" } },
  { "win.select-object(3)", OBJECTS, N_ ("Third object"), { "3", NULL, "<Ctrl>3" } },
  { "win.select-object(4)", OBJECTS, N_ ("Fourth object"), { "4", NULL, "<Ctrl>4" } },
  { "win.select-object(5)", OBJECTS, N_ ("Fifth object"), { "5", NULL, "<Ctrl>5" } },
  { "win.select-object(6)", OBJECTS, N_ ("Sixth object"), { "6", NULL, "<Ctrl>6" } },
  { "win.select-object(7)", OBJECTS, N_ ("Seventh object"), { "7", NULL, "<Ctrl>7" } },
  { "win.select-object(8)", OBJECTS, N_ ("Eighth object"), { "8", NULL, "<Ctrl>8" } },
  { "win.select-object(9)", OBJECTS, N_ ("Ninth object"), { "9", NULL, "<Ctrl>9" } },
  { "win.new-object", OBJECTS, N_ ("New object"), { "m", NULL, "n m" } },
  { "win.new-skeleton", OBJECTS, N_ ("New skeleton"), { "<Shift>m" } },
  { "win.hide-object", OBJECTS, N_ ("Hide or show the object"), { "h" } },
  { "win.lock-object", OBJECTS, N_ ("Lock or unlock the object"), { "l" } },
  { "win.occluded", LABELS, N_ ("Occluded in this frame"), { "q", NULL, "q slash" } },
  { "win.absent", LABELS, N_ ("Absent from this frame"), { "o" } },
  { "win.reviewed", LABELS, N_ ("Reviewed"), { "r", NULL, "<Shift>r" } },
  { "win.delete-labels", LABELS, N_ ("Delete the object's labels here"), { "Delete" } },

  { "win.tool::brush", TOOLS, N_ ("Brush"), { "b", "<Shift>b" } },
  { "win.tool::eraser", TOOLS, N_ ("Eraser"), { "e" } },
  { "win.tool::polygon", TOOLS, N_ ("Polygon"), { "p" } },
  { "win.tool::lasso", TOOLS, N_ ("Lasso"), { "s" } },
  { "win.tool::fill", TOOLS, N_ ("Fill"), { "g" } },
  { "win.tool::pick", TOOLS, N_ ("Pick"), { "i" } },
  { "win.tool::keypoint", TOOLS, N_ ("Keypoint"), { "j" } },
  { "win.tool::match", TOOLS, N_ ("Correspondence"), { "c", "x", "x" } },
  { "win.tool::pan", TOOLS, N_ ("Pan"), { "v", NULL, "<Shift>v" } },
  { "win.brush-smaller", TOOLS, N_ ("Smaller brush"), { "bracketleft" } },
  { "win.brush-larger", TOOLS, N_ ("Larger brush"), { "bracketright" } },

  { "win.zoom-in", VIEW, N_ ("Zoom in"), { "<Ctrl>plus <Ctrl>equal <Ctrl>KP_Add" } },
  { "win.zoom-out", VIEW, N_ ("Zoom out"), { "<Ctrl>minus <Ctrl>KP_Subtract" } },
  { "win.zoom-fit", VIEW, N_ ("Fit the picture"), { "f <Ctrl>0", "<Ctrl>0", "<Shift>f" } },
  { "win.zoom-original", VIEW, N_ ("One pixel for one pixel"), { "<Ctrl>1", NULL, "<Alt>1" } },
  { "win.correspondences", VIEW, N_ ("Correspondence view"), { "<Shift>c" } },
  { "win.side-panel", VIEW, N_ ("Side panel"), { "F9" } },
  { "win.timeline", VIEW, N_ ("Timeline"), { "F8" } },
  { "win.fullscreen", VIEW, N_ ("Full screen"), { "F11" } },

  { "app.preferences", PROGRAM, N_ ("Preferences"), { "<Ctrl>comma" } },
  { "app.models", PROGRAM, N_ ("Models"), { "<Ctrl>m" } },
  { "app.shortcuts", PROGRAM, N_ ("Keyboard shortcuts"), { "F1 <Ctrl>question" } },
  { "app.about", PROGRAM, N_ ("About Ferry"), { "" } },
  { "app.quit", PROGRAM, N_ ("Quit"), { "<Ctrl>q" } },
};

const FerryShortcut *
ferry_shortcuts (int *n)
{
  *n = G_N_ELEMENTS (table);
  return table;
}

const FerryShortcut *
ferry_shortcut_find (const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].action, action) == 0)
      return &table[i];
  return NULL;
}

char **
ferry_shortcut_preset_keys (const FerryShortcut *self, FerryKeys preset)
{
  const char *keys = self->keys[preset] != NULL ? self->keys[preset] : self->keys[0];

  return *keys != '\0' ? g_strsplit (keys, " ", -1) : g_new0 (char *, 1);
}

char **
ferry_shortcut_keys (const FerryShortcut *self, FerryKeys preset, GVariant *changes)
{
  char **keys = NULL;

  if (changes != NULL && g_variant_lookup (changes, self->action, "^as", &keys))
    return keys;
  return ferry_shortcut_preset_keys (self, preset);
}

static const char *
skip_modifier (const char *key, const char **name, gsize *length)
{
  const char *end = *key == '<' ? strchr (key, '>') : NULL;

  if (end == NULL)
    return NULL;
  *name = key + 1;
  *length = (gsize) (end - key) - 1;
  return end + 1;
}

static gboolean
is_one_of (const char *name, gsize length, const char *const *names)
{
  for (; *names != NULL; names++)
    if (strlen (*names) == length && g_ascii_strncasecmp (name, *names, length) == 0)
      return TRUE;
  return FALSE;
}

char *
ferry_key_normalize (const char *key)
{
  static const char *const ctrl[] = { "Ctrl", "Control", "Ctl", "Primary", NULL };
  static const char *const alt[] = { "Alt", "Mod1", NULL };
  static const char *const shift[] = { "Shift", "Shft", NULL };
  gboolean held[3] = { FALSE, FALSE, FALSE };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) others = g_string_new (NULL);
  const char *name, *next;
  gsize length;

  while ((next = skip_modifier (key, &name, &length)) != NULL)
    {
      held[0] |= is_one_of (name, length, ctrl);
      held[1] |= is_one_of (name, length, alt);
      held[2] |= is_one_of (name, length, shift);
      if (!is_one_of (name, length, ctrl) && !is_one_of (name, length, alt) &&
          !is_one_of (name, length, shift))
        g_string_append_len (others, key, next - key);
      key = next;
    }
  g_string_append (text, held[0] ? "<Ctrl>" : "");
  g_string_append (text, held[1] ? "<Alt>" : "");
  g_string_append (text, held[2] ? "<Shift>" : "");
  g_string_append (text, others->str);
  if (strlen (key) == 1)
    g_string_append_c (text, g_ascii_tolower (*key));
  else
    g_string_append (text, key);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
has_key (char **keys, const char *normal)
{
  for (; *keys != NULL; keys++)
    {
      g_autofree char *key = ferry_key_normalize (*keys);

      if (strcmp (key, normal) == 0)
        return TRUE;
    }
  return FALSE;
}

const FerryShortcut *
ferry_shortcut_of_key (const char *key,
                       FerryKeys preset,
                       GVariant *changes,
                       const FerryShortcut *except)
{
  g_autofree char *normal = ferry_key_normalize (key);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_auto (GStrv) keys = ferry_shortcut_keys (&table[i], preset, changes);

      if (&table[i] != except && has_key (keys, normal))
        return &table[i];
    }
  return NULL;
}

GVariant *
ferry_shortcut_change (GVariant *changes,
                       const FerryShortcut *self,
                       FerryKeys preset,
                       const char *const *keys)
{
  g_auto (GStrv) preset_keys = ferry_shortcut_preset_keys (self, preset);
  GVariantBuilder builder;
  GVariantIter iter;
  const char *action;
  GVariant *value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sas}"));
  if (changes != NULL)
    {
      g_variant_iter_init (&iter, changes);
      while (g_variant_iter_loop (&iter, "{&s@as}", &action, &value))
        if (strcmp (action, self->action) != 0)
          g_variant_builder_add (&builder, "{s@as}", action, value);
    }
  if (!g_strv_equal (keys, (const char *const *) preset_keys))
    g_variant_builder_add (&builder, "{s^as}", self->action, keys);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

GVariant *
ferry_shortcut_take_key (GVariant *changes,
                         const FerryShortcut *self,
                         FerryKeys preset,
                         const char *key)
{
  const FerryShortcut *other = ferry_shortcut_of_key (key, preset, changes, self);
  const char *const keys[] = { key, NULL };
  g_autofree char *normal = ferry_key_normalize (key);
  g_autoptr (GStrvBuilder) left = g_strv_builder_new ();
  g_autoptr (GVariant) without = NULL;
  g_auto (GStrv) others = NULL;
  g_auto (GStrv) rest = NULL;

  if (other == NULL)
    return ferry_shortcut_change (changes, self, preset, keys);
  others = ferry_shortcut_keys (other, preset, changes);
  for (int i = 0; others[i] != NULL; i++)
    {
      char *const one[] = { others[i], NULL };

      if (!has_key ((char **) one, normal))
        g_strv_builder_add (left, others[i]);
    }
  rest = g_strv_builder_end (left);
  without = ferry_shortcut_change (changes, other, preset, (const char *const *) rest);
  return ferry_shortcut_change (without, self, preset, keys);
}
