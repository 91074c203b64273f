#include "CKernels.h"
#include "cpu_path.h"

#include <string.h>

/// Sorts keys by their upper halves, stably; returns the array that holds the result.
static uint64_t *sort_keys(uint64_t *keys, uint64_t *spare, size_t m, uint32_t largest) {
  if (m <= 48) {
    for (size_t i = 1; i < m; i++) {
      uint64_t key = keys[i];
      size_t j = i;
      for (; j > 0 && keys[j - 1] > key; j--) keys[j] = keys[j - 1];
      keys[j] = key;
    }
    return keys;
  }
  // Radix sort, the lowest digit first, with as few and as narrow digits as the codes need.
  int bits = 32 - __builtin_clz(largest | 1);
  int passes = (bits + 7) / 8, width = (bits + passes - 1) / passes;
  for (int pass = 0; pass < passes; pass++) {
    uint32_t counts[257] = {0};
    int shift = 32 + pass * width;
    uint64_t mask = (1u << width) - 1;
    for (size_t i = 0; i < m; i++) counts[((keys[i] >> shift) & mask) + 1]++;
    for (size_t d = 1; d <= mask; d++) counts[d] += counts[d - 1];
    for (size_t i = 0; i < m; i++) spare[counts[(keys[i] >> shift) & mask]++] = keys[i];
    uint64_t *swap = keys;
    keys = spare;
    spare = swap;
  }
  return keys;
}

kernels_split kernels_best_split(
    const uint32_t *codes, const uint32_t *rows, const uint32_t *labels, const double *weights,
    size_t m, const double *totals, size_t classes, uint64_t *keys, uint64_t *spare, double *left) {
  kernels_split best = {-1, 0, 0};
  uint32_t smallest = UINT32_MAX, largest = 0;
  for (size_t i = 0; i < m; i++) {
    uint32_t code = codes[rows[i]];
    if (code < smallest) smallest = code;
    if (code > largest) largest = code;
    keys[i] = (uint64_t)code << 32 | i;
  }
  if (smallest >= largest) return best;
  for (size_t i = 0; i < m; i++) keys[i] -= (uint64_t)smallest << 32;
  keys = sort_keys(keys, spare, m, largest - smallest);

  memset(left, 0, classes * sizeof *left);
  double left_weight = 0, right_weight = 0, left_squares = 0, right_squares = 0;
  for (size_t c = 0; c < classes; c++) {
    right_weight += totals[c];
    right_squares += totals[c] * totals[c];
  }
  for (size_t i = 0; i + 1 < m; i++) {
    uint32_t index = (uint32_t)keys[i];
    uint32_t label = labels[index];
    double weight = weights[index], before = left[label];
    left_squares += weight * (2 * before + weight);
    right_squares += weight * (weight - 2 * (totals[label] - before));
    left[label] = before + weight;
    left_weight += weight;
    right_weight -= weight;
    uint32_t code = (uint32_t)(keys[i] >> 32), next = (uint32_t)(keys[i + 1] >> 32);
    if (code == next) continue;
    double score = left_squares / left_weight + right_squares / right_weight;
    if (score > best.score) {
      best.score = score;
      best.below = code + smallest;
      best.above = next + smallest;
    }
  }
  return best;
}

size_t kernels_rank_column(
    const float *values, size_t n, size_t stride, uint32_t *codes, float *distinct, uint64_t *keys,
    uint64_t *spare) {
  for (size_t i = 0; i < n; i++) {
    float value = values[i * stride] + 0.0f;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    // Bits that compare as the floats do: negative ones turned over, the others above them.
    bits ^= bits >> 31 ? UINT32_MAX : UINT32_C(1) << 31;
    keys[i] = (uint64_t)bits << 32 | i;
  }
  keys = sort_keys(keys, spare, n, UINT32_MAX);
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    size_t row = (uint32_t)keys[i];
    if (i == 0 || keys[i] >> 32 != keys[i - 1] >> 32) distinct[count++] = values[row * stride];
    codes[row] = (uint32_t)(count - 1);
  }
  return count;
}
