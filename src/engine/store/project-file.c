/* SPDX-License-Identifier: MIT */
#include "store/project-file.h"

#include "base/error.h"
#include "base/text.h"
#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define HEADER_BYTES   100
#define APPLICATION_AT 68 /* big-endian, in the header of every SQLite file */
#define MAGIC          "SQLite format 3"

static const char SCHEMA[] =
#include "schema.sql.h"
    ;

/* --- Files --- */

static gboolean
fail_errno (const char *path, const char *action, int code, GError **error)
{
  gboolean full = code == ENOSPC || code == EDQUOT || code == EFBIG;

  g_set_error (error, G_IO_ERROR,
               (gint) (full ? G_IO_ERROR_NO_SPACE : g_io_error_from_errno (code)),
               _ ("%s: cannot %s: %s; %s"), path, action, g_strerror (code),
               full ? _ ("free some space") : _ ("choose another folder or name"));
  return FALSE;
}

/* An empty hidden file beside `path`.  Returns: (transfer full) its path. */
static char *
make_hidden (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *hidden_name = g_strdup_printf (".%s.XXXXXX", name);
  g_autofree char *hidden = g_build_filename (folder, hidden_name, NULL);
  int fd = g_mkstemp_full (hidden, O_RDWR | O_CLOEXEC, 0666);

  if (fd < 0)
    {
      fail_errno (path, _ ("create the file"), errno, error);
      return NULL;
    }
  close (fd);
  return g_steal_pointer (&hidden);
}

static void
remove_hidden (const char *hidden)
{
  g_autofree char *journal = g_strconcat (hidden, "-journal", NULL);

  g_unlink (hidden);
  g_unlink (journal);
}

static gboolean
flush (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0), code = 0;

  if (fd < 0)
    return FALSE;
  if (fsync (fd) != 0)
    code = errno;
  close (fd);
  errno = code;
  return code == 0;
}

gboolean
fy_store_give_name (const char *hidden, const char *path, gboolean replace, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int result;

  if (!flush (hidden))
    return fail_errno (path, "write", errno, error);
  result = renameat2 (AT_FDCWD, hidden, AT_FDCWD, path, replace ? 0 : RENAME_NOREPLACE);
  if (result != 0 && !replace && (errno == EINVAL || errno == ENOSYS))
    {
      /* A file system without such a rename. */
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        errno = EEXIST;
      else
        result = g_rename (hidden, path);
    }
  if (result != 0)
    return fail_errno (path, _ ("create the file"), errno, error);
  flush (folder);
  return TRUE;
}

char *
fy_store_copy_hidden (sqlite3 *db, const char *to, GError **error)
{
  g_autofree char *hidden = make_hidden (to, error);
  sqlite3_stmt *statement = NULL;

  if (hidden == NULL)
    return NULL;
  if (sqlite3_prepare_v2 (db, "VACUUM INTO ?1", -1, &statement, NULL) == SQLITE_OK)
    {
      sqlite3_bind_text (statement, 1, hidden, -1, SQLITE_STATIC);
      sqlite3_step (statement);
    }
  if (sqlite3_finalize (statement) == SQLITE_OK)
    return g_steal_pointer (&hidden);
  fy_store_fail (db, to, _ ("write the copy"), error);
  remove_hidden (hidden);
  return NULL;
}

/* --- Opening --- */

/* Looks at a file before SQLite does, which would make a project of an empty one. */
static gboolean
check_header (FyProjectFile *self, GError **error)
{
  guint8 header[HEADER_BYTES];
  gsize n = fy_file_lock_read (self->lock, header, sizeof header);
  guint32 application;

  if (n == 0)
    return fy_store_fail_corrupt (self->path, _ ("the file is empty"), error);
  if (n < sizeof header || memcmp (header, MAGIC, sizeof MAGIC) != 0)
    return fy_store_fail_corrupt (self->path,
                                  _ ("it is no project file, or its beginning is damaged"), error);
  memcpy (&application, header + APPLICATION_AT, sizeof application);
  if (GUINT32_FROM_BE (application) == FY_STORE_APPLICATION)
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_STORE,
               _ ("%s: the database of another program, no Ferry project; choose another file"),
               self->path);
  return FALSE;
}

static gboolean
read_version (FyProjectFile *self, gint64 *version, GError **error)
{
  gint64 application, pages;

  if (!fy_store_number (self->db, self->path, "PRAGMA page_count", &pages, error) ||
      !fy_store_number (self->db, self->path, "PRAGMA application_id", &application, error) ||
      !fy_store_number (self->db, self->path, "PRAGMA user_version", version, error))
    return FALSE;
  if (pages == 0)
    return fy_store_fail_corrupt (self->path, _ ("the file is empty"), error);
  if (application != FY_STORE_APPLICATION)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_STORE,
                   _ ("%s: the database of another program, no Ferry project; choose another file"),
                   self->path);
      return FALSE;
    }
  if (*version > FY_STORE_VERSION)
    {
      g_set_error (
          error, FY_ERROR, FY_ERROR_TOO_NEW,
          _ ("%s: a project of version %d, made by a newer Ferry; this one reads up to version %d: "
             "update Ferry"),
          self->path, (int) *version, FY_STORE_VERSION);
      return FALSE;
    }
  if (*version < 0)
    return fy_store_fail_corrupt (self->path, _ ("its version is no number of a version"), error);
  return TRUE;
}

/* Copies an old file to NAME.vN, or NAME.vN.1 .. where that is taken. */
static gboolean
back_up (FyProjectFile *self, int version, GError **error)
{
  g_autofree char *first = g_strdup_printf ("%s.v%d", self->path, version);
  g_autofree char *hidden = fy_store_copy_hidden (self->db, first, error);

  if (hidden == NULL)
    return FALSE;
  for (int i = 0;; i++)
    {
      g_autofree char *name = i == 0 ? g_strdup (first) : g_strdup_printf ("%s.%d", first, i);
      g_autoptr (GError) reason = NULL;

      if (fy_store_give_name (hidden, name, FALSE, &reason))
        return TRUE;
      if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_EXISTS) && i < 1000)
        continue;
      remove_hidden (hidden);
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
}

/* Puts a copy in memory in the place of a file that is not to be changed. */
static gboolean
take_to_memory (FyProjectFile *self, GError **error)
{
  sqlite3 *copy = fy_store_connect (":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
  sqlite3_backup *backup;
  int result = SQLITE_ERROR;

  if (copy == NULL)
    return FALSE;
  backup = sqlite3_backup_init (copy, "main", self->db, "main");
  if (backup != NULL)
    {
      sqlite3_backup_step (backup, -1);
      result = sqlite3_backup_finish (backup);
    }
  if (result != SQLITE_OK)
    {
      fy_store_fail (copy, self->path, _ ("read"), error);
      sqlite3_close (copy);
      return FALSE;
    }
  sqlite3_close (self->db);
  self->db = copy;
  return TRUE;
}

static gboolean
bring_up_to_date (FyProjectFile *self, gboolean read_only, GError **error)
{
  gint64 version;

  if (!read_version (self, &version, error))
    return FALSE;
  if (version == FY_STORE_VERSION)
    return TRUE;
  if (read_only ? !take_to_memory (self, error) : !back_up (self, (int) version, error))
    return FALSE;
  return fy_store_migrate (self->db, self->path, error);
}

static gboolean
create (const char *path, GError **error)
{
  g_autofree char *hidden = NULL;
  g_autofree char *script =
      g_strdup_printf ("BEGIN; PRAGMA application_id = %d; PRAGMA user_version = %d; %s COMMIT;",
                       FY_STORE_APPLICATION, FY_STORE_VERSION, SCHEMA);
  sqlite3 *db;
  gboolean made;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return fail_errno (path, _ ("create the project"), EEXIST, error);
  hidden = make_hidden (path, error);
  if (hidden == NULL)
    return FALSE;
  db = fy_store_connect (hidden, SQLITE_OPEN_READWRITE, error);
  made = db != NULL && fy_store_run (db, path, script, error);
  if (sqlite3_close (db) == SQLITE_OK && made && fy_store_give_name (hidden, path, FALSE, error))
    return TRUE;
  remove_hidden (hidden);
  return FALSE;
}

static gboolean
open_to_write (FyProjectFile *self, GError **error)
{
  self->lock = fy_file_lock_new (self->path, error);
  if (self->lock == NULL || !check_header (self, error))
    return FALSE;
  self->db = fy_store_connect (self->path, SQLITE_OPEN_READWRITE, error);
  if (self->db == NULL)
    return FALSE;
  /* SQLite falls back to reading, and finds out about the folder when it first writes. */
  if (sqlite3_db_readonly (self->db, "main") != 0 || access (self->folder, W_OK) != 0)
    {
      g_set_error (
          error, G_IO_ERROR, G_IO_ERROR_READ_ONLY,
          _ ("%s: the file and its folder have to be writable; open it read-only, or copy it to "
             "where you may write"),
          self->path);
      return FALSE;
    }
  return fy_store_run (self->db, self->path,
                       "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL", error) &&
         bring_up_to_date (self, FALSE, error);
}

static gboolean
open_to_read (FyProjectFile *self, GError **error)
{
  self->db = fy_store_connect (self->path, SQLITE_OPEN_READONLY, error);
  return self->db != NULL && bring_up_to_date (self, TRUE, error);
}

FyProjectFile *
fy_project_file_open (const char *path, FyProjectMode mode, GError **error)
{
  g_autoptr (FyProjectFile) self = g_new0 (FyProjectFile, 1);
  g_autofree char *real = NULL;

  self->path = g_canonicalize_filename (path, NULL);
  if (mode == FY_PROJECT_CREATE && !create (self->path, error))
    return NULL;
  real = realpath (self->path, NULL);
  self->folder = g_path_get_dirname (real != NULL ? real : self->path);
  if (!g_file_test (self->path, G_FILE_TEST_IS_REGULAR))
    {
      gboolean folder = g_file_test (self->path, G_FILE_TEST_IS_DIR);

      g_set_error (error, G_IO_ERROR,
                   (gint) (folder ? G_IO_ERROR_IS_DIRECTORY : G_IO_ERROR_NOT_FOUND),
                   _ ("%s: there is no such project; look for where it was moved"), self->path);
      return NULL;
    }
  if (mode == FY_PROJECT_READ_ONLY ? !open_to_read (self, error) : !open_to_write (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
fy_project_file_close (FyProjectFile *self)
{
  if (self == NULL)
    return;
  sqlite3_close (self->db);
  fy_file_lock_free (self->lock);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

void
fy_project_file_discard (FyProjectFile *self)
{
  g_autofree char *path = g_strdup (self->path);

  fy_project_file_close (self);
  g_unlink (path);
}

const char *
fy_project_file_path (FyProjectFile *self)
{
  return self->path;
}

/* --- Transactions --- */

gboolean
fy_project_file_begin (FyProjectFile *self, GError **error)
{
  return fy_store_run (self->db, self->path, "BEGIN IMMEDIATE", error);
}

gboolean
fy_project_file_commit (FyProjectFile *self, GError **error)
{
  return fy_store_run (self->db, self->path, "COMMIT", error);
}

void
fy_project_file_rollback (FyProjectFile *self)
{
  if (sqlite3_get_autocommit (self->db) == 0)
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
}

/* --- Copies --- */

/* Writes the media's address as seen from the folder that a copy will be in. */
static gboolean
move_media (FyProjectFile *self, const char *hidden, const char *path, GError **error)
{
  g_autoptr (FyProjectFile) copy = g_new0 (FyProjectFile, 1);
  FyProjectMedia media = { 0 };
  g_autoptr (GError) reason = NULL;
  gboolean fine = TRUE;

  copy->path = g_strdup (path);
  copy->folder = g_path_get_dirname (path);
  copy->db = fy_store_connect (hidden, SQLITE_OPEN_READWRITE, error);
  if (copy->db == NULL)
    return FALSE;
  if (fy_project_file_get_media (self, &media, &reason))
    fine = fy_project_file_set_media (copy, &media, &reason);
  fy_project_media_clear (&media);
  if (reason == NULL)
    return fine;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

gboolean
fy_project_file_copy (FyProjectFile *self, const char *path, GError **error)
{
  g_autofree char *to = g_canonicalize_filename (path, NULL);
  g_autofree char *hidden = NULL;
  GStatBuf own, other;

  if (g_stat (self->path, &own) == 0 && g_stat (to, &other) == 0 && own.st_dev == other.st_dev &&
      own.st_ino == other.st_ino)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                   _ ("%s: that is the project itself; choose another name"), to);
      return FALSE;
    }
  hidden = fy_store_copy_hidden (self->db, to, error);
  if (hidden == NULL)
    return FALSE;
  if (move_media (self, hidden, to, error) && fy_store_give_name (hidden, to, TRUE, error))
    return TRUE;
  remove_hidden (hidden);
  return FALSE;
}
