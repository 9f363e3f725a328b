/* SPDX-License-Identifier: MIT */
#include "terminal.h"
#include "base/text.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

/* --- Progress --- */

#define REDRAW_US 100000

struct FerryProgress
{
  const char *unit;
  int total;
  gboolean shown;
  int before; /* done when the clock started: the first step is no measure of the others */
  gint64 start;
  gint64 drawn;
};

FerryProgress *
ferry_progress_new (const char *unit, int total)
{
  FerryProgress *self = g_new0 (FerryProgress, 1);

  self->unit = unit;
  self->total = total;
  self->shown = isatty (STDERR_FILENO) == 1;
  self->start = g_get_monotonic_time ();
  return self;
}

void
ferry_progress_set (FerryProgress *self, int done)
{
  gint64 now = g_get_monotonic_time ();
  double rate = (done - self->before) * 1e6 / (double) MAX (1, now - self->start);
  g_autofree char *left = NULL;

  if (self->before == 0)
    {
      self->before = done;
      self->start = now;
      return;
    }
  if (!self->shown || (now - self->drawn < REDRAW_US && done < self->total))
    return;
  self->drawn = now;
  left = ferry_format_seconds (rate > 0 ? (self->total - done) / rate : 0);
  g_printerr ("\r\033[K");
  g_printerr (_ ("%s %d of %d, %.1f a second, %s left"), self->unit, done, self->total, rate, left);
}

void
ferry_progress_free (FerryProgress *self)
{
  if (self->shown && self->drawn > 0)
    g_printerr ("\r\033[K");
  g_free (self);
}

char *
ferry_format_seconds (double seconds)
{
  int whole = (int) (seconds + 0.5);

  if (seconds < 10)
    return g_strdup_printf ("%.1f s", seconds);
  if (whole < 60)
    return g_strdup_printf ("%d s", whole);
  if (whole < 3600)
    return g_strdup_printf (_ ("%d min %02d s"), whole / 60, whole % 60);
  return g_strdup_printf (_ ("%d h %02d min"), whole / 3600, whole / 60 % 60);
}

/* --- Errors --- */

void
ferry_print_error (const GError *error)
{
  g_autofree char *line = g_strdup (error->message);

  for (char *c = line; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_printerr ("ferry-cli: %s\n", line);
}

/* --- Being stopped --- */

static gpointer
wait_for_signals (gpointer data)
{
  g_autoptr (GCancellable) cancellable = data;
  sigset_t signals;
  int signal_number;

  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGHUP);
  sigwait (&signals, &signal_number);
  g_cancellable_cancel (cancellable);
  /* From now on the default action: this thread takes the next one. */
  pthread_sigmask (SIG_UNBLOCK, &signals, NULL);
  for (;;)
    pause ();
  return NULL;
}

GCancellable *
ferry_cancellable_new (void)
{
  GCancellable *cancellable = g_cancellable_new ();
  sigset_t signals;
  GThread *thread;

  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGHUP);
  pthread_sigmask (SIG_BLOCK, &signals, NULL); /* for this thread and all it makes */
  thread = g_thread_try_new ("signals", wait_for_signals, g_object_ref (cancellable), NULL);
  if (thread != NULL)
    g_thread_unref (thread);
  else /* nobody to wait for them: let them act at once */
    pthread_sigmask (SIG_UNBLOCK, &signals, NULL);
  return cancellable;
}

/* --- Memory --- */

double
ferry_peak_memory (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_maxrss / 1024.0;
}
