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

/// One step of sequential minimal optimisation: gradient[t] += first[t] * x + second[t] * y.
void kernels_add_two_scaled(
    float *gradient, const float *first, float x, const float *second, float y, size_t n);
