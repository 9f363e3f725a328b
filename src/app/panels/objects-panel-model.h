/* SPDX-License-Identifier: MIT */
/* The rows of the objects panel: the background, then each object, under a skeleton its joints.
 *
 * A GListModel of FerryObjectItem that follows the document.  A row that stays is the same item, so that a
 * list rebuilds what came or went alone.  What a row says of the frame on show is brought up to date some
 * milliseconds after the frame or its labels changed; areas are counted on another thread.
 *
 * Signal of the model:  "updated" ()    it follows what the document holds now
 * Signal of an item:    "changed" ()    what it shows
 * Thread: main. */
#pragma once

#include "app/document.h"

G_BEGIN_DECLS

#define FERRY_TYPE_OBJECT_ITEM (ferry_object_item_get_type ())
G_DECLARE_FINAL_TYPE (FerryObjectItem, ferry_object_item, FERRY, OBJECT_ITEM, GObject)

#define FERRY_NO_JOINT (-1)

struct _FerryObjectItem
{
  GObject parent_instance;

  guint16 id;       /* 0 = the background                           */
  int joint;        /* FERRY_NO_JOINT = the object's own row        */
  FyObject *object; /* NULL for the background                      */
  gboolean expanded;

  /* In the frame on show. */
  FyProvenance provenance; /* of the object, or of the joint        */
  gboolean reviewed;
  gint64 area;     /* pixels of a mask; -1 = not known yet          */
  int n_placed;    /* joints of a skeleton that are placed          */
  int joint_state; /* FyJointState; -1 = it has none                */
  float x;         /* of a placed joint, pixels                     */
  float y;
  gboolean in_hand; /* this joint is the one that a click places */
};

#define FERRY_TYPE_OBJECTS_MODEL (ferry_objects_model_get_type ())
G_DECLARE_FINAL_TYPE (FerryObjectsModel, ferry_objects_model, FERRY, OBJECTS_MODEL, GObject)

FerryObjectsModel *ferry_objects_model_new (FerryDocument *document);

/* Row of an object, or of its joint; -1 = none. */
int ferry_objects_model_find (FerryObjectsModel *self, guint16 id, int joint);

/* Shows or hides the joints of a skeleton. */
void ferry_objects_model_expand (FerryObjectsModel *self, FerryObjectItem *item, gboolean expanded);

G_END_DECLS
