/* SPDX-License-Identifier: MIT */
/* Whose network a checkpoint holds, whether it is whole, and its numbers.  The n-th tensor of a
 * generated network is (n % 31 + 1) / 4 throughout. */
#include "checkpoint-fixtures.h"

#include "weights/backbone.h"

#include <math.h>

static char *folder;

/* A checkpoint and its network, from a generated or a real file. */
typedef struct
{
  FyCheckpoint *checkpoint;
  FyBackbone *backbone; /* NULL with error */
  GError *error;
} Network;

static Network
open_path (const char *path)
{
  Network network = { 0 };

  network.checkpoint = fy_checkpoint_open (path, &network.error);
  g_assert_no_error (network.error);
  network.backbone = fy_backbone_new (network.checkpoint, &network.error);
  if (network.backbone == NULL)
    fixtures_check_error (network.error, path);
  return network;
}

static Network
open_fixture (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".pth", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  return open_path (path);
}

static void
network_clear (Network *network)
{
  fy_backbone_free (network->backbone);
  fy_checkpoint_free (network->checkpoint);
  g_clear_error (&network->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Network, network_clear)

typedef struct
{
  const char *name;
  const char *method;
  const char *prefix;
  int depth;
  int last_layer;
  gboolean reflect;
  int n_extra;
  const char *extra; /* the first */
} Family;

static const Family families[] = {
  { "crw", "CRW", "model.encoder.model.", 18, 3, TRUE, 1, "model.selfsim_fc.0.weight" },
  { "crw-early", "CRW", "model.encoder.model.", 18, 3, TRUE, 0, NULL },
  { "crw-zeropad", "CRW", "model.encoder.model.", 18, 3, FALSE, 0, NULL },
  { "crw-imagenet50", "CRW", "model.encoder.model.", 50, 3, FALSE, 0, NULL },
  { "fc", "SFC fine-grained", "model.online_encoder.", 18, 3, FALSE, 90,
    "model.target_encoder.conv1.weight" },
  { "moco", "MoCo", "state_dict.module.encoder_q.", 50, 3, FALSE, 259,
    "state_dict.module.encoder_k.conv1.weight" },
  { "simsiam", "SimSiam", "state_dict.module.encoder.", 50, 3, FALSE, 1,
    "state_dict.module.predictor.0.weight" },
  { "pixpro", "PixPro", "model.module.encoder.", 50, 3, FALSE, 258,
    "model.module.encoder_k.conv1.weight" },
  { "vfs", "VFS", "state_dict.backbone.", 18, 3, FALSE, 1, "state_dict.img_head.fc.weight" },
  { "densecl", "OpenMMLab", "state_dict.backbone.", 50, 3, FALSE, 0, NULL },
  { "uvc", "UVC", "state_dict.module.gray_encoder.", 18, 4, FALSE, 120,
    "state_dict.module.rgb_encoder.conv1.weight" },
  { "timecycle", "TimeCycle", "state_dict.module.encoderVideo.", 50, 3, FALSE, 1,
    "state_dict.module.afterconv1.weight" },
  { "torchvision", "torchvision", "", 18, 4, FALSE, 2, "fc.weight" },
  { "dataparallel", "torchvision", "state_dict.module.", 18, 4, FALSE, 0, NULL },
  { "bfloat16", "torchvision", "", 18, 3, FALSE, 0, NULL },
  { "half-layer4", "torchvision", "", 18, 3, FALSE, 2, "strange" },
};

static void
check_constant (FyBackbone *backbone, const char *name, gsize n, int place)
{
  g_autofree float *values = g_new (float, n);
  g_autoptr (GError) error = NULL;

  g_assert_true (fy_backbone_read (backbone, name, values, n, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (values[i], ==, (float) (place % 31 + 1) / 4);
}

static void
test_family (gconstpointer data)
{
  const Family *family = data;
  g_auto (Network) network = open_fixture (family->name);
  const FyBackboneInfo *info;
  const char *const *extra;

  g_assert_no_error (network.error);
  info = fy_backbone_info (network.backbone);
  extra = fy_backbone_extra (network.backbone);
  g_assert_cmpstr (info->method, ==, family->method);
  g_assert_cmpstr (info->prefix, ==, family->prefix);
  g_assert_cmpint (info->depth, ==, family->depth);
  g_assert_cmpint (info->last_layer, ==, family->last_layer);
  g_assert_cmpint (info->reflect_padding, ==, family->reflect);
  g_assert_cmpint (g_strv_length ((char **) extra), ==, family->n_extra);
  g_assert_cmpstr (extra[0], ==, family->extra);

  /* Places count num_batches_tracked too. */
  check_constant (network.backbone, "conv1.weight", 64 * 3 * 7 * 7, 0);
  check_constant (network.backbone, "bn1.running_var", 64, 4);
  if (family->depth == 18)
    {
      check_constant (network.backbone, "layer1.0.conv2.weight", 64 * 64 * 9, 12);
      check_constant (network.backbone, "layer2.0.downsample.0.weight", 128 * 64, 42);
      check_constant (network.backbone, "layer2.0.downsample.1.bias", 128, 44);
      check_constant (network.backbone, "layer3.1.bn2.running_mean", 256, 87);
    }
  else
    {
      check_constant (network.backbone, "layer1.0.conv3.weight", 256 * 64, 18);
      check_constant (network.backbone, "layer1.0.downsample.1.running_mean", 256, 27);
      check_constant (network.backbone, "layer3.5.conv3.weight", 1024 * 256, 252);
      check_constant (network.backbone, "layer3.5.bn3.bias", 1024, 254);
    }
}

typedef struct
{
  const char *name;
  FyError code;
  const char *message; /* after the path */
} Refusal;

static const Refusal refusals[] = {
  { "missing", FY_ERROR_MISMATCH,
    "not a whole ResNet-18: layer2.0.bn1.bias is missing; layer3.1.conv2.weight is missing; get a "
    "checkpoint of that network" },
  { "misshapen", FY_ERROR_MISMATCH,
    "not a whole ResNet-18: bn1.weight has shape [32], the network needs [64]; "
    "layer2.0.downsample.0.weight has shape [128, 64, 3, 3], the network needs [128, 64, 1, 1]; "
    "get a checkpoint of that network" },
  { "integers", FY_ERROR_MISMATCH,
    "not a whole ResNet-18: conv1.weight is of type int8, the network needs floating point; get a "
    "checkpoint of that network" },
  { "twice", FY_ERROR_MISMATCH,
    "not a whole ResNet-18: conv1.weight is there under two names; get a checkpoint of that "
    "network" },
  { "renamed", FY_ERROR_MISMATCH,
    "not a whole ResNet-18: layer1.0.conv1.weight is missing; 1 key is unknown: "
    "layer1.0.convolution1.weight; get a checkpoint of that network" },
  { "half-empty", FY_ERROR_MISMATCH,
    "not a whole ResNet-18: layer2.0.bn2.running_var is missing; layer2.0.downsample.0.weight is "
    "missing; layer2.0.downsample.1.weight is missing; layer2.0.downsample.1.bias is missing; "
    "layer2.0.downsample.1.running_mean is missing; layer2.0.downsample.1.running_var is missing; "
    "and 35 more; get a checkpoint of that network" },
  { "resnet34", FY_ERROR_UNSUPPORTED, "holds a ResNet-34; Ferry runs ResNet-18 and ResNet-50" },
  { "resnet101", FY_ERROR_UNSUPPORTED, "holds a ResNet-101; Ferry runs ResNet-18 and ResNet-50" },
  { "odd", FY_ERROR_UNSUPPORTED,
    "holds a residual network of 2, 5, 2 and 0 basic blocks; Ferry runs ResNet-18 and ResNet-50" },
  { "vit", FY_ERROR_UNSUPPORTED,
    "holds a vision transformer (tensor cls_token); Ferry runs ResNet-18 and ResNet-50" },
  { "corrflow", FY_ERROR_UNSUPPORTED,
    "holds a CorrFlow or MAST network, which is not torchvision's ResNet (tensor "
    "state_dict.module.post_convolution.weight); Ferry runs ResNet-18 and ResNet-50" },
  { "other", FY_ERROR_UNSUPPORTED,
    "none of its 2 tensors belongs to a ResNet (the first is a); Ferry runs ResNet-18 and "
    "ResNet-50" },
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_auto (Network) network = open_fixture (refusal->name);
  g_autofree char *message =
      g_strdup_printf ("%s: %s", fy_checkpoint_path (network.checkpoint), refusal->message);

  g_assert_null (network.backbone);
  g_assert_error (network.error, FY_ERROR, (int) refusal->code);
  g_assert_cmpstr (network.error->message, ==, message);
}

static void
check_read_fails (const char *fixture, const char *name, gsize n, FyError code, const char *part)
{
  g_auto (Network) network = open_fixture (fixture);
  g_autofree float *values = g_new (float, n);
  g_autoptr (GError) error = NULL;

  g_assert_no_error (network.error);
  g_assert_false (fy_backbone_read (network.backbone, name, values, n, &error));
  g_assert_error (error, FY_ERROR, (int) code);
  fixtures_check_error (error, fy_checkpoint_path (network.checkpoint));
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" lacks \"%s\"", error->message, part);
}

static void
test_read_fails (void)
{
  check_read_fails ("nan", "layer1.1.conv1.weight", 64 * 64 * 9, FY_ERROR_CORRUPT,
                    ": element 36863 of layer1.1.conv1.weight is nan");
  check_read_fails ("infinite", "bn1.bias", 64, FY_ERROR_CORRUPT,
                    ": element 0 of bn1.bias is -inf");
  check_read_fails ("negative", "bn1.running_var", 64, FY_ERROR_CORRUPT,
                    ": element 0 of bn1.running_var is -0.25");
  check_read_fails ("crw", "layer4.0.conv1.weight", 512 * 256 * 9, FY_ERROR_MISMATCH,
                    ": layer4.0.conv1.weight is missing (the file has a ResNet-18 up to layer3)");
  check_read_fails ("crw", "conv9.weight", 1, FY_ERROR_MISMATCH, ": conv9.weight is missing");
  check_read_fails ("crw", "conv1.weight", 64, FY_ERROR_MISMATCH,
                    ": conv1.weight has shape [64, 3, 7, 7], the network needs 64 elements");
}

/* The largest difference between two networks' tensors, relative to the first's element where it
 * is a normal float16 number, else to the smallest of these. */
static double
largest_error (FyBackbone *a, FyBackbone *b, FyCheckpoint *saved)
{
  double largest = 0;

  for (int i = 0; i < fy_checkpoint_n_tensors (saved); i++)
    {
      const FyTensorInfo *tensor = fy_checkpoint_tensor (saved, i);
      gsize n = (gsize) fixtures_count (tensor);
      g_autofree float *x = g_new (float, n);
      g_autofree float *y = g_new (float, n);
      g_autoptr (GError) error = NULL;

      fy_backbone_read (a, tensor->name, x, n, &error);
      g_assert_no_error (error);
      fy_backbone_read (b, tensor->name, y, n, &error);
      g_assert_no_error (error);
      for (gsize j = 0; j < n; j++)
        {
          double scale = MAX (fabs ((double) x[j]), 0x1p-14);

          if (tensor->dtype == FY_DTYPE_F32)
            g_assert_cmpfloat (x[j], ==, y[j]);
          largest = MAX (largest, fabs ((double) x[j] - (double) y[j]) / scale);
        }
    }
  return largest;
}

/* Saves and opens again; checks that nothing of what it is gets lost. */
static void
check_saved (const Network *network, const FyBackboneSaveParams *params, double tolerance)
{
  const FyBackboneInfo *info = fy_backbone_info (network->backbone), *saved_info;
  g_autofree char *path = g_build_filename (folder, "saved.safetensors", NULL);
  g_auto (Network) saved = { 0 };
  g_autoptr (GError) error = NULL;
  double largest;

  g_assert_true (fy_backbone_save (network->backbone, path, params, &error));
  g_assert_no_error (error);
  saved = open_path (path);
  g_assert_no_error (saved.error);
  saved_info = fy_backbone_info (saved.backbone);
  g_assert_cmpstr (fy_checkpoint_format (saved.checkpoint), ==, "safetensors");
  g_assert_cmpstr (saved_info->method, ==, params->method != NULL ? params->method : info->method);
  g_assert_cmpstr (saved_info->prefix, ==, "");
  g_assert_cmpint (saved_info->depth, ==, info->depth);
  g_assert_cmpint (saved_info->last_layer, ==, info->last_layer);
  g_assert_cmpint (saved_info->reflect_padding, ==, info->reflect_padding);
  g_assert_null (fy_backbone_extra (saved.backbone)[0]);
  g_assert_cmpstr (fy_checkpoint_note (saved.checkpoint, "description"), ==, params->description);
  largest = largest_error (network->backbone, saved.backbone, saved.checkpoint);
  g_test_message ("largest relative error %g", largest);
  g_assert_cmpfloat (largest, <=, tolerance);
}

static void
test_save (void)
{
  static const char *const names[] = { "crw", "crw-zeropad", "timecycle", "torchvision" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (Network) network = open_fixture (names[i]);

      check_saved (&network, &(FyBackboneSaveParams){ .half = TRUE, .description = "a \"line\"" },
                   0);
      check_saved (&network, &(FyBackboneSaveParams){ .method = "mine" }, 0);
    }
}

static void
test_save_fails (void)
{
  g_auto (Network) network = open_fixture ("crw-large");
  g_autofree char *path = g_build_filename (folder, "fails.safetensors", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (
      fy_backbone_save (network.backbone, path, &(FyBackboneSaveParams){ .half = TRUE }, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_MISMATCH);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  check_saved (&network, &(FyBackboneSaveParams){ .half = FALSE }, 0);
}

static void
test_real (gconstpointer data)
{
  const Family *family = data;
  g_autofree char *path = fixtures_shared (family->name);
  g_auto (Network) network = { 0 };
  const FyBackboneInfo *info;

  if (path == NULL)
    return;
  network = open_path (path);
  g_assert_no_error (network.error);
  info = fy_backbone_info (network.backbone);
  g_assert_cmpstr (info->method, ==, family->method);
  g_assert_cmpint (info->depth, ==, family->depth);
  g_assert_cmpint (info->reflect_padding, ==, family->reflect);
  g_assert_cmpint (g_strv_length ((char **) fy_backbone_extra (network.backbone)), ==,
                   family->n_extra);
  check_saved (&network, &(FyBackboneSaveParams){ .half = FALSE }, 0);
}

/* The stream form and the zip form of one network hold the same numbers. */
static void
test_same (void)
{
  g_autofree char *zip_path = fixtures_shared ("reference/ckpt/fc.pth");
  g_autofree char *stream_path =
      zip_path != NULL ? fixtures_shared ("reference/ckpt/fc-legacy.pth") : NULL;
  g_autofree char *path = g_build_filename (folder, "same.safetensors", NULL);
  g_auto (Network) zip = { 0 };
  g_auto (Network) stream = { 0 };
  g_auto (Network) saved = { 0 };

  if (stream_path == NULL)
    return;
  zip = open_path (zip_path);
  stream = open_path (stream_path);
  g_assert_true (fy_backbone_save (zip.backbone, path, &(FyBackboneSaveParams){ 0 }, NULL));
  saved = open_path (path);
  g_assert_cmpint (fy_checkpoint_n_tensors (saved.checkpoint), ==, 75);
  g_assert_cmpfloat (largest_error (zip.backbone, stream.backbone, saved.checkpoint), ==, 0);
}

/* The model that comes with Ferry is the trained one, rounded. */
static void
test_shipped (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "data/models/fc-bootstrap.safetensors", NULL);
  g_autofree char *original_path = fixtures_shared ("models/fc-bootstrap.pth");
  g_auto (Network) shipped = open_path (path);
  g_auto (Network) original = { 0 };
  const FyBackboneInfo *info;
  double largest;

  g_assert_no_error (shipped.error);
  info = fy_backbone_info (shipped.backbone);
  g_assert_cmpint (info->depth, ==, 18);
  g_assert_cmpint (info->last_layer, ==, 3);
  g_assert_false (info->reflect_padding);
  g_assert_null (fy_backbone_extra (shipped.backbone)[0]);
  if (original_path == NULL)
    return;
  original = open_path (original_path);
  largest = largest_error (original.backbone, shipped.backbone, shipped.checkpoint);
  g_test_message ("largest relative error %g", largest);
  g_assert_cmpfloat (largest, <=, 0x1p-11);
}

static const Family real[] = {
  { "reference/ckpt/crw.pth", "CRW", NULL, 18, 3, TRUE, 0, NULL },
  { "reference/ckpt/fc.pth", "SFC fine-grained", NULL, 18, 3, FALSE, 0, NULL },
  { "reference/ckpt/fc-legacy.pth", "SFC fine-grained", NULL, 18, 3, FALSE, 0, NULL },
  { "reference/ckpt/moco_v1.pth.tar", "MoCo", NULL, 50, 3, FALSE, 2, NULL },
  { "models/fc-bootstrap.pth", "torchvision", NULL, 18, 3, FALSE, 0, NULL },
};

static void
add_tests (const char *group, const void *table, gsize n, gsize size, GTestDataFunc function)
{
  for (gsize i = 0; i < n; i++)
    {
      const char *entry = (const char *) table + i * size;
      g_autofree char *path = g_strdup_printf ("/backbone/%s/%s", group, *(char *const *) entry);

      g_test_add_data_func (path, entry, function);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = fixtures_make ("networks");
  add_tests ("family", families, G_N_ELEMENTS (families), sizeof *families, test_family);
  add_tests ("refusal", refusals, G_N_ELEMENTS (refusals), sizeof *refusals, test_refusal);
  add_tests ("real", real, G_N_ELEMENTS (real), sizeof *real, test_real);
  g_test_add_func ("/backbone/read-fails", test_read_fails);
  g_test_add_func ("/backbone/save", test_save);
  g_test_add_func ("/backbone/save-fails", test_save_fails);
  g_test_add_func ("/backbone/same", test_same);
  g_test_add_func ("/backbone/shipped", test_shipped);
  status = g_test_run ();
  fixtures_remove (folder);
  return status;
}
