/* SPDX-License-Identifier: MIT */
#include "app/probe.h"

#include <glib-unix.h>
#include <signal.h>
#include <time.h>

#define N_LIMITS 3

/* The only thing of the program that is global besides types: a poll function has no user data. */
static struct
{
  GPollFunc poll;
  gint64 wall; /* when the turn began, microseconds; 0 = none did */
  gint64 cpu;
  gint64 turns;
  gint64 longest_wall;
  gint64 longest_cpu;
  gint64 over[N_LIMITS];
} probe;

static const gint64 limit_us[N_LIMITS] = { 8000, 16000, 33000 };

static gint64
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int
timed_poll (GPollFD *fds, guint n, int timeout)
{
  int result;

  if (probe.wall != 0)
    {
      gint64 cpu = cpu_time () - probe.cpu;

      probe.turns++;
      probe.longest_wall = MAX (probe.longest_wall, g_get_monotonic_time () - probe.wall);
      probe.longest_cpu = MAX (probe.longest_cpu, cpu);
      for (int i = 0; i < N_LIMITS; i++)
        probe.over[i] += cpu > limit_us[i];
    }
  result = probe.poll (fds, n, timeout);
  probe.wall = g_get_monotonic_time ();
  probe.cpu = cpu_time ();
  return result;
}

static gboolean
begin_anew (gpointer data)
{
  probe.turns = probe.longest_wall = probe.longest_cpu = 0;
  for (int i = 0; i < N_LIMITS; i++)
    probe.over[i] = 0;
  probe.wall = 0;
  return G_SOURCE_CONTINUE;
}

void
ferry_probe_start (void)
{
  if (g_getenv ("FERRY_PROBE") == NULL)
    return;
  probe.poll = g_main_context_get_poll_func (NULL);
  g_main_context_set_poll_func (NULL, timed_poll);
  g_unix_signal_add (SIGUSR1, begin_anew, NULL);
}

void
ferry_probe_finish (void)
{
  g_autofree char *text = NULL;

  if (probe.poll == NULL)
    return;
  text = g_strdup_printf (
      "{\"turns\": %" G_GINT64_FORMAT ", \"longest_ms\": %.3f, "
      "\"longest_cpu_ms\": %.3f, \"over_8_ms\": %" G_GINT64_FORMAT
      ", \"over_16_ms\": %" G_GINT64_FORMAT ", \"over_33_ms\": %" G_GINT64_FORMAT "}\n",
      probe.turns, (double) probe.longest_wall / 1000, (double) probe.longest_cpu / 1000,
      probe.over[0], probe.over[1], probe.over[2]);
  g_file_set_contents (g_getenv ("FERRY_PROBE"), text, -1, NULL);
}
