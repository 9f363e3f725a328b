/* SPDX-License-Identifier: MIT */
#include "app/document-internal.h"

#define PATIENCE   50  /* milliseconds that a picture may take without more ado */
#define AFTERWARDS 250 /* in which another may be wanted                        */
#define AT_MOST    5000

static void
set_yielding (FerryDocument *self, gboolean yielding)
{
  self->yielding = yielding;
  if (self->live != NULL)
    fy_live_set_yielding (self->live, yielding);
}

static void
start (FerryDocument *self, guint milliseconds, GSourceFunc then)
{
  g_clear_handle_id (&self->waiting, g_source_remove);
  self->waiting = g_timeout_add (milliseconds, then, self);
}

static gboolean
on_over (gpointer data)
{
  FerryDocument *self = data;

  self->waiting = 0;
  set_yielding (self, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_impatient (gpointer data)
{
  FerryDocument *self = data;

  self->waiting = 0;
  set_yielding (self, TRUE);
  start (self, AT_MOST, on_over);
  return G_SOURCE_REMOVE;
}

static void
on_wanted (FerryDocument *self)
{
  if (self->yielding)
    start (self, AT_MOST, on_over);
  else if (self->waiting == 0)
    start (self, PATIENCE, on_impatient);
}

static void
on_given (FerryDocument *self)
{
  if (self->yielding)
    start (self, AFTERWARDS, on_over);
  else
    g_clear_handle_id (&self->waiting, g_source_remove);
}

void
ferry_document_follow_waiting (FerryDocument *self)
{
  self->yielding = FALSE;
  g_signal_connect_object (self->frames, "wanted", G_CALLBACK (on_wanted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->frames, "frame-ready", G_CALLBACK (on_given), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->frames, "failed", G_CALLBACK (on_given), self, G_CONNECT_SWAPPED);
}
