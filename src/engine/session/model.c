/* SPDX-License-Identifier: MIT */
#include "session/model.h"

#include "config.h"

char *
fy_data_path (const char *relative)
{
  const char *wish = g_getenv ("FERRY_DATADIR");
  g_autofree char *source = g_build_filename (FERRY_SOURCE_DATADIR, relative, NULL);

  if (wish != NULL)
    return g_build_filename (wish, relative, NULL);
  if (g_file_test (source, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&source);
  return g_build_filename (FERRY_DATADIR, relative, NULL);
}

char *
fy_shipped_model_path (void)
{
  return fy_data_path ("models/fc-bootstrap.safetensors");
}

FyEncoder *
fy_model_load (FyDevice *device, const char *path, const FyEncoderParams *params, GError **error)
{
  g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_open (path, error);
  g_autoptr (FyBackbone) backbone = NULL;

  if (checkpoint == NULL)
    return NULL;
  backbone = fy_backbone_new (checkpoint, error);
  return backbone != NULL ? fy_encoder_new (device, backbone, params, error) : NULL;
}
