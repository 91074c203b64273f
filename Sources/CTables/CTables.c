#include "CTables.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char digits[] = {
#embed "digits.csv.gz"
};
static const unsigned char iris[] = {
#embed "iris.csv"
};
static const unsigned char wine[] = {
#embed "wine_data.csv"
};
static const unsigned char breast_cancer[] = {
#embed "breast_cancer.csv"
};

static const built_in_table tables[] = {
    {"digits", digits, sizeof digits},
    {"iris", iris, sizeof iris},
    {"wine", wine, sizeof wine},
    {"breast-cancer", breast_cancer, sizeof breast_cancer},
};

built_in_table tables_find(const char *name) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    if (strcmp(tables[i].name, name) == 0) return tables[i];
  return (built_in_table){name, NULL, 0};
}
