/* SPDX-License-Identifier: MIT */
/* The options of every sub-command that runs networks over a clip.  Thread: main. */
#pragma once

#include "base/text.h"
#include "command.h"
#include "session/session.h"

G_BEGIN_DECLS

/* Which networks see which picture on which device. */
typedef struct
{
  char *fine;
  char *semantic;
  char *device;
  char *short_side;
  char *preset;
  double lambda;
  gboolean strict_reference;
  gboolean fast;
  gboolean exact;
  char *cache;
  char *cache_size;
  char *memory;
} FerryNetwork;

/* How neighbours are chosen and weighted. */
typedef struct
{
  int topk;
  int context;
  int radius;
  double temperature;
  int candidates;
} FerryMatching;

/* Rows of an option table for the FerryNetwork, or FerryMatching, that is `member` of the values
 * `type`. */
#define FERRY_NETWORK_OPTIONS(type, member)                                                        \
  { "fine", FERRY_PATH, G_STRUCT_OFFSET (type, member.fine), "CHECKPOINT",                         \
    N_ ("Fine-grained network: .pth, .pt, .pth.tar or .safetensors; the shipped one without") },   \
      { "semantic", FERRY_PATH, G_STRUCT_OFFSET (type, member.semantic), "CHECKPOINT",             \
        N_ ("Semantic network, alone or fused with the fine-grained one") },                       \
      { "device", FERRY_TEXT, G_STRUCT_OFFSET (type, member.device), "DEVICE",                     \
        N_ ("cpu, vulkan or vulkan:N; the fastest real device without") },                         \
      { "short-side", FERRY_TEXT, G_STRUCT_OFFSET (type, member.short_side), "N|native",           \
        N_ ("Pixels of the shorter side of what the network sees, never enlarged; 480 without") }, \
      { "preset", FERRY_TEXT, G_STRUCT_OFFSET (type, member.preset), "PRESET",                     \
        N_ ("Published settings; without, fc-davis, single-davis or sfc-davis as the networks "    \
            "are") },                                                                              \
      { "lambda", FERRY_REAL, G_STRUCT_OFFSET (type, member.lambda), "X",                          \
        N_ ("Weight of the fine-grained network when two are fused") },                            \
      { "strict-reference", FERRY_FLAG, G_STRUCT_OFFSET (type, member.strict_reference), NULL,     \
        N_ ("Repeat what the preset's reference program does besides") },                          \
      { "fast", FERRY_FLAG, G_STRUCT_OFFSET (type, member.fast), NULL,                             \
        N_ ("Compute features in 16 bits where the device is faster so; less exact") },            \
      { "exact", FERRY_FLAG, G_STRUCT_OFFSET (type, member.exact), NULL,                           \
        N_ ("Keep features in float32 instead of float16; so it is for --strict-reference") },     \
      { "cache", FERRY_PATH, G_STRUCT_OFFSET (type, member.cache), "DIR",                          \
        N_ ("Where features and neighbour lists are kept to be used again; without, ferry in the " \
            "user's cache folder") },                                                              \
      { "cache-size", FERRY_TEXT, G_STRUCT_OFFSET (type, member.cache_size), "SIZE",               \
        N_ ("Bytes kept there at most, like 500M or 20G; 0 = keep and use nothing; 10G "           \
            "without") },                                                                          \
  {                                                                                                \
    "memory", FERRY_TEXT, G_STRUCT_OFFSET (type, member.memory), "SIZE",                           \
        N_ ("Host memory to stay inside if that is possible, at the price of speed; 2G without")   \
  }

#define FERRY_MATCHING_OPTIONS(type, member)                                                       \
  { "topk", FERRY_WHOLE, G_STRUCT_OFFSET (type, member.topk), "K", N_ ("Neighbours of a cell") },  \
      { "context", FERRY_WHOLE, G_STRUCT_OFFSET (type, member.context), "M",                       \
        N_ ("Recent frames that neighbours come from, besides the first") },                       \
      { "radius", FERRY_WHOLE, G_STRUCT_OFFSET (type, member.radius), "R",                         \
        N_ ("Cells that neighbours in recent frames are within; 0 = no limit") },                  \
      { "temperature", FERRY_REAL, G_STRUCT_OFFSET (type, member.temperature), "T",                \
        N_ ("Divisor of similarities before the softmax that weighs labels") },                    \
  {                                                                                                \
    "candidates", FERRY_WHOLE, G_STRUCT_OFFSET (type, member.candidates), "N",                     \
        N_ ("Neighbours kept, so that later runs may have a larger --topk or a slightly other "    \
            "--lambda without a search; as --topk without")                                        \
  }

/* What is given goes over the preset, which is the given one or follows from the networks.
 *
 * matching  nullable
 * params    out; its strings are borrowed from `network`
 * Errors:   FERRY_USAGE */
gboolean ferry_session_params (const FerryNetwork *network,
                               const FerryMatching *matching,
                               FySessionParams *params,
                               GError **error);

/* Reads "A-B", "A-" or "A" (one frame), counted from 0; NULL is the whole clip.
 * Errors: FERRY_USAGE, or FY_ERROR_MISMATCH naming the clip's frames. */
gboolean
ferry_frames (const char *text, const FyClipInfo *clip, int *first, int *last, GError **error);

/* Checks that the clip has this frame. */
gboolean ferry_check_frame (int frame, const FyClipInfo *clip, GError **error);

/* Adds to the error of a propagation how far it came: what was written stays and is good.
 *
 * at      frame it stopped at, of first .. last
 * low     .. high are written; none when high < low
 * folder  that their masks are in */
void ferry_explain_stop (GError **error,
                         int at,
                         int first,
                         int last,
                         int low,
                         int high,
                         const char *folder);

/* A damaged clip is worked on as far as it goes.  Whoever named the frames has what they asked for;
 * otherwise the run is not what the name of the clip promises: FY_ERROR_CORRUPT.
 * where: what was done is. */
gboolean ferry_check_whole (FySession *session,
                            const char *frames,
                            int first,
                            int last,
                            const char *where,
                            GError **error);

/* Says on standard error what did not go as hoped but was got over. */
void ferry_print_notes (FySession *session);

/* Quoted and escaped for JSON; bytes that are no UTF-8 replaced; "null" for NULL.
 * Returns: (transfer full). */
char *ferry_json_string (const char *text);

G_END_DECLS
