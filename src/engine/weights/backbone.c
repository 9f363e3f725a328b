/* SPDX-License-Identifier: MIT */
#include "weights/backbone.h"

#include "base/error.h"
#include "base/text.h"
#include "weights/resnet-keys.h"
#include "weights/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Notes in a file that Ferry wrote. */
#define NOTE_METHOD  "ferry.method"
#define NOTE_PADDING "ferry.padding"
#define REFLECT      "reflect"
#define ZERO         "zero"

/* A network with fewer keys than this is none; the smallest layer has more. */
#define FEWEST_KEYS 10

/* A message that lists more than this does not help. */
#define MAX_PROBLEMS 6

/* The deepest layer every method needs. */
#define NEEDED_LAYER 3

struct FyBackbone
{
  FyCheckpoint *checkpoint; /* borrowed */
  FyBackboneInfo info;
  char *prefix;
  GArray *keys;      /* FyResnetKey */
  GHashTable *index; /* name (borrowed) -> place in keys */
  GPtrArray *extra;  /* names (borrowed), NULL at the end */
};

/* --- Where the network is --- */

/* Counts, for every prefix, the keys below it that a ResNet may have.  (transfer full) */
static GHashTable *
count_prefixes (FyCheckpoint *checkpoint)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char canonical[FY_NAME_SIZE];

  for (int i = 0; i < fy_checkpoint_n_tensors (checkpoint); i++)
    {
      const char *name = fy_checkpoint_tensor (checkpoint, i)->name;

      for (const char *key = name; key != NULL; key = strchr (key, '.'))
        {
          key += *key == '.';
          if (fy_name_map_key (key, canonical))
            {
              char *prefix = g_strndup (name, (gsize) (key - name));
              guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, prefix));

              g_hash_table_replace (counts, prefix, GUINT_TO_POINTER (count + 1));
            }
        }
    }
  return counts;
}

/* Among the prefixes with at least half as many keys as the fullest, takes the one whose family
 * comes first; a file may hold a network twice, as it is trained and as a slow copy. */
static char *
find_prefix (FyCheckpoint *checkpoint)
{
  g_autoptr (GHashTable) counts = count_prefixes (checkpoint);
  guint most = 0, best_count = 0;
  int best_rank = G_MAXINT;
  const char *best = NULL;
  GHashTableIter iter;
  gpointer prefix, value;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    most = MAX (most, GPOINTER_TO_UINT (value));
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &prefix, &value))
    {
      guint count = GPOINTER_TO_UINT (value);
      int rank = fy_family_rank (fy_family_find (prefix));

      if (count < FEWEST_KEYS || count * 2 < most || rank > best_rank)
        continue;
      if (rank == best_rank &&
          (count < best_count || (count == best_count && strcmp (prefix, best) > 0)))
        continue;
      best = prefix;
      best_rank = rank;
      best_count = count;
    }
  return g_strdup (best);
}

/* What the keys of networks that are no ResNet contain. */
static const struct
{
  const char *part;
  const char *what;
} strangers[] = {
  { "post_convolution.", N_ ("a CorrFlow or MAST network, which is not torchvision's ResNet") },
  { "feature_extraction.", N_ ("a CorrFlow or MAST network, which is not torchvision's ResNet") },
  { "patch_embed", N_ ("a vision transformer") },
  { "cls_token", N_ ("a vision transformer") },
  { ".attn.", N_ ("a vision transformer") },
  { "self_attention", N_ ("a vision transformer") },
  { "attention.", N_ ("a transformer") },
  { "features.0.", N_ ("a network of the VGG, AlexNet or MobileNet kind") },
  { "stages.", N_ ("a network of the ConvNeXt or RegNet kind") },
};

/* Sets the error that says what is in a file without a ResNet. */
static void
refuse (FyCheckpoint *checkpoint, GError **error)
{
  int n = fy_checkpoint_n_tensors (checkpoint);

  for (gsize s = 0; s < G_N_ELEMENTS (strangers); s++)
    for (int i = 0; i < n; i++)
      if (strstr (fy_checkpoint_tensor (checkpoint, i)->name, strangers[s].part) != NULL)
        {
          g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                       _ ("%s: holds %s (tensor %s); Ferry runs ResNet-18 and ResNet-50"),
                       fy_checkpoint_path (checkpoint), _ (strangers[s].what),
                       fy_checkpoint_tensor (checkpoint, i)->name);
          return;
        }
  g_set_error (
      error, FY_ERROR, FY_ERROR_UNSUPPORTED,
      g_dngettext (
          GETTEXT_PACKAGE,
          "%s: its %d tensor (%s) belongs to no ResNet; Ferry runs ResNet-18 and ResNet-50",
          "%s: none of its %d tensors belongs to a ResNet (the first is %s); Ferry runs ResNet-18 "
          "and ResNet-50",
          (gulong) n),
      fy_checkpoint_path (checkpoint), n, fy_checkpoint_tensor (checkpoint, 0)->name);
}

/* --- Which network it is --- */

/* Counts the blocks of each layer; returns whether they are bottlenecks. */
static gboolean
measure (const FyBackbone *self, int blocks[FY_RESNET_LAYERS])
{
  gboolean deep = FALSE;
  char name[FY_NAME_SIZE];

  memset (blocks, 0, FY_RESNET_LAYERS * sizeof *blocks);
  for (int i = 0; i < fy_checkpoint_n_tensors (self->checkpoint); i++)
    {
      const char *full = fy_checkpoint_tensor (self->checkpoint, i)->name;
      int layer, block;

      if (!g_str_has_prefix (full, self->prefix) ||
          !fy_name_map_key (full + strlen (self->prefix), name) ||
          sscanf (name, "layer%d.%d.", &layer, &block) != 2)
        continue;
      blocks[layer - 1] = MAX (blocks[layer - 1], block + 1);
      deep = deep || strstr (name, ".conv3.") != NULL;
    }
  return deep;
}

/* Sets info.depth, or the error that names the larger network this is. */
static gboolean
recognise_depth (FyBackbone *self, GError **error)
{
  static const struct
  {
    int depth;
    gboolean deep;
    int blocks[NEEDED_LAYER];
  } larger[] = { { 34, FALSE, { 3, 4, 6 } },
                 { 101, TRUE, { 3, 4, 23 } },
                 { 152, TRUE, { 3, 8, 36 } } };
  int blocks[FY_RESNET_LAYERS], depth = 0;
  gboolean deep = measure (self, blocks), too_many = FALSE;

  self->info.depth = deep ? 50 : 18;
  for (int i = 0; i < FY_RESNET_LAYERS; i++)
    too_many = too_many || blocks[i] > fy_resnet_blocks (self->info.depth)[i];
  if (!too_many)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (larger); i++)
    if (larger[i].deep == deep && memcmp (larger[i].blocks, blocks, sizeof larger[i].blocks) == 0)
      depth = larger[i].depth;
  if (depth != 0)
    g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                 _ ("%s: holds a ResNet-%d; Ferry runs ResNet-18 and ResNet-50"),
                 fy_checkpoint_path (self->checkpoint), depth);
  else
    g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                 _ ("%s: holds a residual network of %d, %d, %d and %d %s blocks; Ferry runs "
                    "ResNet-18 and ResNet-50"),
                 fy_checkpoint_path (self->checkpoint), blocks[0], blocks[1], blocks[2], blocks[3],
                 deep ? _ ("bottleneck") : _ ("basic"));
  return FALSE;
}

/* CRW's networks trained from scratch reflect; its file may say that this one was another's. */
static gboolean
pads_by_reflection (const FyBackbone *self, const FyFamily *family)
{
  const char *padding = fy_checkpoint_note (self->checkpoint, NOTE_PADDING);
  const char *type = fy_checkpoint_note (self->checkpoint, "args.model_type");

  if (padding != NULL)
    return g_str_equal (padding, REFLECT);
  if (type != NULL)
    return family->reflect && g_str_equal (type, "scratch");
  return family->reflect && self->info.depth == 18;
}

/* --- Whether it is all there --- */

/* What is wrong with the keys, as one line. */
typedef struct
{
  GString *text;
  int n;
} Problems;

G_GNUC_PRINTF (2, 3)
static void
add_problem (Problems *problems, const char *format, ...)
{
  va_list args;

  if (problems->n++ >= MAX_PROBLEMS)
    return;
  if (problems->n > 1)
    g_string_append (problems->text, "; ");
  va_start (args, format);
  g_string_append_vprintf (problems->text, format, args);
  va_end (args);
}

static char *
format_shape (const gint64 *shape, int rank)
{
  GString *text = g_string_new ("[");

  for (int i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", shape[i]);
  return g_string_free (g_string_append_c (text, ']'), FALSE);
}

/* Whether a tensor has the key's shape.  Networks inflated to video have one more axis of length
 * one, for time: [out, in, 1, height, width]. */
static gboolean
has_shape (const FyTensorInfo *tensor, const FyResnetKey *key)
{
  int skipped = tensor->rank == 5 && key->rank == 4 && tensor->shape[2] == 1;

  if (tensor->rank - skipped != key->rank)
    return FALSE;
  for (int i = 0; i < key->rank; i++)
    if (tensor->shape[i + (i >= 2 ? skipped : 0)] != key->shape[i])
      return FALSE;
  return TRUE;
}

static gboolean
is_real (FyDtype dtype)
{
  return dtype == FY_DTYPE_F32 || dtype == FY_DTYPE_F16 || dtype == FY_DTYPE_BF16 ||
         dtype == FY_DTYPE_F64;
}

/* Adds what is wrong with one key, if anything. */
static void
check_key (const FyBackbone *self, const FyResnetKey *key, Problems *problems)
{
  const FyTensorInfo *tensor =
      key->tensor >= 0 ? fy_checkpoint_tensor (self->checkpoint, key->tensor) : NULL;

  if (tensor == NULL)
    add_problem (problems, _ ("%s is missing"), key->name);
  else if (!has_shape (tensor, key))
    {
      g_autofree char *has = format_shape (tensor->shape, tensor->rank);
      g_autofree char *needs = format_shape (key->shape, key->rank);

      add_problem (problems, _ ("%s has shape %s, the network needs %s"), key->name, has, needs);
    }
  else if (!is_real (tensor->dtype))
    add_problem (problems, _ ("%s is of type %s, the network needs floating point"), key->name,
                 fy_dtype_name (tensor->dtype));
}

/* Sets each key's tensor.  Tensors below the prefix that the network does not have go to unknown,
 * all others to other. */
static void
assign_tensors (FyBackbone *self, GPtrArray *unknown, GPtrArray *other, Problems *problems)
{
  char canonical[FY_NAME_SIZE];

  for (int i = 0; i < fy_checkpoint_n_tensors (self->checkpoint); i++)
    {
      const char *name = fy_checkpoint_tensor (self->checkpoint, i)->name;
      gboolean inside = g_str_has_prefix (name, self->prefix);
      gpointer place;
      FyResnetKey *key;

      if (!inside)
        g_ptr_array_add (other, (gpointer) name);
      else if (!fy_name_map_key (name + strlen (self->prefix), canonical))
        g_ptr_array_add (unknown, (gpointer) name);
      else if (g_hash_table_lookup_extended (self->index, canonical, NULL, &place))
        {
          key = &g_array_index (self->keys, FyResnetKey, GPOINTER_TO_UINT (place));
          if (key->tensor >= 0)
            add_problem (problems, _ ("%s is there under two names"), canonical);
          key->tensor = i;
        }
      else if (!g_str_has_suffix (canonical, ".num_batches_tracked"))
        g_ptr_array_add (unknown, (gpointer) name);
    }
}

/* layer4 counts only when it is whole; else what there is of it goes to unknown. */
static void
settle_last_layer (FyBackbone *self, GPtrArray *unknown)
{
  Problems problems = { .text = g_string_new (NULL) };

  for (guint i = 0; i < self->keys->len; i++)
    {
      const FyResnetKey *key = &g_array_index (self->keys, FyResnetKey, i);

      if (key->layer > NEEDED_LAYER)
        check_key (self, key, &problems);
    }
  self->info.last_layer = problems.n == 0 ? FY_RESNET_LAYERS : NEEDED_LAYER;
  for (guint i = 0; i < self->keys->len && problems.n > 0; i++)
    {
      FyResnetKey *key = &g_array_index (self->keys, FyResnetKey, i);

      if (key->layer > NEEDED_LAYER && key->tensor >= 0)
        {
          g_ptr_array_add (unknown,
                           (gpointer) fy_checkpoint_tensor (self->checkpoint, key->tensor)->name);
          key->tensor = -1;
        }
    }
  g_string_free (problems.text, TRUE);
}

static gboolean
report (const FyBackbone *self, const Problems *problems, const GPtrArray *unknown, GError **error)
{
  g_autoptr (GString) more = g_string_new (NULL);

  if (problems->n == 0)
    return TRUE;
  if (problems->n > MAX_PROBLEMS)
    g_string_append_printf (more, _ ("; and %d more"), problems->n - MAX_PROBLEMS);
  if (unknown->len > 0)
    g_string_append_printf (more,
                            g_dngettext (GETTEXT_PACKAGE, "; %u key is unknown: %s",
                                         "; %u keys are unknown, the first is %s", unknown->len),
                            unknown->len, (const char *) unknown->pdata[0]);
  g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
               _ ("%s: not a whole ResNet-%d: %s%s; get a checkpoint of that network"),
               fy_checkpoint_path (self->checkpoint), self->info.depth, problems->text->str,
               more->str);
  return FALSE;
}

static gboolean
find_keys (FyBackbone *self, GError **error)
{
  g_autoptr (GPtrArray) other = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  Problems problems = { .text = text };

  self->keys = fy_resnet_keys (self->info.depth);
  for (guint i = 0; i < self->keys->len; i++)
    g_hash_table_insert (self->index, g_array_index (self->keys, FyResnetKey, i).name,
                         GUINT_TO_POINTER (i));
  assign_tensors (self, self->extra, other, &problems);
  settle_last_layer (self, self->extra);
  for (guint i = 0; i < self->keys->len; i++)
    {
      const FyResnetKey *key = &g_array_index (self->keys, FyResnetKey, i);

      if (key->layer <= NEEDED_LAYER)
        check_key (self, key, &problems);
    }
  if (!report (self, &problems, self->extra, error))
    return FALSE;
  g_ptr_array_extend (self->extra, other, NULL, NULL);
  g_ptr_array_add (self->extra, NULL);
  return TRUE;
}

/* VFS is the one of OpenMMLab's kin that keeps convolution and batch-norm in one module. */
static const char *
name_method (const FyBackbone *self, const FyFamily *family)
{
  const char *note = fy_checkpoint_note (self->checkpoint, NOTE_METHOD);
  g_autofree char *module = g_strconcat (self->prefix, "conv1.conv.weight", NULL);

  if (note != NULL)
    return note;
  return fy_checkpoint_find (self->checkpoint, module) >= 0 ? "VFS" : family->method;
}

FyBackbone *
fy_backbone_new (FyCheckpoint *checkpoint, GError **error)
{
  g_autoptr (FyBackbone) self = g_new0 (FyBackbone, 1);
  const FyFamily *family;

  self->checkpoint = checkpoint;
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  self->extra = g_ptr_array_new ();
  self->prefix = find_prefix (checkpoint);
  if (self->prefix == NULL)
    {
      refuse (checkpoint, error);
      return NULL;
    }
  if (!recognise_depth (self, error) || !find_keys (self, error))
    return NULL;
  family = fy_family_find (self->prefix);
  self->info.prefix = self->prefix;
  self->info.method = name_method (self, family);
  self->info.reflect_padding = pads_by_reflection (self, family);
  return g_steal_pointer (&self);
}

void
fy_backbone_free (FyBackbone *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->index);
  g_ptr_array_unref (self->extra);
  g_clear_pointer (&self->keys, g_array_unref);
  g_free (self->prefix);
  g_free (self);
}

const FyBackboneInfo *
fy_backbone_info (FyBackbone *self)
{
  return &self->info;
}

const char *const *
fy_backbone_extra (FyBackbone *self)
{
  return (const char *const *) self->extra->pdata;
}

/* --- Its numbers --- */

/* Batch-norm divides by the root of a variance: a negative one is as bad as a NaN. */
static gboolean
check_values (const FyBackbone *self,
              const char *name,
              const float *values,
              gsize n,
              GError **error)
{
  gboolean is_variance = g_str_has_suffix (name, ".running_var");

  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]) || (is_variance && values[i] < 0))
      {
        g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
                     _ ("%s: element %zu of %s is %g; get another checkpoint: this one "
                        "is damaged or its training failed"),
                     fy_checkpoint_path (self->checkpoint), i, name, (double) values[i]);
        return FALSE;
      }
  return TRUE;
}

gboolean
fy_backbone_read (FyBackbone *self, const char *name, float *out, gsize n, GError **error)
{
  gpointer place;
  gboolean known = g_hash_table_lookup_extended (self->index, name, NULL, &place);
  const FyResnetKey *key =
      known ? &g_array_index (self->keys, FyResnetKey, GPOINTER_TO_UINT (place)) : NULL;
  gsize count = 1;

  if (key == NULL || key->tensor < 0)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   _ ("%s: %s is missing (the file has a ResNet-%d up to layer%d); use another "
                      "checkpoint or cut"),
                   fy_checkpoint_path (self->checkpoint), name, self->info.depth,
                   self->info.last_layer);
      return FALSE;
    }
  for (int i = 0; i < key->rank; i++)
    count *= (gsize) key->shape[i];
  if (count != n)
    {
      g_autofree char *has = format_shape (key->shape, key->rank);

      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   _ ("%s: %s has shape %s, the network needs %zu elements"),
                   fy_checkpoint_path (self->checkpoint), name, has, n);
      return FALSE;
    }
  return fy_checkpoint_read (self->checkpoint, key->tensor, out, n, error) &&
         check_values (self, name, out, n, error);
}

static gboolean
fill (int index, float *out, gsize n, gpointer user_data, GError **error)
{
  FyBackbone *self = user_data;

  return fy_backbone_read (self, g_array_index (self->keys, FyResnetKey, index).name, out, n,
                           error);
}

gboolean
fy_backbone_save (FyBackbone *self,
                  const char *path,
                  const FyBackboneSaveParams *params,
                  GError **error)
{
  FyNote notes[] = { { "format", "pt" }, /* what readers of safetensors expect of PyTorch's names */
                     { NOTE_METHOD, params->method != NULL ? params->method : self->info.method },
                     { NOTE_PADDING, self->info.reflect_padding ? REFLECT : ZERO },
                     { "description", params->description } };
  int n_notes = (int) G_N_ELEMENTS (notes) - (params->description == NULL);
  g_autofree FyTensorInfo *tensors = g_new0 (FyTensorInfo, self->keys->len);
  int n = 0;

  for (guint i = 0; i < self->keys->len; i++)
    {
      const FyResnetKey *key = &g_array_index (self->keys, FyResnetKey, i);

      if (key->layer > self->info.last_layer)
        break;
      tensors[n].name = key->name;
      tensors[n].dtype = params->half && key->rank == 4 ? FY_DTYPE_F16 : FY_DTYPE_F32;
      tensors[n].rank = key->rank;
      memcpy (tensors[n++].shape, key->shape, sizeof key->shape);
    }
  return fy_safetensors_save (path, tensors, n, notes, n_notes, fill, self, error);
}
