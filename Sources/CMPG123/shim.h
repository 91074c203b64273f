#pragma once
#include <mpg123.h>

// Depending on its version it is a function or a macro, which Swift does not see.
static inline int mpg123_set_number(mpg123_handle *handle, int name, long value) {
  return mpg123_param(handle, name, value, 0);
}
