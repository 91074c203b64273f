#include "CKernels.h"
#include "network_loops.h"

#include <string.h>

// Everything is made of small products. A weight passes through the cache once for each of the two ways:
// on the way there in blocks of inputs that stay there for all outputs, on the way back in blocks of
// columns, each with all that happens to its weights.

enum {
  /// Rows of a tile of weights; what the kernels keep in registers divides it.
  ROWS = 12,
  /// Columns of a tile of weights, at most, and its numbers, at most.
  COLUMNS = 1024,
  TILE = ROWS * COLUMNS,
  /// Inputs that are multiplied before the next ones, on the way there.
  DEPTH = 512,
  /// The same where there are few rows, and how many are few: their products are summed along the inputs,
  /// instead of in a vector with all other rows of the batch.
  LONG_DEPTH = 16384,
  FEW_ROWS = 8,
  /// Products that are worth more than one thread: some 40 microseconds of them.
  MANY_PRODUCTS = 1 << 21
};

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static size_t quotient(size_t a, size_t b) { return (a + b - 1) / b; }

static size_t threads_for(const kernels_dense *layer, size_t batch, size_t threads) {
  return layer->inputs * layer->outputs * batch < MANY_PRODUCTS ? 1 : threads;
}

typedef struct {
  const kernels_dense *layer;
  const float *x;
  size_t batch;
  float *y, *turned_x, *turned_y;
  size_t shares;
} forward_work;

static void turn_share(void *context, size_t share) {
  const forward_work *w = context;
  size_t inputs = w->layer->inputs, at = share * COLUMNS;
  kernels_transpose(
      w->x + at, inputs, w->turned_x + at * w->batch, w->batch, w->batch,
      smaller(inputs - at, COLUMNS));
}

static void forward_share(void *context, size_t share) {
  const forward_work *w = context;
  const kernels_dense *l = w->layer;
  size_t inputs = l->inputs, outputs = l->outputs, batch = w->batch;
  size_t tiles = quotient(outputs, ROWS);
  size_t first = tiles * share / w->shares * ROWS;
  size_t count = smaller(tiles * (share + 1) / w->shares * ROWS, outputs) - first;
  if (!w->turned_y) {
    for (size_t k = 0; k < inputs; k += LONG_DEPTH)
      kernels_dot_products(
          w->x + k, inputs, l->weights + first * inputs + k, inputs,
          smaller(inputs - k, LONG_DEPTH), w->y + first, outputs, batch, count, k > 0);
    if (l->bias)
      for (size_t b = 0; b < batch; b++)
        for (size_t o = first; o < first + count; o++) w->y[b * outputs + o] += l->bias[o];
    return;
  }
  float *turned = w->turned_y + first * batch;
  for (size_t k = 0; k < inputs; k += DEPTH)
    kernels_gather_products(
        l->weights + first * inputs + k, inputs, 1, w->turned_x + k * batch, batch, turned, batch,
        count, batch, smaller(inputs - k, DEPTH), k > 0);
  if (l->bias)
    for (size_t o = 0; o < count; o++)
      for (size_t b = 0; b < batch; b++) turned[o * batch + b] += l->bias[first + o];
  kernels_transpose(turned, batch, w->y + first, outputs, count, batch);
}

void kernels_dense_forward(
    const kernels_dense *layer, const float *x, size_t batch, float *y, float *spare,
    size_t threads) {
  threads = threads_for(layer, batch, threads);
  size_t shares = smaller(threads, quotient(layer->outputs, ROWS));
  forward_work w = {layer, x, batch, y, NULL, NULL, shares};
  if (layer->planned_batch > FEW_ROWS) {
    w.turned_x = spare;
    w.turned_y = spare + layer->inputs * batch;
    kernels_parallel(threads, quotient(layer->inputs, COLUMNS), turn_share, &w);
  }
  kernels_parallel(threads, shares, forward_share, &w);
}

typedef struct {
  const kernels_dense *layer;
  const kernels_step *step;
  const float *x, *y_gradients;
  size_t batch, columns;
  float *input_gradients, *weight_gradients;
} backward_work;

/// The gradients of some rows of a block of columns.
static void gradient_tile(
    const backward_work *w, size_t row, size_t rows, size_t column, size_t columns, float *out,
    size_t out_row) {
  const kernels_dense *l = w->layer;
  kernels_gather_products(
      w->y_gradients + row, 1, l->outputs, w->x + column, l->inputs, out, out_row, rows, columns,
      w->batch, 0);
}

static void backward_share(void *context, size_t share) {
  const backward_work *w = context;
  const kernels_dense *l = w->layer;
  size_t column = share * w->columns, inputs = l->inputs, outputs = l->outputs;
  size_t columns = smaller(inputs - column, w->columns), rows = TILE / w->columns / ROWS * ROWS;
  float tile[TILE] __attribute__((aligned(64)));
  for (size_t row = 0; row < outputs; row += rows) {
    size_t count = smaller(outputs - row, rows);
    float *weights = l->weights + row * inputs + column;
    if (w->weight_gradients) {
      gradient_tile(
          w, row, count, column, columns, w->weight_gradients + row * inputs + column, inputs);
      continue;
    }
    if (w->input_gradients)
      kernels_gather_products(
          w->y_gradients + row, outputs, 1, weights, inputs, w->input_gradients + column, inputs,
          w->batch, columns, count, row > 0);
    if (!w->x) continue;
    gradient_tile(w, row, count, column, columns, tile, columns);
    for (size_t r = 0; r < count; r++) {
      size_t at = (row + r) * inputs + column;
      kernels_update_row(
          w->step, l->weights + at, tile + r * columns, l->first ? l->first + at : NULL,
          l->second ? l->second + at : NULL, columns, row + rows < outputs ? rows * inputs : 0);
    }
  }
}

/// Goes through the blocks of columns, four of them at least where that many make sense.
static void go_back(backward_work *w, size_t threads) {
  size_t quarter = quotient(w->layer->inputs, 4);
  w->columns = smaller(quotient(quarter, 32) * 32, COLUMNS);
  kernels_parallel(
      threads_for(w->layer, w->batch, threads), quotient(w->layer->inputs, w->columns),
      backward_share, w);
}

static void sum_columns(const float *x, size_t rows, size_t columns, float *out) {
  memset(out, 0, columns * sizeof *out);
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) out[c] += x[r * columns + c];
}

void kernels_dense_backward(
    const kernels_dense *layer, const kernels_step *step, const float *x, const float *y_gradients,
    size_t batch, float *input_gradients, float *spare, size_t threads) {
  backward_work w = {
      .layer = layer, .step = step, .x = x, .y_gradients = y_gradients, .batch = batch,
      .input_gradients = input_gradients};
  go_back(&w, threads);
  if (!layer->bias) return;
  sum_columns(y_gradients, batch, layer->outputs, spare);
  kernels_update(
      step, layer->bias, spare, layer->bias_first, layer->bias_second, layer->outputs, 1);
}

void kernels_dense_input_gradients(
    const kernels_dense *layer, const float *y_gradients, size_t batch, float *input_gradients,
    size_t threads) {
  backward_work w = {
      .layer = layer, .y_gradients = y_gradients, .batch = batch,
      .input_gradients = input_gradients};
  go_back(&w, threads);
}

void kernels_dense_gradients(
    const kernels_dense *layer, const float *x, const float *y_gradients, size_t batch,
    float *weight_gradients, float *bias_gradients, size_t threads) {
  backward_work w = {
      .layer = layer, .x = x, .y_gradients = y_gradients, .batch = batch,
      .weight_gradients = weight_gradients};
  go_back(&w, threads);
  if (bias_gradients) sum_columns(y_gradients, batch, layer->outputs, bias_gradients);
}
