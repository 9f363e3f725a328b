/* SPDX-License-Identifier: MIT */
#include "app/panels/inspector-pages.h"
#include "app/panels/inspector-rows.h"
#include "app/tooltip.h"
#include "weights/model-folder.h"

#include <glib/gi18n.h>

/* What is shown of a checkpoint that is in use. */
typedef struct
{
  char *path; /* nullable */
  GtkWidget *model;
  GtkWidget *licence;
  GtkWidget *digest;
} Network;

typedef struct
{
  FerryDocument *document; /* borrowed: it outlives the page */
  Network network[2];      /* fine-grained, semantic */
  GtkWidget *device;
  GtkWidget *preset;
  GtkWidget *source;
  GtkWidget *size;
  GtkWidget *grid;
  GtkWidget *lists;
} ModelPage;

/* --- What is known of a checkpoint --- */

typedef struct
{
  FyModel *model;
  char *digest; /* nullable */
} Checkpoint;

static void
checkpoint_free (gpointer data)
{
  Checkpoint *self = data;

  fy_model_free (self->model);
  g_free (self->digest);
  g_free (self);
}

static void
look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Checkpoint *known = g_new0 (Checkpoint, 1);

  known->model = fy_model_look (data);
  if (known->model->trouble == NULL)
    known->digest = fy_model_checksum (data, G_CHECKSUM_SHA256, NULL, NULL, cancellable, NULL);
  g_task_return_pointer (task, known, checkpoint_free);
}

static void
set_text (GtkWidget *label, const char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "–");
  ferry_tooltip_set (label, text);
}

/* known: nullable. */
static void
show_checkpoint (Network *network, const Checkpoint *known)
{
  const FyModel *model = known != NULL ? known->model : NULL;
  gboolean good = model != NULL && model->trouble == NULL;
  g_autofree char *name =
      good ? g_strdup_printf (_ ("%s, ResNet-%d"), model->method, model->depth) : NULL;

  set_text (network->model, model != NULL && !good ? model->trouble : name);
  set_text (network->licence, !good                    ? NULL
                              : model->licence != NULL ? model->licence
                                                       : _ ("not stated in the file"));
  set_text (network->digest, good ? known->digest : NULL);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  Network *network = data; /* the page's, which `source` keeps */
  Checkpoint *known = g_task_propagate_pointer (G_TASK (result), NULL);

  if (g_strcmp0 (g_task_get_task_data (G_TASK (result)), network->path) == 0)
    show_checkpoint (network, known);
  checkpoint_free (known);
}

/* Shows its rows where there is one. */
static void
show_network (Network *network)
{
  GtkWidget *rows[] = { network->model, network->licence, network->digest };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_widget_set_visible (rows[i], network->path != NULL);
}

/* Reads what is to be shown when another checkpoint is in use. */
static void
follow_network (GtkWidget *page, Network *network, const char *path)
{
  g_autoptr (GTask) task = NULL;

  if (g_strcmp0 (path, network->path) == 0)
    return;
  g_free (network->path);
  network->path = g_strdup (path);
  show_checkpoint (network, NULL);
  show_network (network);
  if (path == NULL)
    return;
  task = g_task_new (page, NULL, on_looked, network);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, look);
}

/* --- The page --- */

static const char *
lists_state (FyLiveProgress *progress, char **text)
{
  if (progress->opening || progress->lists_left < 0)
    return _ ("opening…");
  if (progress->lists_left == 0)
    return _ ("ready");
  *text = progress->seconds_left >= 0
              /* Translators: neighbour lists to compute; seconds left. */
              ? g_strdup_printf (_ ("%d to go, %.0f s%s"), progress->lists_left,
                                 progress->seconds_left, progress->paused ? _ (", paused") : "")
              : g_strdup_printf (_ ("%d to go"), progress->lists_left);
  return *text;
}

static void
update (GtkWidget *page)
{
  ModelPage *self = g_object_get_data (G_OBJECT (page), "page");
  const FyClipInfo *clip = ferry_document_clip_info (self->document);
  const FyLiveInfo *info = ferry_document_live_info (self->document);
  FyLive *live = ferry_document_live (self->document);
  const FyPropagateParams *params = ferry_document_params (self->document);
  g_autofree char *source = NULL;
  g_autofree char *size = NULL;
  g_autofree char *grid = NULL;
  g_autofree char *lists = NULL;
  FyLiveProgress progress = { 0 };

  if (clip != NULL)
    source = g_strdup_printf (_ ("%d×%d px"), clip->width, clip->height);
  if (info != NULL)
    {
      size = g_strdup_printf (_ ("%d×%d px"), info->network_width, info->network_height);
      grid = g_strdup_printf (_ ("%d×%d cells"), info->grid_width, info->grid_height);
    }
  if (live != NULL)
    fy_live_get_progress (live, &progress);
  set_text (self->device, info != NULL ? info->device : NULL);
  set_text (self->preset, clip != NULL ? params->name : NULL);
  set_text (self->source, source);
  set_text (self->size, size);
  set_text (self->grid, grid);
  set_text (self->lists, live != NULL   ? lists_state (&progress, &lists)
                         : clip != NULL ? _ ("not computed")
                                        : NULL);
  for (int part = 0; part < 2; part++)
    follow_network (page, &self->network[part], ferry_document_network (self->document, part));
}

static void
page_free (gpointer data)
{
  ModelPage *self = data;

  for (int part = 0; part < 2; part++)
    g_free (self->network[part].path);
  g_free (self);
}

GtkWidget *
ferry_model_page_new (FerryDocument *document)
{
  GtkWidget *grid = ferry_rows_new ();
  ModelPage *self = g_new0 (ModelPage, 1);
  GtkWidget *button = gtk_button_new_with_label (_ ("Change in Preferences…"));

  self->document = document;
  self->source = ferry_rows_add_text (grid, _ ("Source"), NULL);
  self->size = ferry_rows_add_text (grid, _ ("Network"), NULL);
  self->grid = ferry_rows_add_text (grid, _ ("Grid"), NULL);
  self->device = ferry_rows_add_text (grid, _ ("Device"), NULL);
  self->preset = ferry_rows_add_text (grid, _ ("Preset"), NULL);
  self->lists = ferry_rows_add_text (grid, _ ("Lists"), NULL);
  gtk_widget_add_css_class (self->lists, "numeric");
  for (int part = 0; part < 2; part++)
    {
      Network *network = &self->network[part];

      network->model =
          ferry_rows_add_text (grid, part == 0 ? _ ("Fine-grained") : _ ("Semantic"), NULL);
      network->licence = ferry_rows_add_text (grid, _ ("Licence"), NULL);
      network->digest = ferry_rows_add_text (grid, _ ("SHA-256"), NULL);
      gtk_widget_add_css_class (network->digest, "monospace");
      show_network (network);
    }
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.preferences");
  ferry_rows_add_wide (grid, button);
  g_object_set_data_full (G_OBJECT (grid), "page", self, page_free);
  g_signal_connect_object (document, "opened", G_CALLBACK (update), grid, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "progress", G_CALLBACK (update), grid, G_CONNECT_SWAPPED);
  update (grid);
  return grid;
}
