/* SPDX-License-Identifier: MIT */
/* SQLite as the files of this folder use it: errors with path and remedy, statements that are freed. */
#pragma once

#include "store/file-lock.h"
#include "store/project-file.h"

#include <sqlite3.h>

G_BEGIN_DECLS

#define FY_STORE_APPLICATION 0x46727279 /* "Frry" */
#define FY_STORE_VERSION     1

struct FyProjectFile
{
  char *path;   /* as it was given, absolute                */
  char *folder; /* of the file itself, behind all links     */
  FyFileLock *lock;
  sqlite3 *db;
};

typedef sqlite3_stmt FyStatement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyStatement, sqlite3_finalize)

/* Opens a database.  flags: SQLITE_OPEN_*.  Returns: (transfer full). */
sqlite3 *fy_store_connect (const char *path, int flags, GError **error);

/* Sets *error to what SQLite's last call on db said, in words.  Returns FALSE. */
gboolean fy_store_fail (sqlite3 *db, const char *path, const char *action, GError **error);
gboolean fy_store_fail_corrupt (const char *path, const char *what, GError **error);

gboolean fy_store_run (sqlite3 *db, const char *path, const char *sql, GError **error);

/* The number that a statement gives. */
gboolean
fy_store_number (sqlite3 *db, const char *path, const char *sql, gint64 *number, GError **error);

/* Returns: (transfer full). */
FyStatement *fy_store_prepare (FyProjectFile *self, const char *sql, GError **error);

/* Steps to the next row.  Returns: FALSE at the end, and with *error set when it failed. */
gboolean fy_store_next (FyProjectFile *self, FyStatement *statement, GError **error);

/* Runs a statement that gives no rows.  Returns: FALSE with *error set when it failed. */
gboolean fy_store_finish (FyProjectFile *self, FyStatement *statement, GError **error);

#define FY_STORE_SELECT_OBJECTS                                                                    \
  "SELECT id, position, name, colour, hidden, locked, kind, n_joints, checksum FROM object "       \
  "ORDER BY position"

/* The object of a row of that, checked.  Returns: (transfer full), NULL with *error set. */
FyObject *fy_store_get_object (FyProjectFile *self, FyStatement *statement, GError **error);

/* Brings a database up to date, in one transaction. */
gboolean fy_store_migrate (sqlite3 *db, const char *path, GError **error);

/* Closes a file and deletes it. */
void fy_project_file_discard (FyProjectFile *self);

/* Writes a whole copy to a hidden file beside `to`.
 * Returns: (transfer full) its path, NULL on failure, when nothing is left behind. */
char *fy_store_copy_hidden (sqlite3 *db, const char *to, GError **error);

/* Gives it its name.  Without `replace` fails with G_IO_ERROR_EXISTS. */
gboolean
fy_store_give_name (const char *hidden, const char *path, gboolean replace, GError **error);

G_END_DECLS
