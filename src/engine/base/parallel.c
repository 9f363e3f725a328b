/* SPDX-License-Identifier: MIT */
#include "base/parallel.h"

#include <stdlib.h>

#define MAX_WORKERS 256
#define PATIENCE    1000 /* pauses, 20 to 50 us: as long as it takes to be woken */

typedef struct
{
  GMutex turn; /* held by the caller whose loop is running */
  GMutex lock;
  GCond begun; /* generation changed */
  GCond left;  /* nobody helps any more */
  int workers; /* constant once made */

  /* [lock] the loop in progress */
  FyParallelFunc func; /* NULL: there is none, or nothing is left of it */
  gpointer user_data;
  int n;

  /* [lock], to be read without it */
  int generation; /* of loops */
  int helping;    /* helpers that are at this one */

  int next; /* atomic: the next item to hand out */
} Pool;

static GPrivate inside;    /* non-NULL while this thread runs an item */
static GPrivate impatient; /* non-NULL: this thread waits for no turn */

static void
pause_briefly (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Waits a little for a number to change: loops follow each other, and to be woken takes longer than
 * most pauses between them. */
static void
watch (const int *number, int now)
{
  for (int i = 0; i < PATIENCE && g_atomic_int_get (number) == now; i++)
    pause_briefly ();
}

static void
run_items (Pool *pool, FyParallelFunc func, gpointer user_data, int n, int worker)
{
  int index;

  g_private_set (&inside, pool);
  while ((index = g_atomic_int_add (&pool->next, 1)) < n)
    func (index, worker, user_data);
  g_private_set (&inside, NULL);
}

typedef struct
{
  Pool *pool;
  int worker;
} Helper;

static gpointer
helper_main (gpointer data)
{
  Helper helper = *(Helper *) data;
  Pool *pool = helper.pool;
  int seen = 0;

  g_free (data);
  for (;;)
    {
      FyParallelFunc func;
      gpointer user_data;
      int n;

      watch (&pool->generation, seen);
      g_mutex_lock (&pool->lock);
      while (pool->generation == seen)
        g_cond_wait (&pool->begun, &pool->lock);
      seen = pool->generation;
      func = pool->func;
      user_data = pool->user_data;
      n = pool->n;
      if (func != NULL)
        g_atomic_int_inc (&pool->helping);
      g_mutex_unlock (&pool->lock);
      if (func == NULL)
        continue;

      run_items (pool, func, user_data, n, helper.worker);

      g_mutex_lock (&pool->lock);
      if (g_atomic_int_dec_and_test (&pool->helping))
        g_cond_signal (&pool->left);
      g_mutex_unlock (&pool->lock);
    }
  return NULL;
}

static int
count_workers (void)
{
  const char *wish = g_getenv ("FERRY_THREADS");
  int n = wish != NULL ? atoi (wish) : 0;

  if (n < 1)
    n = (int) g_get_num_processors ();
  return MIN (n, MAX_WORKERS);
}

/* The pool lives as long as the process: its helpers sleep between loops. */
static Pool *
get_pool (void)
{
  static Pool *pool;

  if (g_once_init_enter (&pool))
    {
      Pool *made = g_new0 (Pool, 1);

      int wanted = count_workers ();

      /* Where no more threads are to be had, those that are will do. */
      for (made->workers = 1; made->workers < wanted; made->workers++)
        {
          Helper *helper = g_new (Helper, 1);
          GThread *thread;

          *helper = (Helper){ made, made->workers };
          thread = g_thread_try_new ("fy-parallel", helper_main, helper, NULL);
          if (thread == NULL)
            {
              g_free (helper);
              break;
            }
          g_thread_unref (thread);
        }
      g_once_init_leave (&pool, made);
    }
  return pool;
}

int
fy_parallel_workers (void)
{
  return get_pool ()->workers;
}

void
fy_parallel_never_wait (void)
{
  g_private_set (&impatient, get_pool ());
}

static void
begin_loop (Pool *pool, int n, FyParallelFunc func, gpointer user_data)
{
  g_mutex_lock (&pool->lock);
  pool->func = func;
  pool->user_data = user_data;
  pool->n = n;
  g_atomic_int_set (&pool->next, 0);
  g_atomic_int_inc (&pool->generation);
  g_cond_broadcast (&pool->begun);
  g_mutex_unlock (&pool->lock);
}

/* Waits for those that help; who comes now is late. */
static void
end_loop (Pool *pool)
{
  int helping;

  g_mutex_lock (&pool->lock);
  pool->func = NULL;
  helping = pool->helping;
  g_mutex_unlock (&pool->lock);

  if (helping > 0)
    watch (&pool->helping, helping);
  g_mutex_lock (&pool->lock);
  while (pool->helping > 0)
    g_cond_wait (&pool->left, &pool->lock);
  g_mutex_unlock (&pool->lock);
}

/* Whether this thread has the pool for its own now. */
static gboolean
take_turn (Pool *pool)
{
  if (g_private_get (&impatient) != NULL)
    return g_mutex_trylock (&pool->turn);
  g_mutex_lock (&pool->turn);
  return TRUE;
}

void
fy_parallel_for (int n, FyParallelFunc func, gpointer user_data)
{
  Pool *pool = get_pool ();

  if (g_private_get (&inside) != NULL || n <= 1 || !take_turn (pool))
    {
      for (int index = 0; index < n; index++)
        func (index, 0, user_data);
      return;
    }

  begin_loop (pool, n, func, user_data);
  run_items (pool, func, user_data, n, 0);
  end_loop (pool);
  g_mutex_unlock (&pool->turn);
}
