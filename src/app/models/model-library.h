/* SPDX-License-Identifier: MIT */
/* The models that there are: Ferry's own, those in the user's folder (ferry/models in the user's data) and
 * any other that the settings name; those that others published; and what is on its way in.
 *
 * "listed"   the installed ones are others
 * "summed"   the SHA-256 of one is known
 * "jobs"     a job began, ended or was dismissed
 *
 * Which one is used is the settings' business: "fine" ("" = Ferry's own) and "semantic" ("" = none).
 * Thread: main. */
#pragma once

#include "app/models/model-job.h"
#include "weights/model-folder.h"

G_BEGIN_DECLS

typedef enum
{
  FERRY_MODEL_SHIPPED,
  FERRY_MODEL_INSTALLED,
  FERRY_MODEL_ELSEWHERE, /* named by the settings, outside the folder */
} FerryModelPlace;

/* Reference counted, so that a row outlives a new list; otherwise never changes but for the sum. */
typedef struct
{
  FerryModelPlace place;
  FyModel *model;
  gint64 changed; /* when the file was, for telling whether a sum still holds */
  char *sha256;   /* of the file now; NULL until it is known */
} FerryModelEntry;

FerryModelEntry *ferry_model_entry_ref (FerryModelEntry *self);
void ferry_model_entry_unref (FerryModelEntry *self);

#define FERRY_TYPE_MODEL_LIBRARY (ferry_model_library_get_type ())
G_DECLARE_FINAL_TYPE (FerryModelLibrary, ferry_model_library, FERRY, MODEL_LIBRARY, GObject)

/* Lists nothing yet. */
FerryModelLibrary *ferry_model_library_new (GSettings *settings);
GSettings *ferry_model_library_settings (FerryModelLibrary *self);
const char *ferry_model_library_folder (FerryModelLibrary *self);

/* Lists anew, on a thread. */
void ferry_model_library_refresh (FerryModelLibrary *self);

/* (element-type FerryModelEntry) */
GPtrArray *ferry_model_library_entries (FerryModelLibrary *self);

/* (element-type FerryPublished); NULL with the error when the table cannot be read. */
GPtrArray *ferry_model_library_published (FerryModelLibrary *self, const GError **error);
gboolean ferry_model_library_has (FerryModelLibrary *self, const FerryPublished *published);

/* (element-type FerryModelJob): those that run, those that failed until they are dismissed, and
 * those that are done until what they brought is listed. */
GPtrArray *ferry_model_library_jobs (FerryModelLibrary *self);
/* Of a published one; nullable. */
FerryModelJob *ferry_model_library_job (FerryModelLibrary *self, const FerryPublished *published);
void ferry_model_library_add (FerryModelLibrary *self, const char *path);
void ferry_model_library_download (FerryModelLibrary *self, FerryPublished *published);
void ferry_model_library_dismiss (FerryModelLibrary *self, FerryModelJob *job);

/* Bytes kept of a download that was cut off. */
guint64
ferry_model_library_kept (FerryModelLibrary *self, const FerryPublished *published, guint64 *total);
/* Deletes them. */
void ferry_model_library_discard (FerryModelLibrary *self, const FerryPublished *published);

/* Which setting names a model: "fine", "semantic" or NULL. */
const char *ferry_model_library_use (FerryModelLibrary *self, const FerryModelEntry *entry);
gboolean ferry_model_library_is_used (FerryModelLibrary *self,
                                      const FerryModelEntry *entry,
                                      const char *key);
/* Uses it there, or, with NULL, what is used there when nothing is chosen. */
void
ferry_model_library_set (FerryModelLibrary *self, const FerryModelEntry *entry, const char *key);

/* Only what is installed and not in use. */
gboolean
ferry_model_library_remove (FerryModelLibrary *self, FerryModelEntry *entry, GError **error);

G_END_DECLS
