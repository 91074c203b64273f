#include "CKernels.h"
#include "cpu_path.h"

#include <stdatomic.h>
#include <stdlib.h>
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

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define PATH(name) name##_avx2
#define CONTRACT _Pragma("clang fp contract(fast)")
#include "row_kernels.inc"
#undef PATH
#undef CONTRACT
#pragma clang attribute pop

#define PATH(name) name##_portable
#define CONTRACT
#include "row_kernels.inc"
#undef PATH
#undef CONTRACT

int kernels_has_avx2(void) {
  /* Threads that ask at the same time find the same. */
  static atomic_int known = -1;
  int found = atomic_load_explicit(&known, memory_order_relaxed);
  if (found < 0) {
    const char *forced = getenv("EXPLORE_CPU_PATH");
    int portable = forced != NULL && strcmp(forced, "portable") == 0;
    found = !portable && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    atomic_store_explicit(&known, found, memory_order_relaxed);
  }
  return found;
}

int kernels_has_avx512(void) {
  static atomic_int known = -1;
  int found = atomic_load_explicit(&known, memory_order_relaxed);
  if (found < 0) {
    const char *forced = getenv("EXPLORE_CPU_PATH");
    int narrow = forced != NULL && strcmp(forced, "avx2") == 0;
    found = !narrow && kernels_has_avx2() && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw");
    atomic_store_explicit(&known, found, memory_order_relaxed);
  }
  return found;
}

const char *kernels_cpu_path(void) { return kernels_has_avx2() ? "avx2" : "portable"; }

const char *kernels_network_path(void) {
  return kernels_has_avx512() ? "avx512" : kernels_cpu_path();
}

void kernels_row_products(
    const float *a, size_t m, const float *b, size_t n, size_t k, float *out) {
  (kernels_has_avx2() ? row_products_avx2 : row_products_portable)(a, m, b, n, k, out);
}

void kernels_squared_distances(
    const float *a, size_t m, const float *b, size_t n, size_t k, float *out) {
  (kernels_has_avx2() ? squared_distances_avx2 : squared_distances_portable)(a, m, b, n, k, out);
}

size_t kernels_rows_within(
    const float *squares, const float *products, float bound, size_t n, uint32_t *found) {
  return (kernels_has_avx2() ? rows_within_avx2 : rows_within_portable)(
      squares, products, bound, n, found);
}

kernels_place kernels_smo_move(
    double *values, const float *growth, const float *first, const float *second, double move,
    size_t n) {
  return (kernels_has_avx2() ? smo_move_avx2 : smo_move_portable)(values, growth, first, second, move, n);
}

kernels_place kernels_smo_partner(
    const double *values, const float *shrinkage, const float *row, const float *diagonal,
    double own, double highest, size_t n) {
  return (kernels_has_avx2() ? smo_partner_avx2 : smo_partner_portable)(
      values, shrinkage, row, diagonal, own, highest, n);
}
