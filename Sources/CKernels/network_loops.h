#pragma once
#include "networks.h"

/// `kernels_update` by the calling thread alone; where `ahead` is not 0, what lies so many numbers further
/// on in parameters and moments is asked for meanwhile.
void kernels_update_row(
    const kernels_step *step, float *parameters, const float *gradients, float *first,
    float *second, size_t n, size_t ahead);

/// y[r · y_row + o] = (or += with `adds`) Σ over n of x[r · x_row + i] · w[o · w_row + i].
void kernels_dot_products(
    const float *x, size_t x_row, const float *w, size_t w_row, size_t n, float *y, size_t y_row,
    size_t rows, size_t outputs, int adds);
