#pragma once
#include <dnnl.h>
#include <stdlib.h>

// What oneDNN 2 and 3 do alike under other names, told once: here alone the versions differ. In version 3 a
// memory descriptor is an opaque object and a primitive is described by one call; in version 2 it is a structure
// and there are two calls, the first of which fills a structure of the operation.

/// A memory descriptor: the sizes of an array and their order in memory. Whoever creates one destroys it.
typedef struct onednn_layout *onednn_layout_t;
typedef const struct onednn_layout *onednn_const_layout_t;

/// What every description of a primitive is given.
typedef struct {
  dnnl_engine_t engine;
  const_dnnl_primitive_attr_t attributes;
  /// The forward pass that a backward pass belongs to; null for other operations.
  const_dnnl_primitive_desc_t forward;
} onednn_context;

/// Strides and paddings of a convolution or pooling, a number for the height and one for the width.
typedef struct {
  int64_t strides[2], before[2], after[2];
} onednn_window;

/// Where the numbers of a blocked layout lie.
typedef struct {
  /// 0 where the numbers lie in another manner, or begin elsewhere than the array.
  int is_blocked;
  /// How many of its sizes are cut into blocks.
  int blocked_sizes;
  /// The first size that is cut, counted from 0, and the numbers of a block.
  int64_t size, block;
  /// The numbers from one element of the second size, or one block of it, to the next.
  int64_t second_stride;
} onednn_blocking;

#if DNNL_VERSION_MAJOR >= 3

#define ONEDNN_RAW(layout) ((const_dnnl_memory_desc_t)(layout))

static inline dnnl_status_t onednn_layout_create(
    onednn_layout_t *result, int rank, const int64_t *sizes, dnnl_format_tag_t tag) {
  return dnnl_memory_desc_create_with_tag(
      (dnnl_memory_desc_t *)result, rank, sizes, dnnl_f32, tag);
}

static inline dnnl_status_t onednn_layout_create_part(
    onednn_layout_t *result, onednn_const_layout_t whole, const int64_t *sizes,
    const int64_t *offsets) {
  return dnnl_memory_desc_create_submemory(
      (dnnl_memory_desc_t *)result, ONEDNN_RAW(whole), sizes, offsets);
}

static inline dnnl_status_t onednn_layout_copy(
    onednn_layout_t *result, onednn_const_layout_t layout) {
  return dnnl_memory_desc_clone((dnnl_memory_desc_t *)result, ONEDNN_RAW(layout));
}

static inline void onednn_layout_destroy(onednn_layout_t layout) {
  dnnl_memory_desc_destroy((dnnl_memory_desc_t)layout);
}

static inline int onednn_layout_rank(onednn_const_layout_t layout) {
  int rank = 0;
  dnnl_memory_desc_query(ONEDNN_RAW(layout), dnnl_query_ndims_s32, &rank);
  return rank;
}

static inline const int64_t *onednn_layout_sizes(onednn_const_layout_t layout) {
  const dnnl_dims_t *sizes = NULL;
  dnnl_memory_desc_query(ONEDNN_RAW(layout), dnnl_query_dims, (void *)&sizes);
  return *sizes;
}

static inline onednn_blocking onednn_layout_blocking(onednn_const_layout_t layout) {
  dnnl_format_kind_t kind = dnnl_format_kind_undef;
  int64_t offset = 0;
  const dnnl_dims_t *strides = NULL, *sizes = NULL, *blocks = NULL;
  onednn_blocking result = {0};
  dnnl_memory_desc_query(ONEDNN_RAW(layout), dnnl_query_format_kind, &kind);
  dnnl_memory_desc_query(ONEDNN_RAW(layout), dnnl_query_submemory_offset_s64, &offset);
  if (kind != dnnl_blocked || offset != 0) return result;
  result.is_blocked = 1;
  dnnl_memory_desc_query(ONEDNN_RAW(layout), dnnl_query_inner_nblks_s32, &result.blocked_sizes);
  dnnl_memory_desc_query(ONEDNN_RAW(layout), dnnl_query_inner_idxs, (void *)&sizes);
  dnnl_memory_desc_query(ONEDNN_RAW(layout), dnnl_query_inner_blks, (void *)&blocks);
  dnnl_memory_desc_query(ONEDNN_RAW(layout), dnnl_query_strides, (void *)&strides);
  if (result.blocked_sizes > 0) {
    result.size = (*sizes)[0];
    result.block = (*blocks)[0];
  }
  result.second_stride = (*strides)[1];
  return result;
}

static inline dnnl_status_t onednn_describe_reorder(
    dnnl_primitive_desc_t *result, onednn_context context, onednn_const_layout_t from,
    onednn_const_layout_t to) {
  return dnnl_reorder_primitive_desc_create(
      result, ONEDNN_RAW(from), context.engine, ONEDNN_RAW(to), context.engine,
      context.attributes);
}

/// Arrays one behind the other along their second size.
static inline dnnl_status_t onednn_describe_concatenation(
    dnnl_primitive_desc_t *result, onednn_context context, int count,
    const onednn_const_layout_t *sources, onednn_const_layout_t destination) {
  return dnnl_concat_primitive_desc_create(
      result, context.engine, ONEDNN_RAW(destination), count, 1,
      (const_dnnl_memory_desc_t const *)sources, context.attributes);
}

static inline dnnl_status_t onednn_describe_binary(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t first, onednn_const_layout_t second, onednn_const_layout_t destination) {
  return dnnl_binary_primitive_desc_create(
      result, context.engine, algorithm, ONEDNN_RAW(first), ONEDNN_RAW(second),
      ONEDNN_RAW(destination), context.attributes);
}

static inline dnnl_status_t onednn_describe_activation(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_prop_kind_t kind,
    dnnl_alg_kind_t algorithm, onednn_const_layout_t data, float slope) {
  return dnnl_eltwise_forward_primitive_desc_create(
      result, context.engine, kind, algorithm, ONEDNN_RAW(data), ONEDNN_RAW(data), slope, 0,
      context.attributes);
}

static inline dnnl_status_t onednn_describe_activation_backward(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t gradient, onednn_const_layout_t data, float slope) {
  return dnnl_eltwise_backward_primitive_desc_create(
      result, context.engine, algorithm, ONEDNN_RAW(gradient), ONEDNN_RAW(gradient),
      ONEDNN_RAW(data), slope, 0, context.forward, context.attributes);
}

static inline dnnl_status_t onednn_describe_pooling(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_prop_kind_t kind,
    dnnl_alg_kind_t algorithm, onednn_const_layout_t source, onednn_const_layout_t destination,
    const int64_t sides[2], onednn_window window) {
  const int64_t dilation[2] = {0, 0};
  return dnnl_pooling_forward_primitive_desc_create(
      result, context.engine, kind, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(destination),
      window.strides, sides, dilation, window.before, window.after, context.attributes);
}

static inline dnnl_status_t onednn_describe_pooling_backward(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t source, onednn_const_layout_t destination, const int64_t sides[2],
    onednn_window window) {
  const int64_t dilation[2] = {0, 0};
  return dnnl_pooling_backward_primitive_desc_create(
      result, context.engine, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(destination),
      window.strides, sides, dilation, window.before, window.after, context.forward,
      context.attributes);
}

/// `bias` may be null.
static inline dnnl_status_t onednn_describe_convolution(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_prop_kind_t kind,
    dnnl_alg_kind_t algorithm, onednn_const_layout_t source, onednn_const_layout_t weights,
    onednn_const_layout_t bias, onednn_const_layout_t destination, onednn_window window) {
  const int64_t dilation[2] = {0, 0};
  return dnnl_convolution_forward_primitive_desc_create(
      result, context.engine, kind, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(weights),
      ONEDNN_RAW(bias), ONEDNN_RAW(destination), window.strides, dilation, window.before,
      window.after, context.attributes);
}

static inline dnnl_status_t onednn_describe_convolution_backward_by_data(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t source, onednn_const_layout_t weights, onednn_const_layout_t destination,
    onednn_window window) {
  const int64_t dilation[2] = {0, 0};
  return dnnl_convolution_backward_data_primitive_desc_create(
      result, context.engine, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(weights),
      ONEDNN_RAW(destination), window.strides, dilation, window.before, window.after,
      context.forward, context.attributes);
}

/// `bias` may be null.
static inline dnnl_status_t onednn_describe_convolution_backward_by_weights(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t source, onednn_const_layout_t weights, onednn_const_layout_t bias,
    onednn_const_layout_t destination, onednn_window window) {
  const int64_t dilation[2] = {0, 0};
  return dnnl_convolution_backward_weights_primitive_desc_create(
      result, context.engine, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(weights),
      ONEDNN_RAW(bias), ONEDNN_RAW(destination), window.strides, dilation, window.before,
      window.after, context.forward, context.attributes);
}

static inline dnnl_status_t onednn_append_rectifier(dnnl_post_ops_t operations, float slope) {
  return dnnl_post_ops_append_eltwise(operations, dnnl_eltwise_relu, slope, 0);
}

#else

#define ONEDNN_RAW(layout) ((const dnnl_memory_desc_t *)(layout))

/// Takes a structure into memory of its own.
static inline dnnl_status_t onednn_layout_keep(
    onednn_layout_t *result, dnnl_status_t status, dnnl_memory_desc_t layout) {
  if (status != dnnl_success) return status;
  dnnl_memory_desc_t *kept = (dnnl_memory_desc_t *)malloc(sizeof layout);
  if (!kept) return dnnl_out_of_memory;
  *kept = layout;
  *result = (onednn_layout_t)kept;
  return dnnl_success;
}

static inline dnnl_status_t onednn_layout_create(
    onednn_layout_t *result, int rank, const int64_t *sizes, dnnl_format_tag_t tag) {
  dnnl_memory_desc_t layout;
  dnnl_status_t status = dnnl_memory_desc_init_by_tag(&layout, rank, sizes, dnnl_f32, tag);
  return onednn_layout_keep(result, status, layout);
}

static inline dnnl_status_t onednn_layout_create_part(
    onednn_layout_t *result, onednn_const_layout_t whole, const int64_t *sizes,
    const int64_t *offsets) {
  dnnl_memory_desc_t layout;
  dnnl_status_t status =
      dnnl_memory_desc_init_submemory(&layout, ONEDNN_RAW(whole), sizes, offsets);
  return onednn_layout_keep(result, status, layout);
}

static inline dnnl_status_t onednn_layout_copy(
    onednn_layout_t *result, onednn_const_layout_t layout) {
  return onednn_layout_keep(result, dnnl_success, *ONEDNN_RAW(layout));
}

static inline void onednn_layout_destroy(onednn_layout_t layout) { free(layout); }

static inline int onednn_layout_rank(onednn_const_layout_t layout) {
  return ONEDNN_RAW(layout)->ndims;
}

static inline const int64_t *onednn_layout_sizes(onednn_const_layout_t layout) {
  return ONEDNN_RAW(layout)->dims;
}

static inline onednn_blocking onednn_layout_blocking(onednn_const_layout_t layout) {
  const dnnl_memory_desc_t *raw = ONEDNN_RAW(layout);
  onednn_blocking result = {0};
  if (raw->format_kind != dnnl_blocked || raw->offset0 != 0) return result;
  result.is_blocked = 1;
  result.blocked_sizes = raw->format_desc.blocking.inner_nblks;
  if (result.blocked_sizes > 0) {
    result.size = raw->format_desc.blocking.inner_idxs[0];
    result.block = raw->format_desc.blocking.inner_blks[0];
  }
  result.second_stride = raw->format_desc.blocking.strides[1];
  return result;
}

/// The second call: what is done with the structure that the first one filled.
static inline dnnl_status_t onednn_describe(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_status_t status,
    const void *operation) {
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(
      result, operation, context.attributes, context.engine, context.forward);
}

static inline dnnl_status_t onednn_describe_reorder(
    dnnl_primitive_desc_t *result, onednn_context context, onednn_const_layout_t from,
    onednn_const_layout_t to) {
  return dnnl_reorder_primitive_desc_create(
      result, ONEDNN_RAW(from), context.engine, ONEDNN_RAW(to), context.engine,
      context.attributes);
}

/// Arrays one behind the other along their second size.
static inline dnnl_status_t onednn_describe_concatenation(
    dnnl_primitive_desc_t *result, onednn_context context, int count,
    const onednn_const_layout_t *sources, onednn_const_layout_t destination) {
  dnnl_memory_desc_t *raw = (dnnl_memory_desc_t *)malloc((size_t)count * sizeof *raw);
  if (!raw) return dnnl_out_of_memory;
  for (int source = 0; source < count; source++) raw[source] = *ONEDNN_RAW(sources[source]);
  dnnl_status_t status = dnnl_concat_primitive_desc_create(
      result, ONEDNN_RAW(destination), count, 1, raw, context.attributes, context.engine);
  free(raw);
  return status;
}

static inline dnnl_status_t onednn_describe_binary(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t first, onednn_const_layout_t second, onednn_const_layout_t destination) {
  dnnl_binary_desc_t operation;
  dnnl_status_t status = dnnl_binary_desc_init(
      &operation, algorithm, ONEDNN_RAW(first), ONEDNN_RAW(second), ONEDNN_RAW(destination));
  return onednn_describe(result, context, status, &operation);
}

static inline dnnl_status_t onednn_describe_activation(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_prop_kind_t kind,
    dnnl_alg_kind_t algorithm, onednn_const_layout_t data, float slope) {
  dnnl_eltwise_desc_t operation;
  dnnl_status_t status =
      dnnl_eltwise_forward_desc_init(&operation, kind, algorithm, ONEDNN_RAW(data), slope, 0);
  return onednn_describe(result, context, status, &operation);
}

static inline dnnl_status_t onednn_describe_activation_backward(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t gradient, onednn_const_layout_t data, float slope) {
  dnnl_eltwise_desc_t operation;
  dnnl_status_t status = dnnl_eltwise_backward_desc_init(
      &operation, algorithm, ONEDNN_RAW(gradient), ONEDNN_RAW(data), slope, 0);
  return onednn_describe(result, context, status, &operation);
}

static inline dnnl_status_t onednn_describe_pooling(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_prop_kind_t kind,
    dnnl_alg_kind_t algorithm, onednn_const_layout_t source, onednn_const_layout_t destination,
    const int64_t sides[2], onednn_window window) {
  dnnl_pooling_desc_t operation;
  dnnl_status_t status = dnnl_pooling_forward_desc_init(
      &operation, kind, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(destination), window.strides,
      sides, window.before, window.after);
  return onednn_describe(result, context, status, &operation);
}

static inline dnnl_status_t onednn_describe_pooling_backward(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t source, onednn_const_layout_t destination, const int64_t sides[2],
    onednn_window window) {
  dnnl_pooling_desc_t operation;
  dnnl_status_t status = dnnl_pooling_backward_desc_init(
      &operation, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(destination), window.strides, sides,
      window.before, window.after);
  return onednn_describe(result, context, status, &operation);
}

/// `bias` may be null.
static inline dnnl_status_t onednn_describe_convolution(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_prop_kind_t kind,
    dnnl_alg_kind_t algorithm, onednn_const_layout_t source, onednn_const_layout_t weights,
    onednn_const_layout_t bias, onednn_const_layout_t destination, onednn_window window) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_convolution_forward_desc_init(
      &operation, kind, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(weights), ONEDNN_RAW(bias),
      ONEDNN_RAW(destination), window.strides, window.before, window.after);
  return onednn_describe(result, context, status, &operation);
}

static inline dnnl_status_t onednn_describe_convolution_backward_by_data(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t source, onednn_const_layout_t weights, onednn_const_layout_t destination,
    onednn_window window) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_convolution_backward_data_desc_init(
      &operation, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(weights), ONEDNN_RAW(destination),
      window.strides, window.before, window.after);
  return onednn_describe(result, context, status, &operation);
}

/// `bias` may be null.
static inline dnnl_status_t onednn_describe_convolution_backward_by_weights(
    dnnl_primitive_desc_t *result, onednn_context context, dnnl_alg_kind_t algorithm,
    onednn_const_layout_t source, onednn_const_layout_t weights, onednn_const_layout_t bias,
    onednn_const_layout_t destination, onednn_window window) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_convolution_backward_weights_desc_init(
      &operation, algorithm, ONEDNN_RAW(source), ONEDNN_RAW(weights), ONEDNN_RAW(bias),
      ONEDNN_RAW(destination), window.strides, window.before, window.after);
  return onednn_describe(result, context, status, &operation);
}

static inline dnnl_status_t onednn_append_rectifier(dnnl_post_ops_t operations, float slope) {
  return dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_relu, slope, 0);
}

#endif

/// The layout that a primitive wants for one of its arrays; null where it has none.
static inline onednn_const_layout_t onednn_description_layout(
    const_dnnl_primitive_desc_t description, dnnl_query_t array) {
  return (onednn_const_layout_t)dnnl_primitive_desc_query_md(description, array, 0);
}

static inline int onednn_layout_equal(onednn_const_layout_t left, onednn_const_layout_t right) {
  return dnnl_memory_desc_equal(ONEDNN_RAW(left), ONEDNN_RAW(right));
}

static inline size_t onednn_layout_bytes(onednn_const_layout_t layout) {
  return dnnl_memory_desc_get_size(ONEDNN_RAW(layout));
}

static inline dnnl_status_t onednn_array_create(
    dnnl_memory_t *result, onednn_const_layout_t layout, dnnl_engine_t engine, void *start) {
  return dnnl_memory_create(result, ONEDNN_RAW(layout), engine, start);
}
