/* SPDX-License-Identifier: MIT */
/* Whatever a person does in whatever order, what is handed out in the end follows from what is there in the
 * end; and closing a clip is safe at any moment. */
#include "folder.h"
#include "live-fixture.h"

#include <math.h>
#include <string.h>

#define SHORT_SIDE 48
#define N_FRAMES   60
#define SEQUENCES  14
#define EDITS      14

/* What is wanted in the end. */
typedef struct
{
  int n_masks;
  gboolean skeleton; /* object 4 */
  FyFrameLabels *labels[N_FRAMES];
  guint8 way[N_FRAMES];
  FyPropagateParams params;
} Wanted;

static void
wanted_clear (Wanted *self)
{
  for (int t = 0; t < N_FRAMES; t++)
    g_clear_pointer (&self->labels[t], fy_frame_labels_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wanted, wanted_clear)

static void
set_objects (LiveFixture *fixture, const Wanted *wanted)
{
  static const char *const joints[] = { "head", "tail" };
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);

  if (wanted->skeleton)
    {
      g_ptr_array_add (objects, fy_object_new (4, NULL, FY_OBJECT_SKELETON));
      fy_object_set_skeleton (g_ptr_array_index (objects, 0), joints, NULL, 2);
    }
  for (int id = wanted->n_masks; id >= 1; id--) /* the order is nobody's business */
    g_ptr_array_add (objects, fy_object_new ((guint16) id, NULL, FY_OBJECT_MASK));
  fy_live_set_objects (fixture->live, (FyObject *const *) objects->pdata, (int) objects->len);
}

/* Some objects by hand, some said to be away, some not spoken of. */
static FyFrameLabels *
make_labels (GRand *random, int frame)
{
  static const FyProvenance choice[] = { FY_PROVENANCE_NONE,      FY_PROVENANCE_CARRIED,
                                         FY_PROVENANCE_HAND,      FY_PROVENANCE_HAND,
                                         FY_PROVENANCE_CORRECTED, FY_PROVENANCE_IMPORTED,
                                         FY_PROVENANCE_ABSENT,    FY_PROVENANCE_OCCLUDED };
  g_autoptr (FyRunMap) map = live_truth (g_rand_int_range (random, 0, 3) == 0 ? 59 - frame : frame);
  FyState state[4];
  FyPoint point[2];
  int n_points = g_rand_int_range (random, 0, 3);

  for (guint16 id = 1; id <= 4; id++)
    {
      FyProvenance provenance = choice[g_rand_int_range (random, 0, G_N_ELEMENTS (choice))];

      state[id - 1] = (FyState){ id, (guint8) provenance, FALSE, NAN };
      if (id < 4 && (provenance == FY_PROVENANCE_ABSENT || provenance == FY_PROVENANCE_OCCLUDED))
        {
          FyRunMap *without = fy_run_map_replace (map, id, FY_ID_BACKGROUND);

          fy_run_map_unref (map);
          map = without;
        }
    }
  for (int i = 0; i < n_points; i++)
    point[i] =
        (FyPoint){ 4,
                   (guint16) i,
                   (guint8) g_rand_int_range (random, 0, 3),
                   (guint8) (g_rand_boolean (random) ? FY_PROVENANCE_HAND : FY_PROVENANCE_CARRIED),
                   (float) g_rand_double_range (random, 0, 640),
                   (float) g_rand_double_range (random, 0, 360) };
  return fy_frame_labels_new (map, state, 4, point, n_points);
}

static void
edit_labels (GRand *random, LiveFixture *fixture, Wanted *wanted)
{
  int frame = g_rand_int_range (random, 0, N_FRAMES);

  g_clear_pointer (&wanted->labels[frame], fy_frame_labels_unref);
  if (g_rand_int_range (random, 0, 4) != 0)
    wanted->labels[frame] = make_labels (random, frame);
  fy_live_set_labels (fixture->live, frame, wanted->labels[frame], g_rand_int (random));
}

static void
edit_ways (GRand *random, LiveFixture *fixture, Wanted *wanted)
{
  int first = g_rand_int_range (random, 0, N_FRAMES),
      last = g_rand_int_range (random, first, N_FRAMES);

  memset (wanted->way + first, g_rand_int_range (random, FY_WAY_AUTO, FY_WAY_NONE + 1),
          (gsize) (last - first + 1));
  fy_live_set_ways (fixture->live, wanted->way);
}

static void
edit_params (GRand *random, LiveFixture *fixture, Wanted *wanted)
{
  static const int radius[] = { 12, 5, 0 };

  wanted->params.topk = g_rand_int_range (random, 3, 16);
  wanted->params.temperature = (float) g_rand_double_range (random, 0.02, 0.2);
  wanted->params.references = g_rand_int_range (random, -1, 3);
  if (g_rand_int_range (random, 0, 3) == 0)
    {
      wanted->params.context = g_rand_int_range (random, 1, 21);
      wanted->params.radius = radius[g_rand_int_range (random, 0, 3)];
    }
  fy_live_set_params (fixture->live, &wanted->params);
}

static void
edit (GRand *random, LiveFixture *fixture, Wanted *wanted)
{
  switch (g_rand_int_range (random, 0, 10))
    {
    case 0:
      edit_ways (random, fixture, wanted);
      break;
    case 1:
      edit_params (random, fixture, wanted);
      break;
    case 2:
      wanted->n_masks = g_rand_int_range (random, 0, 4);
      wanted->skeleton = g_rand_boolean (random);
      set_objects (fixture, wanted);
      break;
    case 3:
      if (fy_live_is_paused (fixture->live))
        fy_live_resume (fixture->live);
      else
        fy_live_pause (fixture->live);
      break;
    case 4:
      fy_live_set_playhead (fixture->live, g_rand_int_range (random, 0, N_FRAMES));
      break;
    default:
      edit_labels (random, fixture, wanted);
    }
}

/* Lets the threads get some way with it. */
static void
dawdle (GRand *random)
{
  gint64 end = g_get_monotonic_time () +
               (g_rand_int_range (random, 0, 3) == 0 ? g_rand_int_range (random, 0, 60000) : 0);

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (100);
}

static gboolean
arrays_equal (gconstpointer a, gconstpointer b, gsize size)
{
  const GArray *x = a, *y = b;
  guint nx = x != NULL ? x->len : 0, ny = y != NULL ? y->len : 0;

  return nx == ny && (nx == 0 || memcmp (x->data, y->data, nx * size) == 0);
}

static void
compare (LiveFixture *a, LiveFixture *b)
{
  for (int t = 0; t < N_FRAMES; t++)
    {
      FyRunMap *ma = g_ptr_array_index (a->map, t), *mb = g_ptr_array_index (b->map, t);
      GArray *ids = g_ptr_array_index (b->ids, t);

      g_assert_true (arrays_equal (g_ptr_array_index (a->ids, t), ids, sizeof (guint16)));
      g_assert_cmpint (fy_live_ready (a->live, t), ==, fy_live_ready (b->live, t));
      if (ids == NULL || ids->len == 0)
        continue;
      g_assert_true (fy_run_map_equal (ma, mb));
      g_assert_true (arrays_equal (g_ptr_array_index (a->trust, t), g_ptr_array_index (b->trust, t),
                                   sizeof (float)));
      g_assert_true (arrays_equal (g_ptr_array_index (a->point, t), g_ptr_array_index (b->point, t),
                                   sizeof (FyPoint)));
    }
}

static void
start_anew (const LiveFixture *old, const Wanted *wanted, LiveFixture *fixture)
{
  FySessionParams params = old->params;

  params.propagate = wanted->params;
  live_open (fixture, &params);
  set_objects (fixture, wanted);
  fy_live_set_ways (fixture->live, wanted->way);
  for (int t = 0; t < N_FRAMES; t++)
    if (wanted->labels[t] != NULL)
      fy_live_set_labels (fixture->live, t, wanted->labels[t], 1);
  live_settle (fixture);
}

static void
test_random (void)
{
  g_autofree char *folder = test_folder_new ();

  for (int i = 0; i < SEQUENCES; i++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) i);
      FySessionParams params = live_params (SHORT_SIDE, folder);
      g_auto (Wanted) wanted = { .n_masks = 3, .params = params.propagate };
      g_auto (LiveFixture) fixture = { 0 }, anew = { 0 };

      live_open (&fixture, &params);
      set_objects (&fixture, &wanted);
      for (int e = 0; e < EDITS; e++)
        {
          edit (random, &fixture, &wanted);
          fy_live_set_yielding (fixture.live, e % 3 == 1);
          dawdle (random);
        }
      fy_live_resume (fixture.live);
      fy_live_set_yielding (fixture.live, FALSE);
      live_settle (&fixture);
      start_anew (&fixture, &wanted, &anew);
      compare (&fixture, &anew);
    }
  test_folder_remove (folder);
}

/* Two networks compared by other weights: lists are made anew, or proven from what is known of them. */
static void
test_lambda (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *model = g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "models",
                                             "fc-bootstrap.safetensors", NULL);
  FySessionParams params = live_params (SHORT_SIDE, folder);
  g_auto (Wanted) wanted = { .n_masks = 1 };
  g_auto (LiveFixture) fixture = { 0 }, anew = { 0 };
  static const guint16 ids[] = { 1, 0 };
  g_autoptr (FyRunMap) truth = live_truth (0);

  params.fine = params.semantic = model;
  params.propagate = *fy_preset_find ("sfc-davis");
  params.candidates = 25;
  wanted.params = params.propagate;
  wanted.labels[0] = live_labels (truth, ids);
  live_open (&fixture, &params);
  set_objects (&fixture, &wanted);
  fy_live_set_labels (fixture.live, 0, wanted.labels[0], 1);
  live_settle (&fixture);
  for (int i = 0; i < 3; i++)
    {
      wanted.params.lambda = 0.5f + (float) i;
      fy_live_set_params (fixture.live, &wanted.params);
    }
  live_settle (&fixture);
  start_anew (&fixture, &wanted, &anew);
  compare (&fixture, &anew);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-edits/random", test_random);
  g_test_add_func ("/live-edits/lambda", test_lambda);
  return g_test_run ();
}
