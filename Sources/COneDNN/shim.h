#pragma once
#include <dnnl.h>

#include "versions.h"
