#include "CKernels.h"
#include "cpu_path.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")

typedef float lanes __attribute__((ext_vector_type(8)));
typedef float four __attribute__((ext_vector_type(4)));

#define LOOPS "row_kernels.inc"
#define WIDEST 512
#include "paths.inc"

void kernels_row_products(
    const float *a, size_t m, const float *b, size_t n, size_t k, float *out) {
  DISPATCH_512(row_products, a, m, b, n, k, out);
}

void kernels_squared_distances(
    const float *a, size_t m, const float *b, size_t n, size_t k, float *out) {
  DISPATCH_512(squared_distances, a, m, b, n, k, out);
}

size_t kernels_rows_within(
    const float *squares, const float *products, float bound, size_t n, uint32_t *found) {
  return DISPATCH_512(rows_within, squares, products, bound, n, found);
}
