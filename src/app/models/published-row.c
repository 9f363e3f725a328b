/* SPDX-License-Identifier: MIT */
#include "app/models/published-row.h"

#include "app/models/model-row.h"

#include <glib/gi18n.h>

struct _FerryPublishedRow
{
  GtkListBoxRow parent_instance;

  FerryModelLibrary *library;
  FerryPublished *published;
  FerryModelJob *job; /* the one listened to */
  GtkWidget *download;
  GtkWidget *cancel;
  GtkWidget *discard;
  GtkWidget *installed;
  GtkWidget *progress;
  GtkWidget *trouble;
};

G_DEFINE_FINAL_TYPE (FerryPublishedRow, ferry_published_row, GTK_TYPE_LIST_BOX_ROW)

/* --- What can be done now --- */

static void
update_progress (FerryPublishedRow *self)
{
  double share;
  g_autofree char *text = ferry_model_job_progress (self->job, &share);

  if (share >= 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), share);
  else
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->progress));
  gtk_progress_bar_set_text (GTK_PROGRESS_BAR (self->progress), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* What is kept of a download that was cut off.  Returns: (transfer full), nullable. */
static char *
describe_kept (FerryPublishedRow *self)
{
  guint64 total = 0;
  guint64 kept = ferry_model_library_kept (self->library, self->published, &total);
  g_autofree char *size = g_format_size (kept);
  g_autofree char *all = g_format_size (total);

  if (kept == 0)
    return NULL;
  return total > kept ? g_strdup_printf (_ ("%s of %s are here already."), size, all)
                      : g_strdup_printf (_ ("%s are here already."), size);
}

static void
show_trouble (FerryPublishedRow *self, const char *kept)
{
  const GError *error = self->job != NULL ? ferry_model_job_error (self->job) : NULL;
  g_autofree char *both = NULL;

  if (error != NULL && kept != NULL)
    both = g_strdup_printf ("%s\n%s", error->message, kept);
  ferry_model_caption_set (self->trouble, both != NULL    ? both
                                          : error != NULL ? error->message
                                                          : kept);
  if (error != NULL)
    gtk_widget_add_css_class (self->trouble, "ferry-trouble");
  else
    gtk_widget_remove_css_class (self->trouble, "ferry-trouble");
}

static void
update (FerryPublishedRow *self)
{
  gboolean running = self->job != NULL && ferry_model_job_error (self->job) == NULL;
  gboolean has = ferry_model_library_has (self->library, self->published);
  g_autofree char *kept = running || has ? NULL : describe_kept (self);
  const char *title = self->published->title;

  if (self->published->address == NULL)
    return;
  gtk_widget_set_visible (self->download, !running && !has);
  gtk_widget_set_visible (self->cancel, running);
  gtk_widget_set_visible (self->discard, kept != NULL);
  gtk_widget_set_visible (self->installed, has && !running);
  gtk_widget_set_visible (self->progress, running);
  if (kept != NULL)
    {
      gtk_button_set_label (GTK_BUTTON (self->download), _ ("Resume"));
      /* Translators: the name of a model. */
      ferry_model_name_button (self->download, _ ("Resume the download of %s"), title);
    }
  else
    {
      gtk_button_set_label (GTK_BUTTON (self->download), _ ("Download"));
      /* Translators: the name of a model. */
      ferry_model_name_button (self->download, _ ("Download %s"), title);
    }
  if (running)
    update_progress (self);
  show_trouble (self, kept);
}

static void
follow_job (FerryPublishedRow *self)
{
  FerryModelJob *job = ferry_model_library_job (self->library, self->published);

  if (job != self->job)
    {
      if (self->job != NULL)
        g_signal_handlers_disconnect_by_data (self->job, self);
      g_set_object (&self->job, job);
      if (job != NULL)
        g_signal_connect_object (job, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
}

/* --- Verbs --- */

static void
on_download (GtkButton *button, FerryPublishedRow *self)
{
  ferry_model_library_download (self->library, self->published);
  gtk_widget_grab_focus (self->cancel);
}

static void
on_cancel (GtkButton *button, FerryPublishedRow *self)
{
  if (self->job != NULL)
    ferry_model_job_cancel (self->job);
}

static void
on_discard (GtkButton *button, FerryPublishedRow *self)
{
  if (self->job != NULL)
    ferry_model_library_dismiss (self->library, self->job);
  ferry_model_library_discard (self->library, self->published);
}

static void
on_page (GtkButton *button, FerryPublishedRow *self)
{
  gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->published->page,
                GDK_CURRENT_TIME);
}

/* --- The widget --- */

static GtkWidget *
add_button (FerryPublishedRow *self,
            GtkWidget *box,
            const char *label,
            const char *tip,
            GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_tooltip_text (button, tip);
  g_signal_connect (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
add_download (FerryPublishedRow *self, GtkWidget *head)
{
  const char *title = self->published->title;

  self->discard = add_button (self, head, _ ("Discard"), _ ("Delete the part that is here already"),
                              G_CALLBACK (on_discard));
  /* Translators: the name of a model. */
  ferry_model_name_button (self->discard, _ ("Discard what is here of %s"), title);
  self->download =
      add_button (self, head, _ ("Download"), self->published->address, G_CALLBACK (on_download));
  self->cancel =
      add_button (self, head, _ ("Cancel"), _ ("Stop; what came is kept, to go on from there"),
                  G_CALLBACK (on_cancel));
  /* Translators: the name of a model. */
  ferry_model_name_button (self->cancel, _ ("Cancel the download of %s"), title);
  self->installed = gtk_label_new (_ ("Installed"));
  gtk_widget_add_css_class (self->installed, "dim-label");
  gtk_box_append (GTK_BOX (head), self->installed);
}

static GtkWidget *
make_head (FerryPublishedRow *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (self->published->title);
  GtkWidget *page;

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (title, "heading");
  gtk_box_append (GTK_BOX (head), title);
  page = add_button (self, head, _ ("Page"), self->published->page, G_CALLBACK (on_page));
  /* Translators: the name of a model. */
  ferry_model_name_button (page, _ ("Open the page of %s"), self->published->title);
  if (self->published->address != NULL)
    add_download (self, head);
  return head;
}

/* "ResNet-50 · suits semantic · CC BY-NC 4.0 · about 102.5 MB · He et al., CVPR 2020" */
static char *
describe (const FerryPublished *published)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "ResNet-%d · %s · %s", published->depth,
                          published->fine ? _ ("suits fine-grained") : _ ("suits semantic"),
                          published->licence != NULL ? published->licence
                                                     : _ ("licence not stated"));
  if (published->size > 0)
    {
      g_autofree char *size = g_format_size (published->size);

      g_string_append (text, " · ");
      /* Translators: an amount of bytes. */
      g_string_append_printf (text, _ ("about %s"), size);
    }
  if (published->paper != NULL)
    g_string_append_printf (text, " · %s", published->paper);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_checksum (const FerryPublished *published)
{
  if (published->address == NULL)
    return g_strdup (_ ("Only to be had from its page, by hand; then add the file here."));
  if (published->checksum == NULL)
    return g_strdup (_ ("Checksum: not published"));
  /* Translators: SHA-256 or MD5; digits. */
  return g_strdup_printf (_ ("%s as published begins with %s"),
                          ferry_checksum_name (published->checksum_type), published->checksum);
}

static void
fill (FerryPublishedRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  const FerryPublished *published = self->published;
  g_autofree char *description = describe (published);
  g_autofree char *checksum = describe_checksum (published);

  gtk_widget_add_css_class (box, "ferry-model-row");
  gtk_box_append (GTK_BOX (box), make_head (self));
  gtk_box_append (GTK_BOX (box), ferry_model_caption_new (description));
  gtk_box_append (
      GTK_BOX (box),
      ferry_model_caption_new (published->address != NULL ? published->address : published->page));
  gtk_box_append (GTK_BOX (box), ferry_model_caption_new (checksum));
  self->progress = gtk_progress_bar_new ();
  gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (self->progress), TRUE);
  gtk_widget_set_visible (self->progress, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  published->title, -1);
  self->trouble = ferry_model_caption_new (NULL);
  gtk_box_append (GTK_BOX (box), self->progress);
  gtk_box_append (GTK_BOX (box), self->trouble);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  published->title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

GtkWidget *
ferry_published_row_new (FerryModelLibrary *library, FerryPublished *published)
{
  FerryPublishedRow *self = g_object_new (FERRY_TYPE_PUBLISHED_ROW, NULL);

  self->library = g_object_ref (library);
  self->published = ferry_published_ref (published);
  fill (self);
  g_signal_connect_object (library, "jobs", G_CALLBACK (follow_job), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (library, "listed", G_CALLBACK (follow_job), self, G_CONNECT_SWAPPED);
  follow_job (self);
  return GTK_WIDGET (self);
}

static void
ferry_published_row_finalize (GObject *object)
{
  FerryPublishedRow *self = FERRY_PUBLISHED_ROW (object);

  g_clear_object (&self->job);
  g_object_unref (self->library);
  ferry_published_unref (self->published);
  G_OBJECT_CLASS (ferry_published_row_parent_class)->finalize (object);
}

static void
ferry_published_row_class_init (FerryPublishedRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ferry_published_row_finalize;
}

static void
ferry_published_row_init (FerryPublishedRow *self)
{
}
