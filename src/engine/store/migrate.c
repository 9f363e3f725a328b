/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "store/database.h"

/* STEPS[v] makes version v + 1 of version v. */
static const char *const STEPS[FY_STORE_VERSION] = {
  "ALTER TABLE media ADD COLUMN relative TEXT NOT NULL DEFAULT ''",
};

static gboolean
take_steps (sqlite3 *db, const char *path, GError **error)
{
  g_autofree char *stamp = g_strdup_printf ("PRAGMA user_version = %d", FY_STORE_VERSION);
  gint64 version, broken;

  if (!fy_store_number (db, path, "PRAGMA user_version", &version, error))
    return FALSE;
  for (gint64 i = version; i < FY_STORE_VERSION; i++)
    if (!fy_store_run (db, path, STEPS[i], error))
      return FALSE;
  if (!fy_store_number (db, path, "SELECT count(*) FROM pragma_foreign_key_check", &broken, error))
    return FALSE;
  if (broken > 0)
    return fy_store_fail_corrupt (path, _ ("its parts do not fit together"), error);
  return fy_store_run (db, path, stamp, error);
}

gboolean
fy_store_migrate (sqlite3 *db, const char *path, GError **error)
{
  if (!fy_store_run (db, path, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (take_steps (db, path, error) && fy_store_run (db, path, "COMMIT", error))
    return TRUE;
  sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}
