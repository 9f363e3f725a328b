/* SPDX-License-Identifier: MIT */
#include "network.h"

#include "base/error.h"
#include "base/text.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* --- Parameters --- */

static const char *
default_preset (const FerryNetwork *self)
{
  if (self->semantic == NULL)
    return "fc-davis";
  return self->fine != NULL ? "sfc-davis" : "single-davis";
}

static gboolean
find_preset (const FerryNetwork *self, FyPropagateParams *params, GError **error)
{
  const char *name = self->preset != NULL ? self->preset : default_preset (self);
  const FyPropagateParams *found = fy_preset_find (name);
  g_autoptr (GString) known = g_string_new (NULL);
  const FyPropagateParams *all;
  int n;

  if (found != NULL)
    {
      *params = *found;
      return TRUE;
    }
  all = fy_presets (&n);
  for (int i = 0; i < n; i++)
    g_string_append_printf (known, "%s%s", i == 0 ? "" : ", ", all[i].name);
  g_set_error (error, FERRY_USAGE, 0, _ ("no preset is called \"%s\"; there are %s"), name,
               known->str);
  return FALSE;
}

static gboolean
read_short_side (const char *text, int *short_side, GError **error)
{
  guint64 number;

  if (text == NULL)
    return TRUE;
  if (strcmp (text, "native") == 0)
    {
      *short_side = -1;
      return TRUE;
    }
  if (!g_ascii_string_to_unsigned (text, 10, 16, 65535, &number, NULL))
    {
      g_set_error (error, FERRY_USAGE, 0,
                   _ ("--short-side \"%s\" is neither native nor 16 to 65535"), text);
      return FALSE;
    }
  *short_side = (int) number;
  return TRUE;
}

static void
apply_matching (const FerryMatching *self, FyPropagateParams *params)
{
  if (self->topk != FERRY_NOT_GIVEN)
    params->topk = self->topk;
  if (self->context != FERRY_NOT_GIVEN)
    params->context = self->context;
  if (self->radius != FERRY_NOT_GIVEN)
    params->radius = self->radius;
  if (self->temperature != FERRY_NOT_GIVEN)
    params->temperature = (float) self->temperature;
}

static gboolean
read_candidates (const FerryMatching *self, FySessionParams *params, GError **error)
{
  if (self->candidates == FERRY_NOT_GIVEN)
    return TRUE;
  params->candidates = self->candidates;
  if (self->candidates >= params->propagate.topk && self->candidates <= FY_SEARCH_MAX_K)
    return TRUE;
  g_set_error (error, FERRY_USAGE, 0, _ ("--candidates %d is not in %d (--topk) .. %d"),
               self->candidates, params->propagate.topk, FY_SEARCH_MAX_K);
  return FALSE;
}

/* Bytes: digits, then nothing or K, M, G, T in steps of 1024. */
static gboolean
read_size (const char *option, const char *text, guint64 *bytes, GError **error)
{
  static const char units[] = "KMGT";
  char *end;
  const char *unit;
  guint64 number, scale = 1;

  if (text == NULL)
    return TRUE;
  number = g_ascii_strtoull (text, &end, 10);
  unit = end[0] != '\0' ? strchr (units, g_ascii_toupper (end[0])) : NULL;
  if (unit != NULL)
    {
      scale <<= 10 * (unit - units + 1);
      end++;
    }
  if (g_ascii_isdigit (text[0]) && end[0] == '\0' && number <= G_MAXINT64 / scale)
    {
      *bytes = number * scale;
      return TRUE;
    }
  g_set_error (error, FERRY_USAGE, 0, _ ("%s \"%s\" does not read as a size, like 500M or 20G"),
               option, text);
  return FALSE;
}

/* Where things are kept, and how much of them. */
static gboolean
read_room (const FerryNetwork *self, FySessionParams *params, GError **error)
{
  guint64 cache = FY_DEFAULT_CACHE_BYTES, memory = FY_DEFAULT_MEMORY_BYTES;

  if (!read_size ("--cache-size", self->cache_size, &cache, error) ||
      !read_size ("--memory", self->memory, &memory, error))
    return FALSE;
  if (cache > 0)
    {
      g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "ferry", NULL);

      if (self->cache != NULL && self->cache[0] == '\0')
        {
          g_set_error_literal (error, FERRY_USAGE, 0, _ ("--cache is empty; name a folder"));
          return FALSE;
        }
      params->cache = self->cache != NULL ? self->cache : g_intern_string (path);
      params->cache_bytes = cache;
    }
  params->exact = self->exact;
  params->memory_bytes = (gsize) MAX (memory, 1);
  return TRUE;
}

gboolean
ferry_session_params (const FerryNetwork *network,
                      const FerryMatching *matching,
                      FySessionParams *params,
                      GError **error)
{
  g_autoptr (GError) wrong = NULL;

  *params = (FySessionParams){ .device = network->device,
                               .fine = network->fine,
                               .semantic = network->semantic,
                               .fast = network->fast };
  if (!find_preset (network, &params->propagate, error) ||
      !read_short_side (network->short_side, &params->short_side, error) ||
      !read_room (network, params, error))
    return FALSE;
  if (network->lambda != FERRY_NOT_GIVEN)
    params->propagate.lambda = (float) network->lambda;
  params->propagate.strict_reference = network->strict_reference;
  if (matching != NULL)
    {
      apply_matching (matching, &params->propagate);
      if (!read_candidates (matching, params, error))
        return FALSE;
    }
  if (fy_params_check (&params->propagate, &wrong))
    return TRUE;
  g_set_error_literal (error, FERRY_USAGE, 0, wrong->message);
  return FALSE;
}

/* --- Frames --- */

gboolean
ferry_check_frame (int frame, const FyClipInfo *clip, GError **error)
{
  if (frame >= 0 && frame < clip->n_frames)
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH, _ ("%s has no frame %d; its frames are 0 to %d"),
               clip->path, frame, clip->n_frames - 1);
  return FALSE;
}

gboolean
ferry_frames (const char *text, const FyClipInfo *clip, int *first, int *last, GError **error)
{
  g_auto (GStrv) ends = g_strsplit (text != NULL ? text : "0-", "-", 2);
  guint64 from, to;

  *first = 0;
  *last = clip->n_frames - 1;
  if (!g_ascii_string_to_unsigned (ends[0], 10, 0, G_MAXINT, &from, NULL))
    from = G_MAXUINT64;
  to = from;
  if (ends[1] != NULL && ends[1][0] == '\0')
    to = (guint64) *last;
  else if (ends[1] != NULL && !g_ascii_string_to_unsigned (ends[1], 10, 0, G_MAXINT, &to, NULL))
    from = G_MAXUINT64;
  if (from == G_MAXUINT64)
    {
      g_set_error (error, FERRY_USAGE, 0, _ ("--frames \"%s\" does not read as A-B, like 0-59"),
                   text);
      return FALSE;
    }
  if (!ferry_check_frame ((int) from, clip, error) || !ferry_check_frame ((int) to, clip, error))
    return FALSE;
  if (to < from)
    {
      g_set_error (error, FERRY_USAGE, 0, _ ("--frames \"%s\" ends before it begins"), text);
      return FALSE;
    }
  *first = (int) from;
  *last = (int) to;
  return TRUE;
}

void
ferry_explain_stop (GError **error,
                    int at,
                    int first,
                    int last,
                    int low,
                    int high,
                    const char *folder)
{
  g_autofree char *done =
      high < low
          ? g_strdup (_ ("no mask was written"))
          : g_strdup_printf (_ ("the masks of frames %d to %d are in %s"), low, high, folder);
  GError *full;

  if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    full = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("stopped at frame %d of %d to %d; %s"),
                        at, first, last, done);
  else
    full = g_error_new ((*error)->domain, (*error)->code, "%s; %s", (*error)->message, done);
  g_clear_error (error);
  g_propagate_error (error, full);
}

void
ferry_print_notes (FySession *session)
{
  g_auto (GStrv) lines = g_strsplit (fy_session_notes (session), "\n", -1);

  for (int i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0')
      g_printerr ("ferry-cli: %s\n", lines[i]);
}

gboolean
ferry_check_whole (FySession *session,
                   const char *frames,
                   int first,
                   int last,
                   const char *where,
                   GError **error)
{
  const FyClipInfo *clip = fy_clip_info (fy_session_clip (session));

  if (!clip->damaged || frames != NULL)
    return TRUE;
  g_set_error (
      error, FY_ERROR, FY_ERROR_CORRUPT,
      g_dngettext (
          GETTEXT_PACKAGE,
          "%s: damaged: %d frame could be read, and what follows from it is in %s; get a whole "
          "copy, or name the frames with --frames %d-%d",
          "%s: damaged: %d frames could be read, and what follows from them is in %s; get a whole "
          "copy, or name the frames with --frames %d-%d",
          (gulong) clip->n_frames),
      clip->path, clip->n_frames, where, first, last);
  return FALSE;
}

/* --- JSON --- */

char *
ferry_json_string (const char *text)
{
  g_autoptr (JsonNode) node = json_node_new (text != NULL ? JSON_NODE_VALUE : JSON_NODE_NULL);
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (text != NULL)
    json_node_set_string (node, valid);
  return json_to_string (node, FALSE);
}
