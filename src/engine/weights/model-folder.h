/* SPDX-License-Identifier: MIT */
/* A folder of checkpoints, and what is known of each: what it holds, where it came from, its licence and
 * its SHA-256.
 *
 * What the file cannot say lies beside it in a note, NAME.origin, a key file.  A note that is missing or
 * damaged costs what it said and nothing else: the origin is then unknown.  A checkpoint comes in whole
 * or not at all, after every weight of its network was read; its note is there before it.
 *
 * Thread: any; one at a time on a folder. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FY_ORIGIN_UNKNOWN,
  FY_ORIGIN_ADDED,      /* a file; source: its path */
  FY_ORIGIN_DOWNLOADED, /* source: the address      */
} FyOrigin;

typedef struct
{
  FyOrigin origin;
  char *source;  /* nullable */
  char *title;   /* for people; nullable */
  char *licence; /* as published; nullable */
  char *sha256;  /* of the file when it came in, hex; nullable */
  gint64 date;   /* when it came in: seconds since 1970; 0 = unknown */
} FyModelNote;

typedef struct
{
  char *path;
  guint64 size; /* bytes */
  FyModelNote note;
  char *method;  /* as FyBackboneInfo; NULL with trouble   */
  int depth;     /* 18 or 50; 0 with trouble               */
  gboolean fine; /* trained for fine-grained matching, as far as the method tells */
  char *licence; /* the note's, else what the file itself says; nullable */
  char *trouble; /* why it cannot be used, one line; NULL = it can */
} FyModel;

/* Called now and then by what takes long: bytes done, of bytes in all (0 = unknown). */
typedef void (*FyModelProgress) (guint64 done, guint64 total, gpointer data);

/* Looks at one checkpoint and its note.  Never NULL: see trouble.  Returns: (transfer full) */
FyModel *fy_model_look (const char *path);
void fy_model_free (FyModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyModel, fy_model_free)

/* The folder's files but hidden ones and notes, by name; none where there is no folder.
 * Returns: (transfer full) of FyModel. */
GPtrArray *fy_model_folder_list (const char *folder);

/* Reads every weight of the network in a file.
 *
 * called   what messages call the file; NULL = its path
 * Errors:  those of fy_checkpoint_open, fy_backbone_new and fy_backbone_read; G_IO_ERROR_CANCELLED. */
gboolean
fy_model_check (const char *path, const char *called, GCancellable *cancellable, GError **error);

/* A file's checksum in hex.  Returns: (transfer full), or NULL with G_IO_ERROR. */
char *fy_model_checksum (const char *path,
                         GChecksumType type,
                         FyModelProgress progress,
                         gpointer data,
                         GCancellable *cancellable,
                         GError **error);

/* Copies a checkpoint into the folder, which is made when it is not there, under its own name or one
 * like it that is free.
 *
 * Returns: (transfer full) the path there, or NULL with nothing left behind: those of fy_model_check;
 *          G_IO_ERROR_EXISTS when its bytes are in the folder already; G_IO_ERROR. */
char *fy_model_folder_add (const char *folder,
                           const char *path,
                           FyModelProgress progress,
                           gpointer data,
                           GCancellable *cancellable,
                           GError **error);

/* Gives a whole and checked file of the folder (a download's, under a hidden name) the name it is to have,
 * or one like it that is free.  Returns: (transfer full) the path, or NULL with G_IO_ERROR. */
char *fy_model_folder_take (const char *folder,
                            const char *part,
                            const char *name,
                            const FyModelNote *note,
                            GError **error);

/* Deletes a checkpoint and its note. */
gboolean fy_model_remove (const char *path, GError **error);

G_END_DECLS
