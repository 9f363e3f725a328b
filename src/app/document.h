/* SPDX-License-Identifier: MIT */
/* What is open: a clip, its labels, the project file they are saved in, and the flow that carries them.
 *
 * Empty at first.  The parts of the window show one document and change its labels through the
 * FyLabelSet alone; saving and carrying follow by themselves.
 *
 * Properties
 *   "frame"    int     play-head, 0 .. n_frames - 1
 *   "object"   uint    id of the object in hand; 0 = background
 *   "joint"    int     joint in hand, of a skeleton
 *   "playing"  boolean
 *   "loop"     boolean
 *   "in", "out"  int   range, both ends inside; -1 = not set
 *   "live"     boolean whether edits replace what was carried; else only missing labels are filled
 *   "is-open"  boolean read-only; labels, clip and frames exist from then on
 *   "opening"  boolean read-only
 *   "title"    string  read-only, for people: "blackswan"
 *
 * Signals
 *   "opened"    ()              another clip is open (or none): take labels and frames anew
 *   "progress"  ()              features, lists or carried labels have become more or fewer
 *   "notice"    (FerryNotice *) something to tell in a toast or banner
 *
 * Thread: main. */
#pragma once

#include "app/frames.h"
#include "label/label-set.h"
#include "session/live.h"
#include "store/autosave.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Something to tell people.  With an action, a button. */
typedef struct
{
  gboolean lasting;   /* a banner that stays until it is dealt with; else a toast */
  const char *key;    /* replaces a banner of the same key; NULL: its text is its key */
  const char *text;   /* NULL takes the banner of that key away */
  const char *button; /* nullable: its label */
  const char *action; /* detailed name, "win.relink" */
} FerryNotice;

#define FERRY_TYPE_DOCUMENT (ferry_document_get_type ())
G_DECLARE_FINAL_TYPE (FerryDocument, ferry_document, FERRY, DOCUMENT, GObject)

FerryDocument *ferry_document_new (GSettings *settings);

/* Opens a video file, a folder of images, a DAVIS sequence (its masks come along) or a project, in place of
 * what is open, which is saved; on failure what is open stays, and a notice tells.  What is open already stays
 * as it is, with its history. */
void ferry_document_open_async (FerryDocument *self,
                                GFile *file,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean ferry_document_open_finish (FerryDocument *self, GAsyncResult *result, GError **error);
void ferry_document_close (FerryDocument *self);

/* A project whose clip is now at `media`. */
void ferry_document_open_with_media_async (FerryDocument *self,
                                           GFile *file,
                                           GFile *media,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);

/* A whole copy of the project as it is now.  Where the project itself cannot be written, it is what is saved
 * to from then on. */
void ferry_document_save_copy_async (FerryDocument *self,
                                     const char *path,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
ferry_document_save_copy_finish (FerryDocument *self, GAsyncResult *result, GError **error);

/* Whether all is on disk; writes what is left.  Else: error.  What is open can be closed nevertheless: then
 * it goes to a project of its own, which is offered when the clip is opened again. */
gboolean ferry_document_is_saved (FerryDocument *self, GError **error);

/* Whether `file` is the project or the clip that is open. */
gboolean ferry_document_is_of (FerryDocument *self, GFile *file);

/* Of another device, memory or cache: what is carried stays. */
void ferry_document_restart_flow (FerryDocument *self);

/* Borrowed, NULL while nothing is open. */
FyLabelSet *ferry_document_labels (FerryDocument *self);
FerryFrames *ferry_document_frames (FerryDocument *self);
FyLive *ferry_document_live (FerryDocument *self); /* also NULL where it failed */
FyAutosave *
ferry_document_autosave (FerryDocument *self); /* also NULL where it cannot be written */
const FyClipInfo *ferry_document_clip_info (FerryDocument *self);
const FyLiveInfo *ferry_document_live_info (FerryDocument *self); /* NULL until it is open */
/* The checkpoint that the flow uses: part 0 fine-grained, 1 semantic.  NULL = none. */
const char *ferry_document_network (FerryDocument *self, int part);
const char *ferry_document_project_path (FerryDocument *self);

int ferry_document_n_frames (FerryDocument *self); /* 0 while nothing is open */
int ferry_document_frame (FerryDocument *self);
void ferry_document_set_frame (FerryDocument *self, int frame); /* clamped */
guint16 ferry_document_object (FerryDocument *self);
void ferry_document_set_object (FerryDocument *self, guint16 id);
/* The range, or the whole clip where none is set. */
void ferry_document_range (FerryDocument *self, int *first, int *last);

/* The object in hand, or a new one when none is: what a stroke paints.  0 = the one in hand is locked or
 * hidden; a notice tells. */
guint16 ferry_document_ensure_object (FerryDocument *self);
/* Whether a hand may change it: it is neither locked nor hidden; else a notice tells. */
gboolean ferry_document_may_change (FerryDocument *self, const FyObject *object);

/* While a hand draws: what the map of a frame would be, to be carried at once, without history.  NULL = as
 * it is.  At the end of the stroke: fy_label_set_paint. */
void ferry_document_preview (FerryDocument *self, int frame, FyRunMap *map);

/* How labels come about from `frame` on (or up to it, or both) within the range: see FyWay. */
void ferry_document_set_way (FerryDocument *self, int first, int last, FyWay way);
FyWay ferry_document_way (FerryDocument *self, int frame);

/* What the flow and the search are told, kept in the project. */
const FyPropagateParams *ferry_document_params (FerryDocument *self);
void ferry_document_set_params (FerryDocument *self, const FyPropagateParams *params);

void ferry_document_notice (FerryDocument *self, const FerryNotice *notice);
void ferry_document_toast (FerryDocument *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
