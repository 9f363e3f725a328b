/* SPDX-License-Identifier: MIT */
#include "timeline-stage.h"

#include "app/preferences/shortcuts-window.h"

#include <math.h>

#define WIDTH  96
#define HEIGHT 54

struct _FerryFrames
{
  GObject parent_instance;

  FyClipInfo info;
  StageFrames stage;
  FyFrame **small;
  int there; /* frame whose picture is there */
};

struct FyLive
{
  int features;
  int lists;
  int carried;
  gboolean paused;
};

struct _FerryDocument
{
  GObject parent_instance;

  FyLabelSet *labels;
  FerryFrames *frames;
  FyLive live;
  FyLiveInfo info;
  int frame;
  guint object;
  gboolean playing;
  gboolean loop;
  int in;
  int out;
};

G_DEFINE_FINAL_TYPE (FerryFrames, ferry_frames, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (FerryDocument, ferry_document, G_TYPE_OBJECT)

/* --- Frames --- */

static void
ferry_frames_finalize (GObject *object)
{
  FerryFrames *self = FERRY_FRAMES (object);

  for (int i = 0; i < self->info.n_frames; i++)
    fy_frame_unref (self->small[i]);
  g_free (self->small);
  G_OBJECT_CLASS (ferry_frames_parent_class)->finalize (object);
}

static void
ferry_frames_class_init (FerryFramesClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ferry_frames_finalize;
  g_signal_new ("frame-ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_INT);
  g_signal_new ("thumbnail-ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_INT);
}

static void
ferry_frames_init (FerryFrames *self)
{
  self->there = -1;
  self->stage.wished = -1;
}

const FyClipInfo *
ferry_frames_info (FerryFrames *self)
{
  return &self->info;
}

gint64
ferry_frames_time (FerryFrames *self, int frame)
{
  return (gint64) ((double) frame * G_USEC_PER_SEC / self->info.frames_per_second);
}

typedef struct
{
  FerryFrames *frames;
  int number;
} Coming;

static void
coming_free (gpointer data)
{
  g_object_unref (((Coming *) data)->frames);
  g_free (data);
}

static gboolean
come (gpointer data)
{
  Coming *coming = data;

  coming->frames->there = coming->number;
  g_signal_emit_by_name (coming->frames, "frame-ready", coming->number);
  return G_SOURCE_REMOVE;
}

void
ferry_frames_want (FerryFrames *self, int frame)
{
  Coming *coming = g_new (Coming, 1);

  self->stage.wished = frame;
  *coming = (Coming){ g_object_ref (self), frame };
  g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) self->stage.latency, come, coming, coming_free);
}

FyFrame *
ferry_frames_get (FerryFrames *self, int frame)
{
  return self->stage.latency == 0 || frame == self->there ? fy_frame_new (2, 2) : NULL;
}

/* A sky over a meadow with a sun that moves: something to see in screenshots. */
static FyFrame *
make_small (FerryFrames *self, int number)
{
  FyFrame *frame = fy_frame_new (2 * WIDTH, 2 * HEIGHT);
  double sun = 20 + fmod (number * 1.7, 2 * WIDTH - 40);

  for (int y = 0; y < frame->height; y++)
    for (int x = 0; x < frame->width; x++)
      {
        guint8 *rgb = &frame->rgb[(y * frame->width + x) * 3];
        gboolean ground = y > 70 + 8 * sin (x / 19.0 + number / 40.0);
        gboolean bright = hypot (x - sun, y - 28) < 12;

        rgb[0] = bright ? 250 : ground ? 70 : (guint8) (110 + y);
        rgb[1] = bright   ? 220
                 : ground ? (guint8) (120 + (x * 7 + y * 13) % 20)
                          : (guint8) (150 + y / 2);
        rgb[2] = bright ? 120 : ground ? 60 : 215;
      }
  return frame;
}

FyFrame *
ferry_frames_peek_small (FerryFrames *self, int frame)
{
  if (self->stage.no_thumbnails)
    {
      self->stage.n_wishes++;
      return NULL;
    }
  if (self->small[frame] == NULL)
    self->small[frame] = make_small (self, frame);
  return self->small[frame];
}

GdkTexture *
ferry_frames_peek_thumbnail (FerryFrames *self, int frame)
{
  return NULL;
}

void
ferry_frames_forget_thumbnails (FerryFrames *self)
{
}

/* --- Live --- */

FyReady
fy_live_ready (FyLive *self, int frame)
{
  return frame < self->carried    ? FY_READY_CARRIED
         : frame < self->lists    ? FY_READY_LIST
         : frame < self->features ? FY_READY_FEATURES
                                  : FY_READY_NONE;
}

void
fy_live_get_progress (FyLive *self, FyLiveProgress *progress)
{
  *progress = (FyLiveProgress){
    .lists_left = 55, .seconds_per_frame = 0.2, .seconds_left = 11, .paused = self->paused
  };
}

void
fy_live_pause (FyLive *self)
{
  self->paused = TRUE;
}

void
fy_live_resume (FyLive *self)
{
  self->paused = FALSE;
}

gboolean
fy_live_is_paused (FyLive *self)
{
  return self->paused;
}

/* --- Document --- */

enum
{
  PROP_FRAME = 1,
  PROP_OBJECT,
  PROP_PLAYING,
  PROP_LOOP,
  PROP_IN,
  PROP_OUT,
};

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FerryDocument *self = FERRY_DOCUMENT (object);

  switch (id)
    {
    case PROP_FRAME:
      g_value_set_int (value, self->frame);
      break;
    case PROP_OBJECT:
      g_value_set_uint (value, self->object);
      break;
    case PROP_PLAYING:
      g_value_set_boolean (value, self->playing);
      break;
    case PROP_LOOP:
      g_value_set_boolean (value, self->loop);
      break;
    case PROP_IN:
      g_value_set_int (value, self->in);
      break;
    default:
      g_value_set_int (value, self->out);
    }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FerryDocument *self = FERRY_DOCUMENT (object);

  switch (id)
    {
    case PROP_FRAME:
      self->frame = g_value_get_int (value);
      break;
    case PROP_OBJECT:
      self->object = g_value_get_uint (value);
      break;
    case PROP_PLAYING:
      self->playing = g_value_get_boolean (value);
      break;
    case PROP_LOOP:
      self->loop = g_value_get_boolean (value);
      break;
    case PROP_IN:
      self->in = g_value_get_int (value);
      break;
    default:
      self->out = g_value_get_int (value);
    }
}

static void
ferry_document_finalize (GObject *object)
{
  FerryDocument *self = FERRY_DOCUMENT (object);

  g_clear_object (&self->labels);
  g_clear_object (&self->frames);
  G_OBJECT_CLASS (ferry_document_parent_class)->finalize (object);
}

static void
add_int (GObjectClass *klass, guint id, const char *name)
{
  g_object_class_install_property (
      klass, id, g_param_spec_int (name, NULL, NULL, -1, G_MAXINT, -1, G_PARAM_READWRITE));
}

static void
add_boolean (GObjectClass *klass, guint id, const char *name)
{
  g_object_class_install_property (
      klass, id, g_param_spec_boolean (name, NULL, NULL, FALSE, G_PARAM_READWRITE));
}

static void
ferry_document_class_init (FerryDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = ferry_document_finalize;
  add_int (object_class, PROP_FRAME, "frame");
  g_object_class_install_property (
      object_class, PROP_OBJECT,
      g_param_spec_uint ("object", NULL, NULL, 0, 65535, 0, G_PARAM_READWRITE));
  add_boolean (object_class, PROP_PLAYING, "playing");
  add_boolean (object_class, PROP_LOOP, "loop");
  add_int (object_class, PROP_IN, "in");
  add_int (object_class, PROP_OUT, "out");
  g_signal_new ("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ferry_document_init (FerryDocument *self)
{
  self->in = self->out = -1;
  self->info = (FyLiveInfo){ .device = "CPU, 2 cores" };
}

FyLabelSet *
ferry_document_labels (FerryDocument *self)
{
  return self->labels;
}

FerryFrames *
ferry_document_frames (FerryDocument *self)
{
  return self->frames;
}

FyLive *
ferry_document_live (FerryDocument *self)
{
  return self->labels != NULL ? &self->live : NULL;
}

const FyLiveInfo *
ferry_document_live_info (FerryDocument *self)
{
  return &self->info;
}

int
ferry_document_n_frames (FerryDocument *self)
{
  return self->frames != NULL ? self->frames->info.n_frames : 0;
}

int
ferry_document_frame (FerryDocument *self)
{
  return self->frame;
}

void
ferry_document_set_frame (FerryDocument *self, int frame)
{
  frame = CLAMP (frame, 0, ferry_document_n_frames (self) - 1);
  if (frame == self->frame)
    return;
  if (self->frames->stage.latency > 0)
    ferry_frames_want (self->frames, frame);
  g_object_set (self, "frame", frame, NULL);
}

guint16
ferry_document_object (FerryDocument *self)
{
  return (guint16) self->object;
}

void
ferry_document_set_object (FerryDocument *self, guint16 id)
{
  g_object_set (self, "object", (guint) id, NULL);
}

void
ferry_document_range (FerryDocument *self, int *first, int *last)
{
  *first = self->in >= 0 ? self->in : 0;
  *last = self->out >= 0 ? self->out : ferry_document_n_frames (self) - 1;
}

/* --- The stage --- */

void
stage_open (FerryDocument *self, int n_frames, int n_objects, double frames_per_second)
{
  g_clear_object (&self->labels);
  g_clear_object (&self->frames);
  self->frame = 0;
  self->in = self->out = -1;
  self->labels = fy_label_set_new (WIDTH, HEIGHT, n_frames);
  self->frames = g_object_new (FERRY_TYPE_FRAMES, NULL);
  self->frames->info = (FyClipInfo){
    .n_frames = n_frames, .width = WIDTH, .height = HEIGHT, .frames_per_second = frames_per_second
  };
  self->frames->small = g_new0 (FyFrame *, n_frames);
  self->live = (FyLive){ n_frames, n_frames, n_frames, FALSE };
  for (int i = 0; i < n_objects; i++)
    {
      static const char *const names[] = { "swan", "reeds", "a boat with a very long name",
                                           "heron" };
      g_autoptr (FyObject) object = fy_object_new ((guint16) (i + 1), names[i % 4], FY_OBJECT_MASK);

      fy_label_set_load_object (self->labels, object);
    }
  g_signal_emit_by_name (self, "opened");
}

static FyState
make_state (int frame, int object, int n_frames)
{
  int place = (frame + object * 17) % MAX (n_frames, 1) * 100 / n_frames;
  FyState state = { (guint16) (object + 1), FY_PROVENANCE_CARRIED, 0, 0 };

  state.trust = (float) (0.62 + 0.33 * sin (frame / 9.0 + object) * cos (frame / 31.0));
  if (frame % MAX (n_frames / 4, 1) == object % MAX (n_frames / 4, 1))
    state.provenance = frame > n_frames / 3 ? FY_PROVENANCE_CORRECTED : FY_PROVENANCE_HAND;
  else if (object % 4 == 1 && place >= 55 && place < 75)
    state.provenance = FY_PROVENANCE_ABSENT;
  else if (object % 4 == 2 && place >= 30 && place < 50)
    state.provenance = FY_PROVENANCE_OCCLUDED;
  else if (object % 4 == 3 && place < 40)
    state.provenance = FY_PROVENANCE_IMPORTED;
  else if (object % 4 == 3 && place > 80)
    state.provenance = FY_PROVENANCE_NONE;
  state.reviewed = object % 4 == 0 && place > 20 && place < 45;
  return state;
}

void
stage_fill (FerryDocument *self)
{
  int n_frames = ferry_document_n_frames (self);
  int n_objects = fy_label_set_n_objects (self->labels);
  g_autofree FyState *state = g_new (FyState, n_objects);
  g_autoptr (FyIdMap) map = fy_id_map_new (WIDTH, HEIGHT);

  for (int frame = 0; frame < n_frames; frame++)
    {
      g_autoptr (FyRunMap) runs = NULL;
      g_autoptr (FyFrameLabels) labels = NULL;

      for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
          map->id[y * WIDTH + x] = hypot (x - 10 - frame % 76, y - 34) < 9  ? 1
                                   : n_objects > 1 && y > 44 && x % 40 < 22 ? 2
                                                                            : 0;
      for (int i = 0; i < n_objects; i++)
        state[i] = make_state (frame, i, n_frames);
      runs = fy_run_map_new (map);
      labels = fy_frame_labels_new (runs, state, n_objects, NULL, 0);
      fy_label_set_load_frame (self->labels, frame, labels);
    }
  g_signal_emit_by_name (self, "opened");
}

StageFrames *
stage_frames (FerryDocument *self)
{
  return &self->frames->stage;
}

void
stage_set_ready (FerryDocument *self, int features, int lists, int carried)
{
  self->live.features = features;
  self->live.lists = lists;
  self->live.carried = carried;
  g_signal_emit_by_name (self, "progress");
}

/* --- Keys: a stage has none --- */

char *
ferry_shortcut_tip (const char *text, const char *action)
{
  return g_strdup (text);
}

void
ferry_shortcut_set_tip (GtkWidget *widget, const char *text, const char *action)
{
  gtk_widget_set_tooltip_text (widget, text);
}

void
ferry_shortcuts_watch (gpointer instance, GCallback func)
{
}
