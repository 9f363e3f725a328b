/* SPDX-License-Identifier: MIT */
/* What brings a checkpoint into the folder of models, on a thread: a copy of a file, or a download of a
 * published one, which is compared with the published checksum, read through and only then installed.
 * Emits "changed" ten times a second while it runs, and at its end.  Thread: main. */
#pragma once

#include "app/models/published.h"

G_BEGIN_DECLS

typedef enum
{
  FERRY_JOB_FETCHING, /* copying or downloading; can be cancelled */
  FERRY_JOB_CHECKING,
  FERRY_JOB_DONE,
  FERRY_JOB_FAILED,
  FERRY_JOB_CANCELLED,
} FerryJobState;

#define FERRY_TYPE_MODEL_JOB (ferry_model_job_get_type ())
G_DECLARE_FINAL_TYPE (FerryModelJob, ferry_model_job, FERRY, MODEL_JOB, GObject)

/* Begin at once.  Return: (transfer full) */
FerryModelJob *ferry_model_job_new_copy (const char *folder, const char *path);
FerryModelJob *ferry_model_job_new_download (const char *folder, FerryPublished *published);

/* A download keeps its part; see ferry_published_part. */
void ferry_model_job_cancel (FerryModelJob *self);

FerryJobState ferry_model_job_state (FerryModelJob *self);
gboolean ferry_model_job_is_running (FerryModelJob *self);
const GError *ferry_model_job_error (FerryModelJob *self);
/* NULL = a copy. */
const FerryPublished *ferry_model_job_published (FerryModelJob *self);
/* Of what is copied; NULL = a download. */
const char *ferry_model_job_path (FerryModelJob *self);

/* Share that is done, below 0 = unknown, and in words: "12.3 MB of 46.8 MB, 1.2 MB/s".
 * Returns: (transfer full) */
char *ferry_model_job_progress (FerryModelJob *self, double *share);

/* Where the bytes of a published one are kept until all are there.  Returns: (transfer full) */
char *ferry_published_part (const char *folder, const FerryPublished *published);

G_END_DECLS
