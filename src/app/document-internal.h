/* SPDX-License-Identifier: MIT */
/* The inside of a document.  Only document*.c include this. */
#pragma once

#include "app/document.h"
#include "app/opening.h"

G_BEGIN_DECLS

struct _FerryDocument
{
  GObject parent_instance;

  GSettings *settings;
  GCancellable *opening; /* non-NULL while something is being opened */
  int n_openings;        /* threads that open something, those too that were overtaken */

  FyLabelSet *labels; /* these four: NULL while nothing is open */
  FerryFrames *frames;
  char *project_path;
  char *media_path;
  char *fingerprint;    /* of the clip */
  FyAutosave *autosave; /* also NULL where the project cannot be written */

  FyLive *live; /* also NULL where it failed */
  FyLiveInfo live_info;
  gboolean live_open;
  gboolean flow_failed;
  char *live_text[2];  /* device and notes of live_info */
  guint waiting;       /* source; see ferry_document_follow_waiting */
  gboolean yielding;   /* the flow computes nothing ahead of need now */
  char *network[2];    /* checkpoints of the flow: fine-grained, semantic (nullable) */
  char *live_told;     /* notes that were told */
  gboolean changed;    /* the clip's file is not what it was */
  guint *serial;       /* [n_frames] of the labels by hand */
  guint8 *way;         /* [n_frames] FyWay */
  guint8 *swept;       /* [n_frames] up to date since the last edit */
  guint8 *tried;       /* [n_frames] the flow was led there         */
  gboolean sweep_anew; /* there was an edit since these two were filled */
  FyPropagateParams params;
  gboolean flow_fused; /* the flow compares two networks */
  gboolean taking;     /* what was carried is being taken over */
  int previewed;       /* frame; -1 = none */

  gboolean dirty;      /* there is no autosave, and something to be saved */
  GHashTable *unsaved; /* frame numbers whose carried labels are not put yet */
  guint save_timeout;

  int frame;
  guint object;
  int joint;
  gboolean playing;
  gboolean loop;
  int in;
  int out;
  gboolean live_edits;
};

/* A detailed action of a file, whose name may be anything: so its URI is in it. */
char *ferry_document_open_action (const char *name, const char *path);

/* document-flow.c: carries what the document holds. */
void ferry_document_start_flow (FerryDocument *self, const char *ways);
void ferry_document_stop_flow (FerryDocument *self);
void ferry_document_flow_objects (FerryDocument *self);
void ferry_document_flow_labels (FerryDocument *self, int frame);

/* document-sweep.c */
void ferry_document_sweep_anew (FerryDocument *self); /* labels or ways have changed */
void ferry_document_sweep (FerryDocument *self);      /* the flow may have nothing to do */

/* document-saving.c */
void ferry_document_start_saving (FerryDocument *self, FyProjectFile *project);
/* Returns: (transfer full), nullable: where the labels are that the project could not take. */
char *ferry_document_stop_saving (FerryDocument *self);
void ferry_document_save_frame (FerryDocument *self, int frame);
void ferry_document_save_objects (FerryDocument *self);
void ferry_document_save_setting (FerryDocument *self, const char *name, const char *value);
void ferry_document_save_params (FerryDocument *self);
void ferry_document_save_ways (FerryDocument *self);
void ferry_document_read_params (FerryDocument *self, const char *text);

/* --- document-waiting.c --- */

/* While somebody waits for a picture of the clip, the flow computes nothing ahead of need. */
void ferry_document_follow_waiting (FerryDocument *self);

G_END_DECLS
