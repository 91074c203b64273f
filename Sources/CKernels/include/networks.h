#pragma once
#include <stddef.h>
#include <stdint.h>

// Loops of neural networks. Numbers are cut into shares that depend on sizes alone, and each share is
// computed in one fixed order: the same bits for any number of threads.

/// Calls body(context, share) for each share below `shares`, on up to so many threads.
///
/// The threads are those of the process's OpenMP library (libgomp), which oneDNN computes on too, so
/// that both together never occupy more processors than each of them; without such a library, or with
/// one thread, the caller computes all shares in their order. Shares are dealt out in turn.
void kernels_parallel(
    size_t threads, size_t shares, void (*body)(void *context, size_t share), void *context);

/// Lets what the calling thread computes by OpenMP, oneDNN's primitives among it, use so many threads.
void kernels_set_threads(size_t threads);

/// How parameters follow their gradients g.
typedef enum {
  /// p −= rate · g.
  KERNELS_DESCENT,
  /// v = momentum · v + g; p −= rate · v. The first moment is v.
  KERNELS_MOMENTUM,
  /// m += (1 − β₁)(g − m); v = β₂ v + (1 − β₂) g²; p −= rate · m / (root_scale · √v + epsilon), with
  /// rate = learning rate / (1 − β₁ᵗ) and root_scale = 1 / √(1 − β₂ᵗ).
  KERNELS_ADAM
} kernels_rule;

/// One step of an optimiser: what is the same for all parameters. First g = scale · gradient + l2 · p,
/// and p is multiplied by `shrinkage`; then as the rule says.
typedef struct {
  kernels_rule rule;
  float scale, l2, shrinkage, rate;
  float momentum;
  float first_share, beta2, second_share, root_scale, epsilon;
} kernels_step;

/// Changes n parameters and their moments in one pass; a moment that the rule does not keep is not
/// looked at.
void kernels_update(
    const kernels_step *step, float *parameters, const float *gradients, float *first,
    float *second, size_t n, size_t threads);

/// Σ numbers[i]² in double precision.
double kernels_squared_norm(const float *numbers, size_t n, size_t threads);

/// Sets numbers to 0 by chance and divides the others by the share that stays: out[i] = x[i] · f, where
/// f is 0 or 1 / (1 − rate), the rate rounded to a multiple of 2⁻¹⁶. Which is which depends on seed, stream
/// and i alone, so that the same call on gradients is the way back. In place where out is x. 0 ≤ rate < 1.
///
/// Chance is Philox 4 × 32 with seven rounds (Salmon and others 2011), the seed its key. The counter is
/// (b, stream, 0) for the b-th four words; element 64 k + 16 w + 8 h + l is the lower (h = 0) or upper half
/// of word w of b = 8 k + l, and dropped when that is below 2¹⁶ · rate.
void kernels_dropout(
    const float *x, float *out, size_t n, double rate, uint64_t seed, uint32_t stream,
    size_t threads);

/// out[(g · points + p) · lanes + l] = x[same] · factors[g · lanes + l]: scales channels as a whole.
/// Pictures in plain order have a group a channel and one lane, those in blocks of 16 channels a group
/// a block and 16 lanes, those with the channels innermost a group a row. In place where out is x.
void kernels_scale_groups(
    const float *x, const float *factors, float *out, size_t groups, size_t points, size_t lanes,
    size_t threads);

/// A batch normalisation of rows × channels.
typedef struct {
  size_t rows, channels;
  const float *x, *scale, *shift;
  float *y;
  /// Of the rows, found where asked for: the variance is the mean squared difference.
  float *mean, *variance;
  float epsilon;
  int finds_statistics;
  /// Whether what is below 0 becomes 0.
  int rectifies;
} kernels_normalisation;

/// y = (x − mean) / √(variance + epsilon) · scale + shift; y may be x where no way back follows.
void kernels_normalise(const kernels_normalisation *layer, size_t threads);

/// The way back, for statistics of these very rows; y is not looked at. x_gradients may be y_gradients.
void kernels_normalise_back(
    const kernels_normalisation *layer, const float *y_gradients, float *x_gradients,
    float *scale_gradients, float *shift_gradients, size_t threads);

/// c[i · c_row + j] = (or += with `adds`) Σ over k of a[i · a_row + k · a_column] · b[k · b_row + j],
/// for m × n results of `depth` products each: one after the other in one sum (which is then added), so that
/// a result depends neither on its place nor on m and n.
void kernels_gather_products(
    const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row, float *c,
    size_t c_row, size_t m, size_t n, size_t depth, int adds);

/// out[j · out_row + i] = x[i · x_row + j] for rows × columns numbers.
void kernels_transpose(
    const float *x, size_t x_row, float *out, size_t out_row, size_t rows, size_t columns);

/// A layer of weighted sums, and what its optimiser keeps.
typedef struct {
  size_t inputs, outputs;
  /// The rows of most batches: decides the order of sums, which is then the same for every batch.
  size_t planned_batch;
  /// outputs × inputs.
  float *weights;
  /// A number an output; null for none.
  float *bias;
  /// The moments of the weights and of the bias; null where the optimiser's rule keeps none.
  float *first, *second, *bias_first, *bias_second;
} kernels_dense;

/// y = x Wᵀ + bias for x of batch × inputs. spare has room for (inputs + outputs) · batch numbers.
void kernels_dense_forward(
    const kernels_dense *layer, const float *x, size_t batch, float *y, float *spare,
    size_t threads);

/// The way back, and a step of the optimiser: input_gradients = y_gradients W (not where null), with W as
/// it was; then every parameter follows its gradient. The gradient of the weights is never whole in memory:
/// each tile of it is used up while it is in the cache, and weights and moments pass once.
/// spare has room for `outputs` numbers.
void kernels_dense_backward(
    const kernels_dense *layer, const kernels_step *step, const float *x, const float *y_gradients,
    size_t batch, float *input_gradients, float *spare, size_t threads);

/// input_gradients = y_gradients W alone.
void kernels_dense_input_gradients(
    const kernels_dense *layer, const float *y_gradients, size_t batch, float *input_gradients,
    size_t threads);

/// The gradients of the weights, outputs × inputs, and of the bias (null where there is none).
void kernels_dense_gradients(
    const kernels_dense *layer, const float *x, const float *y_gradients, size_t batch,
    float *weight_gradients, float *bias_gradients, size_t threads);
