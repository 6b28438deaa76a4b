#define RADIOGRAPH_BUILD radiograph_baseline
#include "kernels/cpu/radiograph_loop.h"
