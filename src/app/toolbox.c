/* SPDX-License-Identifier: MIT */
#include "app/toolbox.h"

#include <glib/gi18n.h>

struct _FerryToolbox
{
  GObject parent_instance;

  FerryTool tool;
  double radius;
  gboolean pressure;
  double hardness;
  gboolean keep_others;
  FerryOverlay overlay;
  double opacity;
  gboolean onion;
  gboolean pixel_grid;
  gboolean hatching;
  gboolean numbers;
};

G_DEFINE_FINAL_TYPE (FerryToolbox, ferry_toolbox, G_TYPE_OBJECT)

enum
{
  PROP_TOOL = 1,
  PROP_RADIUS,
  PROP_PRESSURE,
  PROP_HARDNESS,
  PROP_KEEP_OTHERS,
  PROP_OVERLAY,
  PROP_OPACITY,
  PROP_ONION,
  PROP_PIXEL_GRID,
  PROP_HATCHING,
  PROP_NUMBERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static const GEnumValue tool_values[] = {
  { FERRY_TOOL_BRUSH, "FERRY_TOOL_BRUSH", "brush" },
  { FERRY_TOOL_ERASER, "FERRY_TOOL_ERASER", "eraser" },
  { FERRY_TOOL_POLYGON, "FERRY_TOOL_POLYGON", "polygon" },
  { FERRY_TOOL_LASSO, "FERRY_TOOL_LASSO", "lasso" },
  { FERRY_TOOL_FILL, "FERRY_TOOL_FILL", "fill" },
  { FERRY_TOOL_PICK, "FERRY_TOOL_PICK", "pick" },
  { FERRY_TOOL_KEYPOINT, "FERRY_TOOL_KEYPOINT", "keypoint" },
  { FERRY_TOOL_MATCH, "FERRY_TOOL_MATCH", "match" },
  { FERRY_TOOL_PAN, "FERRY_TOOL_PAN", "pan" },
  { 0, NULL, NULL },
};

static const GEnumValue overlay_values[] = {
  { FERRY_OVERLAY_MASK, "FERRY_OVERLAY_MASK", "mask" },
  { FERRY_OVERLAY_OUTLINE, "FERRY_OVERLAY_OUTLINE", "outline" },
  { FERRY_OVERLAY_BOTH, "FERRY_OVERLAY_BOTH", "both" },
  { FERRY_OVERLAY_CUT_OUT, "FERRY_OVERLAY_CUT_OUT", "cut-out" },
  { FERRY_OVERLAY_LABELS, "FERRY_OVERLAY_LABELS", "labels" },
  { FERRY_OVERLAY_OFF, "FERRY_OVERLAY_OFF", "off" },
  { 0, NULL, NULL },
};

GType
ferry_tool_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("FerryTool", tool_values));
  return type;
}

GType
ferry_overlay_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("FerryOverlay", overlay_values));
  return type;
}

FerryToolbox *
ferry_toolbox_new (GSettings *settings)
{
  static const char *const keys[] = {
    "radius",  "pressure", "hardness",   "keep-others", "overlay",
    "opacity", "onion",    "pixel-grid", "hatching",    "numbers"
  };
  FerryToolbox *self = g_object_new (FERRY_TYPE_TOOLBOX, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_bind (settings, keys[i], self, keys[i], G_SETTINGS_BIND_DEFAULT);
  return self;
}

FerryTool
ferry_toolbox_tool (FerryToolbox *self)
{
  return self->tool;
}

double
ferry_toolbox_radius (FerryToolbox *self)
{
  return self->radius;
}

gboolean
ferry_toolbox_keeps_others (FerryToolbox *self)
{
  return self->keep_others;
}

const char *
ferry_tool_label (FerryTool tool)
{
  static const char *const labels[FERRY_N_TOOLS] = {
    N_ ("Brush"), N_ ("Eraser"),   N_ ("Polygon"),        N_ ("Lasso"), N_ ("Fill"),
    N_ ("Pick"),  N_ ("Keypoint"), N_ ("Correspondence"), N_ ("Pan"),
  };

  return _ (labels[tool]);
}

const char *
ferry_tool_icon (FerryTool tool)
{
  static const char *const icons[FERRY_N_TOOLS] = {
    "ferry-brush-symbolic", "ferry-eraser-symbolic", "ferry-polygon-symbolic",
    "ferry-lasso-symbolic", "ferry-fill-symbolic",   "ferry-pick-symbolic",
    "ferry-joint-symbolic", "ferry-match-symbolic",  "ferry-pan-symbolic",
  };

  return icons[tool];
}

static void
ferry_toolbox_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FerryToolbox *self = FERRY_TOOLBOX (object);

  switch (id)
    {
    case PROP_TOOL:
      g_value_set_enum (value, self->tool);
      break;
    case PROP_RADIUS:
      g_value_set_double (value, self->radius);
      break;
    case PROP_PRESSURE:
      g_value_set_boolean (value, self->pressure);
      break;
    case PROP_HARDNESS:
      g_value_set_double (value, self->hardness);
      break;
    case PROP_KEEP_OTHERS:
      g_value_set_boolean (value, self->keep_others);
      break;
    case PROP_OVERLAY:
      g_value_set_enum (value, self->overlay);
      break;
    case PROP_OPACITY:
      g_value_set_double (value, self->opacity);
      break;
    case PROP_ONION:
      g_value_set_boolean (value, self->onion);
      break;
    case PROP_PIXEL_GRID:
      g_value_set_boolean (value, self->pixel_grid);
      break;
    case PROP_HATCHING:
      g_value_set_boolean (value, self->hatching);
      break;
    case PROP_NUMBERS:
      g_value_set_boolean (value, self->numbers);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ferry_toolbox_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FerryToolbox *self = FERRY_TOOLBOX (object);

  switch (id)
    {
    case PROP_TOOL:
      self->tool = (FerryTool) g_value_get_enum (value);
      break;
    case PROP_RADIUS:
      self->radius = g_value_get_double (value);
      break;
    case PROP_PRESSURE:
      self->pressure = g_value_get_boolean (value);
      break;
    case PROP_HARDNESS:
      self->hardness = g_value_get_double (value);
      break;
    case PROP_KEEP_OTHERS:
      self->keep_others = g_value_get_boolean (value);
      break;
    case PROP_OVERLAY:
      self->overlay = (FerryOverlay) g_value_get_enum (value);
      break;
    case PROP_OPACITY:
      self->opacity = g_value_get_double (value);
      break;
    case PROP_ONION:
      self->onion = g_value_get_boolean (value);
      break;
    case PROP_PIXEL_GRID:
      self->pixel_grid = g_value_get_boolean (value);
      break;
    case PROP_HATCHING:
      self->hatching = g_value_get_boolean (value);
      break;
    case PROP_NUMBERS:
      self->numbers = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, pspec);
}

static GParamSpec *
boolean_spec (const char *name, gboolean preset)
{
  return g_param_spec_boolean (name, NULL, NULL, preset,
                               G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY |
                                   G_PARAM_STATIC_STRINGS);
}

static void
ferry_toolbox_class_init (FerryToolboxClass *klass)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  G_OBJECT_CLASS (klass)->get_property = ferry_toolbox_get_property;
  G_OBJECT_CLASS (klass)->set_property = ferry_toolbox_set_property;
  properties[PROP_TOOL] =
      g_param_spec_enum ("tool", NULL, NULL, FERRY_TYPE_TOOL, FERRY_TOOL_BRUSH, flags);
  properties[PROP_RADIUS] = g_param_spec_double ("radius", NULL, NULL, 0.5, 500, 12, flags);
  properties[PROP_PRESSURE] = boolean_spec ("pressure", TRUE);
  properties[PROP_HARDNESS] = g_param_spec_double ("hardness", NULL, NULL, 0, 1, 0.25, flags);
  properties[PROP_KEEP_OTHERS] = boolean_spec ("keep-others", FALSE);
  properties[PROP_OVERLAY] =
      g_param_spec_enum ("overlay", NULL, NULL, FERRY_TYPE_OVERLAY, FERRY_OVERLAY_BOTH, flags);
  properties[PROP_OPACITY] = g_param_spec_double ("opacity", NULL, NULL, 0, 1, 0.45, flags);
  properties[PROP_ONION] = boolean_spec ("onion", FALSE);
  properties[PROP_PIXEL_GRID] = boolean_spec ("pixel-grid", TRUE);
  properties[PROP_HATCHING] = boolean_spec ("hatching", FALSE);
  properties[PROP_NUMBERS] = boolean_spec ("numbers", FALSE);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
ferry_toolbox_init (FerryToolbox *self)
{
}
