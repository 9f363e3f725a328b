/* SPDX-License-Identifier: MIT */
/* The table of verbs and keys: no key twice, and what people change. */
#include "app/preferences/shortcuts.h"

#include <string.h>

static void
test_presets (void)
{
  int n;
  const FerryShortcut *table = ferry_shortcuts (&n);

  g_assert_cmpint (n, >, 50);
  for (int preset = 0; preset < FERRY_N_KEYS; preset++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

      for (int i = 0; i < n; i++)
        {
          g_auto (GStrv) keys = ferry_shortcut_preset_keys (&table[i], (FerryKeys) preset);

          for (int k = 0; keys[k] != NULL; k++)
            {
              char *normal = ferry_key_normalize (keys[k]);
              const char *other = g_hash_table_lookup (seen, normal);

              if (other != NULL)
                g_error ("preset %d: %s is %s and %s", preset, keys[k], other, table[i].action);
              g_hash_table_insert (seen, normal, (gpointer) table[i].action);
            }
        }
    }
}

static void
test_table (void)
{
  int n;
  const FerryShortcut *table = ferry_shortcuts (&n);
  g_autoptr (GHashTable) closed = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; i < n; i++)
    {
      g_assert_true (ferry_shortcut_find (table[i].action) == &table[i]);
      g_assert_true (g_str_has_prefix (table[i].action, "win.") ||
                     g_str_has_prefix (table[i].action, "app."));
      if (i > 0 && strcmp (table[i].section, table[i - 1].section) != 0)
        g_hash_table_add (closed, (gpointer) table[i - 1].section);
      g_assert_false (g_hash_table_contains (closed, table[i].section));
    }
}

static void
assert_normal (const char *key, const char *expected)
{
  g_autofree char *normal = ferry_key_normalize (key);

  g_assert_cmpstr (normal, ==, expected);
}

static void
test_normal (void)
{
  assert_normal ("<Shift><Control>Z", "<Ctrl><Shift>z");
  assert_normal ("<Primary>z", "<Ctrl>z");
  assert_normal ("<shift><alt>Left", "<Alt><Shift>Left");
  assert_normal ("F1", "F1");
  assert_normal ("<Super>a", "<Super>a");
  assert_normal ("B", "b");
}

static void
assert_keys (const char *action, FerryKeys preset, GVariant *changes, const char *expected)
{
  g_auto (GStrv) keys = ferry_shortcut_keys (ferry_shortcut_find (action), preset, changes);
  g_autofree char *joined = g_strjoinv (" ", keys);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_change (void)
{
  const FerryShortcut *brush = ferry_shortcut_find ("win.tool::brush");
  const FerryShortcut *eraser = ferry_shortcut_find ("win.tool::eraser");
  const FerryShortcut *redo = ferry_shortcut_find ("win.redo");
  const char *const x[] = { "x", NULL };
  const char *const b[] = { "b", NULL };
  g_autoptr (GVariant) changes = ferry_shortcut_change (NULL, brush, FERRY_KEYS_DEFAULT, x);
  g_autoptr (GVariant) taken = NULL;
  g_autoptr (GVariant) both = NULL;
  g_autoptr (GVariant) back = NULL;

  assert_keys ("win.tool::brush", FERRY_KEYS_DEFAULT, changes, "x");
  g_assert_null (ferry_shortcut_of_key ("b", FERRY_KEYS_DEFAULT, changes, NULL));
  g_assert_true (ferry_shortcut_of_key ("X", FERRY_KEYS_DEFAULT, changes, NULL) == brush);
  g_assert_null (ferry_shortcut_of_key ("x", FERRY_KEYS_DEFAULT, changes, brush));

  taken = ferry_shortcut_take_key (changes, brush, FERRY_KEYS_DEFAULT, "E");
  assert_keys ("win.tool::brush", FERRY_KEYS_DEFAULT, taken, "E");
  assert_keys ("win.tool::eraser", FERRY_KEYS_DEFAULT, taken, "");
  g_assert_null (ferry_shortcut_of_key ("e", FERRY_KEYS_DEFAULT, taken, brush));

  /* One of two keys goes, the other stays. */
  both = ferry_shortcut_take_key (taken, eraser, FERRY_KEYS_DEFAULT, "<Control>y");
  assert_keys ("win.redo", FERRY_KEYS_DEFAULT, both, "<Ctrl><Shift>z");
  g_assert_true (ferry_shortcut_of_key ("<Ctrl><Shift>Z", FERRY_KEYS_DEFAULT, both, NULL) == redo);

  /* The preset's own keys are no change. */
  back = ferry_shortcut_change (changes, brush, FERRY_KEYS_DEFAULT, b);
  g_assert_cmpuint (g_variant_n_children (back), ==, 0);
}

static void
test_contract (void)
{
  static const char *const rows[][FERRY_N_KEYS + 1] = {
    { "win.step(1)", "Right period", "Right period", "f period" },
    { "win.propagate-forward", "<Ctrl>Right", "f space <Ctrl>Right", "<Ctrl>Right" },
    { "win.commit-frame", "k", "c k", "k" },
    { "win.new-object", "m", "m", "n m" },
    { "win.select-object(3)", "3", "3", "<Ctrl>3" },
    { "win.tool::brush", "b", "<Shift>b", "b" },
    { "win.absent", "o", "o", "o" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int preset = 0; preset < FERRY_N_KEYS; preset++)
      assert_keys (rows[i][0], (FerryKeys) preset, NULL, rows[i][preset + 1]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shortcuts/presets", test_presets);
  g_test_add_func ("/shortcuts/table", test_table);
  g_test_add_func ("/shortcuts/normal", test_normal);
  g_test_add_func ("/shortcuts/change", test_change);
  g_test_add_func ("/shortcuts/contract", test_contract);
  return g_test_run ();
}
