#pragma once
#include <stddef.h>
#include <stdint.h>

#include "networks.h"
#include "normalisation.h"

// Hot loops that BLAS lacks. Every result depends on its own operands alone, never on how many
// rows are computed together, so that predicting one row gives the bits that predicting all gives.

/// What the processor can do, whatever the environment says: 2 for AVX-512 (F, VL, DQ, BW), 1 for AVX2 with fused
/// products, else 0.
int kernels_processor_vectors(void);

/// "avx2" or "portable": the path every function here takes on this machine.
/// The environment variable EXPLORE_CPU_PATH=portable forces the second.
const char *kernels_cpu_path(void);

/// The same of the loops of networks: `avx512`, `avx2` or `portable`.
const char *kernels_network_path(void);

/// out[i * n + j] = a[i] · b[j] for m rows a and n rows b of k columns.
void kernels_row_products(const float *a, size_t m, const float *b, size_t n, size_t k, float *out);

/// out[i * n + j] = ‖a[i] − b[j]‖², from the differences, so that equal rows give 0.
void kernels_squared_distances(
    const float *a, size_t m, const float *b, size_t n, size_t k, float *out);

/// Lists the rows with squares[r] − 2 products[r] ≤ bound, ascending, in found, which has room for n.
/// Returns how many there are.
size_t kernels_rows_within(
    const float *squares, const float *products, float bound, size_t n, uint32_t *found);

/// What a pass of sequential minimal optimisation found, and where; −1 for nowhere.
typedef struct {
  double value;
  int64_t place;
} kernels_place;

/// Moves along a pair, values[t] −= move · (first[t] − second[t]), and finds the largest
/// values[t] + growth[t]. Of equal ones it takes the last. n is a multiple of 8; growth is 0 or −∞.
kernels_place kernels_smo_move(
    double *values, const float *growth, const float *first, const float *second, double move,
    size_t n);

/// Finds the partner that gains most: the t with the largest (highest − values[t])² / (own +
/// diagonal[t] − 2 row[t]) among those with values[t] + shrinkage[t] below highest. Of equal ones it
/// takes the last. The value returned is the smallest values[t] + shrinkage[t]. n is a multiple of
/// 8; shrinkage is 0 or ∞.
kernels_place kernels_smo_partner(
    const double *values, const float *shrinkage, const float *row, const float *diagonal,
    double own, double highest, size_t n);

/// The best Gini split of a tree node on one column.
typedef struct {
  /// Σ w(c)² / Σ w(c), summed over both sides: the larger, the purer. Below 0 without any split.
  double score;
  /// The codes on both sides of the split: the largest that goes left, the smallest that goes right.
  uint32_t below, above;
} kernels_split;

/// Finds the split of a node's rows on one column that leaves the purest sides.
///
/// codes[r] is the rank of row r's value among the column's distinct values; rows[i], labels[i] and
/// weights[i] are the node's m rows with their classes and weights; totals[c] is the node's weight
/// of class c. keys and spare have room for m numbers, left for one a class.
/// Of equally good splits the one with the smallest codes is taken.
kernels_split kernels_best_split(
    const uint32_t *codes, const uint32_t *rows, const uint32_t *labels, const double *weights,
    size_t m, const double *totals, size_t classes, uint64_t *keys, uint64_t *spare, double *left);

/// Ranks the values of a column: codes[i] becomes the number of distinct values below values[i *
/// stride], and distinct receives them ascending. keys and spare have room for n numbers.
/// Returns the number of distinct values. The two zeros are one value.
size_t kernels_rank_column(
    const float *values, size_t n, size_t stride, uint32_t *codes, float *distinct, uint64_t *keys,
    uint64_t *spare);

// Sound. Rows of spectra have lengths that are multiples of 16, filled up with zeros. “Lanes” are eight
// frames side by side: value k of frame i at 8k + i; such arrays start at multiples of 32 bytes.

/// Eight rows become lanes; columns is a multiple of 8.
void kernels_rows_to_lanes(const float *const *rows, size_t columns, float *out);

/// Lanes become eight rows; columns is a multiple of 8.
void kernels_lanes_to_rows(const float *values, size_t columns, float *const *rows);

/// For each column, the medians of rows 0–30, 1–31 … 15–45, in 16 rows of out that are step apart.
/// columns is a multiple of 8.
void kernels_medians_across_rows(
    const float *const *rows, size_t columns, float *out, size_t step);

/// In each lane, the medians of values 0–30, 1–31 … , count of them; count is a multiple of 16, and
/// there are count + 30 values.
void kernels_medians_along_lanes(const float *values, size_t count, float *out);

/// out[i] = a[i] · b[i].
void kernels_products(const float *a, const float *b, size_t n, float *out);

/// The absolute values of pairs of real and imaginary part; bins is a multiple of 8.
void kernels_magnitudes(const float *spectrum, size_t bins, float *out);

/// Of eight frames each, in bins: centre of mass, standard deviation about it, the first bin up to
/// which 0.85 of the sum lie; the largest magnitude, and how near any bin's running sum comes to 0.85 of
/// the whole, in parts of that; not a number where all is zero.
typedef struct {
  double centroid[8], bandwidth[8], rolloff[8];
  float largest[8], rolloff_margin[8];
} kernels_shapes;

void kernels_spectral_shapes(const float *magnitudes, size_t bins, kernels_shapes *out);

/// Lanes of Σ weight · magnitude² for each band, which weighs count[b] bins from first[b] on.
void kernels_band_powers(
    const float *magnitudes, const uint32_t *first, const uint32_t *count, const float *weights,
    size_t bands, float *out);

/// Lanes of the 12 sums Σ bank[12k + c] · magnitude[k]², divided by the largest of them.
void kernels_pitch_class_powers(
    const float *magnitudes, const float *bank, size_t bins, float *out);

/// out[i] = 10 log₁₀ max(power[i], floor); n is a multiple of 8, floor a positive normal number.
void kernels_decibels(const float *power, size_t n, float floor, float *out);

/// Means over the bins of eight frames of max(m², floor): the arithmetic one, and that of
/// 10 · log10 of it, which is ten times the logarithm of the geometric one.
typedef struct {
  double arithmetic[8], decibels[8];
} kernels_means;

void kernels_power_means(const float *magnitudes, size_t bins, float floor, kernels_means *out);

enum { KERNELS_MOST_EXTREMES = 1024 };

/// The means of the `kept` smallest and of the `kept` largest magnitudes in each of eight frames;
/// kept is 1 to KERNELS_MOST_EXTREMES and at most bins.
void kernels_extremes(
    const float *magnitudes, size_t bins, size_t kept, float *low_means, float *high_means);

/// Multiplies a spectrum by H² / (H² + P²), or ½ where both are tiny; bins is a multiple of 8.
void kernels_mask_harmonic(
    const float *harmonic, const float *percussive, size_t bins, float *spectrum);

/// sums += scale · frame · window, weights += window².
void kernels_overlap_add(
    const float *frame, const float *window, float scale, size_t n, float *sums, float *weights);

/// Sums over the samples of two waves and of their squares.
typedef struct {
  double harmonic_sum, harmonic_squares, percussive_sum, percussive_squares;
} kernels_moments;

/// Divides sums by weights, which gives the harmonic wave; what the samples hold besides is the
/// percussive one. Adds both to the moments. Where no frame weighs anything both are zero.
void kernels_separate(
    float *sums, const float *weights, const float *samples, size_t n, kernels_moments *out);

double kernels_sum_of_squares(const float *x, size_t n);

/// How many of x[0] … x[n − 1] differ in sign from the one before, x[−1] for the first; what is not
/// below −10⁻¹⁰ counts as positive.
size_t kernels_sign_changes(const float *x, size_t n);

/// The median of n numbers, n at least 1, none of them negative.
float kernels_median(const float *x, size_t n);

/// The median over n bands of max(0, now − before); n is at most 256.
float kernels_median_rise(const float *now, const float *before, size_t n);

/// sums[k] += scale · |spectrum[k]|².
void kernels_add_powers(const float *spectrum, size_t bins, float scale, double *sums);

/// A peak of a power spectrum: its bin, how far the parabola's summit lies from it, and how high.
typedef struct {
  uint32_t bin;
  float shift, height;
} kernels_peak;

/// Finds the bins k from first to end − 1 whose power, magnitude², is above least and that of k − 1 and
/// not below that of k + 1. out has room for (end − first + 1) / 2. Returns how many there are.
size_t kernels_spectral_peaks(
    const float *magnitudes, size_t first, size_t end, float least, kernels_peak *out);

/// Turns the complex transform of half the size, whose signal had the even samples for real and the odd
/// ones for imaginary parts, into the half + 1 bins of the real transform, in place.
/// cosines[k] + i sines[k] = exp(πik / half) for k up to half / 2.
void kernels_join_spectrum(float *z, size_t half, const float *cosines, const float *sines);

/// The way back, for the inverse complex transform; what is imaginary in the outermost bins is ignored.
void kernels_split_spectrum(float *z, size_t half, const float *cosines, const float *sines);
