/* SPDX-License-Identifier: MIT */
/* Makes small videos for tests with whatever encoders FFmpeg was built with. */
#pragma once

#include <glib.h>

/* How to encode.  Zero members mean "the encoder's own". */
typedef struct
{
  const char *name;   /* of the file; its suffix decides the container */
  const char *codec;  /* of the encoder */
  const char *format; /* of the pixels */
  int n_frames;
  int gop;
  int b_frames;
  const char *options; /* "key=value,key=value" for the encoder */
  int width;           /* at most MADE_WIDTH x MADE_HEIGHT */
  int height;
} MadeClip;

#define MADE_WIDTH  98
#define MADE_HEIGHT 66

/* Writes `folder`/name: a picture that moves and never repeats.  FALSE: no such encoder here. */
gboolean make_clip (const char *folder, const MadeClip *clip);

/* Writes an H.264 stream of `n` pictures of two fields each, as two packets, in raw PCM. */
void make_field_clip (const char *path, int n);

/* Copies the first video stream's packets into another container. */
void remux_clip (const char *from, const char *to);
