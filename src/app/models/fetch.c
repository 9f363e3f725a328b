/* SPDX-License-Identifier: MIT */
#include "app/models/fetch.h"

#include "base/output-file.h"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK           65536
#define TIMEOUT_SECONDS 30 /* without a byte */
#define GROUP           "part"

typedef struct
{
  const char *address;
  const char *part;
  int fd;
  guint64 done;
  guint64 total; /* 0 = unknown */
  FyModelProgress progress;
  gpointer data;
  GCancellable *cancellable;
} Fetch;

/* --- Which version a part is of --- */

static char *
state_path (const char *part)
{
  return g_strconcat (part, ".state", NULL);
}

/* Returns: (transfer full) what to send as If-Range; NULL = the part is of no use. */
static char *
load_state (const char *address, const char *part, guint64 *total)
{
  g_autofree char *path = state_path (part);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *of = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return NULL;
  of = g_key_file_get_string (file, GROUP, "address", NULL);
  *total = g_key_file_get_uint64 (file, GROUP, "total", NULL);
  return g_strcmp0 (of, address) == 0 ? g_key_file_get_string (file, GROUP, "validator", NULL)
                                      : NULL;
}

static gboolean
save_state (const Fetch *self, const char *validator, GError **error)
{
  g_autofree char *path = state_path (self->part);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize n;

  g_key_file_set_string (file, GROUP, "address", self->address);
  g_key_file_set_uint64 (file, GROUP, "total", self->total);
  if (validator != NULL)
    g_key_file_set_string (file, GROUP, "validator", validator);
  text = g_key_file_to_data (file, &n, NULL);
  return fy_output_file_save (path, text, n, FALSE, error);
}

guint64
ferry_fetch_kept (const char *address, const char *part, guint64 *total)
{
  guint64 all = 0;
  g_autofree char *validator = load_state (address, part, &all);
  GStatBuf status;

  if (total != NULL)
    *total = all;
  if (validator == NULL || g_stat (part, &status) != 0 || !S_ISREG (status.st_mode))
    return 0;
  return (guint64) status.st_size;
}

void
ferry_fetch_discard (const char *part)
{
  g_autofree char *path = state_path (part);

  g_unlink (part);
  g_unlink (path);
}

/* --- What went wrong, for people --- */

static gboolean
fail_to_write (const Fetch *self, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
               code == ENOSPC || code == EDQUOT || code == EFBIG
                   ? _ ("%s: cannot write: %s; free some space, then resume")
                   : _ ("%s: cannot write: %s"),
               self->part, g_strerror (code));
  return FALSE;
}

static gboolean
fail_to_connect (const Fetch *self, GError *cause, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (self->address, G_URI_FLAGS_NONE, NULL);

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  /* Translators: a server's name; what the system says. */
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE,
               _ ("%s cannot be reached: %s; look at the connection and try again"),
               uri != NULL ? g_uri_get_host (uri) : self->address, cause->message);
  g_error_free (cause);
  return FALSE;
}

static gboolean
fail_in_the_middle (const Fetch *self, const char *cause, GError **error)
{
  g_autofree char *done = g_format_size (self->done);

  /* Translators: an amount of bytes; what the system says. */
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
               _ ("The connection broke after %s (%s); resume to go on from there"), done, cause);
  return FALSE;
}

static gboolean
fail_with_status (const Fetch *self, SoupMessage *message, GError **error)
{
  guint status = soup_message_get_status (message);
  gboolean gone = status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE;

  /* Translators: an address; an HTTP status: "404 Not Found". */
  g_set_error (error, G_IO_ERROR, gone ? G_IO_ERROR_NOT_FOUND : G_IO_ERROR_FAILED,
               gone ? _ ("%s: the server says %u %s; the publisher's page may have a new address")
                    : _ ("%s: the server says %u %s; try again later"),
               self->address, status, soup_message_get_reason_phrase (message));
  return FALSE;
}

/* --- Fetching --- */

static gboolean
has_room (const Fetch *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->part);
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) info =
      g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  guint64 room = info != NULL && g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE)
                     ? g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE)
                     : G_MAXUINT64;
  g_autofree char *needed = NULL;
  g_autofree char *there = NULL;

  if (self->total <= self->done || self->total - self->done <= room)
    return TRUE;
  needed = g_format_size (self->total - self->done);
  there = g_format_size (room);
  /* Translators: a folder; two amounts of bytes. */
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
               _ ("%s: the rest takes %s and there is room for %s; free some space, then resume"),
               folder, needed, there);
  return FALSE;
}

static gboolean
write_all (const Fetch *self, const char *data, gssize size, GError **error)
{
  while (size > 0)
    {
      gssize n = write (self->fd, data, (gsize) size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail_to_write (self, n < 0 ? errno : ENOSPC, error);
      data += n;
      size -= n;
    }
  return TRUE;
}

static gboolean
take_bytes (Fetch *self, GInputStream *stream, GError **error)
{
  g_autofree char *block = g_malloc (BLOCK);
  g_autoptr (GError) cause = NULL;
  gssize n;

  while ((n = g_input_stream_read (stream, block, BLOCK, self->cancellable, &cause)) > 0)
    {
      if (!write_all (self, block, n, error))
        return FALSE;
      self->done += (guint64) n;
      if (self->progress != NULL)
        self->progress (self->done, self->total, self->data);
    }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  if (n < 0 || (self->total > 0 && self->done != self->total))
    return fail_in_the_middle (self, cause != NULL ? cause->message : _ ("it ended early"), error);
  return TRUE;
}

/* How a server names the file's version.  A weak ETag says nothing of bytes. */
static const char *
find_validator (SoupMessageHeaders *headers)
{
  const char *etag = soup_message_headers_get_one (headers, "ETag");

  if (etag != NULL && !g_str_has_prefix (etag, "W/"))
    return etag;
  return soup_message_headers_get_one (headers, "Last-Modified");
}

/* Puts the fetch where an answer begins.  FALSE: it is not what was asked for. */
static gboolean
place (Fetch *self, SoupMessage *message, guint64 kept)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  goffset first = 0, last = 0, total = 0;

  if (soup_message_get_status (message) == SOUP_STATUS_PARTIAL_CONTENT)
    {
      self->done = kept;
      if (!soup_message_headers_get_content_range (headers, &first, &last, &total) || first < 0 ||
          (guint64) first != kept)
        return FALSE;
      self->total = total > 0 ? (guint64) total : 0;
      return TRUE;
    }
  self->done = 0;
  self->total = soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
                    ? (guint64) MAX (0, soup_message_headers_get_content_length (headers))
                    : 0;
  return TRUE;
}

static SoupMessage *
ask (const Fetch *self, guint64 kept, const char *validator)
{
  SoupMessage *message = soup_message_new (SOUP_METHOD_GET, self->address);
  SoupMessageHeaders *headers;

  if (message == NULL)
    return NULL;
  headers = soup_message_get_request_headers (message);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (kept == 0)
    return message;
  soup_message_headers_set_range (headers, (goffset) kept, -1);
  soup_message_headers_replace (headers, "If-Range", validator);
  return message;
}

/* https must stay https through redirections. */
static gboolean
is_as_safe (const Fetch *self, SoupMessage *message)
{
  return !g_str_has_prefix (self->address, "https:") ||
         g_strcmp0 (g_uri_get_scheme (soup_message_get_uri (message)), "https") == 0;
}

/* again   out: the kept bytes are of no use: ask for all of it */
static gboolean
fetch_from (Fetch *self,
            SoupSession *session,
            guint64 kept,
            const char *validator,
            gboolean *again,
            GError **error)
{
  g_autoptr (SoupMessage) message = ask (self, kept, validator);
  g_autoptr (GInputStream) stream = NULL;
  GError *cause = NULL;
  guint status;

  if (message == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("%s: not an address"),
                   self->address);
      return FALSE;
    }
  stream = soup_session_send (session, message, self->cancellable, &cause);
  if (stream == NULL)
    return fail_to_connect (self, cause, error);
  status = soup_message_get_status (message);
  *again = kept > 0 && (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE ||
                        (status == SOUP_STATUS_PARTIAL_CONTENT && !place (self, message, kept)));
  if (*again)
    return FALSE;
  if ((status != SOUP_STATUS_OK && (status != SOUP_STATUS_PARTIAL_CONTENT || kept == 0)) ||
      !is_as_safe (self, message))
    return fail_with_status (self, message, error);
  place (self, message, kept);
  if (ftruncate (self->fd, (off_t) self->done) != 0 || lseek (self->fd, 0, SEEK_END) < 0)
    return fail_to_write (self, errno, error);
  return save_state (self, find_validator (soup_message_get_response_headers (message)), error) &&
         has_room (self, error) && take_bytes (self, stream, error);
}

static gboolean
fetch_with_session (Fetch *self, GError **error)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options (
      "timeout", TIMEOUT_SECONDS, "user-agent", "Ferry/" FERRY_VERSION, NULL);
  guint64 total = 0;
  g_autofree char *validator = load_state (self->address, self->part, &total);
  guint64 kept = ferry_fetch_kept (self->address, self->part, NULL);
  gboolean again = FALSE;

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  if (kept > 0 && kept == total) /* all of it was there when the program ended */
    return TRUE;
  return fetch_from (self, session, kept, validator, &again, error) ||
         (again && fetch_from (self, session, 0, NULL, &again, error));
}

gboolean
ferry_fetch (const char *address,
             const char *part,
             FyModelProgress progress,
             gpointer data,
             GCancellable *cancellable,
             GError **error)
{
  Fetch self = {
    .address = address, .part = part, .progress = progress, .data = data, .cancellable = cancellable
  };
  struct stat status;
  gboolean good;

  self.fd = open (part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self.fd < 0)
    return fail_to_write (&self, errno, error);
  if (flock (self.fd, LOCK_EX | LOCK_NB) == 0)
    good = fetch_with_session (&self, error);
  else
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                   _ ("%s: another window of Ferry downloads this now"), address);
      good = FALSE;
    }
  if (!good && fstat (self.fd, &status) == 0 && status.st_size == 0)
    ferry_fetch_discard (part);
  close (self.fd);
  return good;
}
