#include "CKernels.h"
#include "cpu_path.h"

typedef float floats __attribute__((ext_vector_type(4), aligned(4)));
typedef double doubles __attribute__((ext_vector_type(4), aligned(8)));
typedef int64_t indices __attribute__((ext_vector_type(4)));

#define WIDEN(pointer) __builtin_convertvector(*(const floats *)(pointer), doubles)

// Vectors of 512 bits make these loops no faster (measured on AMD’s Zen 4). Leaving out blocks that hold no
// better partner looks faster on made-up numbers and is slower on real ones, where many are better.
#define LOOPS "smo_kernels.inc"
#define WIDEST 256
#include "paths.inc"

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
