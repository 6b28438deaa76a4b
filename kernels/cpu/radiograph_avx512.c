#define RADIOGRAPH_BUILD radiograph_avx512
#include "kernels/cpu/radiograph_loop.h"
