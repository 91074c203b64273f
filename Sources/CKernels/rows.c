#include "CKernels.h"
#include "cpu_path.h"

#include <string.h>

typedef float lanes __attribute__((vector_size(32)));
typedef float floats __attribute__((ext_vector_type(4), aligned(4)));
typedef double doubles __attribute__((ext_vector_type(4), aligned(8)));
typedef int64_t indices __attribute__((ext_vector_type(4)));

#define WIDEN(pointer) __builtin_convertvector(*(const floats *)(pointer), doubles)

#define PRODUCT_STEP(TYPE, x, y, sum) sum = (x) * (y) + sum
#define DISTANCE_STEP(TYPE, x, y, sum)                                                         \
  do {                                                                                         \
    TYPE difference = (x) - (y);                                                               \
    sum = difference * difference + sum;                                                       \
  } while (0)

#define LOOPS "row_kernels.inc"
#define WIDEST 256
#include "paths.inc"

void kernels_row_products(
    const float *a, size_t m, const float *b, size_t n, size_t k, float *out) {
  DISPATCH_256(row_products, a, m, b, n, k, out);
}

void kernels_squared_distances(
    const float *a, size_t m, const float *b, size_t n, size_t k, float *out) {
  DISPATCH_256(squared_distances, a, m, b, n, k, out);
}

size_t kernels_rows_within(
    const float *squares, const float *products, float bound, size_t n, uint32_t *found) {
  return DISPATCH_256(rows_within, squares, products, bound, n, found);
}

kernels_place kernels_smo_move(
    double *values, const float *growth, const float *first, const float *second, double move,
    size_t n) {
  return DISPATCH_256(smo_move, values, growth, first, second, move, n);
}

kernels_place kernels_smo_partner(
    const double *values, const float *shrinkage, const float *row, const float *diagonal,
    double own, double highest, size_t n) {
  return DISPATCH_256(smo_partner, values, shrinkage, row, diagonal, own, highest, n);
}
