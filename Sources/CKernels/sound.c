#include "CKernels.h"
#include "cpu_path.h"

#include <float.h>
#include <string.h>

typedef float lanes __attribute__((ext_vector_type(8)));
typedef int32_t integers __attribute__((ext_vector_type(8)));
typedef double doubles8 __attribute__((ext_vector_type(8)));

#define CHOOSE(condition, yes, no) ((condition) ? (yes) : (no))
#define SMALLER(a, b) CHOOSE((a) < (b), a, b)
#define LARGER(a, b) CHOOSE((a) > (b), a, b)

#define SWAP(a, b)                                                                             \
  {                                                                                            \
    lanes low = SMALLER(v[a], v[b]), high = LARGER(v[a], v[b]);                                \
    v[a] = low;                                                                                \
    v[b] = high;                                                                               \
  }
// Batcher’s networks, and Green’s for sixteen.
#define SORT_4 \
  SWAP(0, 1) SWAP(2, 3) SWAP(0, 2) SWAP(1, 3) SWAP(1, 2)
#define SORT_8 \
  SWAP(0, 1) SWAP(2, 3) SWAP(4, 5) SWAP(6, 7) SWAP(0, 2) SWAP(1, 3) SWAP(4, 6) \
  SWAP(5, 7) SWAP(1, 2) SWAP(5, 6) SWAP(0, 4) SWAP(1, 5) SWAP(2, 6) SWAP(3, 7) \
  SWAP(2, 4) SWAP(3, 5) SWAP(1, 2) SWAP(3, 4) SWAP(5, 6)
#define SORT_16 \
  SWAP(0, 1) SWAP(2, 3) SWAP(4, 5) SWAP(6, 7) SWAP(8, 9) SWAP(10, 11) SWAP(12, 13) \
  SWAP(14, 15) SWAP(0, 2) SWAP(1, 3) SWAP(4, 6) SWAP(5, 7) SWAP(8, 10) SWAP(9, 11) \
  SWAP(12, 14) SWAP(13, 15) SWAP(0, 4) SWAP(1, 5) SWAP(2, 6) SWAP(3, 7) SWAP(8, 12) \
  SWAP(9, 13) SWAP(10, 14) SWAP(11, 15) SWAP(0, 8) SWAP(1, 9) SWAP(2, 10) SWAP(3, 11) \
  SWAP(4, 12) SWAP(5, 13) SWAP(6, 14) SWAP(7, 15) SWAP(5, 10) SWAP(6, 9) SWAP(3, 12) \
  SWAP(13, 14) SWAP(4, 8) SWAP(7, 11) SWAP(1, 2) SWAP(1, 4) SWAP(7, 13) SWAP(2, 8) \
  SWAP(11, 14) SWAP(5, 6) SWAP(9, 10) SWAP(2, 4) SWAP(11, 13) SWAP(3, 8) SWAP(7, 12) \
  SWAP(6, 8) SWAP(10, 12) SWAP(3, 5) SWAP(7, 9) SWAP(3, 4) SWAP(5, 6) SWAP(7, 8) \
  SWAP(9, 10) SWAP(11, 12) SWAP(6, 7) SWAP(8, 9)

#define LOOPS "medians.inc"
#define WIDEST 256
#include "paths.inc"

#define LOOPS "sound_kernels.inc"
#define WIDEST 256
#include "paths.inc"

void kernels_rows_to_lanes(const float *const *rows, size_t columns, float *out) {
  DISPATCH_256(rows_to_lanes, rows, columns, out);
}

void kernels_lanes_to_rows(const float *values, size_t columns, float *const *rows) {
  DISPATCH_256(lanes_to_rows, values, columns, rows);
}

void kernels_medians_across_rows(
    const float *const *rows, size_t columns, float *out, size_t step) {
  DISPATCH_256(medians_across_rows, rows, columns, out, step);
}

void kernels_medians_along_lanes(const float *values, size_t count, float *out) {
  DISPATCH_256(medians_along_lanes, values, count, out);
}

void kernels_products(const float *a, const float *b, size_t n, float *out) {
  DISPATCH_256(products, a, b, n, out);
}

void kernels_magnitudes(const float *spectrum, size_t bins, float *out) {
  DISPATCH_256(magnitudes, spectrum, bins, out);
}

void kernels_spectral_shapes(const float *magnitudes, size_t bins, kernels_shapes *out) {
  DISPATCH_256(spectral_shapes, magnitudes, bins, out);
}

void kernels_band_powers(
    const float *magnitudes, const uint32_t *first, const uint32_t *count, const float *weights,
    size_t bands, float *out) {
  DISPATCH_256(band_powers, magnitudes, first, count, weights, bands, out);
}

void kernels_pitch_class_powers(
    const float *magnitudes, const float *bank, size_t bins, float *out) {
  DISPATCH_256(pitch_class_powers, magnitudes, bank, bins, out);
}

void kernels_decibels(const float *power, size_t n, float floor, float *out) {
  DISPATCH_256(decibels, power, n, floor, out);
}

void kernels_power_means(
    const float *magnitudes, size_t bins, float floor, kernels_means *out) {
  DISPATCH_256(power_means, magnitudes, bins, floor, out);
}

void kernels_extremes(
    const float *magnitudes, size_t bins, size_t kept, float *low_means, float *high_means) {
  DISPATCH_256(extremes, magnitudes, bins, kept, low_means, high_means);
}

void kernels_mask_harmonic(
    const float *harmonic, const float *percussive, size_t bins, float *spectrum) {
  DISPATCH_256(mask_harmonic, harmonic, percussive, bins, spectrum);
}

void kernels_overlap_add(
    const float *frame, const float *window, float scale, size_t n, float *sums, float *weights) {
  DISPATCH_256(overlap_add, frame, window, scale, n, sums, weights);
}

void kernels_separate(
    float *sums, const float *weights, const float *samples, size_t n, kernels_moments *out) {
  DISPATCH_256(separate, sums, weights, samples, n, out);
}

double kernels_sum_of_squares(const float *x, size_t n) { return DISPATCH_256(sum_of_squares, x, n); }

size_t kernels_sign_changes(const float *x, size_t n) { return DISPATCH_256(sign_changes, x, n); }

float kernels_median_rise(const float *now, const float *before, size_t n) {
  return DISPATCH_256(median_rise, now, before, n);
}

float kernels_median(const float *x, size_t n) { return DISPATCH_256(median, x, n); }

size_t kernels_spectral_peaks(
    const float *magnitudes, size_t first, size_t end, float least, kernels_peak *out) {
  return DISPATCH_256(spectral_peaks, magnitudes, first, end, least, out);
}

void kernels_add_powers(const float *spectrum, size_t bins, float scale, double *sums) {
  DISPATCH_256(add_powers, spectrum, bins, scale, sums);
}

void kernels_join_spectrum(float *z, size_t half, const float *cosines, const float *sines) {
  DISPATCH_256(join_spectrum, z, half, cosines, sines);
}

void kernels_split_spectrum(float *z, size_t half, const float *cosines, const float *sines) {
  DISPATCH_256(split_spectrum, z, half, cosines, sines);
}
