#pragma once
#include <stddef.h>

// Batch normalisation. Numbers are cut into shares that depend on sizes alone, and each share is
// computed in one fixed order: the same bits for any number of threads.

/// Where the channels of a picture or a vector lie: rows × blocks × places × lanes, where a block holds
/// so many channels side by side. The last block may be filled up with zeros.
typedef struct {
  size_t rows, blocks, places, lanes;
  /// The number of channels, at most blocks × lanes.
  size_t channels;
} kernels_channels;

/// The floats that the functions here need as spare room.
size_t kernels_normalisation_spare(kernels_channels order);

/// The mean and the biased variance of each channel, read once: the statistics of parts that fit into the
/// cache, joined in double precision (Chan, Golub and LeVeque 1979).
void kernels_channel_statistics(
    const float *x, kernels_channels order, float *means, float *variances, float *spare,
    size_t threads);

/// out = scale · x + shift, and no less than 0 with `rectifies`; scale and shift have blocks × lanes numbers. In place where out is x.
void kernels_channel_map(
    const float *x, float *out, kernels_channels order, const float *scale, const float *shift,
    int rectifies, size_t threads);

/// For each channel Σ g and Σ g · (x − mean), where g is the gradient, or 0 where `rectifies` and
/// scale · x + shift is no more than 0.
void kernels_channel_gradient_sums(
    const float *x, const float *gradient, kernels_channels order, const float *means,
    const float *scale, const float *shift, int rectifies, float *sums, float *products,
    float *spare, size_t threads);

/// out = scale · (g − by_shift − (x − mean) · by_scale) with g as above, and 0 where x is 0 or less with
/// `input_rectified`. All lists have blocks × lanes numbers. In place where out is gradient.
void kernels_channel_gradient(
    const float *x, const float *gradient, float *out, kernels_channels order, const float *means,
    const float *scale, const float *shift, const float *by_shift, const float *by_scale,
    int rectifies, int input_rectified, size_t threads);
