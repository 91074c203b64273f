#pragma once

/// Whether loops may use AVX2 and fused products: the processor has them, and `EXPLORE_CPU_PATH` is not
/// `portable`.
int kernels_has_avx2(void);

/// Whether loops may use 512-bit vectors as well: the processor has them, and `EXPLORE_CPU_PATH` is neither
/// `portable` nor `avx2`.
int kernels_has_avx512(void);
