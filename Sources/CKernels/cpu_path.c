#include "cpu_path.h"
#include "CKernels.h"

#if defined(__x86_64__)
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static int forces(const char *path) {
  const char *forced = getenv("EXPLORE_CPU_PATH");
  return forced != NULL && strcmp(forced, path) == 0;
}

// Threads that ask at the same time find the same.

int kernels_has_avx2(void) {
  static atomic_int known = -1;
  int found = atomic_load_explicit(&known, memory_order_relaxed);
  if (found < 0) {
    found = !forces("portable") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    atomic_store_explicit(&known, found, memory_order_relaxed);
  }
  return found;
}

int kernels_has_avx512(void) {
  static atomic_int known = -1;
  int found = atomic_load_explicit(&known, memory_order_relaxed);
  if (found < 0) {
    found = !forces("avx2") && kernels_has_avx2() && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw");
    atomic_store_explicit(&known, found, memory_order_relaxed);
  }
  return found;
}
#else
int kernels_has_avx2(void) { return 0; }
int kernels_has_avx512(void) { return 0; }
#endif

const char *kernels_cpu_path(void) { return kernels_has_avx2() ? "avx2" : "portable"; }

const char *kernels_network_path(void) {
  return kernels_has_avx512() ? "avx512" : kernels_cpu_path();
}
