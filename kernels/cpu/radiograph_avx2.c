#define RADIOGRAPH_BUILD radiograph_avx2
#include "kernels/cpu/radiograph_loop.h"
