#pragma once
#include <stddef.h>

// The built-in tables as scikit-learn ships them (UCI Machine Learning Repository, CC BY 4.0).

typedef struct {
  const char *name;
  const unsigned char *bytes;
  size_t count;
} built_in_table;

/// The table of a name, or one whose bytes are NULL.
built_in_table tables_find(const char *name);
