/* SPDX-License-Identifier: MIT */
#include "match/cache.h"

#include "base/output-file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utime.h>
#include <zlib.h>

/* Before a record's bytes, in the order of this machine: elsewhere it is a miss. */
typedef struct
{
  char magic[8];
  guint32 crc; /* of this header with crc 0, then of the bytes */
  guint32 kind;
  gint32 frame, begin, end, radius;
  guint64 size;
  guint8 rest[24];
} Header;

G_STATIC_ASSERT (sizeof (Header) == 64);

#define MAGIC         "FERRYC\x01\n"
#define LEFTOVER_AGE  600 /* seconds after which a hidden file is one that nobody will finish */
#define IN_USE        60  /* seconds after its last record that a key is left alone */
#define RECOUNT_EVERY 512 /* records, for what other programs write */

struct FyCache
{
  char *root;
  char *folder; /* root / key */
  char *key;
  guint64 limit;
  int focus;
  GHashTable *records;    /* name -> Record: this key's */
  guint64 size;           /* of these                   */
  guint64 size_of_others; /* of all other keys' */
  int until_recount;
  char *trouble;
};

typedef struct
{
  FyCacheId id;
  guint64 size;
} Record;

/* --- Names --- */

static char *
name_of (const FyCacheId *id)
{
  if (id->kind == FY_CACHE_FEATURES)
    return g_strdup_printf ("features-%06d", id->frame);
  return g_strdup_printf ("list-%06d-%06d-%06d-%d", id->frame, id->begin, id->end, id->radius);
}

static gboolean
parse_name (const char *name, FyCacheId *id)
{
  g_autofree char *again = NULL;

  *id = (FyCacheId){ .kind = FY_CACHE_LIST };
  if (sscanf (name, "list-%d-%d-%d-%d", &id->frame, &id->begin, &id->end, &id->radius) != 4)
    {
      *id = (FyCacheId){ .kind = FY_CACHE_FEATURES };
      if (sscanf (name, "features-%d", &id->frame) != 1)
        return FALSE;
    }
  again = name_of (id);
  return strcmp (again, name) == 0;
}

/* --- Looking around --- */

/* Calls `func` with each entry of a folder: name, size and age in seconds. */
typedef void (*EntryFunc) (const char *path,
                           const char *name,
                           const GStatBuf *about,
                           gpointer data);

static void
visit (const char *folder, EntryFunc func, gpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf about;

      if (g_lstat (path, &about) == 0)
        func (path, name, &about, data);
    }
}

/* Seconds between a time and now; as many for a time to come, which a clock that was put back leaves. */
static gint64
seconds_from (gint64 then)
{
  return ABS ((gint64) time (NULL) - then);
}

/* Whether a file of a key's folder is a cache's: what else lies there is not touched. */
static gboolean
is_record (const char *name, const GStatBuf *about)
{
  FyCacheId id;

  return S_ISREG (about->st_mode) &&
         (parse_name (name, &id) || g_str_has_prefix (name, ".features-") ||
          g_str_has_prefix (name, ".list-"));
}

static void
note_record (const char *path, const char *name, const GStatBuf *about, gpointer data)
{
  FyCache *self = data;
  FyCacheId id;
  Record *record;

  if (name[0] == '.' && is_record (name, about) && seconds_from (about->st_mtime) > LEFTOVER_AGE)
    g_unlink (path);
  if (!S_ISREG (about->st_mode) || !parse_name (name, &id))
    return;
  record = g_new (Record, 1);
  *record = (Record){ id, (guint64) about->st_size };
  self->size += record->size;
  g_hash_table_replace (self->records, g_strdup (name), record);
}

static void
count_own (FyCache *self)
{
  g_hash_table_remove_all (self->records);
  self->size = 0;
  visit (self->folder, note_record, self);
}

typedef struct
{
  char *path;
  gint64 used; /* seconds since 1970 */
  guint64 size;
} Other;

static void
free_other (gpointer data)
{
  g_free (((Other *) data)->path);
  g_free (data);
}

/* Keys are digests; a folder that is called otherwise is somebody else's. */
static gboolean
is_key (const char *name)
{
  return strlen (name) == FY_CACHE_KEY_DIGITS &&
         strspn (name, "0123456789abcdef") == FY_CACHE_KEY_DIGITS;
}

static void
add_size (const char *path, const char *name, const GStatBuf *about, gpointer data)
{
  if (is_record (name, about))
    *(guint64 *) data += (guint64) about->st_size;
}

typedef struct
{
  const FyCache *cache;
  GPtrArray *others;
} Listing;

static void
note_other (const char *path, const char *name, const GStatBuf *about, gpointer data)
{
  Listing *listing = data;
  Other *other;

  if (!S_ISDIR (about->st_mode) || !is_key (name) || strcmp (name, listing->cache->key) == 0)
    return;
  other = g_new0 (Other, 1);
  other->path = g_strdup (path);
  other->used = about->st_mtime;
  visit (path, add_size, &other->size);
  g_ptr_array_add (listing->others, other);
}

static int
by_use (gconstpointer a, gconstpointer b)
{
  const Other *one = *(Other *const *) a, *two = *(Other *const *) b;

  return one->used < two->used ? -1 : one->used > two->used;
}

/* The other keys, used longest ago first.  Returns: (transfer full). */
static GPtrArray *
list_others (FyCache *self)
{
  Listing listing = { self, g_ptr_array_new_with_free_func (free_other) };

  visit (self->root, note_other, &listing);
  g_ptr_array_sort (listing.others, by_use);
  self->size_of_others = 0;
  for (guint i = 0; i < listing.others->len; i++)
    self->size_of_others += ((Other *) listing.others->pdata[i])->size;
  return listing.others;
}

/* --- Life --- */

void
fy_cache_free (FyCache *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->records);
  g_free (self->trouble);
  g_free (self->key);
  g_free (self->folder);
  g_free (self->root);
  g_free (self);
}

/* --- Reading --- */

typedef struct
{
  gpointer start;
  gsize size;
} Mapping;

static void
unmap (gpointer data)
{
  Mapping *mapping = data;

  munmap (mapping->start, mapping->size);
  g_free (mapping);
}

static guint32
checksum (const Header *header, const FyCachePiece *pieces, int n_pieces)
{
  Header blank = *header;
  uLong crc;

  blank.crc = 0;
  crc = crc32_z (0, (const Bytef *) &blank, sizeof blank);
  for (int i = 0; i < n_pieces; i++)
    crc = crc32_z (crc, pieces[i].data, pieces[i].size);
  return (guint32) crc;
}

static Header
make_header (const FyCacheId *id, gsize size)
{
  Header header = { .kind = id->kind,
                    .frame = id->frame,
                    .begin = id->begin,
                    .end = id->end,
                    .radius = id->radius,
                    .size = size };

  memcpy (header.magic, MAGIC, sizeof header.magic);
  return header;
}

static gboolean
is_whole (const FyCacheId *id, const Mapping *mapping)
{
  const Header *header = mapping->start;
  Header want;
  FyCachePiece bytes;

  if (mapping->size < sizeof *header || header->size != mapping->size - sizeof *header)
    return FALSE;
  want = make_header (id, (gsize) header->size);
  want.crc = header->crc;
  bytes = (FyCachePiece){ header + 1, (gsize) header->size };
  return memcmp (header, &want, sizeof want) == 0 && checksum (header, &bytes, 1) == header->crc;
}

GBytes *
fy_cache_get (FyCache *self, const FyCacheId *id)
{
  g_autofree char *name = name_of (id);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  GStatBuf about;
  Mapping map = { MAP_FAILED, 0 };

  if (fd < 0)
    return NULL;
  if (fstat (fd, &about) == 0 && S_ISREG (about.st_mode) && about.st_size > 0)
    {
      map.size = (gsize) about.st_size;
      map.start = mmap (NULL, map.size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    }
  close (fd);
  if (map.start == MAP_FAILED)
    return NULL;
  if (!is_whole (id, &map))
    {
      munmap (map.start, map.size);
      return NULL;
    }
  return g_bytes_new_with_free_func ((const guint8 *) map.start + sizeof (Header),
                                     map.size - sizeof (Header), unmap,
                                     g_memdup2 (&map, sizeof map));
}

gboolean
fy_cache_has (FyCache *self, const FyCacheId *id)
{
  g_autofree char *name = name_of (id);

  return g_hash_table_contains (self->records, name);
}

/* --- Making room --- */

static void
drop_record (FyCache *self, const FyCacheId *id)
{
  g_autofree char *name = name_of (id);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  const Record *record = g_hash_table_lookup (self->records, name);

  g_unlink (path);
  if (record == NULL)
    return;
  self->size -= record->size;
  g_hash_table_remove (self->records, name);
}

static void
drop_entry (const char *path, const char *name, const GStatBuf *about, gpointer data)
{
  if (is_record (name, about))
    g_unlink (path);
}

/* How readily a record is dropped: features before lists, far ones before near ones. */
static gint64
badness (const FyCache *self, const FyCacheId *id)
{
  return (id->kind == FY_CACHE_FEATURES ? G_GINT64_CONSTANT (1) << 32 : 0) +
         ABS ((gint64) id->frame - self->focus);
}

static int
worst_first (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 one = badness (data, a), two = badness (data, b);

  return one > two ? -1 : one < two;
}

static void
drop_others (FyCache *self, guint64 room)
{
  g_autoptr (GPtrArray) others = list_others (self);

  for (guint i = 0; i < others->len && self->size + self->size_of_others > room; i++)
    {
      const Other *other = others->pdata[i];

      if (seconds_from (other->used) < IN_USE)
        continue;
      visit (other->path, drop_entry, NULL);
      g_rmdir (other->path);
      self->size_of_others -= other->size;
    }
}

/* Drops this key's records that are worse than `id` until there is a little more room than needed.
 * FALSE when the record itself is the one to go. */
static gboolean
drop_own (FyCache *self, const FyCacheId *id, guint64 room)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (FyCacheId));
  GHashTableIter iter;
  gpointer record;

  count_own (self);
  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    g_array_append_val (ids, ((Record *) record)->id);
  g_array_sort_with_data (ids, worst_first, self);
  for (guint i = 0; i < ids->len && self->size + self->size_of_others > room - room / 16; i++)
    {
      const FyCacheId *worst = &g_array_index (ids, FyCacheId, i);

      if (badness (self, worst) <= badness (self, id))
        break;
      drop_record (self, worst);
    }
  return self->size + self->size_of_others <= room;
}

/* Bytes that all records may take. */
static guint64
allowance (FyCache *self)
{
  struct statvfs disk;
  guint64 room = self->limit;

  if (statvfs (self->folder, &disk) == 0)
    room = MIN (room, self->size + self->size_of_others +
                          (guint64) disk.f_bavail * (guint64) disk.f_frsize / 2);
  return room;
}

static gboolean
make_room (FyCache *self, const FyCacheId *id, guint64 size)
{
  guint64 room;

  if (self->until_recount-- <= 0)
    {
      g_ptr_array_unref (list_others (self)); /* counts them */
      self->until_recount = RECOUNT_EVERY;
    }
  room = allowance (self);
  if (size > room)
    return FALSE;
  room -= size;
  if (self->size + self->size_of_others <= room)
    return TRUE;
  drop_others (self, room);
  return self->size + self->size_of_others <= room || drop_own (self, id, room);
}

/* What was kept under a larger limit. */
static void
shrink (FyCache *self)
{
  FyCacheId last = { .kind = FY_CACHE_LIST, .frame = self->focus };

  g_ptr_array_unref (list_others (self)); /* counts them */
  if (self->size + self->size_of_others > self->limit)
    drop_others (self, self->limit);
  if (self->size + self->size_of_others > self->limit)
    drop_own (self, &last, self->limit);
}

FyCache *
fy_cache_new (const char *folder, const char *key, guint64 limit)
{
  FyCache *self = g_new0 (FyCache, 1);

  self->root = g_strdup (folder);
  self->folder = g_build_filename (folder, key, NULL);
  self->key = g_strdup (key);
  self->limit = limit;
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  count_own (self);
  utime (self->folder, NULL); /* used now */
  shrink (self);
  return self;
}

/* --- Writing --- */

static void
note_trouble (FyCache *self, const char *message)
{
  self->trouble =
      g_strdup_printf (_ ("what was computed is not kept for the next time: %s"), message);
}

/* Backup programs leave out folders with this file: https://bford.info/cachedir/ */
static gboolean
make_folder (FyCache *self, GError **error)
{
  static const char tag[] = "Signature: 8a477f597d28d172789f06886806bc55\n";
  g_autofree char *path = g_build_filename (self->root, "CACHEDIR.TAG", NULL);

  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
                   _ ("%s: cannot make the folder: %s; choose another folder for it"), self->folder,
                   g_strerror (code));
      return FALSE;
    }
  return g_file_test (path, G_FILE_TEST_EXISTS) ||
         fy_output_file_save (path, tag, strlen (tag), FALSE, error);
}

static gboolean
write_record (const char *path,
              const Header *header,
              const FyCachePiece *pieces,
              int n_pieces,
              GError **error)
{
  g_autoptr (FyOutputFile) file = fy_output_file_new (path, error);

  if (file == NULL || !fy_output_file_write (file, header, sizeof *header, error))
    return FALSE;
  for (int i = 0; i < n_pieces; i++)
    if (!fy_output_file_write (file, pieces[i].data, pieces[i].size, error))
      return FALSE;
  return fy_output_file_commit (file, FALSE, error);
}

/* Once more when somebody removed the folder meanwhile. */
static gboolean
write_again (FyCache *self,
             const char *path,
             const Header *header,
             const FyCachePiece *pieces,
             int n_pieces,
             GError **error)
{
  g_autoptr (GError) first = NULL;

  if (write_record (path, header, pieces, n_pieces, &first))
    return TRUE;
  if (g_error_matches (first, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return make_folder (self, error) && write_record (path, header, pieces, n_pieces, error);
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

gboolean
fy_cache_put (FyCache *self, const FyCacheId *id, const FyCachePiece *pieces, int n_pieces)
{
  g_autofree char *name = name_of (id);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  gsize size = 0;
  Header header;
  Record *record;

  if (self->trouble != NULL || self->limit == 0)
    return FALSE;
  for (int i = 0; i < n_pieces; i++)
    size += pieces[i].size;
  if (!make_folder (self, &error))
    {
      note_trouble (self, error->message);
      return FALSE;
    }
  if (!make_room (self, id, sizeof header + size))
    return FALSE;
  header = make_header (id, size);
  header.crc = checksum (&header, pieces, n_pieces);
  if (!write_again (self, path, &header, pieces, n_pieces, &error))
    {
      note_trouble (self, error->message);
      return FALSE;
    }
  record = g_hash_table_lookup (self->records, name);
  self->size -= record != NULL ? record->size : 0;
  record = g_new (Record, 1);
  *record = (Record){ *id, sizeof header + size };
  self->size += record->size;
  g_hash_table_replace (self->records, g_steal_pointer (&name), record);
  return TRUE;
}

gboolean
fy_cache_largest_list (FyCache *self, FyCacheId *id)
{
  GHashTableIter iter;
  gpointer value;
  guint64 most = 0;

  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Record *record = value;

      if (record->id.kind == FY_CACHE_LIST && record->size > most)
        {
          most = record->size;
          *id = record->id;
        }
    }
  return most > 0;
}

void
fy_cache_set_focus (FyCache *self, int frame)
{
  self->focus = frame;
}

guint64
fy_cache_size (FyCache *self)
{
  return self->size;
}

const char *
fy_cache_trouble (FyCache *self)
{
  return self->trouble;
}

/* --- A folder as a whole --- */

typedef struct
{
  guint64 size;
  gboolean remove;
} Sweep;

static void
sweep_record (const char *path, const char *name, const GStatBuf *about, gpointer data)
{
  Sweep *sweep = data;

  if (is_record (name, about) && (!sweep->remove || g_unlink (path) == 0))
    sweep->size += (guint64) about->st_size;
}

static void
sweep_key (const char *path, const char *name, const GStatBuf *about, gpointer data)
{
  const Sweep *sweep = data;

  if (!S_ISDIR (about->st_mode) || !is_key (name))
    return;
  visit (path, sweep_record, data);
  if (sweep->remove)
    g_rmdir (path); /* stays when something else lies in it */
}

guint64
fy_cache_folder_size (const char *folder)
{
  Sweep sweep = { 0, FALSE };

  visit (folder, sweep_key, &sweep);
  return sweep.size;
}

guint64
fy_cache_folder_clear (const char *folder)
{
  Sweep sweep = { 0, TRUE };

  visit (folder, sweep_key, &sweep);
  return sweep.size;
}
