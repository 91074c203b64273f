#pragma once
#include <stddef.h>
#include <stdint.h>

// Hot loops that BLAS lacks. Every result depends on its own operands alone, never on how many
// rows are computed together, so that predicting one row gives the bits that predicting all gives.

/// "avx2" or "portable": the path every function here takes on this machine.
/// The environment variable EXPLORE_CPU_PATH=portable forces the second.
const char *kernels_cpu_path(void);

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
