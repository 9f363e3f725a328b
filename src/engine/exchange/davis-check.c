/* SPDX-License-Identifier: MIT */
#include "exchange/davis-check.h"

#include "base/text.h"

#include <stdarg.h>
#include <string.h>

/* What can be wrong; each is reported once, for the first file that has it. */
typedef enum
{
  NAME,
  GAP,
  COUNT,
  BROKEN,
  SIZE,
  CODING,
  PALETTE,
  VOID,
  NO_OBJECT,
  ID_GAP,
  ID_NEW,
} Kind;

typedef struct
{
  const FyMaskFolder *folder;
  const FyDavisCheckParams *params;
  GPtrArray *findings;
  guint reported; /* bit by Kind                                      */
  int width;      /* what masks must have; 0 = not known yet          */
  int height;
  int n_objects; /* highest id of the first mask; -1 = not read      */
} Check;

void
fy_finding_free (FyFinding *self)
{
  if (self == NULL)
    return;
  g_free (self->message);
  g_free (self);
}

static void report (Check *check, Kind kind, FyFindingLevel level, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
report (Check *check, Kind kind, FyFindingLevel level, const char *format, ...)
{
  FyFinding *finding;
  va_list arguments;

  if ((check->reported & 1u << kind) != 0)
    return;
  check->reported |= 1u << kind;
  finding = g_new (FyFinding, 1);
  finding->level = level;
  va_start (arguments, format);
  finding->message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (check->findings, finding);
}

static gboolean
is_five_digits (const char *name)
{
  return strlen (name) == strlen ("00000.png") && strspn (name, "0123456789") == 5 &&
         g_str_has_suffix (name, ".png");
}

/* Names and numbers: 00000.png on, one for each frame. */
static void
check_names (Check *check)
{
  const char *path = fy_mask_folder_path (check->folder);
  int n = fy_mask_folder_n_frames (check->folder), wanted = check->params->n_frames;
  int previous = -1;

  for (int i = 0; i < n; i++)
    {
      const char *name = fy_mask_folder_frame (check->folder, i);
      int number = fy_frame_number (name);

      if (!is_five_digits (name))
        report (check, NAME, FY_FINDING_WARNING,
                _ ("%s/%s: DAVIS names masks by five digits; rename it to %05d.png"), path, name,
                MAX (number, 0));
      if (number > previous + 1)
        report (check, GAP, FY_FINDING_ERROR,
                _ ("%s: %05d.png is missing, the next is %s; write that mask too"), path,
                previous + 1, name);
      previous = number;
    }
  if (wanted > 0 && n != wanted)
    report (check, COUNT, FY_FINDING_ERROR,
            g_dngettext (
                GETTEXT_PACKAGE, "%s: holds %d mask but the clip %d frames; write one for each",
                "%s: holds %d masks but the clip %d frames; write one for each", (gulong) n),
            path, n, wanted);
}

static void
check_coding (Check *check, const char *file, const FyIndexedPngInfo *info)
{
  static const char *const what[] = { [FY_LABEL_CODING_GREY] = N_ ("grey values"),
                                      [FY_LABEL_CODING_GREY_ONE] = N_ ("black and white"),
                                      [FY_LABEL_CODING_COLOUR] = N_ ("RGB colours") };

  if (info->coding != FY_LABEL_CODING_INDEX)
    report (check, CODING,
            info->coding == FY_LABEL_CODING_GREY && info->bit_depth <= 8 ? FY_FINDING_WARNING
                                                                         : FY_FINDING_ERROR,
            _ ("%s: ids are stored as %s of %d bit, DAVIS wants an 8-bit palette; export it again"),
            file, _ (what[info->coding]), info->bit_depth);
  else if (info->bit_depth != 8)
    report (check, CODING, FY_FINDING_NOTE,
            _ ("%s: a palette of %d bit, DAVIS has 8; export it again"), file, info->bit_depth);
  if (info->coding == FY_LABEL_CODING_INDEX && info->palette != FY_PALETTE_VOC)
    report (check, PALETTE, FY_FINDING_NOTE,
            _ ("%s: the palette is %s; ids are right, colours will look different"), file,
            info->palette == FY_PALETTE_VOC_191 ? _ ("the VOC variant with 191 for 192")
                                                : _ ("not that of VOC"));
}

/* The first mask settles how many objects there are; later ones may hold no others. */
static void
check_ids (Check *check, const char *file, const FyIdMap *map)
{
  g_autoptr (GArray) ids = fy_id_map_ids (map);
  int n = (int) ids->len, highest = n > 0 ? g_array_index (ids, guint16, n - 1) : 0;

  if (check->n_objects >= 0 && highest > check->n_objects)
    report (
        check, ID_NEW, FY_FINDING_ERROR,
        _ ("%s: holds object %d but the first mask ends at %d: the evaluator stops; label it in "
           "the first frame, or leave it out"),
        file, highest, check->n_objects);
  if (check->n_objects >= 0)
    return;
  check->n_objects = highest;
  if (highest == 0)
    report (check, NO_OBJECT, FY_FINDING_ERROR,
            _ ("%s: the first mask holds no object, so nothing is scored; label one there"), file);
  else if (highest != n)
    report (check, ID_GAP, FY_FINDING_WARNING,
            g_dngettext (GETTEXT_PACKAGE,
                         "%s: %d object but ids up to %d: an id that is nowhere counts as a "
                         "perfect object; renumber them 1 to %d",
                         "%s: %d objects but ids up to %d: an id that is nowhere counts as a "
                         "perfect object; renumber them 1 to %d",
                         (gulong) n),
            file, n, highest, n);
}

static void
check_mask (Check *check, int index)
{
  g_autofree char *file = g_build_filename (fy_mask_folder_path (check->folder),
                                            fy_mask_folder_frame (check->folder, index), NULL);
  g_autoptr (GError) error = NULL;
  FyIndexedPngInfo info;
  g_autoptr (FyIdMap) map = fy_indexed_png_read (file, &info, &error);

  if (map == NULL)
    {
      report (check, BROKEN, FY_FINDING_ERROR, "%s", error->message);
      return;
    }
  if (check->width == 0)
    {
      check->width = map->width;
      check->height = map->height;
    }
  if (map->width != check->width || map->height != check->height)
    report (check, SIZE, FY_FINDING_ERROR,
            _ ("%s: %dx%d pixels, must be %dx%d; export it at the clip's size"), file, map->width,
            map->height, check->width, check->height);
  if (info.has_void)
    report (check, VOID, FY_FINDING_ERROR,
            _ ("%s: holds index 255, which the evaluator takes for 255 objects; paint it as "
               "background"),
            file);
  check_coding (check, file, &info);
  check_ids (check, file, map);
}

GPtrArray *
fy_davis_check (const FyMaskFolder *folder,
                const FyDavisCheckParams *params,
                GCancellable *cancellable,
                GError **error)
{
  static const FyDavisCheckParams nothing = { 0 };
  g_autoptr (GPtrArray) findings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) fy_finding_free);
  Check check = { .folder = folder,
                  .params = params != NULL ? params : &nothing,
                  .findings = findings,
                  .n_objects = -1 };

  check.width = check.params->width;
  check.height = check.params->height;
  check_names (&check);
  for (int i = 0; i < fy_mask_folder_n_frames (folder); i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      check_mask (&check, i);
    }
  return g_steal_pointer (&findings);
}
