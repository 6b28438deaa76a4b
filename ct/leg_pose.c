#include "ct/leg_pose.h"
#include <math.h>
#include <string.h>

/* m = rotation by `rad` about axis a, times m. */
static void turn_about(double m[3][3], int a, double rad)
{
	const int p = (a + 1) % 3, q = (a + 2) % 3;
	const double c = cos(rad), s = sin(rad);
	for (int k = 0; k < 3; k++) {
		const double mp = m[p][k], mq = m[q][k];
		m[p][k] = c * mp - s * mq;
		m[q][k] = s * mp + c * mq;
	}
}

void leg_pose_turn(double turn[3][3], const double start[3][3], const double leg_deg[3], enum label_side side)
{
	const double rad = acos(-1.0) / 180, right = side == LABEL_RIGHT ? 1 : -1;
	memcpy(turn, start, 9 * sizeof(double));
	turn_about(turn, 0, rad * leg_deg[0]);
	turn_about(turn, 1, -right * rad * leg_deg[2]);
	turn_about(turn, 2, right * rad * leg_deg[1]);
}
