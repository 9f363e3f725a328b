/* SPDX-License-Identifier: MIT */
/* The tool in hand and how labels are shown.  Every part of the window binds to these properties; they are
 * kept in GSettings.
 *
 * Properties
 *   "tool"           FerryTool
 *   "radius"         double   of brush and eraser, 0.5 .. 500 pixels of the picture
 *   "pressure"       boolean  a pen's pressure scales the radius
 *   "hardness"       double   0 .. 1: how much of the radius full pressure fills at zero pressure
 *   "keep-others"    boolean  painting leaves other objects' pixels alone
 *   "overlay"        FerryOverlay
 *   "opacity"        double   of the fill, 0 .. 1
 *   "onion"          boolean  outlines of the frames before and behind
 *   "pixel-grid"     boolean  above 8x
 *   "hatching"       boolean  objects told apart by hatching besides colour
 *   "numbers"        boolean  ids drawn in the objects
 *
 * Thread: main. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FERRY_TOOL_BRUSH,
  FERRY_TOOL_ERASER,
  FERRY_TOOL_POLYGON,
  FERRY_TOOL_LASSO,
  FERRY_TOOL_FILL,
  FERRY_TOOL_PICK,
  FERRY_TOOL_KEYPOINT,
  FERRY_TOOL_MATCH, /* picks a point for the correspondence view */
  FERRY_TOOL_PAN,
  FERRY_N_TOOLS
} FerryTool;

typedef enum
{
  FERRY_OVERLAY_MASK,
  FERRY_OVERLAY_OUTLINE,
  FERRY_OVERLAY_BOTH,
  FERRY_OVERLAY_CUT_OUT,
  FERRY_OVERLAY_LABELS,
  FERRY_OVERLAY_OFF,
  FERRY_N_OVERLAYS
} FerryOverlay;

#define FERRY_TYPE_TOOL (ferry_tool_get_type ())
GType ferry_tool_get_type (void);
#define FERRY_TYPE_OVERLAY (ferry_overlay_get_type ())
GType ferry_overlay_get_type (void);

#define FERRY_TYPE_TOOLBOX (ferry_toolbox_get_type ())
G_DECLARE_FINAL_TYPE (FerryToolbox, ferry_toolbox, FERRY, TOOLBOX, GObject)

FerryToolbox *ferry_toolbox_new (GSettings *settings);

FerryTool ferry_toolbox_tool (FerryToolbox *self);
double ferry_toolbox_radius (FerryToolbox *self);
gboolean ferry_toolbox_keeps_others (FerryToolbox *self);

/* For people: "Brush". */
const char *ferry_tool_label (FerryTool tool);
const char *ferry_tool_icon (FerryTool tool);

G_END_DECLS
