/* SPDX-License-Identifier: MIT */
/* Labels, objects and whole projects for the tests of store. */
#pragma once

#include "store/project-file.h"

#define WIDTH  64
#define HEIGHT 48

/* Labels that differ by their seed, usually the frame's number; a mask of WIDTH x HEIGHT. */
FyFrameLabels *store_labels (int seed);

/* The third is a skeleton. */
GPtrArray *store_objects (int n);

/* Puts media, objects, a setting and frames 0 .. n_frames-1 into an empty project. */
void store_fill (FyProjectFile *file, const char *media_path, int n_objects, int n_frames);

/* A new project so filled.  Returns: (transfer full) its path. */
char *store_make (const char *folder, const char *name, int n_objects, int n_frames);

/* Reads all of a project.  Returns: FALSE with *error set when it is said to be damaged; anything else but
 * what store_fill put there is a failure. */
gboolean store_read (FyProjectFile *file, int n_objects, int n_frames, GError **error);

/* g_test_init, in folders of the tests' own.  Returns: (transfer full) the user's data folder, to be removed at
 * the end. */
char *store_test_init (int *argc, char ***argv);
