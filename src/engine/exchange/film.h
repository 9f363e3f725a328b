/* SPDX-License-Identifier: MIT */
/* A film made of RGB pictures, each shown from its own time on.
 *
 * The file appears under its name at _finish, whole; freed before, nothing is left.
 * Thread: one at a time. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct FyFilm FyFilm;

/* A zero member means the default. */
typedef struct
{
  const char *codec;        /* one of fy_film_codecs; NULL = the first that the container takes */
  double frames_per_second; /* about how many; tells rate control, and how long the last picture
                             * stands; 0 = 25                                                   */
} FyFilmParams;

/* Encoders that can be used here, best first: of "libx264", "mpeg4", "libx265", "libvpx-vp9",
 * "libaom-av1", "prores_ks", "ffv1" those that this FFmpeg has.
 * Returns: (transfer container), NULL-terminated. */
const char **fy_film_codecs (void);

/* What people call it, "H.264"; the codec's own name when it is none of these. */
const char *fy_film_codec_title (const char *codec);

/* Whether a film of that name can have it: ".mp4", "swan.MKV". */
gboolean fy_film_codec_fits (const char *codec, const char *name);

/* Bytes that it takes a pixel and frame, very roughly.  codec: NULL = the default. */
double fy_film_codec_bytes (const char *codec);

/* Starts a film.  The name's end decides the container: .mp4, .mov, .mkv or .webm.
 *
 * Films are BT.709, yuv420p (ProRes: 10-bit yuv422p); an odd width or height is made even by repeating
 * the last column or row.  ffv1 (.mkv only) keeps every pixel as it is.
 *
 * params    nullable
 * Returns:  (transfer full), or NULL with FY_ERROR_UNSUPPORTED (container, codec, size) or
 *           G_IO_ERROR. */
FyFilm *
fy_film_new (const char *path, int width, int height, const FyFilmParams *params, GError **error);
void fy_film_free (FyFilm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFilm, fy_film_free)

/* Adds a picture.
 *
 * rgb       [height, width, 3] u8
 * time_us   when it is shown, counted from the first picture's; kept to 1/60000 s (.mkv, .webm: 1/1000 s).
 *           One not later than the picture before (all of an image folder are 0) is put
 *           1 / frames_per_second after it.
 * Errors:   FY_ERROR_FAILED, G_IO_ERROR. */
gboolean fy_film_add (FyFilm *self, const guint8 *rgb, gint64 time_us, GError **error);

/* Ends the film and gives the file its name.
 * Errors:   FY_ERROR_FAILED (no picture was added, or the encoder's), G_IO_ERROR. */
gboolean fy_film_finish (FyFilm *self, GError **error);

G_END_DECLS
