/* SPDX-License-Identifier: MIT */
#include "store/database.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>

#define BUSY_MS      5000
#define LONGEST_BYTE (256 << 20) /* of a value */

/* What SQLite calls an error, as a person needs it. */
typedef struct
{
  int code; /* of SQLite */
  gboolean io;
  int error;
  const char *words; /* what is wrong and what to do; NULL = what the system says */
} Meaning;

static const Meaning MEANINGS[] = {
  { SQLITE_READONLY_DBMOVED, FALSE, FY_ERROR_STORE,
    N_ ("the file was moved or deleted while it was open; save a copy") },
  { SQLITE_READONLY_ROLLBACK, TRUE, G_IO_ERROR_READ_ONLY,
    N_ ("a write to it was cut short and cannot be taken back here; copy it, with its -journal "
        "file, "
        "to where "
        "you may write") },
  { SQLITE_BUSY, TRUE, G_IO_ERROR_BUSY,
    N_ ("another program is writing to it; wait, or close it there") },
  { SQLITE_LOCKED, TRUE, G_IO_ERROR_BUSY,
    N_ ("another program is writing to it; wait, or close it there") },
  { SQLITE_FULL, TRUE, G_IO_ERROR_NO_SPACE,
    N_ ("no space is left; free some, or save a copy elsewhere") },
  { SQLITE_READONLY, TRUE, G_IO_ERROR_READ_ONLY,
    N_ ("it cannot be written; open it read-only, or save a copy elsewhere") },
  { SQLITE_PERM, TRUE, G_IO_ERROR_READ_ONLY,
    N_ ("it cannot be written; open it read-only, or save a copy elsewhere") },
  { SQLITE_CORRUPT, FALSE, FY_ERROR_CORRUPT, N_ ("the file is damaged; go back to a copy of it") },
  { SQLITE_NOTADB, FALSE, FY_ERROR_CORRUPT,
    N_ ("it is no project file, or its beginning is damaged; go back to a copy of it") },
};

static const Meaning *
find_meaning (int code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (MEANINGS); i++)
    if (MEANINGS[i].code == code)
      return &MEANINGS[i];
  return NULL;
}

static void
set_system_error (int code, const char *path, const char *action, GError **error)
{
  if (code == ENOSPC || code == EDQUOT || code == EFBIG)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 _ ("%s: cannot %s: %s; free some space, or save "
                    "a copy elsewhere"),
                 path, action, g_strerror (code));
  else if (code == EACCES || code == EROFS || code == EPERM)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY,
                 _ ("%s: cannot %s: %s; open it read-only, or save a copy elsewhere"), path, action,
                 g_strerror (code));
  else
    g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
                 _ ("%s: cannot %s: %s; save a copy elsewhere"), path, action, g_strerror (code));
}

gboolean
fy_store_fail (sqlite3 *db, const char *path, const char *action, GError **error)
{
  int last = errno; /* what SQLite forgets when a statement ends */
  int extended = sqlite3_extended_errcode (db), code = extended & 0xff;
  int system = sqlite3_system_errno (db) != 0 ? sqlite3_system_errno (db) : last;
  const Meaning *meaning = find_meaning (extended);

  if (meaning == NULL)
    meaning = find_meaning (code);
  if (meaning != NULL)
    g_set_error (error, meaning->io ? G_IO_ERROR : FY_ERROR, meaning->error,
                 _ ("%s: cannot %s: %s"), path, action, _ (meaning->words));
  else if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && system != 0)
    set_system_error (system, path, action, error);
  else
    g_set_error (error, FY_ERROR, FY_ERROR_STORE, _ ("%s: cannot %s: %s; go back to a copy of it"),
                 path, action, sqlite3_errmsg (db));
  return FALSE;
}

gboolean
fy_store_fail_corrupt (const char *path, const char *what, GError **error)
{
  g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT, _ ("%s: %s; go back to a copy of it"), path,
               what);
  return FALSE;
}

sqlite3 *
fy_store_connect (const char *path, int flags, GError **error)
{
  sqlite3 *db = NULL;

  if (sqlite3_open_v2 (path, &db, flags | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
    {
      fy_store_fail (db, path, _ ("open the project"), error);
      sqlite3_close (db);
      return NULL;
    }
  sqlite3_busy_timeout (db, BUSY_MS);
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, LONGEST_BYTE);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
  return db;
}

gboolean
fy_store_run (sqlite3 *db, const char *path, const char *sql, GError **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  return fy_store_fail (db, path, _ ("write"), error);
}

gboolean
fy_store_number (sqlite3 *db, const char *path, const char *sql, gint64 *number, GError **error)
{
  g_autoptr (FyStatement) statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK ||
      sqlite3_step (statement) != SQLITE_ROW)
    return fy_store_fail (db, path, _ ("read"), error);
  *number = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

FyStatement *
fy_store_prepare (FyProjectFile *self, const char *sql, GError **error)
{
  FyStatement *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    {
      fy_store_fail (self->db, self->path, _ ("read"), error);
      return NULL;
    }
  return statement;
}

gboolean
fy_store_next (FyProjectFile *self, FyStatement *statement, GError **error)
{
  int result = sqlite3_step (statement);

  if (result != SQLITE_ROW && result != SQLITE_DONE)
    fy_store_fail (self->db, self->path, _ ("read"), error);
  return result == SQLITE_ROW;
}

gboolean
fy_store_finish (FyProjectFile *self, FyStatement *statement, GError **error)
{
  if (sqlite3_step (statement) == SQLITE_DONE)
    return TRUE;
  return fy_store_fail (self->db, self->path, _ ("write"), error);
}
