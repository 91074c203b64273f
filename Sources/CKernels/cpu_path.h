#pragma once

// Hot loops are compiled once for each path: a file of them, name.inc, calls its functions PATH(name), and
// `paths.inc` includes it for each path that the processor's family has.

// Processors with fused products, arm64 among them, would otherwise round Σ a · b in their own way where
// the compiler sees fit. Loops that may be fused say so.
#pragma clang fp contract(off)

/// Whether loops may use AVX2 and fused products: the processor has them, and `EXPLORE_CPU_PATH` is not
/// `portable`.
int kernels_has_avx2(void);

/// Whether loops may use 512-bit vectors as well: the processor has them, and `EXPLORE_CPU_PATH` is neither
/// `portable` nor `avx2`.
int kernels_has_avx512(void);

/// Calls the widest path's function of those up to 256 bits, and of those up to 512.
#if defined(__x86_64__)
#define DISPATCH_256(name, ...) (kernels_has_avx2() ? name##_avx2 : name##_portable)(__VA_ARGS__)
#define DISPATCH_512(name, ...)                                                                \
  (kernels_has_avx512() ? name##_avx512 : kernels_has_avx2() ? name##_avx2 : name##_portable)( \
      __VA_ARGS__)
#else
#define DISPATCH_256(name, ...) name##_portable(__VA_ARGS__)
#define DISPATCH_512(name, ...) name##_portable(__VA_ARGS__)
#endif
