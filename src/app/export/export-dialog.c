/* SPDX-License-Identifier: MIT */
#include "app/export/export-dialog.h"

#include "app/export/export-dialog-text.h"
#include "app/export/export-outcome.h"
#include "app/window.h"

#include <glib/gi18n.h>

#define PLAN_DELAY_MS 150

static const char *const endings[] = { ".mp4", ".mov", ".mkv", ".webm", NULL };

struct _FerryExportDialog
{
  GtkWindow parent_instance;

  FerryDocument *document;
  GtkWindow *parent; /* weak: it destroys this one, but who refers to this may keep it longer */
  FyLabelSet *labels;
  const FyExportFormat *format;
  FerryExportJob *job; /* nullable: the last one */
  GCancellable *planning;
  guint plan_timeout;
  gboolean ready;  /* the plan says that it can be exported */
  char *folder;    /* to suggest names in */
  char *suggested; /* what the target was set to */
  int frame;       /* of a single picture, from 0 */
  int range[2];    /* of the others */
  int updating;    /* controls are set by the dialog itself */

  GtkListBox *formats;
  GtkLabel *heading, *about, *frames_label, *to_label, *target_label, *plan;
  GtkLabel *empty_label, *layout_label, *style_label, *codec_label;
  GtkSpinButton *first, *last;
  GtkDropDown *empty, *layout, *style, *codec, *container;
  GtkWidget *codec_box, *whole, *plan_icon;
  GtkEntry *target;
  FerryExportOutcome *outcome;
  GtkWidget *cancel, *export;
};

G_DEFINE_FINAL_TYPE (FerryExportDialog, ferry_export_dialog, GTK_TYPE_WINDOW)

static gboolean
takes (FerryExportDialog *self, int what)
{
  return (self->format->takes & what) != 0;
}

static gboolean
is_running (FerryExportDialog *self)
{
  return self->job != NULL && ferry_export_job_is_running (self->job);
}

/* --- What is chosen --- */

/* Borrowed, NULL when this FFmpeg has none. */
static const char *
chosen_codec (FerryExportDialog *self)
{
  g_autofree const char **codecs = fy_film_codecs ();
  guint selected = gtk_drop_down_get_selected (self->codec);

  return selected < g_strv_length ((char **) codecs) ? codecs[selected] : NULL;
}

/* Those that the chosen codec can be in, in order. */
static const char *
chosen_ending (FerryExportDialog *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->container);

  return item != NULL ? gtk_string_object_get_string (item) : endings[0];
}

/* As the canvas shows labels. */
static void
take_canvas_style (FerryExportDialog *self, FyExport *options)
{
  static const FyExportStyle styles[] = {
    [FERRY_OVERLAY_MASK] = FY_EXPORT_MASK,     [FERRY_OVERLAY_OUTLINE] = FY_EXPORT_OUTLINE,
    [FERRY_OVERLAY_BOTH] = FY_EXPORT_BOTH,     [FERRY_OVERLAY_CUT_OUT] = FY_EXPORT_CUT_OUT,
    [FERRY_OVERLAY_LABELS] = FY_EXPORT_LABELS, [FERRY_OVERLAY_OFF] = FY_EXPORT_OFF,
  };
  GSettings *settings =
      FERRY_IS_WINDOW (self->parent) ? ferry_window_settings (FERRY_WINDOW (self->parent)) : NULL;
  int overlay;

  if (settings == NULL)
    return;
  overlay = g_settings_get_enum (settings, "overlay");
  options->opacity = g_settings_get_double (settings, "opacity");
  if (gtk_drop_down_get_selected (self->style) == 0 && overlay >= 0 &&
      overlay < (int) G_N_ELEMENTS (styles))
    options->style = styles[overlay];
}

static void
get_options (FerryExportDialog *self, FyExport *options)
{
  static const FyExportStyle styles[] = { FY_EXPORT_BOTH,    FY_EXPORT_BOTH,    FY_EXPORT_MASK,
                                          FY_EXPORT_OUTLINE, FY_EXPORT_CUT_OUT, FY_EXPORT_LABELS,
                                          FY_EXPORT_OFF };
  guint style = gtk_drop_down_get_selected (self->style);

  *options = (FyExport){ .first = self->range[0], .last = self->range[1] };
  if (takes (self, FY_EXPORT_ONE_FRAME))
    options->first = options->last = self->frame;
  else
    options->skip_empty = gtk_widget_get_visible (GTK_WIDGET (self->empty)) &&
                          gtk_drop_down_get_selected (self->empty) == 1;
  options->tree = gtk_drop_down_get_selected (self->layout) == 1;
  options->style = style < G_N_ELEMENTS (styles) ? styles[style] : FY_EXPORT_BOTH;
  options->codec = takes (self, FY_EXPORT_FILM) ? chosen_codec (self) : NULL;
  take_canvas_style (self, options);
}

static FerryExportJob *
make_job (FerryExportDialog *self)
{
  const char *path = gtk_editable_get_text (GTK_EDITABLE (self->target));
  g_autofree char *local = g_filename_from_utf8 (path, -1, NULL, NULL, NULL);
  FyExport options;

  get_options (self, &options);
  return ferry_export_job_new (self->document, self->format, &options,
                               local != NULL ? local : path);
}

/* --- What will be written --- */

/* Why the target cannot be one; NULL when it can. */
static char *
find_target_problem (FerryExportDialog *self)
{
  const char *path = gtk_editable_get_text (GTK_EDITABLE (self->target));
  const char *ending = takes (self, FY_EXPORT_FILM) ? chosen_ending (self) : self->format->ending;
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (path[0] == '\0')
    return g_strdup (_ ("Say where to export to."));
  if (!g_path_is_absolute (path))
    return g_strdup (_ ("The target must begin with a slash, or be chosen with the button."));
  if (ending != NULL && !g_str_has_suffix (lower, ending))
    return g_strdup_printf (_ ("The name must end in %s."), ending);
  return NULL;
}

static void
update_buttons (FerryExportDialog *self)
{
  gtk_widget_set_sensitive (self->export, self->ready && !is_running (self));
  gtk_widget_set_visible (self->cancel, is_running (self));
}

static void
show_plan (FerryExportDialog *self, const FyExportPlan *plan)
{
  g_autofree char *problem = plan->problem == NULL ? find_target_problem (self) : NULL;
  FyLive *live = ferry_document_live (self->document);
  gboolean carrying = live != NULL && !fy_live_is_idle (live) && !fy_live_is_paused (live);
  g_autofree char *text =
      problem != NULL ? NULL : ferry_export_describe_plan (self->format, plan, carrying);

  self->ready = plan->problem == NULL && problem == NULL;
  gtk_label_set_text (self->plan, problem != NULL ? problem : text);
  gtk_widget_set_visible (self->plan_icon, !self->ready);
  update_buttons (self);
}

static void
on_planned (GObject *source, GAsyncResult *result, gpointer data)
{
  FerryExportDialog *self = data;
  FyExportPlan *plan = ferry_export_job_plan_finish (FERRY_EXPORT_JOB (source), result, NULL);

  if (plan != NULL && self->document != NULL && ferry_document_n_frames (self->document) > 0)
    show_plan (self, plan);
  g_clear_pointer (&plan, ferry_export_plan_free);
  g_object_unref (self);
}

static gboolean
make_plan (gpointer data)
{
  FerryExportDialog *self = data;
  g_autoptr (FerryExportJob) job = NULL;

  self->plan_timeout = 0;
  if (ferry_document_n_frames (self->document) == 0)
    return G_SOURCE_REMOVE;
  g_cancellable_cancel (self->planning);
  g_clear_object (&self->planning);
  self->planning = g_cancellable_new ();
  job = make_job (self);
  ferry_export_job_plan_async (job, self->planning, on_planned, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
queue_plan (FerryExportDialog *self)
{
  if (self->plan_timeout == 0 && self->format != NULL && gtk_widget_get_visible (GTK_WIDGET (self)))
    self->plan_timeout = g_timeout_add (PLAN_DELAY_MS, make_plan, self);
}

/* --- Controls --- */

static void
suggest_target (FerryExportDialog *self)
{
  g_autofree char *title = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  g_object_get (self->document, "title", &title, NULL);
  name = ferry_export_suggest_name (self->format, title != NULL ? title : "clip", self->frame,
                                    chosen_ending (self));
  path = g_build_filename (self->folder, name, NULL);
  g_free (self->suggested);
  self->suggested = g_filename_display_name (path);
  gtk_editable_set_text (GTK_EDITABLE (self->target), self->suggested);
  gtk_editable_set_position (GTK_EDITABLE (self->target), -1);
}

/* Unless a person gave it another name. */
static void
renew_suggestion (FerryExportDialog *self)
{
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->target)), self->suggested) == 0)
    suggest_target (self);
}

static void
show_range (FerryExportDialog *self)
{
  gboolean one = takes (self, FY_EXPORT_ONE_FRAME);
  int n = MAX (ferry_document_n_frames (self->document), 1);

  self->updating++;
  gtk_spin_button_set_range (self->first, 1, n);
  gtk_spin_button_set_range (self->last, 1, n);
  gtk_spin_button_set_value (self->first, 1 + (one ? self->frame : self->range[0]));
  gtk_spin_button_set_value (self->last, 1 + self->range[1]);
  self->updating--;
  gtk_label_set_text (self->frames_label, one ? _ ("Frame") : _ ("Frames"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->first), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  one ? _ ("Frame") : _ ("First frame"), -1);
  gtk_widget_set_visible (GTK_WIDGET (self->to_label), !one);
  gtk_widget_set_visible (GTK_WIDGET (self->last), !one);
  gtk_widget_set_visible (self->whole, !one);
}

static void
show_pair (GtkLabel *label, gpointer control, gboolean show)
{
  gtk_widget_set_visible (GTK_WIDGET (label), show);
  gtk_widget_set_visible (GTK_WIDGET (control), show);
}

static void
show_options (FerryExportDialog *self)
{
  const char *id = self->format->id;
  gboolean film = takes (self, FY_EXPORT_FILM);

  gtk_label_set_text (self->heading, ferry_export_title (self->format));
  gtk_label_set_text (self->about, ferry_export_about (self->format));
  show_pair (self->empty_label, self->empty,
             !film && !takes (self, FY_EXPORT_ONE_FRAME) && !g_str_equal (id, "jhmdb"));
  show_pair (self->layout_label, self->layout, g_str_equal (id, "davis"));
  show_pair (self->style_label, self->style, film || g_str_equal (id, "picture"));
  show_pair (self->codec_label, self->codec_box, film);
  gtk_label_set_text (self->target_label, self->format->ending == NULL ? _ ("Folder") : _ ("File"));
  show_range (self);
}

static void
drop_job (FerryExportDialog *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  ferry_export_outcome_set_job (self->outcome, NULL);
}

static void
on_format_selected (FerryExportDialog *self, GtkListBoxRow *row)
{
  int n;
  const FyExportFormat *formats = fy_export_formats (&n);

  if (row == NULL)
    return;
  self->format = &formats[gtk_list_box_row_get_index (row)];
  if (!is_running (self))
    drop_job (self);
  show_options (self);
  suggest_target (self);
  queue_plan (self);
}

static void
on_first_changed (FerryExportDialog *self)
{
  int value = gtk_spin_button_get_value_as_int (self->first) - 1;

  if (self->updating > 0)
    return;
  if (takes (self, FY_EXPORT_ONE_FRAME))
    self->frame = value;
  else
    self->range[0] = value;
  if (!takes (self, FY_EXPORT_ONE_FRAME) && self->range[1] < value)
    gtk_spin_button_set_value (self->last, value + 1);
  renew_suggestion (self);
  queue_plan (self);
}

static void
on_last_changed (FerryExportDialog *self)
{
  int value = gtk_spin_button_get_value_as_int (self->last) - 1;

  if (self->updating > 0)
    return;
  self->range[1] = value;
  if (self->range[0] > value)
    gtk_spin_button_set_value (self->first, value + 1);
  queue_plan (self);
}

static void
on_whole_clicked (FerryExportDialog *self)
{
  self->range[0] = 0;
  self->range[1] = ferry_document_n_frames (self->document) - 1;
  show_range (self);
  queue_plan (self);
}

static void
on_container_changed (FerryExportDialog *self)
{
  if (self->updating > 0 || self->format == NULL)
    return;
  renew_suggestion (self);
  queue_plan (self);
}

/* Offers the containers that the codec can be in. */
static void
on_codec_changed (FerryExportDialog *self)
{
  const char *codec = chosen_codec (self);
  g_autoptr (GtkStringList) fitting = gtk_string_list_new (NULL);

  for (int i = 0; codec != NULL && endings[i] != NULL; i++)
    if (fy_film_codec_fits (codec, endings[i]))
      gtk_string_list_append (fitting, endings[i]);
  self->updating++;
  gtk_drop_down_set_model (self->container, G_LIST_MODEL (fitting));
  self->updating--;
  on_container_changed (self);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, FerryExportDialog *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;
  g_autofree char *readable = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path != NULL && self->format->ending == NULL) /* a folder to export into */
    {
      g_free (self->folder);
      self->folder = g_steal_pointer (&path);
      suggest_target (self);
    }
  else if (path != NULL)
    {
      g_free (self->folder);
      self->folder = g_path_get_dirname (path);
      readable = g_filename_display_name (path);
      gtk_editable_set_text (GTK_EDITABLE (self->target), readable);
    }
  g_object_unref (dialog);
}

static void
on_choose_clicked (FerryExportDialog *self)
{
  gboolean folder = self->format->ending == NULL;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      folder ? _ ("Choose the Folder to Export Into") : _ ("Choose the File to Export To"),
      GTK_WINDOW (self),
      folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Choose"),
      _ ("_Cancel"));
  g_autoptr (GFile) current = g_file_new_for_path (self->folder);
  g_autofree char *name = g_path_get_basename (gtk_editable_get_text (GTK_EDITABLE (self->target)));

  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), current, NULL);
  if (!folder)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* --- Running --- */

/* Tells those who closed the dialog how it ended. */
static void
tell_end (FerryExportDialog *self)
{
  g_autofree char *text = ferry_export_describe_job (self->job);
  gboolean done = ferry_export_job_state (self->job) == FERRY_EXPORT_DONE;

  if (ferry_export_job_state (self->job) == FERRY_EXPORT_CANCELLED)
    return;
  ferry_document_notice (self->document,
                         &(FerryNotice){ .lasting = !done,
                                         .key = "export",
                                         .text = text,
                                         .button = done ? _ ("Open folder") : _ ("Export…"),
                                         .action = done ? "win.show-export" : "win.export" });
}

static void
on_state_changed (FerryExportDialog *self)
{
  update_buttons (self);
  if (!is_running (self) && !gtk_widget_get_visible (GTK_WIDGET (self)))
    tell_end (self);
}

static void
on_export_clicked (FerryExportDialog *self)
{
  if (is_running (self) || !self->ready || ferry_document_n_frames (self->document) == 0)
    return;
  drop_job (self);
  self->job = make_job (self);
  ferry_export_outcome_set_job (self->outcome, self->job);
  g_signal_connect_swapped (self->job, "notify::state", G_CALLBACK (on_state_changed), self);
  ferry_export_job_start (self->job, FALSE);
}

static void
on_dismissed (FerryExportDialog *self)
{
  drop_job (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->target));
}

static void
on_cancel_clicked (FerryExportDialog *self)
{
  if (self->job != NULL)
    ferry_export_job_cancel (self->job);
}

static void
on_show_export (FerryExportDialog *self)
{
  if (self->job != NULL)
    ferry_export_show_folder (self->parent, ferry_export_job_path (self->job));
}

/* --- The document --- */

/* Takes range and labels anew. */
static void
on_opened (FerryExportDialog *self)
{
  if (self->labels != NULL)
    g_signal_handlers_disconnect_by_data (self->labels, self);
  g_set_object (&self->labels, ferry_document_labels (self->document));
  if (self->labels == NULL)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  g_signal_connect_swapped (self->labels, "frame-changed", G_CALLBACK (queue_plan), self);
  g_signal_connect_swapped (self->labels, "objects-changed", G_CALLBACK (queue_plan), self);
  ferry_document_range (self->document, &self->range[0], &self->range[1]);
  self->frame = ferry_document_frame (self->document);
  show_range (self);
  suggest_target (self);
  queue_plan (self);
}

static void
on_hidden (FerryExportDialog *self)
{
  if (is_running (self))
    ferry_document_toast (self->document, _ ("The export goes on; it tells when it is done"));
}

/* --- The dialog --- */

static void
fill_formats (FerryExportDialog *self)
{
  int n;
  const FyExportFormat *formats = fy_export_formats (&n);

  for (int i = 0; i < n; i++)
    {
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
      GtkWidget *title = ferry_export_text_new (ferry_export_title (&formats[i]), FALSE);
      GtkWidget *subtitle = ferry_export_text_new (ferry_export_subtitle (&formats[i]), TRUE);
      GtkWidget *row = gtk_list_box_row_new ();

      gtk_widget_add_css_class (subtitle, "ferry-caption");
      gtk_widget_set_margin_top (box, 5);
      gtk_widget_set_margin_bottom (box, 5);
      gtk_box_append (GTK_BOX (box), title);
      gtk_box_append (GTK_BOX (box), subtitle);
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
      gtk_accessible_update_property (
          GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, ferry_export_title (&formats[i]),
          GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, ferry_export_subtitle (&formats[i]), -1);
      gtk_list_box_append (self->formats, row);
    }
}

static void
fill_codecs (FerryExportDialog *self)
{
  g_autofree const char **codecs = fy_film_codecs ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (int i = 0; codecs[i] != NULL; i++)
    gtk_string_list_append (titles, fy_film_codec_title (codecs[i]));
  gtk_drop_down_set_model (self->codec, G_LIST_MODEL (titles));
  on_codec_changed (self);
}

static char *
first_folder (void)
{
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  return g_strdup (documents != NULL ? documents : g_get_home_dir ());
}

static FerryExportDialog *
make_dialog (GtkWindow *parent, FerryDocument *document)
{
  FerryExportDialog *self = g_object_new (FERRY_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  g_autoptr (GSimpleAction) show = g_simple_action_new ("show-export", NULL);

  g_set_weak_pointer (&self->parent, parent);
  self->document = g_object_ref (document);
  g_signal_connect_object (show, "activate", G_CALLBACK (on_show_export), self, G_CONNECT_SWAPPED);
  if (G_IS_ACTION_MAP (parent))
    g_action_map_add_action (G_ACTION_MAP (parent), G_ACTION (show));
  g_signal_connect_object (document, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "progress", G_CALLBACK (queue_plan), self, G_CONNECT_SWAPPED);
  g_object_set_data (G_OBJECT (parent), "ferry-export-dialog", self);
  gtk_list_box_select_row (self->formats, gtk_list_box_get_row_at_index (self->formats, 0));
  return self;
}

static gboolean
present (gpointer data)
{
  FerryExportDialog *self = data;

  if (self->document == NULL || ferry_document_n_frames (self->document) == 0)
    return G_SOURCE_REMOVE;
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    {
      if (!is_running (self))
        drop_job (self);
      gtk_window_present (GTK_WINDOW (self));
      on_opened (self);
      ferry_document_notice (self->document, &(FerryNotice){ .key = "export" });
    }
  gtk_window_present (GTK_WINDOW (self));
  return G_SOURCE_REMOVE;
}

void
ferry_export_dialog_present (GtkWindow *parent, FerryDocument *document)
{
  FerryExportDialog *self = g_object_get_data (G_OBJECT (parent), "ferry-export-dialog");

  if (ferry_document_n_frames (document) == 0)
    return;
  if (self != NULL)
    present (self);
  else /* made and measured in one go, the main thread would be busy for too long */
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, present, g_object_ref (make_dialog (parent, document)),
                     g_object_unref);
}

static void
ferry_export_dialog_dispose (GObject *object)
{
  FerryExportDialog *self = FERRY_EXPORT_DIALOG (object);

  g_clear_handle_id (&self->plan_timeout, g_source_remove);
  g_cancellable_cancel (self->planning);
  g_clear_object (&self->planning);
  if (self->parent != NULL)
    g_object_set_data (G_OBJECT (self->parent), "ferry-export-dialog", NULL);
  gtk_window_set_transient_for (GTK_WINDOW (self),
                                NULL); /* else GTK 4.8 may look for it when it is gone */
  g_clear_weak_pointer (&self->parent);
  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      ferry_export_job_cancel (self->job);
    }
  g_clear_object (&self->job);
  if (self->labels != NULL)
    g_signal_handlers_disconnect_by_data (self->labels, self);
  g_clear_object (&self->labels);
  g_clear_object (&self->document);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->suggested, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), FERRY_TYPE_EXPORT_DIALOG);
  G_OBJECT_CLASS (ferry_export_dialog_parent_class)->dispose (object);
}

#define BIND(name)   gtk_widget_class_bind_template_child (widget_class, FerryExportDialog, name)
#define HANDLE(name) gtk_widget_class_bind_template_callback (widget_class, name)

static void
ferry_export_dialog_class_init (FerryExportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_export_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/ferrylabels/Ferry/export-dialog.ui");
  BIND (formats);
  BIND (heading);
  BIND (about);
  BIND (frames_label);
  BIND (to_label);
  BIND (target_label);
  BIND (plan);
  BIND (empty_label);
  BIND (layout_label);
  BIND (style_label);
  BIND (codec_label);
  BIND (first);
  BIND (last);
  BIND (empty);
  BIND (layout);
  BIND (style);
  BIND (codec);
  BIND (container);
  BIND (codec_box);
  BIND (whole);
  BIND (plan_icon);
  BIND (target);
  BIND (outcome);
  BIND (cancel);
  BIND (export);
  HANDLE (on_format_selected);
  HANDLE (on_first_changed);
  HANDLE (on_last_changed);
  HANDLE (on_whole_clicked);
  HANDLE (queue_plan);
  HANDLE (on_codec_changed);
  HANDLE (on_container_changed);
  HANDLE (on_choose_clicked);
  HANDLE (on_export_clicked);
  HANDLE (on_cancel_clicked);
  HANDLE (on_dismissed);
}

static void
ferry_export_dialog_init (FerryExportDialog *self)
{
  self->folder = first_folder ();
  g_type_ensure (FERRY_TYPE_EXPORT_OUTCOME);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_default_widget (GTK_WINDOW (self), self->export);
  g_signal_connect (self, "hide", G_CALLBACK (on_hidden), NULL);
  fill_formats (self);
  fill_codecs (self);
}
