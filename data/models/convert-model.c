/* SPDX-License-Identifier: MIT */
/* convert-model CHECKPOINT OUT METHOD DESCRIPTION
 *
 * Writes the ResNet in a checkpoint as safetensors, its convolutions rounded to float16. */
#include "weights/backbone.h"

static gboolean
convert (char **arguments, GError **error)
{
  g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_open (arguments[0], error);
  g_autoptr (FyBackbone) backbone = checkpoint != NULL ? fy_backbone_new (checkpoint, error) : NULL;
  FyBackboneSaveParams params = { .half = TRUE,
                                  .method = arguments[2],
                                  .description = arguments[3] };

  return backbone != NULL && fy_backbone_save (backbone, arguments[1], &params, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 5)
    {
      g_printerr ("usage: convert-model CHECKPOINT OUT METHOD DESCRIPTION\n");
      return 2;
    }
  if (!convert (argv + 1, &error))
    {
      g_printerr ("convert-model: %s\n", error->message);
      return 1;
    }
  return 0;
}
