/* SPDX-License-Identifier: MIT */
#include "app/window-internal.h"

void
ferry_window_install_actions (FerryWindow *self)
{
  ferry_window_install_file_actions (self);
  ferry_window_install_label_actions (self);
  ferry_window_install_view_actions (self);
}

static void
enable (FerryWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  if (G_IS_SIMPLE_ACTION (action))
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
ferry_window_update_actions (FerryWindow *self)
{
  static const char *const need_clip[] = {
    "close-document",
    "save-copy",
    "import-mask",
    "import-folder",
    "keep-first-mask",
    "new-object",
    "new-skeleton",
    "select-object",
    "commit-frame",
    "propagate-forward",
    "propagate-backward",
    "propagate-both",
    "propagate-range",
    "propagate-auto",
    "stop",
    "resume",
    "step",
    "first-frame",
    "last-frame",
    "next-hand",
    "previous-hand",
    "next-weak",
    "previous-weak",
    "set-in",
    "set-out",
    "clear-range",
    "correspondences",
    "export",
    "restart-flow",
  };
  static const char *const need_object[] = { "hide-object",   "lock-object", "occluded",
                                             "absent",        "reviewed",    "delete-labels",
                                             "delete-forward" };
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  FyHistory *history = labels != NULL ? fy_label_set_history (labels) : NULL;

  enable (self, "undo", history != NULL && fy_history_position (history) > 0);
  enable (self, "redo",
          history != NULL && fy_history_position (history) < fy_history_length (history));
  for (gsize i = 0; i < G_N_ELEMENTS (need_clip); i++)
    enable (self, need_clip[i], labels != NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (need_object); i++)
    enable (self, need_object[i], labels != NULL && ferry_document_object (document) != 0);
}
