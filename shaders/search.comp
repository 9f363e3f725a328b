#version 450
/* SPDX-License-Identifier: MIT */
/* The neighbours of a tile of target cells in one context frame, entered into the lists of the
 * best so far.  No similarity outlives its chunk.
 *
 * A workgroup walks the cells that the circle of any of its targets allows, in ascending order, a
 * chunk at a time: similarities of all targets with the chunk, an invocation making 8 x 8 of them;
 * those above a target's k-th best are marked; then the marked ones are entered, still in ascending
 * order, so that of equal ones the lower position stays ahead.
 *
 * A pruned search makes bounds first, in the same way.  With leading coefficients a1, b1 in an
 * orthonormal basis and the lengths of what they leave, a2, b2:
 *   <a, b>  <=  <a1, b1> + |a2| |b2|                                          (Cauchy-Schwarz)
 * Pairs whose bound is above the k-th best are listed and their similarities made one by one;
 * where they are too many for the list the whole chunk's are made. */
#extension GL_GOOGLE_include_directive : require
#include "load.glsl"
#include "interface.h"
#ifdef FY_SUBGROUP
#extension GL_KHR_shader_subgroup_vote : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_shuffle : require
#endif

layout (local_size_x = 64) in;
layout (constant_id = 0) const uint COLUMNS = 8; /* of invocations: along candidates */
layout (constant_id = 2) const uint TILE_WIDTH = 4;
layout (constant_id = 3) const uint TILE_HEIGHT = 4;
layout (constant_id = 4) const uint N_PARTS = 1;
layout (constant_id = 5) const bool TARGET_HALF = false;
layout (constant_id = 6) const bool CONTEXT_HALF = false;
layout (constant_id = 7) const bool PRUNED = false;

const uint TARGETS = TILE_WIDTH * TILE_HEIGHT; /* 8 a row of invocations */
const uint CHUNK = 8 * COLUMNS;
const uint WORDS = CHUNK / 32;

layout (push_constant, std430) uniform Push { FySearchPush push; };

/* planes [channel / 4][cell] */
SOURCE_HALF (0, target_0);
SOURCE_HALF (1, target_1);
SOURCE_HALF (2, context_0);
SOURCE_HALF (3, context_1);

/* planes [part][FY_LEAD_PLANES][cell]: see lead.comp */
SOURCE_HALF (4, target_lead);
SOURCE_HALF (5, context_lead);

/* float score[k][n_listed], descending, then uint position[k][n_listed], then float floor[n_listed]:
 * no less than so much does the k-th best of all lists come to */
layout (set = 0, binding = 6, std430) buffer Lists { uint lists[]; };

shared vec4 pool[1088]; /* what is being multiplied, then its similarities [target][candidate] */
shared uint cells[CHUNK];
shared uint marks[TARGETS * WORDS];
shared float least[TARGETS]; /* what a score must be above to enter a target's list */

const uint MAX_PAIRS = PRUNED ? 512 : 1;
shared uint pairs[MAX_PAIRS]; /* target + 256 candidate, or FY_NONE: to be made one by one */
shared uint n_pairs;          /* counted on when there is no room                         */

/* --- Which cells are candidates --- */

uvec2 tile_first, tile_last; /* the tile's corners, inside the grid */
uint first_listed;           /* number of its first target in the lists */

/* The columns [x, y) of candidates in a row. */
uvec2
span_of (uint row)
{
  uint away = row < tile_first.y ? tile_first.y - row : row - min (row, tile_last.y);
  uint reach;

  if (push.radius == 0)
    return uvec2 (0, push.width);
  if (away >= push.radius)
    return uvec2 (0, 0);
  /* at least the largest dx with dx^2 + away^2 < radius^2; entering looks exactly */
  reach = uint (sqrt (float (push.radius * push.radius - away * away - 1)) + 0.01);
  return uvec2 (tile_first.x - min (tile_first.x, reach),
                min (tile_last.x + reach + 1, push.width));
}

uint
first_row ()
{
  return push.radius == 0 ? 0 : tile_first.y - min (tile_first.y, push.radius - 1);
}

uint
count_candidates ()
{
  uint n = 0;
  uint end = push.radius == 0 ? push.height : min (tile_last.y + push.radius, push.height);

  if (push.radius == 0)
    return push.width * push.height;
  for (uint row = first_row (); row < end; row++)
    {
      uvec2 span = span_of (row);

      n += span.y - span.x;
    }
  return n;
}

/* The cell of candidate number i < count_candidates (). */
uint
candidate (uint i)
{
  uint row = first_row ();
  uvec2 span = span_of (row);

  if (push.radius == 0)
    return i;
  while (i >= span.y - span.x)
    {
      i -= span.y - span.x;
      row++;
      span = span_of (row);
    }
  return row * push.width + span.x + i;
}

/* --- Similarities --- */

/* Candidates are dealt out so that 8 neighbouring invocations read 8 neighbouring cells, and stay
 * together: a short chunk leaves whole rows of invocations without work. */
uint
candidate_of (uint j)
{
  uint x = gl_LocalInvocationIndex % COLUMNS;

  return x / 8 * 64 + j * 8 + x % 8;
}

/* The first of its 8 targets. */
uint
first_target ()
{
  return gl_LocalInvocationIndex / COLUMNS * 8;
}

float sums[8][8]; /* [target][candidate] */

void
multiply (uint i, vec4 a, vec4 b[8])
{
  [[unroll]] for (uint j = 0; j < 8; j++)
    {
      sums[i][j] = fma (a.x, b[j].x, sums[i][j]);
      sums[i][j] = fma (a.y, b[j].y, sums[i][j]);
      sums[i][j] = fma (a.z, b[j].z, sums[i][j]);
      sums[i][j] = fma (a.w, b[j].w, sums[i][j]);
    }
}

void
clear_sums ()
{
  [[unroll]] for (uint i = 0; i < 8; i++)
    [[unroll]] for (uint j = 0; j < 8; j++)
      sums[i][j] = 0;
}

uint
target_cell (uint i)
{
  uvec2 at = min (tile_first + uvec2 (i % TILE_WIDTH, i / TILE_WIDTH), tile_last);

  return at.y * push.width + at.x;
}

/* Sums the products of planes [from, end); `n` candidates of the chunk are real. */
#ifdef FY_TEXEL

#define MULTIPLY(target, target_half, context, context_half, from, end, n)  \
  {                                                                         \
    uint own[8], other[8], n_cells = push.width * push.height;              \
    uint plane_end = candidate_of (0) < n ? (end) * n_cells : 0;            \
                                                                            \
    clear_sums ();                                                          \
    [[unroll]] for (uint i = 0; i < 8; i++)                                 \
      {                                                                     \
        own[i] = target_cell (first_target () + i);                         \
        other[i] = cells[candidate_of (i)];                                 \
      }                                                                     \
    for (uint plane = (from) * n_cells; plane < plane_end; plane += n_cells) \
      {                                                                     \
        vec4 b[8];                                                          \
                                                                            \
        [[unroll]] for (uint j = 0; j < 8; j++)                             \
          b[j] = FETCH_HALF (context_half, context, other[j] + plane);  \
        [[unroll]] for (uint i = 0; i < 8; i++)                             \
          multiply (i, FETCH_HALF (target_half, target, own[i] + plane), b); \
      }                                                                     \
  }

#else

const uint DEPTH = 4; /* planes at a time */

#define LOAD(tile, size, half_, name, cell, plane, end)                     \
  for (uint at = gl_LocalInvocationIndex; at < DEPTH * size; at += 64)      \
    {                                                                       \
      uint c = plane + at / size, i = at % size;                            \
                                                                            \
      pool[tile + at] =                                                     \
          c < end ? FETCH_HALF (half_, name, c * n_cells + cell) : vec4 (0); \
    }

#define MULTIPLY(target, target_half, context, context_half, from, end, n)  \
  {                                                                         \
    uint n_cells = push.width * push.height;                                \
                                                                            \
    clear_sums ();                                                          \
    for (uint plane = (from); plane < (end); plane += DEPTH)                \
      {                                                                     \
        barrier ();                                                         \
        LOAD (0, CHUNK, context_half, context, cells[i], plane, end)        \
        LOAD (DEPTH * CHUNK, TARGETS, target_half, target, target_cell (i), plane, end) \
        barrier ();                                                         \
        for (uint d = 0; d < DEPTH; d++)                                    \
          {                                                                 \
            uint at = DEPTH * CHUNK + d * TARGETS + first_target ();        \
            vec4 b[8];                                                      \
                                                                            \
            [[unroll]] for (uint j = 0; j < 8; j++)                         \
              b[j] = pool[d * CHUNK + candidate_of (j)];                    \
            [[unroll]] for (uint i = 0; i < 8; i++)                         \
              multiply (i, pool[at + i], b);                                \
          }                                                                 \
      }                                                                     \
    barrier ();                                                             \
  }

#endif

float total[8][8];

void
add_sums (float weight, bool first)
{
  [[unroll]] for (uint i = 0; i < 64; i++)
    total[i / 8][i % 8] = (first ? 0 : total[i / 8][i % 8]) + weight * sums[i / 8][i % 8];
}

/* The similarities of all targets with the `n` candidates of the chunk. */
void
make_similarities (uint n)
{
  MULTIPLY (target_0, TARGET_HALF, context_0, CONTEXT_HALF, 0, push.n_channels_0, n)
  add_sums (push.weight_0, true);
  if (N_PARTS == 2)
    {
      MULTIPLY (target_1, TARGET_HALF, context_1, CONTEXT_HALF, 0, push.n_channels_1, n)
      add_sums (push.weight_1, false);
    }
}

/* Their bounds. */
void
make_bounds (uint n)
{
  MULTIPLY (target_lead, false, context_lead, false, 0, FY_LEAD_PLANES, n)
  add_sums (push.weight_0, true);
  if (N_PARTS == 2)
    {
      MULTIPLY (target_lead, false, context_lead, false, FY_LEAD_PLANES, 2 * FY_LEAD_PLANES, n)
      add_sums (push.weight_1, false);
    }
}

/* Where the similarity of a target with a candidate of the chunk lies: after those that the same
 * invocation made. */
uint
similarity_at (uint target, uint candidate)
{
  return target * CHUNK + (candidate / 64 * 8 + candidate % 8) * 8 + candidate % 64 / 8;
}

/* The pairs worth a look, of which `n` candidates are real; bit 8 i + j: target i, candidate j. */
uvec2
find_above (uint n)
{
  uint above[2] = uint[2] (0, 0);

  [[unroll]] for (uint i = 0; i < 8; i++)
    {
      float enough = least[first_target () + i];

      [[unroll]] for (uint j = 0; j < 8; j++)
        if (total[i][j] > enough)
          above[i / 4] |= 1u << (i % 4 * 8 + j);
    }
  [[unroll]] for (uint j = 0; j < 8; j++)
    if (candidate_of (j) >= n)
      {
        above[0] &= ~(0x01010101u << j);
        above[1] &= ~(0x01010101u << j);
      }
  return uvec2 (above[0], above[1]);
}

/* Writes down the similarities of an invocation. */
void
keep ()
{
  [[unroll]] for (uint i = 0; i < 8; i++)
    {
      uint at = similarity_at (first_target () + i, candidate_of (0)) / 4;

      pool[at] = vec4 (total[i][0], total[i][1], total[i][2], total[i][3]);
      pool[at + 1] = vec4 (total[i][4], total[i][5], total[i][6], total[i][7]);
    }
}

bool
is_allowed (uint a, uint b)
{
  int dx = int (a % push.width) - int (b % push.width);
  int dy = int (a / push.width) - int (b / push.width);

  return push.radius == 0 || uint (dx * dx + dy * dy) < push.radius * push.radius;
}

/* Marks pairs that are allowed, and lists them from `place` on in a pruned search. */
void
mark (uvec2 above, uint place)
{
  [[unroll]] for (uint half_ = 0; half_ < 2; half_++)
    for (uint bits = above[half_]; bits != 0; bits &= bits - 1)
      {
        uint bit = findLSB (bits), c = candidate_of (bit % 8);
        uint target = first_target () + half_ * 4 + bit / 8;
        bool allowed = is_allowed (target_cell (target), cells[c]);

        if (allowed)
          atomicOr (marks[target * WORDS + c / 32], 1u << c % 32);
        if (place < MAX_PAIRS)
          pairs[place++] = allowed ? target | c << 8 : FY_NONE;
      }
}

#define DOT(sum, target, context, n_channels, a, b)                         \
  for (uint c = 0; c < n_channels; c++)                                     \
    {                                                                       \
      uint plane = c * push.width * push.height;                            \
      vec4 left = FETCH_HALF (TARGET_HALF, target, plane + a);          \
      vec4 right = FETCH_HALF (CONTEXT_HALF, context, plane + b);       \
                                                                            \
      sum = fma (left.x, right.x, sum);                                     \
      sum = fma (left.y, right.y, sum);                                     \
      sum = fma (left.z, right.z, sum);                                     \
      sum = fma (left.w, right.w, sum);                                     \
    }

/* Makes the similarity of a listed pair, by the sums that make_similarities would. */
void
make_pair (uint pair)
{
  uint target = pair % 256, c = pair / 256, at = similarity_at (target, c);
  uint a = target_cell (target), b = cells[c];
  float first = 0, second = 0, similarity;

  DOT (first, target_0, context_0, push.n_channels_0, a, b)
  similarity = push.weight_0 * first;
  if (N_PARTS == 2)
    {
      DOT (second, target_1, context_1, push.n_channels_1, a, b)
      similarity += push.weight_1 * second;
    }
  pool[at / 4][at % 4] = similarity;
}

/* --- Lists --- */

float
score_of (uint place, uint listed)
{
  return uintBitsToFloat (lists[place * push.n_listed + listed]);
}

/* What enters the list of target number `listed` must be above.  The floor holds to rounding. */
float
least_of (uint listed)
{
  float enough = uintBitsToFloat (lists[2 * push.k * push.n_listed + listed]);

  return max (score_of (push.k - 1, listed), enough - (abs (enough) * 1e-5 + 1e-30));
}

#define INFINITE uintBitsToFloat (0x7f800000u)

#ifdef FY_SUBGROUP

/* The list being changed lies in the registers of a subgroup: place p in slot p / LANES + 1 of lane
 * p % LANES.  Slot 0 is better than anything. */
layout (constant_id = 1) const uint LANES = 64; /* divides 64 */
const uint SLOTS = FY_MAX_K / LANES;
float score[SLOTS + 1];
uint position[SLOTS + 1];

void
load_list (uint listed)
{
  score[0] = INFINITE;
  position[0] = FY_NONE;
  [[unroll]] for (uint slot = 0; slot < SLOTS; slot++)
    {
      uint place = slot * LANES + gl_SubgroupInvocationID;
      bool is_place = place < push.k;

      score[slot + 1] = is_place ? score_of (place, listed) : -INFINITE;
      position[slot + 1] = is_place ? lists[(push.k + place) * push.n_listed + listed] : FY_NONE;
    }
}

void
store_list (uint listed)
{
  [[unroll]] for (uint slot = 0; slot < SLOTS; slot++)
    {
      uint place = slot * LANES + gl_SubgroupInvocationID;

      if (place < push.k)
        {
          lists[place * push.n_listed + listed] = floatBitsToUint (score[slot + 1]);
          lists[(push.k + place) * push.n_listed + listed] = position[slot + 1];
        }
    }
}

/* Puts a candidate after all that are as good: each place keeps what it has, or takes the candidate,
 * or what is in the place before it. */
void
enter (uint listed, float new_score, uint new_position)
{
  bool is_last = gl_SubgroupInvocationID == LANES - 1;
  uint before = (gl_SubgroupInvocationID + LANES - 1) % LANES;

  [[unroll]] for (uint slot = SLOTS; slot > 0; slot--)
    if ((slot - 1) * LANES < push.k)
      {
        float left = subgroupShuffle (is_last ? score[slot - 1] : score[slot], before);
        uint left_position = subgroupShuffle (is_last ? position[slot - 1] : position[slot], before);

        if (score[slot] < new_score)
          {
            score[slot] = min (left, new_score);
            position[slot] = left < new_score ? left_position : new_position;
          }
      }
}

float
last_score (uint listed)
{
  uint last = push.k - 1;
  float result = 0;

  [[unroll]] for (uint slot = 0; slot < SLOTS; slot++)
    if (slot == last / LANES)
      result = subgroupBroadcast (score[slot + 1], last % LANES);
  return result;
}

#else

/* Puts a candidate after all that are as good, in the list of target number `listed`. */
void
enter (uint listed, float score, uint position)
{
  uint positions = push.k * push.n_listed, place = push.k - 1;

  while (place > 0 && score_of (place - 1, listed) < score)
    {
      uint at = place * push.n_listed + listed;

      lists[at] = lists[at - push.n_listed];
      lists[positions + at] = lists[positions + at - push.n_listed];
      place--;
    }
  lists[place * push.n_listed + listed] = floatBitsToUint (score);
  lists[positions + place * push.n_listed + listed] = position;
}

float
last_score (uint listed)
{
  return score_of (push.k - 1, listed);
}

#endif

/* Whether a marked candidate enters the list of a target. */
bool
is_entered (uint target)
{
  for (uint word = 0; word < WORDS; word++)
    for (uint bits = marks[target * WORDS + word]; bits != 0; bits &= bits - 1)
      {
        uint at = similarity_at (target, word * 32 + findLSB (bits));

        if (pool[at / 4][at % 4] > least[target])
          return true;
      }
  return false;
}

/* Enters the marked candidates of a target.  Returns what others must be above. */
float
enter_marked (uint target)
{
  uint listed = first_listed + target;
  float enough = least[target];

  for (uint word = 0; word < WORDS; word++)
    for (uint bits = marks[target * WORDS + word]; bits != 0; bits &= bits - 1)
      {
        uint c = word * 32 + findLSB (bits), at = similarity_at (target, c);
        float similarity = pool[at / 4][at % 4];

        if (similarity > enough)
          {
            enter (listed, similarity, push.slot + cells[c]);
            enough = max (enough, last_score (listed));
          }
      }
  return enough;
}

#ifdef FY_SUBGROUP

/* Each lane looks after a target; what is to be entered is entered by all together. */
void
enter_all_marked ()
{
  const uint OWNERS = TARGETS * LANES / 64;
  uint first = gl_SubgroupID * OWNERS;
  bool waits = gl_SubgroupInvocationID < OWNERS && is_entered (first + gl_SubgroupInvocationID);

  while (subgroupAny (waits))
    {
      uint next = subgroupBallotFindLSB (subgroupBallot (waits));
      float enough;

      load_list (first_listed + first + next);
      enough = enter_marked (first + next);
      store_list (first_listed + first + next);
      if (gl_SubgroupInvocationID == next)
        {
          least[first + next] = enough;
          waits = false;
        }
    }
}

#else

void
enter_all_marked ()
{
  uint target = gl_LocalInvocationIndex;

  if (target < TARGETS)
    least[target] = enter_marked (target);
}

#endif

/* Puts the chunk of candidates from `first` on, of which `n` are real, into the lists. */
void
search_chunk (uint first, uint n)
{
  uint local = gl_LocalInvocationIndex;
  bool whole = true;

  for (uint i = local; i < CHUNK; i += 64)
    cells[i] = i < n ? candidate (first + i) : tile_first.x;
  for (uint i = local; i < TARGETS * WORDS; i += 64)
    marks[i] = 0;
  if (local == 0)
    n_pairs = 0;
  barrier ();
  if (PRUNED)
    {
      uvec2 above;
      uint place;

      make_bounds (n);
      above = find_above (n);
      place = atomicAdd (n_pairs, bitCount (above.x) + bitCount (above.y));
      barrier ();
      whole = n_pairs > MAX_PAIRS;
      if (!whole)
        {
          mark (above, place);
          barrier ();
          for (uint i = local; i < n_pairs; i += 64)
            if (pairs[i] != FY_NONE)
              make_pair (pairs[i]);
        }
    }
  if (whole)
    {
      make_similarities (n);
      keep ();
      mark (find_above (n), MAX_PAIRS);
    }
  barrier ();
  enter_all_marked ();
  barrier ();
}

void
main ()
{
  uint tile = push.first_tile + gl_WorkGroupID.x, local = gl_LocalInvocationIndex;
  uvec2 at;
  bool is_target;
  uint n;

  tile_first = uvec2 (tile % push.tiles_x * TILE_WIDTH, tile / push.tiles_x * TILE_HEIGHT);
  tile_last = min (tile_first + uvec2 (TILE_WIDTH, TILE_HEIGHT),
                   uvec2 (push.width, push.height)) - 1;
  first_listed = tile * TARGETS;
  at = tile_first + uvec2 (local % TILE_WIDTH, local / TILE_WIDTH);
  is_target = local < TARGETS && all (lessThanEqual (at, tile_last));
  n = min (count_candidates (), push.end);
  if (local < TARGETS) /* nothing is good enough for a target outside the grid */
    least[local] = is_target ? least_of (first_listed + local) : INFINITE;
  for (uint first = push.first; first < n; first += CHUNK)
    search_chunk (first, n - first);
}
