/* SPDX-License-Identifier: MIT */
/* What GLib orders, told to the thread sanitizer.
 *
 * GLib is not built with the sanitizer and makes its mutexes of futexes, so that it would take everything a
 * GMutex protects for a race.  Preloaded, this calls the same functions of GLib and says what they
 * promise: what one thread did before a release, another sees after an acquire of the same address.
 * Nothing is said that GLib does not promise, with one exception: all that threads hand to the main
 * loop goes through one address, main_loop.  Programs without the sanitizer are left as they are. */
#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire (void *address) __attribute__ ((weak));
void __tsan_release (void *address) __attribute__ ((weak));
void AnnotateIgnoreWritesBegin (const char *file, int line) __attribute__ ((weak));
void AnnotateIgnoreWritesEnd (const char *file, int line) __attribute__ ((weak));

static char main_loop;

static void
acquire (gconstpointer address)
{
  if (__tsan_acquire != NULL)
    __tsan_acquire ((void *) address);
}

static void
release (gconstpointer address)
{
  if (__tsan_release != NULL)
    __tsan_release ((void *) address);
}

/* The function of that name in GLib. */
#define REAL(name)                                                                                 \
  static __typeof__ (name) *real;                                                                  \
  __typeof__ (name) *found = __atomic_load_n (&real, __ATOMIC_RELAXED);                            \
  if (found == NULL)                                                                               \
    {                                                                                              \
      found = (__typeof__ (name) *) dlsym (RTLD_NEXT, #name);                                      \
      __atomic_store_n (&real, found, __ATOMIC_RELAXED);                                           \
    }

/* --- Mutexes and conditions --- */

#define LOCK(name, type)                                                                           \
  void name (type *lock)                                                                           \
  {                                                                                                \
    REAL (name)                                                                                    \
    found (lock);                                                                                  \
    acquire (lock);                                                                                \
  }
#define TRYLOCK(name, type)                                                                        \
  gboolean name (type *lock)                                                                       \
  {                                                                                                \
    REAL (name)                                                                                    \
    if (!found (lock))                                                                             \
      return FALSE;                                                                                \
    acquire (lock);                                                                                \
    return TRUE;                                                                                   \
  }
#define UNLOCK(name, type)                                                                         \
  void name (type *lock)                                                                           \
  {                                                                                                \
    REAL (name)                                                                                    \
    release (lock);                                                                                \
    found (lock);                                                                                  \
  }

LOCK (g_mutex_lock, GMutex)
TRYLOCK (g_mutex_trylock, GMutex)
UNLOCK (g_mutex_unlock, GMutex)
LOCK (g_rec_mutex_lock, GRecMutex)
TRYLOCK (g_rec_mutex_trylock, GRecMutex)
UNLOCK (g_rec_mutex_unlock, GRecMutex)
LOCK (g_rw_lock_reader_lock, GRWLock)
UNLOCK (g_rw_lock_reader_unlock, GRWLock)
LOCK (g_rw_lock_writer_lock, GRWLock)
UNLOCK (g_rw_lock_writer_unlock, GRWLock)

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait)
  release (mutex);
  found (cond, mutex);
  acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;

  REAL (g_cond_wait_until)
  release (mutex);
  signalled = found (cond, mutex, end_time);
  acquire (mutex);
  return signalled;
}

#undef g_once_init_enter
gboolean (g_once_init_enter) (volatile void *location)
{
  gboolean first;

  REAL (g_once_init_enter)
  first = found (location);
  acquire ((gconstpointer) location);
  return first;
}

#undef g_once_init_leave
void (g_once_init_leave) (volatile void *location, gsize result)
{
  REAL (g_once_init_leave)
  release ((gconstpointer) location);
  found (location, result);
}

/* --- References: who drops the last one sees what the others did --- */

#define UNREF(name, type)                                                                          \
  void name (type counted)                                                                         \
  {                                                                                                \
    REAL (name)                                                                                    \
    release (counted);                                                                             \
    acquire (counted);                                                                             \
    found (counted);                                                                               \
  }

UNREF (g_object_unref, gpointer)
UNREF (g_bytes_unref, GBytes *)
UNREF (g_array_unref, GArray *)
UNREF (g_ptr_array_unref, GPtrArray *)
UNREF (g_hash_table_unref, GHashTable *)

gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  gboolean last;

  REAL (g_atomic_ref_count_dec)
  release (count);
  last = found (count);
  acquire (count);
  return last;
}

/* --- The main loop --- */

/* Of what a thread hands to the main loop, GLib's own list nodes are made after it was told of: they are no
 * write that counts.  Returns: what _end is to know. */
static gboolean
hand_over_begin (void)
{
  gboolean elsewhere = AnnotateIgnoreWritesBegin != NULL && !g_main_context_is_owner (NULL);

  release (&main_loop);
  if (elsewhere)
    AnnotateIgnoreWritesBegin (__FILE__, __LINE__);
  return elsewhere;
}

static void
hand_over_end (gboolean elsewhere)
{
  if (elsewhere)
    AnnotateIgnoreWritesEnd (__FILE__, __LINE__);
}

static int
poll_and_acquire (GPollFD *fds, guint n_fds, int timeout)
{
  int n = g_poll (fds, n_fds, timeout);

  acquire (&main_loop);
  return n;
}

__attribute__ ((constructor)) static void
watch_main_loop (void)
{
  if (__tsan_acquire != NULL)
    g_main_context_set_poll_func (NULL, poll_and_acquire);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  gboolean elsewhere;
  guint id;

  REAL (g_source_attach)
  elsewhere = hand_over_begin ();
  id = found (source, context);
  hand_over_end (elsewhere);
  return id;
}

guint
g_idle_add_full (int priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  gboolean elsewhere;
  guint id;

  REAL (g_idle_add_full)
  elsewhere = hand_over_begin ();
  id = found (priority, func, data, notify);
  hand_over_end (elsewhere);
  return id;
}

guint
g_idle_add (GSourceFunc func, gpointer data)
{
  return g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, func, data, NULL);
}

void
g_main_context_invoke_full (GMainContext *context,
                            int priority,
                            GSourceFunc func,
                            gpointer data,
                            GDestroyNotify notify)
{
  REAL (g_main_context_invoke_full)
  release (&main_loop);
  found (context, priority, func, data, notify);
}

void
g_source_set_ready_time (GSource *source, gint64 ready_time)
{
  REAL (g_source_set_ready_time)
  release (&main_loop);
  found (source, ready_time);
}

/* --- Tasks --- */

static GQuark
func_quark (void)
{
  return g_quark_from_static_string ("ferry-task-func");
}

static void
run_task (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc func;

  acquire (task);
  func = (GTaskThreadFunc) g_object_get_qdata (G_OBJECT (task), func_quark ());
  func (task, source, data, cancellable);
}

void
g_task_run_in_thread (GTask *task, GTaskThreadFunc func)
{
  REAL (g_task_run_in_thread)
  g_object_set_qdata (G_OBJECT (task), func_quark (), (gpointer) func);
  release (task);
  found (task, run_task);
}

#define RETURN(name, type)                                                                         \
  void name (GTask *task, type result)                                                             \
  {                                                                                                \
    gboolean elsewhere;                                                                            \
    REAL (name)                                                                                    \
    elsewhere = hand_over_begin ();                                                                \
    found (task, result);                                                                          \
    hand_over_end (elsewhere);                                                                     \
  }

RETURN (g_task_return_boolean, gboolean)
RETURN (g_task_return_int, gssize)
RETURN (g_task_return_error, GError *)

gboolean
g_task_return_error_if_cancelled (GTask *task)
{
  gboolean elsewhere, cancelled;

  REAL (g_task_return_error_if_cancelled)
  elsewhere = hand_over_begin ();
  cancelled = found (task);
  hand_over_end (elsewhere);
  return cancelled;
}

void
g_task_return_new_error (GTask *task, GQuark domain, int code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_task_return_error (task, g_error_new_valist (domain, code, format, arguments));
  va_end (arguments);
}

void
g_task_return_pointer (GTask *task, gpointer result, GDestroyNotify destroy)
{
  gboolean elsewhere;

  REAL (g_task_return_pointer)
  elsewhere = hand_over_begin ();
  found (task, result, destroy);
  hand_over_end (elsewhere);
}
