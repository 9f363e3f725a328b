/* SPDX-License-Identifier: MIT */
#include "app/export/export-flow.h"

#include "app/export/export-soft.h"
#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

struct FerryExportFlow
{
  gatomicrefcount refs;
  FerryDocument *document;
  FyLive *live; /* that it is of; not looked at before it is known to be there */
  guint edition;
  GCancellable *cancellable;
  int width; /* pixels */
  int height;

  GMutex mutex; /* guards what follows */
  GCond answered;
  int frame; /* that is asked for or held; -1 = none */
  gboolean waiting;
  FyLiveSoft *soft; /* nullable */
  GError *error;    /* nullable */
};

FerryExportFlow *
ferry_export_flow_new (FerryDocument *document, GCancellable *cancellable)
{
  FerryExportFlow *self = g_new0 (FerryExportFlow, 1);
  const FyClipInfo *info = ferry_document_clip_info (document);

  g_atomic_ref_count_init (&self->refs);
  self->document = g_object_ref (document);
  self->live = ferry_document_live (document);
  self->edition = fy_live_edition (self->live);
  self->cancellable = g_object_ref (cancellable);
  self->width = info->width;
  self->height = info->height;
  self->frame = -1;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->answered);
  return self;
}

void
ferry_export_flow_free (FerryExportFlow *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_object_unref (self->document);
  g_object_unref (self->cancellable);
  g_clear_pointer (&self->soft, fy_live_soft_free);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->answered);
  g_free (self);
}

/* --- On the main thread --- */

/* soft, error: one of them, taken. */
static void
tell (FerryExportFlow *self, FyLiveSoft *soft, GError *error)
{
  g_mutex_lock (&self->mutex);
  self->soft = soft;
  self->error = error;
  self->waiting = FALSE;
  g_cond_signal (&self->answered);
  g_mutex_unlock (&self->mutex);
}

static void
on_soft (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FerryExportFlow) self = data;
  GError *error = NULL;
  FyLiveSoft *soft = fy_live_soft_finish (self->live, result, &error);

  tell (self, soft, error);
}

static gboolean
ask (gpointer data)
{
  FerryExportFlow *self = data;
  FyLive *live = ferry_document_live (self->document);

  g_atomic_ref_count_inc (&self->refs);
  if (live != NULL && live == self->live)
    {
      fy_live_soft_async (live, self->frame, self->edition, self->cancellable, on_soft, self);
      return G_SOURCE_REMOVE;
    }
  if (live == NULL)
    tell (self, NULL, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("the clip was closed")));
  else
    tell (self, NULL,
          g_error_new (FY_ERROR, FY_ERROR_UNSUPPORTED, _ ("carrying has begun anew meanwhile")));
  ferry_export_flow_free (self);
  return G_SOURCE_REMOVE;
}

/* --- On the other thread --- */

/* Returns: borrowed, NULL with an error. */
static const FyLiveSoft *
get_frame (FerryExportFlow *self, int frame, GError **error)
{
  if (frame != self->frame)
    {
      g_clear_pointer (&self->soft, fy_live_soft_free);
      self->frame = frame;
      self->waiting = TRUE;
      g_main_context_invoke (NULL, ask, self);
      g_mutex_lock (&self->mutex);
      while (self->waiting)
        g_cond_wait (&self->answered, &self->mutex);
      g_mutex_unlock (&self->mutex);
    }
  if (self->soft == NULL)
    g_propagate_error (error, g_error_copy (self->error));
  return self->soft;
}

gboolean
ferry_export_flow_get (int frame, guint16 object, float *soft, gpointer user_data, GError **error)
{
  FerryExportFlow *self = user_data;
  const FyLiveSoft *found = get_frame (self, frame, error);

  if (found == NULL)
    return FALSE;
  memset (soft, 0, (gsize) self->width * (gsize) self->height * sizeof (float));
  for (int i = 0; i < found->n; i++)
    if (found->ids[i] == object)
      ferry_soft_lift (found->soft +
                           (gsize) i * (gsize) found->grid_width * (gsize) found->grid_height,
                       found->grid_width, found->grid_height, self->width, self->height, soft);
  return TRUE;
}
