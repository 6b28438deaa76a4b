#include "ct/qct_error.h"
#include <math.h>
#include "ct/qct.h"

struct qct_error qct_error_of(const struct calibration *c, const struct volume *density)
{
	return (struct qct_error){ .line = calibration_error_of(c),
		.noise_mm = fmax(QCT_NOISE_MM, 10 * cbrt(volume_voxel_cm3(density))) };
}

static double noise(const struct qct_error *e, double volume_cm3)
{
	return e->line.noise_mg_cm3 * sqrt(fmin(1, pow(e->noise_mm / 10, 3) / volume_cm3));
}

static void add_up(struct qct_se *se)
{
	se->all = sqrt(se->calibration * se->calibration + se->noise * se->noise + se->frame * se->frame);
}

void qct_error_value(struct qct_value *v, const struct qct_error *e, double abmd_frame, double vbmd_frame)
{
	const double path = v->volume_cm3 / v->area_cm2 / 1000; /* g/cm2 per mg/cm3 */
	v->vbmd_se_mg_cm3 = (struct qct_se){ calibration_error_at(&e->line, v->vbmd_mg_cm3),
		noise(e, v->volume_cm3), vbmd_frame, 0 };
	v->abmd_se_g_cm2 = (struct qct_se){ path * v->vbmd_se_mg_cm3.calibration, path * v->vbmd_se_mg_cm3.noise,
		abmd_frame, 0 };
	add_up(&v->vbmd_se_mg_cm3);
	add_up(&v->abmd_se_g_cm2);
	qct_error_part(&v->cortical, e);
	qct_error_part(&v->trabecular, e);
}

void qct_error_part(struct qct_part *p, const struct qct_error *e)
{
	p->vbmd_se_mg_cm3 = hypot(calibration_error_at(&e->line, p->vbmd_mg_cm3), noise(e, p->volume_cm3));
}
