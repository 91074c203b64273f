#define _GNU_SOURCE
#include "CKernels.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// From LARGE bytes on memory comes from the system, which fills it with zeros only when it is used.
enum { LARGE = 1 << 22, PAGE = 1 << 21 };

static size_t whole_pages(size_t n) { return (n * sizeof(float) + PAGE - 1) / PAGE * PAGE; }

float *kernels_allocate(size_t n) {
  if (n > SIZE_MAX / sizeof(float) - PAGE) return NULL;
  if (n * sizeof(float) < LARGE) {
    size_t bytes = (n * sizeof(float) + 63) / 64 * 64 + 64;
    float *numbers = aligned_alloc(64, bytes);
    return numbers ? memset(numbers, 0, bytes) : NULL;
  }
  /* A large page begins at a multiple of its size: what is too much at both ends is given back. */
  size_t bytes = whole_pages(n);
  char *start = mmap(
      NULL, bytes + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  char *numbers = (char *)(((uintptr_t)start + PAGE - 1) / PAGE * PAGE);
  if (numbers > start) munmap(start, (size_t)(numbers - start));
  munmap(numbers + bytes, PAGE - (size_t)(numbers - start));
  madvise(numbers, bytes, MADV_HUGEPAGE);
  return (float *)numbers;
}

void kernels_release(float *numbers, size_t n) {
  if (n * sizeof(float) < LARGE)
    free(numbers);
  else
    munmap(numbers, whole_pages(n));
}
