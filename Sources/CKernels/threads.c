#define _GNU_SOURCE
#include "CKernels.h"

#include <dlfcn.h>
#include <pthread.h>

// The package does not link an OpenMP library; oneDNN brings one along, which is found by name.

typedef void (*region)(void *);
static void (*gomp_parallel)(region, void *, unsigned threads, unsigned flags);
static int (*omp_get_thread_num)(void);
static int (*omp_get_num_threads)(void);
static void (*omp_set_num_threads)(int);
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find_library(void) {
  *(void **)&omp_get_thread_num = dlsym(RTLD_DEFAULT, "omp_get_thread_num");
  *(void **)&omp_get_num_threads = dlsym(RTLD_DEFAULT, "omp_get_num_threads");
  *(void **)&omp_set_num_threads = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (omp_get_thread_num && omp_get_num_threads)
    *(void **)&gomp_parallel = dlsym(RTLD_DEFAULT, "GOMP_parallel");
}

typedef struct {
  void (*body)(void *, size_t);
  void *context;
  size_t shares;
} work;

static void take_part(void *pointer) {
  const work *w = pointer;
  size_t own = (size_t)omp_get_thread_num(), team = (size_t)omp_get_num_threads();
  for (size_t share = own; share < w->shares; share += team) w->body(w->context, share);
}

void kernels_parallel(
    size_t threads, size_t shares, void (*body)(void *context, size_t share), void *context) {
  if (threads > 1 && shares > 1) {
    pthread_once(&once, find_library);
    if (gomp_parallel) {
      work w = {body, context, shares};
      gomp_parallel(take_part, &w, (unsigned)threads, 0);
      return;
    }
  }
  for (size_t share = 0; share < shares; share++) body(context, share);
}

void kernels_set_threads(size_t threads) {
  pthread_once(&once, find_library);
  if (omp_set_num_threads) omp_set_num_threads((int)threads);
}
