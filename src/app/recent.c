/* SPDX-License-Identifier: MIT */
#include "app/recent.h"

#include <gtk/gtk.h>

#define GROUP "Ferry"

static void
recent_free (gpointer data)
{
  FerryRecent *recent = data;

  g_free (recent->path);
  g_free (recent->name);
  g_free (recent->folder);
  g_free (recent);
}

static int
newest_first (gconstpointer a, gconstpointer b)
{
  GDateTime *first = gtk_recent_info_get_modified ((GtkRecentInfo *) a);
  GDateTime *second = gtk_recent_info_get_modified ((GtkRecentInfo *) b);

  return g_date_time_compare (second, first);
}

static FerryRecent *
make (GtkRecentInfo *info)
{
  g_autofree char *path = NULL;
  FerryRecent *recent;

  if (!gtk_recent_info_has_group (info, GROUP) || !gtk_recent_info_is_local (info))
    return NULL;
  path = g_filename_from_uri (gtk_recent_info_get_uri (info), NULL, NULL);
  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  recent = g_new0 (FerryRecent, 1);
  recent->name = g_filename_display_basename (path);
  recent->folder = g_path_get_dirname (path);
  recent->path = g_steal_pointer (&path);
  return recent;
}

GPtrArray *
ferry_recent_list (guint most)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (recent_free);
  GList *items =
      g_list_sort (gtk_recent_manager_get_items (gtk_recent_manager_get_default ()), newest_first);

  for (GList *item = items; item != NULL && list->len < most; item = item->next)
    {
      FerryRecent *recent = make (item->data);

      if (recent != NULL)
        g_ptr_array_add (list, recent);
    }
  g_list_free_full (items, (GDestroyNotify) gtk_recent_info_unref);
  return list;
}

void
ferry_recent_add (const char *path)
{
  static char *groups[] = { (char *) GROUP, NULL };
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  GtkRecentData data = { .mime_type = (char *) "application/octet-stream",
                         .app_name = (char *) "Ferry",
                         .app_exec = (char *) "ferry %f",
                         .groups = groups };

  if (uri != NULL)
    gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}
