#include "normalisation.h"
#include "CKernels.h"
#include "cpu_path.h"

#include <string.h>

// Vectors never leave a function that is not inlined, so that how they would be passed does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float lanes16 __attribute__((ext_vector_type(16)));
typedef int lanes16i __attribute__((ext_vector_type(16)));
#define INLINE static inline __attribute__((always_inline))

/// A part of the numbers of at most 16 channels.
typedef struct {
  /// The first number and the first channel.
  size_t start, channel;
  /// Channels side by side, or 16 places of one channel.
  size_t width;
  /// Whole vectors, what is between two of them, and the numbers of an incomplete one at the end.
  size_t vectors, step, tail;
  /// Numbers a channel.
  size_t count;
  /// Whether all lanes belong to one channel.
  int folds;
} strip;

/// Places of a share: a block of 16 channels then fits into the second cache.
enum { PLACES = 1024 };

static size_t strips_of(kernels_channels o) { return (o.lanes + 15) / 16; }
static size_t parts_of(kernels_channels o) { return (o.places + PLACES - 1) / PLACES; }
static size_t shares_of(kernels_channels o) {
  return o.blocks * strips_of(o) * o.rows * parts_of(o);
}

/// Few numbers are done before other threads have begun.
static size_t threads_for(kernels_channels o, size_t threads) {
  return o.rows * o.blocks * o.places * o.lanes < 1 << 16 ? 1 : threads;
}

/// The share-th part: all of a strip's parts follow each other.
static strip share_strip(kernels_channels o, size_t share) {
  size_t parts = parts_of(o), strips = strips_of(o);
  size_t part = share % parts, row = share / parts % o.rows;
  size_t at = share / parts / o.rows % strips, block = share / parts / o.rows / strips;
  size_t first = part * PLACES, places = o.places - first < PLACES ? o.places - first : PLACES;
  strip s = {
      .start = ((row * o.blocks + block) * o.places + first) * o.lanes + at * 16,
      .channel = block * o.lanes + at * 16, .count = places, .folds = o.lanes == 1};
  if (s.folds) {
    s.width = 16, s.step = 16, s.vectors = places / 16, s.tail = places % 16;
  } else {
    s.width = o.lanes - at * 16 < 16 ? o.lanes - at * 16 : 16;
    s.step = o.lanes, s.vectors = places, s.tail = 0;
  }
  return s;
}

#define LOOPS "normalisation.inc"
#define WIDEST 512
#include "paths.inc"

typedef struct {
  kernels_channels order;
  const float *x, *y, *means, *scale, *shift, *by_shift, *by_scale;
  float *out, *spare;
  int rectifies, input_rectified;
} work;

size_t kernels_normalisation_spare(kernels_channels order) { return 32 * shares_of(order); }

static void statistics_share(void *context, size_t share) {
  const work *w = context;
  strip s = share_strip(w->order, share);
  float *found = w->spare + 32 * share;
  DISPATCH_512(statistics, w->x + s.start, s, found, found + 16);
}

void kernels_channel_statistics(
    const float *x, kernels_channels order, float *means, float *variances, float *spare,
    size_t threads) {
  work w = {.order = order, .x = x, .spare = spare};
  kernels_parallel(threads_for(order, threads), shares_of(order), statistics_share, &w);
  size_t shares = order.rows * parts_of(order);
  for (size_t first = 0; first < shares_of(order); first += shares) {
    strip s = share_strip(order, first);
    for (size_t lane = 0; lane < (s.folds ? 1 : s.width); lane++) {
      double count = 0, mean = 0, squares = 0;
      for (size_t i = 0; i < shares; i++) {
        const float *found = spare + 32 * (first + i);
        double n = (double)share_strip(order, first + i).count;
        double apart = found[lane] - mean;
        mean += apart * n / (count + n);
        squares += found[16 + lane] + apart * apart * count * n / (count + n);
        count += n;
      }
      means[s.channel + lane] = (float)mean;
      variances[s.channel + lane] = (float)(squares / count);
    }
  }
}

static void map_share(void *context, size_t share) {
  const work *w = context;
  strip s = share_strip(w->order, share);
  DISPATCH_512(map, w->x + s.start, w->out + s.start, s, w->scale, w->shift, w->rectifies);
}

void kernels_channel_map(
    const float *x, float *out, kernels_channels order, const float *scale, const float *shift,
    int rectifies, size_t threads) {
  work w = {
      .order = order, .x = x, .out = out, .scale = scale, .shift = shift,
      .rectifies = rectifies};
  kernels_parallel(threads_for(order, threads), shares_of(order), map_share, &w);
}

static void sums_share(void *context, size_t share) {
  const work *w = context;
  strip s = share_strip(w->order, share);
  float *found = w->spare + 32 * share;
  DISPATCH_512(
      gradient_sums, w->x + s.start, w->y + s.start, s, w->means, w->scale, w->shift,
      w->rectifies, found, found + 16);
}

void kernels_channel_gradient_sums(
    const float *x, const float *gradient, kernels_channels order, const float *means,
    const float *scale, const float *shift, int rectifies, float *sums, float *products,
    float *spare, size_t threads) {
  work w = {
      .order = order, .x = x, .y = gradient, .spare = spare, .means = means, .scale = scale,
      .shift = shift, .rectifies = rectifies};
  kernels_parallel(threads_for(order, threads), shares_of(order), sums_share, &w);
  size_t shares = order.rows * parts_of(order);
  for (size_t first = 0; first < shares_of(order); first += shares) {
    strip s = share_strip(order, first);
    for (size_t lane = 0; lane < (s.folds ? 1 : s.width); lane++) {
      double sum = 0, product = 0;
      for (size_t i = 0; i < shares; i++) {
        sum += spare[32 * (first + i) + lane];
        product += spare[32 * (first + i) + 16 + lane];
      }
      sums[s.channel + lane] = (float)sum;
      products[s.channel + lane] = (float)product;
    }
  }
}

static void gradient_share(void *context, size_t share) {
  const work *w = context;
  strip s = share_strip(w->order, share);
  DISPATCH_512(
      gradient, w->x + s.start, w->y + s.start, w->out + s.start, s, w->means, w->scale, w->shift,
      w->by_shift, w->by_scale, w->rectifies, w->input_rectified);
}

void kernels_channel_gradient(
    const float *x, const float *gradient, float *out, kernels_channels order, const float *means,
    const float *scale, const float *shift, const float *by_shift, const float *by_scale,
    int rectifies, int input_rectified, size_t threads) {
  work w = {
      .order = order, .x = x, .y = gradient, .out = out, .means = means, .scale = scale,
      .shift = shift, .by_shift = by_shift, .by_scale = by_scale, .rectifies = rectifies,
      .input_rectified = input_rectified};
  kernels_parallel(threads_for(order, threads), shares_of(order), gradient_share, &w);
}
