/* SPDX-License-Identifier: MIT */
/* What changes what is seen: the frame, the tool, the panels. */
#include "app/navigation.h"
#include "app/window-internal.h"

#include <glib/gi18n.h>

#define RADIUS_FACTOR 1.2

/* --- The frame --- */

static void
step (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FerryDocument *document = ferry_window_document (self);

  ferry_document_set_frame (document,
                            ferry_document_frame (document) + g_variant_get_int32 (parameter));
}

static void
first_frame (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  ferry_document_set_frame (ferry_window_document (self), 0);
}

static void
last_frame (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  ferry_document_set_frame (ferry_window_document (self), G_MAXINT);
}

static void
go_to (FerryWindow *self, int frame, const char *none)
{
  if (frame >= 0)
    ferry_document_set_frame (ferry_window_document (self), frame);
  else
    ferry_document_toast (ferry_window_document (self), "%s", none);
}

static void
go_hand (FerryWindow *self, int direction)
{
  FerryDocument *document = ferry_window_document (self);

  go_to (self,
         ferry_next_hand (ferry_document_labels (document), 0, ferry_document_frame (document),
                          direction),
         direction > 0 ? _ ("No labels by hand behind this frame")
                       : _ ("No labels by hand before this frame"));
}

static void
next_hand (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  go_hand (self, 1);
}

static void
previous_hand (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  go_hand (self, -1);
}

static void
go_weak (FerryWindow *self, int direction)
{
  FerryDocument *document = ferry_window_document (self);

  go_to (self,
         ferry_next_weak (ferry_document_labels (document), 0, ferry_document_frame (document),
                          direction),
         _ ("Nothing was carried that nobody has reviewed"));
}

static void
next_weak (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  go_weak (self, 1);
}

static void
previous_weak (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  go_weak (self, -1);
}

/* Set where it is already, an end is taken away. */
static void
toggle_end (FerryWindow *self, const char *name)
{
  FerryDocument *document = ferry_window_document (self);
  int end;

  g_object_get (document, name, &end, NULL);
  g_object_set (document, name,
                end == ferry_document_frame (document) ? -1 : ferry_document_frame (document),
                NULL);
}

static void
set_in (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  toggle_end (self, "in");
}

static void
set_out (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  toggle_end (self, "out");
}

static void
clear_range (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_object_set (ferry_window_document (self), "in", -1, "out", -1, NULL);
}

/* --- The brush --- */

static void
scale_brush (FerryWindow *self, double factor)
{
  FerryToolbox *toolbox = ferry_window_toolbox (self);

  g_object_set (toolbox, "radius", CLAMP (ferry_toolbox_radius (toolbox) * factor, 0.5, 500), NULL);
}

static void
brush_larger (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  scale_brush (self, RADIUS_FACTOR);
}

static void
brush_smaller (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  scale_brush (self, 1 / RADIUS_FACTOR);
}

/* --- The canvas --- */

static void
zoom_in (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  ferry_canvas_zoom_in (ferry_window_canvas (self));
}

static void
zoom_out (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  ferry_canvas_zoom_out (ferry_window_canvas (self));
}

static void
zoom_fit (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  ferry_canvas_fit (ferry_window_canvas (self));
}

static void
zoom_original (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  ferry_canvas_zoom_to (ferry_window_canvas (self), 1);
}

/* --- The window --- */

static void
fullscreen (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  if (gtk_window_is_fullscreen (self))
    gtk_window_unfullscreen (self);
  else
    gtk_window_fullscreen (self);
}

static void
correspondences (GSimpleAction *action, GVariant *state, gpointer self)
{
  gboolean show = g_variant_get_boolean (state);
  gboolean asking = ferry_toolbox_tool (ferry_window_toolbox (self)) == FERRY_TOOL_MATCH;

  ferry_window_show_correspondences (self, show);
  g_simple_action_set_state (action, state);
  if (show != asking)
    g_object_set (ferry_window_toolbox (self), "tool", show ? FERRY_TOOL_MATCH : FERRY_TOOL_BRUSH,
                  NULL);
}

void
ferry_window_install_view_actions (FerryWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "step", .activate = step, .parameter_type = "i" },
    { .name = "first-frame", .activate = first_frame },
    { .name = "last-frame", .activate = last_frame },
    { .name = "next-hand", .activate = next_hand },
    { .name = "previous-hand", .activate = previous_hand },
    { .name = "next-weak", .activate = next_weak },
    { .name = "previous-weak", .activate = previous_weak },
    { .name = "set-in", .activate = set_in },
    { .name = "set-out", .activate = set_out },
    { .name = "clear-range", .activate = clear_range },
    { .name = "brush-larger", .activate = brush_larger },
    { .name = "brush-smaller", .activate = brush_smaller },
    { .name = "zoom-in", .activate = zoom_in },
    { .name = "zoom-out", .activate = zoom_out },
    { .name = "zoom-fit", .activate = zoom_fit },
    { .name = "zoom-original", .activate = zoom_original },
    { .name = "fullscreen", .activate = fullscreen },
    { .name = "correspondences", .state = "false", .change_state = correspondences },
  };
  static const char *const toolbox[] = { "tool",     "overlay",    "keep-others", "onion",
                                         "hatching", "pixel-grid", "numbers" };
  static const char *const settings[] = { "side-panel", "timeline" };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (toolbox); i++)
    {
      g_autoptr (GPropertyAction) action =
          g_property_action_new (toolbox[i], ferry_window_toolbox (self), toolbox[i]);

      g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autoptr (GAction) action =
          g_settings_create_action (ferry_window_settings (self), settings[i]);

      g_action_map_add_action (G_ACTION_MAP (self), action);
    }
  g_action_map_add_action (
      G_ACTION_MAP (self),
      G_ACTION (g_property_action_new ("play", ferry_window_document (self), "playing")));
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (g_property_action_new (
                                                    "loop", ferry_window_document (self), "loop")));
}
