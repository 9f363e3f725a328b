/* SPDX-License-Identifier: MIT */
#include "app/probe.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <execinfo.h>
#endif

#define N_LIMITS   3
#define SAMPLE_US  4000 /* of processor time, between two looks at a turn */
#define N_SAMPLES  12   /* looks at a turn                                */
#define N_DEPTH    48
#define MOST_TURNS 24 /* the longest, that are kept                       */

typedef struct
{
  gint64 wall; /* microseconds */
  gint64 cpu;
  int n;
  int depth[N_SAMPLES];
  void *stack[N_SAMPLES][N_DEPTH];
} Turn;

/* The only thing of the program that is global besides types: a poll function and a signal's handler have no
 * user data. */
static struct
{
  GPollFunc poll; /* NULL = not started, or ended */
  timer_t timer;
  gboolean timed;
  Turn turn; /* in progress; .wall 0 = none is */
  gint64 turns;
  gint64 longest_wall;
  gint64 longest_cpu;
  gint64 over[N_LIMITS];
  GArray *long_turns; /* of Turn */
  gint64 sample;      /* when the event happened that is not shown yet; 0 = none */
  GArray *latency;    /* of gint64, microseconds */
  GArray *frames;     /* of gint64: of the frame clock, that passed meanwhile */
  gint64 counter;     /* of the frame clock, when the event came in */
  gint64 window;      /* when it was painted first, and a picture */
  gint64 picture;
  gint64 wish;     /* when another frame was asked for that is not shown yet; 0 = none */
  gboolean looked; /* something like it is shown */
  gboolean rough;
  gboolean exact;     /* composed for it, to be painted */
  GArray *first_look; /* of gint64, microseconds from the wish to something like the picture, */
  GArray *exact_look; /* and to the picture */
  gint64 stroke;      /* when it ended; 0 = none did */
  gint64 carried;     /* when labels of another frame changed last since */
  GHashTable *seen;   /* these frames */
  GArray *carry;      /* of gint64, microseconds from the one to the other */
  GArray *carries;    /* of gint64, frames */
} probe;

static const gint64 limit_us[N_LIMITS] = { 8000, 16000, 33000 };

static gint64
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* --- What a long turn does: the main thread's stack after each few milliseconds of its processor time --- */

#ifdef __GLIBC__

static void
look (int number)
{
  Turn *turn = &probe.turn;

  if (turn->wall == 0 || turn->n >= N_SAMPLES)
    return;
  turn->depth[turn->n] = backtrace (turn->stack[turn->n], N_DEPTH);
  turn->n++;
}

static void
start_looking (void)
{
  struct sigaction action = { .sa_handler = look, .sa_flags = SA_RESTART };
  struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF };
  void *first[1];

  event._sigev_un._tid = (pid_t) syscall (SYS_gettid);
  backtrace (first, 1); /* loads what it needs, which a handler must not */
  sigaction (SIGPROF, &action, NULL);
  probe.timed = timer_create (CLOCK_THREAD_CPUTIME_ID, &event, &probe.timer) == 0;
}

static void
append_stacks (GString *text, const Turn *turn)
{
  for (int i = 0; i < turn->n; i++)
    {
      char **name = backtrace_symbols (turn->stack[i], turn->depth[i]);

      g_string_append (text, i > 0 ? ",\n   [" : "\n   [");
      for (int j = 0; name != NULL && j < turn->depth[i]; j++)
        g_string_append_printf (text, "%s\"%s\"", j > 0 ? ", " : "", name[j]);
      g_string_append (text, "]");
      free (name); /* NOLINT: by the C library */
    }
}

#else

static void
start_looking (void)
{
}

static void
append_stacks (GString *text, const Turn *turn)
{
}

#endif

/* --- Turns --- */

static void
set_timer (gint64 us)
{
  struct itimerspec time = { .it_value.tv_nsec = us * 1000, .it_interval.tv_nsec = us * 1000 };

  if (probe.timed)
    timer_settime (probe.timer, 0, &time, NULL);
}

static void
begin_turn (void)
{
  probe.turn.n = 0;
  probe.turn.cpu = cpu_time ();
  probe.turn.wall = g_get_monotonic_time ();
  set_timer (SAMPLE_US);
}

/* In the place of the shortest, where there are enough. */
static void
keep_turn (const Turn *turn)
{
  Turn *kept = (Turn *) (gpointer) probe.long_turns->data;
  guint shortest = 0;

  if (probe.long_turns->len < MOST_TURNS)
    {
      g_array_append_val (probe.long_turns, *turn);
      return;
    }
  for (guint i = 1; i < MOST_TURNS; i++)
    if (kept[i].cpu < kept[shortest].cpu)
      shortest = i;
  if (kept[shortest].cpu < turn->cpu)
    kept[shortest] = *turn;
}

static void
end_turn (void)
{
  Turn *turn = &probe.turn;

  if (turn->wall == 0)
    return;
  set_timer (0);
  turn->cpu = cpu_time () - turn->cpu;
  turn->wall = g_get_monotonic_time () - turn->wall;
  probe.turns++;
  probe.longest_wall = MAX (probe.longest_wall, turn->wall);
  probe.longest_cpu = MAX (probe.longest_cpu, turn->cpu);
  for (int i = 0; i < N_LIMITS; i++)
    probe.over[i] += turn->cpu > limit_us[i];
  if (turn->cpu > limit_us[0])
    keep_turn (turn);
  turn->wall = 0;
}

static int
timed_poll (GPollFD *fds, guint n, int timeout)
{
  int result;

  end_turn ();
  result = probe.poll (fds, n, timeout);
  begin_turn ();
  return result;
}

static void
end_stroke (void)
{
  gint64 latency = probe.carried - probe.stroke, n = g_hash_table_size (probe.seen);

  if (probe.stroke != 0 && n > 0)
    {
      g_array_append_val (probe.carry, latency);
      g_array_append_val (probe.carries, n);
    }
  g_hash_table_remove_all (probe.seen);
  probe.stroke = 0;
}

void
ferry_probe_stroke (void)
{
  if (probe.poll == NULL)
    return;
  end_stroke ();
  probe.stroke = g_get_monotonic_time ();
}

void
ferry_probe_labels (int frame)
{
  if (probe.poll != NULL && probe.stroke != 0 &&
      g_hash_table_add (probe.seen, GINT_TO_POINTER (frame)))
    probe.carried = g_get_monotonic_time ();
}

static gboolean
begin_anew (gpointer data)
{
  end_stroke ();
  g_array_set_size (probe.carry, 0);
  g_array_set_size (probe.carries, 0);
  probe.turns = probe.longest_wall = probe.longest_cpu = 0;
  for (int i = 0; i < N_LIMITS; i++)
    probe.over[i] = 0;
  g_array_set_size (probe.long_turns, 0);
  g_array_set_size (probe.latency, 0);
  g_array_set_size (probe.frames, 0);
  g_array_set_size (probe.first_look, 0);
  g_array_set_size (probe.exact_look, 0);
  probe.turn.wall = 0;
  return G_SOURCE_CONTINUE;
}

/* --- From the hand to the screen --- */

void
ferry_probe_sample (GtkWidget *canvas, guint32 time)
{
  gint64 now = g_get_monotonic_time ();
  guint32 ago = (guint32) (now / 1000) - time;

  if (probe.poll == NULL || probe.sample != 0)
    return;
  probe.sample = now - (ago < 10000 ? (gint64) ago * 1000 : 0);
  probe.counter = gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (canvas));
}

void
ferry_probe_wish (void)
{
  probe.wish = g_get_monotonic_time ();
  probe.looked = probe.rough = probe.exact = FALSE;
}

void
ferry_probe_picture (gboolean exact)
{
  probe.rough = TRUE;
  probe.exact |= exact;
}

static void
note_sample (GdkFrameClock *clock, gint64 now)
{
  gint64 latency = now - probe.sample;
  gint64 frames = gdk_frame_clock_get_frame_counter (clock) - probe.counter;

  g_array_append_val (probe.latency, latency);
  g_array_append_val (probe.frames, frames);
  probe.sample = 0;
}

static void
note_look (gint64 now)
{
  gint64 latency = now - probe.wish;

  if (probe.rough && !probe.looked)
    g_array_append_val (probe.first_look, latency);
  probe.looked |= probe.rough;
  if (!probe.exact)
    return;
  g_array_append_val (probe.exact_look, latency);
  probe.wish = 0;
}

static void
on_painted (GdkFrameClock *clock, gpointer data)
{
  gint64 now = g_get_monotonic_time ();

  g_signal_handlers_disconnect_by_func (clock, on_painted, NULL);
  if (probe.picture == 0)
    probe.picture = now;
  if (probe.sample != 0)
    note_sample (clock, now);
  if (probe.wish != 0)
    note_look (now);
}

void
ferry_probe_shown (GtkWidget *canvas)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (canvas);

  if (probe.poll == NULL || (probe.sample == 0 && probe.wish == 0 && probe.picture != 0))
    return;
  g_signal_handlers_disconnect_by_func (clock, on_painted, NULL);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), NULL);
}

static void
on_window_painted (GdkFrameClock *clock, gpointer data)
{
  g_signal_handlers_disconnect_by_func (clock, on_window_painted, NULL);
  probe.window = g_get_monotonic_time ();
}

static void
on_window_mapped (GtkWidget *window, gpointer data)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint",
                    G_CALLBACK (on_window_painted), NULL);
}

void
ferry_probe_window (GtkWidget *window)
{
  if (probe.poll != NULL)
    g_signal_connect_after (window, "map", G_CALLBACK (on_window_mapped), NULL);
}

/* --- Start and end --- */

/* As JSON has it, whatever the locale. */
static void
append_number (GString *text, const char *before, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, before);
  g_string_append (text, g_ascii_formatd (number, sizeof number, "%.9g", value));
}

static void
append_numbers (GString *text, const char *name, GArray *numbers, double unit)
{
  g_string_append_printf (text, " \"%s\": [", name);
  for (guint i = 0; i < numbers->len; i++)
    append_number (text, i > 0 ? ", " : "", (double) g_array_index (numbers, gint64, i) / unit);
  g_string_append (text, "],\n");
}

static void
append_long_turn (GString *text, const Turn *turn)
{
  append_number (text, "\n {\"cpu_ms\": ", (double) turn->cpu / 1000);
  append_number (text, ", \"wall_ms\": ", (double) turn->wall / 1000);
  g_string_append (text, ", \"stacks\": [");
  append_stacks (text, turn);
  g_string_append (text, "]}");
}

void
ferry_probe_finish (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (probe.poll == NULL)
    return;
  g_string_append_printf (text, "{\"turns\": %" G_GINT64_FORMAT, probe.turns);
  append_number (text, ", \"longest_ms\": ", (double) probe.longest_wall / 1000);
  append_number (text, ", \"longest_cpu_ms\": ", (double) probe.longest_cpu / 1000);
  g_string_append_printf (text,
                          ", \"over_8_ms\": %" G_GINT64_FORMAT ", \"over_16_ms\": %" G_GINT64_FORMAT
                          ", \"over_33_ms\": %" G_GINT64_FORMAT ",\n",
                          probe.over[0], probe.over[1], probe.over[2]);
  g_string_append_printf (
      text, " \"window_us\": %" G_GINT64_FORMAT ", \"picture_us\": %" G_GINT64_FORMAT ",\n",
      probe.window, probe.picture);
  end_stroke ();
  append_numbers (text, "carried_ms", probe.carry, 1000.0);
  append_numbers (text, "carried_frames", probe.carries, 1.0);
  append_numbers (text, "first_look_ms", probe.first_look, 1000.0);
  append_numbers (text, "exact_look_ms", probe.exact_look, 1000.0);
  append_numbers (text, "sample_to_screen_ms", probe.latency, 1000.0);
  append_numbers (text, "sample_to_screen_frames", probe.frames, 1.0);
  g_string_append (text, " \"long_turns\": [");
  for (guint i = 0; i < probe.long_turns->len; i++)
    {
      g_string_append (text, i > 0 ? "," : "");
      append_long_turn (text, &g_array_index (probe.long_turns, Turn, i));
    }
  g_string_append (text, "]}\n");
  g_file_set_contents (g_getenv ("FERRY_PROBE"), text->str, (gssize) text->len, NULL);
  g_main_context_set_poll_func (NULL, probe.poll);
  probe.poll = NULL;
}

static gboolean
finish (gpointer data)
{
  ferry_probe_finish ();
  return G_SOURCE_REMOVE;
}

void
ferry_probe_start (void)
{
  if (g_getenv ("FERRY_PROBE") == NULL)
    return;
  probe.long_turns = g_array_new (FALSE, FALSE, sizeof (Turn));
  probe.latency = g_array_new (FALSE, FALSE, sizeof (gint64));
  probe.frames = g_array_new (FALSE, FALSE, sizeof (gint64));
  probe.seen = g_hash_table_new (NULL, NULL);
  probe.carry = g_array_new (FALSE, FALSE, sizeof (gint64));
  probe.carries = g_array_new (FALSE, FALSE, sizeof (gint64));
  probe.first_look = g_array_new (FALSE, FALSE, sizeof (gint64));
  probe.exact_look = g_array_new (FALSE, FALSE, sizeof (gint64));
  probe.poll = g_main_context_get_poll_func (NULL);
  start_looking ();
  g_main_context_set_poll_func (NULL, timed_poll);
  g_unix_signal_add (SIGUSR1, begin_anew, NULL);
  g_unix_signal_add (SIGUSR2, finish, NULL);
}
