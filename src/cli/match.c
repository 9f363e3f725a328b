/* SPDX-License-Identifier: MIT */
/* ferry-cli match: writes the neighbour list of a frame. */
#include "network.h"

#include "base/text.h"
#include "exchange/npy.h"

typedef struct
{
  FerryNetwork network;
  FerryMatching matching;
  int frame;
  int first;
  char *out;
} Options;

static gboolean
save (const char *prefix, const FyNeighbours *list, GError **error)
{
  g_autofree char *position = g_strconcat (prefix, ".position.npy", NULL);
  g_autofree char *score = g_strconcat (prefix, ".score.npy", NULL);
  gsize shape[] = { (gsize) list->cells, (gsize) list->k };

  return fy_npy_save (position, FY_NPY_U32, 2, shape, list->position, error) &&
         fy_npy_save (score, FY_NPY_F32, 2, shape, list->score, error);
}

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  int first = options->first == FERRY_NOT_GIVEN ? 0 : options->first;
  FySessionParams params;
  g_autoptr (FySession) session = NULL;
  g_autoptr (FyNeighbours) list = NULL;
  const FyClipInfo *clip;
  int width, height;

  if (!ferry_session_params (&options->network, &options->matching, &params, error))
    return FALSE;
  if (options->frame <= first)
    {
      g_set_error (error, FERRY_USAGE, 0, _ ("--frame %d does not come after --first %d"),
                   options->frame, first);
      return FALSE;
    }
  session = fy_session_new (arguments[0], &params, cancellable, error);
  if (session == NULL)
    return FALSE;
  clip = fy_clip_info (fy_session_clip (session));
  if (!ferry_check_frame (first, clip, error) || !ferry_check_frame (options->frame, clip, error))
    return FALSE;
  list = fy_session_neighbours (session, first, &first, 1, options->frame, NULL, NULL, cancellable,
                                error);
  if (list == NULL || !save (options->out, list, error))
    return FALSE;
  fy_session_grid_size (session, &width, &height);
  g_print (_ ("%d neighbours of %dx%d cells in %s.position.npy and %s.score.npy\n"), list->k, width,
           height, options->out, options->out);
  return TRUE;
}

static const FerryOption option_table[] = {
  { "frame", FERRY_WHOLE, G_STRUCT_OFFSET (Options, frame), "N", N_ ("Whose neighbours, from 0"),
    TRUE },
  { "first", FERRY_WHOLE, G_STRUCT_OFFSET (Options, first), "A",
    N_ ("Frame that carries the labels, whose cells are all candidates; 0 without") },
  { "out", FERRY_PATH, G_STRUCT_OFFSET (Options, out), "PREFIX",
    N_ ("Where to: PREFIX.position.npy and PREFIX.score.npy"), TRUE },
  FERRY_NETWORK_OPTIONS (Options, network),
  FERRY_MATCHING_OPTIONS (Options, matching),
  { NULL },
};

const FerryCommand ferry_match = {
  .name = "match",
  .summary = N_ ("write the neighbour list of a frame"),
  .arguments = "INPUT --frame N --out PREFIX",
  .description = N_ (
      "Writes which cells of earlier frames each cell of a frame takes its label from, most "
      "similar "
      "first.\n\n"
      "PREFIX.position.npy is uint32 [cells, k]: frame number times cells plus cell, counted along "
      "rows. PREFIX.score.npy is float32 [cells, k]: the similarity, before division by the "
      "temperature. A cell that counts several times stands there several times."),
  .examples = "  ferry-cli match swan.mp4 --frame 30 --out /tmp/swan30\n"
              "  ferry-cli match swan.mp4 --frame 30 --topk 20 --radius 0 --out /tmp/swan30",
  .min_arguments = 1,
  .max_arguments = 1,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
