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

  FyLabelSet *labels; /* these four: NULL while nothing is open */
  FerryFrames *frames;
  char *project_path;
  char *media_path;
  char *fingerprint;    /* of the clip */
  FyAutosave *autosave; /* also NULL where the project cannot be written */

  FyLive *live; /* also NULL where it failed */
  FyLiveInfo live_info;
  gboolean live_open;
  char *live_text[2]; /* device and notes of live_info */
  guint *serial;      /* [n_frames] of the labels by hand */
  guint8 *way;        /* [n_frames] FyWay */
  FyPropagateParams params;
  gboolean taking; /* what was carried is being taken over */
  int previewed;   /* frame; -1 = none */

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

/* document-flow.c: carries what the document holds. */
void ferry_document_start_flow (FerryDocument *self, const char *ways);
void ferry_document_stop_flow (FerryDocument *self);
void ferry_document_flow_objects (FerryDocument *self);
void ferry_document_flow_labels (FerryDocument *self, int frame);

/* document-saving.c */
void ferry_document_start_saving (FerryDocument *self, FyProjectFile *project);
void ferry_document_stop_saving (FerryDocument *self);
void ferry_document_save_frame (FerryDocument *self, int frame);
void ferry_document_save_objects (FerryDocument *self);
void ferry_document_save_setting (FerryDocument *self, const char *name, const char *value);
void ferry_document_save_params (FerryDocument *self);
void ferry_document_save_ways (FerryDocument *self);
void ferry_document_read_params (FerryDocument *self, const char *text);

G_END_DECLS
