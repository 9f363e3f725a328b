/* SPDX-License-Identifier: MIT */
#include "app/export/export-outcome.h"

#include "app/export/export-dialog-text.h"

#include <glib/gi18n.h>

struct _FerryExportOutcome
{
  GtkBox parent_instance;

  FerryExportJob *job;

  GtkImage *outcome_icon;
  GtkLabel *outcome_text;
  GtkProgressBar *progress;
  GtkListBox *findings;
  GtkWidget *outcome_buttons, *replace, *keep, *open_folder, *compare;
};

G_DEFINE_FINAL_TYPE (FerryExportOutcome, ferry_export_outcome, GTK_TYPE_BOX)

static guint dismissed_signal;

/* --- Findings --- */

GtkWidget *
ferry_export_text_new (const char *text, gboolean dim)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (dim)
    gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
make_finding (FerryExportOutcome *self, const FyFinding *finding)
{
  static const struct
  {
    const char *icon;
    const char *level;
  } levels[] = {
    [FY_FINDING_NOTE] = { "dialog-information-symbolic", N_ ("Note") },
    [FY_FINDING_WARNING] = { "dialog-warning-symbolic", N_ ("Warning") },
    [FY_FINDING_ERROR] = { "dialog-error-symbolic", N_ ("Error") },
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *icon = gtk_image_new_from_icon_name (levels[finding->level].icon);
  GtkWidget *row = gtk_list_box_row_new ();
  g_autofree char *remedy = NULL;
  g_autofree char *what = ferry_export_describe_finding (self->job, finding, &remedy);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (icon, _ (levels[finding->level].level));
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), ferry_export_text_new (what, FALSE));
  if (remedy != NULL)
    gtk_box_append (GTK_BOX (texts), ferry_export_text_new (remedy, TRUE));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, what,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, remedy, -1);
  return row;
}

static void
show_findings (FerryExportOutcome *self)
{
  GPtrArray *findings =
      ferry_export_job_is_running (self->job) ? NULL : ferry_export_job_findings (self->job);
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->findings, 0)) != NULL)
    gtk_list_box_remove (self->findings, GTK_WIDGET (row));
  for (guint i = 0; findings != NULL && i < findings->len; i++)
    gtk_list_box_append (self->findings, make_finding (self, g_ptr_array_index (findings, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->findings), findings != NULL && findings->len > 0);
}

/* --- All of it --- */

static gboolean
is_question (FerryExportOutcome *self)
{
  return ferry_export_job_state (self->job) == FERRY_EXPORT_FAILED &&
         g_error_matches (ferry_export_job_error (self->job), G_IO_ERROR, G_IO_ERROR_EXISTS);
}

static const char *
choose_icon (FerryExportOutcome *self)
{
  GPtrArray *findings = ferry_export_job_findings (self->job);

  switch (ferry_export_job_state (self->job))
    {
    case FERRY_EXPORT_FAILED:
      return is_question (self) ? "dialog-question-symbolic" : "dialog-error-symbolic";
    case FERRY_EXPORT_DONE:
      return findings != NULL && findings->len > 0 ? "dialog-warning-symbolic"
                                                   : "emblem-ok-symbolic";
    case FERRY_EXPORT_CANCELLED:
      return "process-stop-symbolic";
    case FERRY_EXPORT_IDLE:
    case FERRY_EXPORT_WRITING:
    case FERRY_EXPORT_CHECKING:
    case FERRY_EXPORT_COMPARING:
    default:
      return NULL;
    }
}

static void
show_progress (FerryExportOutcome *self)
{
  int done, total;

  ferry_export_job_progress (self->job, &done, &total);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), ferry_export_job_is_running (self->job));
  if (total > 0)
    gtk_progress_bar_set_fraction (self->progress, (double) done / total);
  else
    gtk_progress_bar_pulse (self->progress);
}

static void
on_changed (FerryExportOutcome *self)
{
  g_autofree char *text = ferry_export_describe_job (self->job);
  FerryExportState state = ferry_export_job_state (self->job);
  gboolean running = ferry_export_job_is_running (self->job);
  gboolean there =
      !running && (state == FERRY_EXPORT_DONE || ferry_export_job_has_compared (self->job));
  const char *icon = choose_icon (self);

  gtk_label_set_text (self->outcome_text, text);
  gtk_widget_set_visible (GTK_WIDGET (self->outcome_icon), icon != NULL);
  gtk_image_set_from_icon_name (self->outcome_icon, icon);
  gtk_widget_set_visible (self->replace, is_question (self));
  gtk_widget_set_visible (self->keep, is_question (self));
  gtk_widget_set_visible (self->open_folder, there);
  gtk_widget_set_visible (self->compare,
                          there && ferry_export_job_format (self->job)->ending == NULL);
  gtk_widget_set_visible (self->outcome_buttons, there || is_question (self));
  show_progress (self);
}

void
ferry_export_outcome_set_job (FerryExportOutcome *self, FerryExportJob *job)
{
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  gtk_widget_set_visible (GTK_WIDGET (self), job != NULL);
  if (job == NULL)
    return;
  g_signal_connect_swapped (job, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (job, "notify::state", G_CALLBACK (show_findings), self);
  show_findings (self);
  on_changed (self);
}

/* --- Buttons --- */

static void
on_replace_clicked (FerryExportOutcome *self)
{
  ferry_export_job_start (self->job, TRUE);
}

static void
on_keep_clicked (FerryExportOutcome *self)
{
  g_signal_emit (self, dismissed_signal, 0);
}

static void
on_compare_clicked (FerryExportOutcome *self)
{
  ferry_export_job_compare (self->job);
}

void
ferry_export_show_folder (GtkWindow *window, const char *path)
{
  g_autofree char *folder =
      g_file_test (path, G_FILE_TEST_IS_DIR) ? g_strdup (path) : g_path_get_dirname (path);
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (window, uri, GDK_CURRENT_TIME);
}

static void
on_open_folder_clicked (FerryExportOutcome *self)
{
  ferry_export_show_folder (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                            ferry_export_job_path (self->job));
}

/* --- Widget --- */

static void
ferry_export_outcome_dispose (GObject *object)
{
  FerryExportOutcome *self = FERRY_EXPORT_OUTCOME (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  gtk_widget_dispose_template (GTK_WIDGET (self), FERRY_TYPE_EXPORT_OUTCOME);
  G_OBJECT_CLASS (ferry_export_outcome_parent_class)->dispose (object);
}

#define BIND(name)   gtk_widget_class_bind_template_child (widget_class, FerryExportOutcome, name)
#define HANDLE(name) gtk_widget_class_bind_template_callback (widget_class, name)

static void
ferry_export_outcome_class_init (FerryExportOutcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_export_outcome_dispose;
  dismissed_signal = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/ferrylabels/Ferry/export-outcome.ui");
  BIND (outcome_icon);
  BIND (outcome_text);
  BIND (progress);
  BIND (findings);
  BIND (outcome_buttons);
  BIND (replace);
  BIND (keep);
  BIND (open_folder);
  BIND (compare);
  HANDLE (on_replace_clicked);
  HANDLE (on_keep_clicked);
  HANDLE (on_open_folder_clicked);
  HANDLE (on_compare_clicked);
}

static void
ferry_export_outcome_init (FerryExportOutcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
