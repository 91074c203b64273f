#include "CKernels.h"
#include "cpu_path.h"
#include "network_loops.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef float eight __attribute__((ext_vector_type(8)));
typedef uint32_t words __attribute__((ext_vector_type(8)));
typedef uint64_t wide_words __attribute__((ext_vector_type(8)));

#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
/// Eight numbers from place 8 − n on: n that move and others that do not.
static const int32_t moving[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
#endif

#define LOOPS "network_kernels.inc"
#define WIDEST 512
#include "paths.inc"

/// Elements of a share, and how many elements are worth more than one thread.
enum { SHARE = 8192, MANY = 1 << 16 };

/// Threads meet again at the end: for less than some microseconds of work that takes longer than they save,
/// and much longer where other processes hold the processors.
static size_t threads_for(size_t n, size_t threads) { return n < MANY ? 1 : threads; }

static size_t shares_of(size_t n) { return (n + SHARE - 1) / SHARE; }

static size_t share_size(size_t n, size_t share) {
  return n - share * SHARE < SHARE ? n - share * SHARE : SHARE;
}

typedef struct {
  const kernels_step *step;
  float *parameters, *first, *second;
  const float *gradients;
  size_t n;
} update_work;

static void update_share(void *context, size_t share) {
  const update_work *w = context;
  size_t at = share * SHARE;
  DISPATCH_512(
      update, w->step, w->parameters + at, w->gradients + at, w->first ? w->first + at : NULL,
      w->second ? w->second + at : NULL, share_size(w->n, share), 0);
}

void kernels_update(
    const kernels_step *step, float *parameters, const float *gradients, float *first,
    float *second, size_t n, size_t threads) {
  update_work w = {step, parameters, first, second, gradients, n};
  kernels_parallel(threads_for(n, threads), shares_of(n), update_share, &w);
}

void kernels_update_row(
    const kernels_step *step, float *parameters, const float *gradients, float *first,
    float *second, size_t n, size_t ahead) {
  DISPATCH_512(update, step, parameters, gradients, first, second, n, ahead);
}

enum { PARTS = 64 };

typedef struct {
  const float *numbers;
  size_t first, n;
  double sums[PARTS];
} norm_work;

static void norm_share(void *context, size_t part) {
  norm_work *w = context;
  w->sums[part] = DISPATCH_512(
      squared_norm, w->numbers + (w->first + part) * SHARE,
      share_size(w->n, w->first + part));
}

double kernels_squared_norm(const float *numbers, size_t n, size_t threads) {
  norm_work w = {numbers, 0, n, {0}};
  double sum = 0;
  for (size_t shares = shares_of(n); w.first < shares; w.first += PARTS) {
    size_t parts = shares - w.first < PARTS ? shares - w.first : PARTS;
    kernels_parallel(threads_for(n, threads), parts, norm_share, &w);
    for (size_t part = 0; part < parts; part++) sum += w.sums[part];
  }
  return sum;
}

typedef struct {
  const float *x;
  float *out;
  size_t n;
  uint32_t threshold, stream;
  float factor;
  uint64_t seed;
} dropout_work;

static void dropout_share(void *context, size_t share) {
  const dropout_work *w = context;
  size_t at = share * SHARE;
  DISPATCH_512(
      dropout, w->x + at, w->out + at, at, share_size(w->n, share), w->threshold, w->factor,
      w->seed, w->stream);
}

void kernels_dropout(
    const float *x, float *out, size_t n, double rate, uint64_t seed, uint32_t stream,
    size_t threads) {
  /* Of 2¹⁶ equally likely halves so many are dropped. */
  uint32_t threshold = (uint32_t)fmin(rint(rate * 0x1p16), 0x1p16 - 1);
  dropout_work w = {x, out, n, threshold, stream, (float)(1 / (1 - threshold * 0x1p-16)), seed};
  kernels_parallel(threads_for(n, threads), shares_of(n), dropout_share, &w);
}

typedef struct {
  const float *x, *factors;
  float *out;
  size_t groups, points, lanes;
} scale_work;

static void scale_share(void *context, size_t g) {
  const scale_work *w = context;
  size_t at = g * w->points * w->lanes;
  DISPATCH_512(scale_group, w->x + at, w->factors + g * w->lanes, w->out + at, w->points, w->lanes);
}

void kernels_scale_groups(
    const float *x, const float *factors, float *out, size_t groups, size_t points, size_t lanes,
    size_t threads) {
  scale_work w = {x, factors, out, groups, points, lanes};
  kernels_parallel(threads_for(groups * points * lanes, threads), groups, scale_share, &w);
}

/// Channels of a share.
enum { CHANNELS = 64 };

typedef struct {
  const kernels_normalisation *layer;
  const float *y_gradients;
  float *x_gradients, *scale_gradients, *shift_gradients;
} normalisation_work;

static void normalisation_share(void *context, size_t share) {
  const normalisation_work *w = context;
  size_t channel = share * CHANNELS, left = w->layer->channels - channel;
  size_t end = channel + (left < CHANNELS ? left : CHANNELS);
  if (!w->y_gradients)
    DISPATCH_512(normalise, w->layer, channel, end);
  else
    DISPATCH_512(
        normalise_back, w->layer, w->y_gradients, w->x_gradients, w->scale_gradients,
        w->shift_gradients, channel, end);
}

static void normalise_all(normalisation_work *w, size_t threads) {
  const kernels_normalisation *l = w->layer;
  kernels_parallel(
      threads_for(l->rows * l->channels, threads), (l->channels + CHANNELS - 1) / CHANNELS,
      normalisation_share, w);
}

void kernels_normalise(const kernels_normalisation *layer, size_t threads) {
  normalisation_work w = {.layer = layer};
  normalise_all(&w, threads);
}

void kernels_normalise_back(
    const kernels_normalisation *layer, const float *y_gradients, float *x_gradients,
    float *scale_gradients, float *shift_gradients, size_t threads) {
  normalisation_work w = {layer, y_gradients, x_gradients, scale_gradients, shift_gradients};
  normalise_all(&w, threads);
}

void kernels_gather_products(
    const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row, float *c,
    size_t c_row, size_t m, size_t n, size_t depth, int adds) {
  DISPATCH_512(
      gather_products, a, a_row, a_column, b, b_row, c, c_row, m, n, depth, adds);
}

void kernels_transpose(
    const float *x, size_t x_row, float *out, size_t out_row, size_t rows, size_t columns) {
  DISPATCH_512(transpose, x, x_row, out, out_row, rows, columns);
}

void kernels_dot_products(
    const float *x, size_t x_row, const float *w, size_t w_row, size_t n, float *y, size_t y_row,
    size_t rows, size_t outputs, int adds) {
  DISPATCH_512(dot_products, x, x_row, w, w_row, n, y, y_row, rows, outputs, adds);
}
