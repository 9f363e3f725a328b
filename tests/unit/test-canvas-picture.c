/* SPDX-License-Identifier: MIT */
/* When a composed picture is there: who waits has it at once, who does not is told. */
#include "app/canvas/canvas-picture.h"

#define LONG (60 * G_TIME_SPAN_SECOND)

static void
count (gpointer user_data)
{
  ++*(int *) user_data;
}

static void
show (FerryPicture *picture, int number, int size)
{
  g_autoptr (FyLabelSet) labels = fy_label_set_new (640, 360, 10);
  g_autoptr (FerryLook) look = ferry_look_new (labels);
  g_autoptr (FyFrame) frame = fy_frame_new (640 / size, 360 / size);
  FerryPictureWish wish = { .number = number, .frame = frame, .look = look };

  ferry_geometry_set_picture (&wish.geometry, 640, 360);
  ferry_geometry_set_view (&wish.geometry, 800, 600);
  ferry_picture_show (picture, &wish);
}

static void
iterate_until_idle (FerryPicture *picture)
{
  while (ferry_picture_is_busy (picture))
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_told (void)
{
  int told = 0;
  FerryPicture *picture = ferry_picture_new (count, &told);

  show (picture, 3, 1);
  g_assert_cmpint (ferry_picture_number (picture), ==, -1);
  iterate_until_idle (picture);
  g_assert_cmpint (ferry_picture_number (picture), ==, 3);
  g_assert_cmpint (told, ==, 1);
  ferry_picture_free (picture);
}

static void
test_waited_for (void)
{
  int told = 0;
  FerryPicture *picture = ferry_picture_new (count, &told);

  ferry_picture_wait (picture, LONG); /* for nothing */
  g_assert_cmpint (told, ==, 0);
  show (picture, 1, 4);
  ferry_picture_wait (picture, LONG);
  g_assert_cmpint (ferry_picture_number (picture), ==, 1);
  g_assert_true (ferry_picture_is_rough (picture));
  g_assert_false (ferry_picture_is_busy (picture));
  g_assert_cmpint (told, ==, 1);
  iterate_until_idle (picture);
  g_assert_cmpint (told, ==, 1); /* not once more */
  ferry_picture_free (picture);
}

/* One that waits behind another is waited for too; a wish that it replaced never comes. */
static void
test_waited_in_turn (void)
{
  int told = 0;
  FerryPicture *picture = ferry_picture_new (count, &told);

  for (int number = 1; number < 6; number++)
    show (picture, number, 1);
  ferry_picture_wait (picture, LONG);
  g_assert_cmpint (ferry_picture_number (picture), ==, 5);
  g_assert_false (ferry_picture_is_rough (picture));
  g_assert_cmpint (told, ==, 2);
  iterate_until_idle (picture);
  g_assert_cmpint (told, ==, 2);
  ferry_picture_free (picture);
}

/* Who waits too short a time is told later, and nobody is told of what went away meanwhile. */
static void
test_too_short (void)
{
  int told = 0;
  FerryPicture *picture = ferry_picture_new (count, &told);

  for (int number = 0; number < 50; number++)
    {
      show (picture, number, 1);
      ferry_picture_wait (picture, number * 20);
    }
  iterate_until_idle (picture);
  g_assert_cmpint (ferry_picture_number (picture), ==, 49);
  told = 0;
  show (picture, 50, 1);
  ferry_picture_wait (picture, 0);
  ferry_picture_clear (picture);
  iterate_until_idle (picture);
  g_usleep (20000);
  iterate_until_idle (picture);
  g_assert_cmpint (told, <=, 1); /* it may have been there at once */
  g_assert_cmpint (ferry_picture_number (picture), ==, -1);
  ferry_picture_free (picture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/picture/told", test_told);
  g_test_add_func ("/canvas/picture/waited-for", test_waited_for);
  g_test_add_func ("/canvas/picture/waited-in-turn", test_waited_in_turn);
  g_test_add_func ("/canvas/picture/too-short", test_too_short);
  return g_test_run ();
}
