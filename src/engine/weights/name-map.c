/* SPDX-License-Identifier: MIT */
#include "weights/name-map.h"

#include <stdio.h>
#include <string.h>

/* The network that is trained comes before its slowly moving copy (MoCo's encoder_k, the target of
 * SFC, UVC's rgb_encoder), which has no entry and falls to the last line. */
static const FyFamily families[] = {
  { "CRW", "encoder.model.", TRUE },
  { "SFC fine-grained", "online_encoder.", FALSE },
  { "MoCo", "encoder_q.", FALSE },
  { "MoCo v3", "base_encoder.", FALSE },
  { "UVC", "gray_encoder.", FALSE },
  { "TimeCycle", "encoderVideo.", FALSE },
  { "OpenMMLab", "backbone.", FALSE },
  { "PixPro", "model.module.encoder.", FALSE },
  { "SimSiam", "module.encoder.", FALSE },
  { "torchvision", "", FALSE }, /* all of the prefix is wrapping: see is_wrapping */
  { "unknown", "", FALSE },
};

#define UNKNOWN (&families[G_N_ELEMENTS (families) - 1])

/* Steps over `word` if it is next. */
static gboolean
take (const char **at, const char *word)
{
  gsize n = strlen (word);

  if (strncmp (*at, word, n) != 0)
    return FALSE;
  *at += n;
  return TRUE;
}

/* Reads a number of one or two digits. */
static gboolean
take_number (const char **at, int *number)
{
  *number = 0;
  for (int digits = 0; g_ascii_isdigit (**at); digits++, (*at)++)
    {
      if (digits == 2)
        return FALSE;
      *number = 10 * *number + (**at - '0');
    }
  return g_ascii_isdigit ((*at)[-1]);
}

static gboolean
is_norm_part (const char *part)
{
  return g_str_equal (part, "weight") || g_str_equal (part, "bias") ||
         g_str_equal (part, "running_mean") || g_str_equal (part, "running_var") ||
         g_str_equal (part, "num_batches_tracked");
}

/* A block's (or the stem's) convolutions and batch-norms; `head` is "layerL.B." or "". */
static gboolean
map_part (const char *part, const char *head, char name[FY_NAME_SIZE])
{
  int number, last = *head != '\0' ? 3 : 1;
  const char *at = part;

  if (take (&at, "conv") && take_number (&at, &number) && number >= 1 && number <= last)
    {
      if (g_str_equal (at, ".weight") || g_str_equal (at, ".1.weight") ||
          g_str_equal (at, ".conv.weight"))
        return snprintf (name, FY_NAME_SIZE, "%sconv%d.weight", head, number) > 0;
      return take (&at, ".bn.") && is_norm_part (at) &&
             snprintf (name, FY_NAME_SIZE, "%sbn%d.%s", head, number, at) > 0;
    }
  at = part;
  if (take (&at, "bn") && take_number (&at, &number) && number >= 1 && number <= last)
    return take (&at, ".") && is_norm_part (at) &&
           snprintf (name, FY_NAME_SIZE, "%sbn%d.%s", head, number, at) > 0;
  at = part;
  if (*head == '\0' || !take (&at, "downsample."))
    return FALSE;
  if (g_str_equal (at, "0.weight") || g_str_equal (at, "conv.weight"))
    return snprintf (name, FY_NAME_SIZE, "%sdownsample.0.weight", head) > 0;
  return (take (&at, "1.") || take (&at, "bn.")) && is_norm_part (at) &&
         snprintf (name, FY_NAME_SIZE, "%sdownsample.1.%s", head, at) > 0;
}

gboolean
fy_name_map_key (const char *key, char name[FY_NAME_SIZE])
{
  char head[FY_NAME_SIZE] = "";
  const char *at = key;
  int layer, block;

  if (take (&at, "layer"))
    {
      if (!take_number (&at, &layer) || layer < 1 || layer > 4 || !take (&at, ".") ||
          !take_number (&at, &block) || !take (&at, "."))
        return FALSE;
      snprintf (head, sizeof head, "layer%d.%d.", layer, block);
    }
  return map_part (at, head, name);
}

/* Whether a prefix consists only of what programs wrap a network's state_dict in. */
static gboolean
is_wrapping (const char *prefix)
{
  const char *at = prefix;

  while (take (&at, "state_dict.") || take (&at, "model.") || take (&at, "module."))
    ;
  return *at == '\0';
}

const FyFamily *
fy_family_find (const char *prefix)
{
  for (const FyFamily *family = families; family < UNKNOWN; family++)
    {
      gsize start = strlen (prefix) - MIN (strlen (family->ending), strlen (prefix));

      if (*family->ending == '\0' ? is_wrapping (prefix)
                                  : g_str_has_suffix (prefix, family->ending) &&
                                        (start == 0 || prefix[start - 1] == '.'))
        return family;
    }
  return UNKNOWN;
}

int
fy_family_rank (const FyFamily *family)
{
  return (int) (family - families);
}
