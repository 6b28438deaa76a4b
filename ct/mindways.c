#include "ct/mindways.h"
#include "ct/calibrate.h"
#include "host/run/err.h"

#define DISPLACED_CM3_PER_G 0.2174 /* water displaced by a gram of K2HPO4 */
#define WATER_MG_CM3 999.6

int mindways_fit(struct mindways *m, const double *hu, const double *mg_cm3, const double *water_mg_cm3, int n)
{
	double rise[PHANTOM_RODS], sigma, beta, r2;
	if (n > PHANTOM_RODS)
		return ERR_INVALID("more than %d rods", PHANTOM_RODS);
	for (int i = 0; i < n; i++)
		rise[i] = hu[i] - water_mg_cm3[i];
	if (calibration_line(mg_cm3, rise, n, &sigma, &beta, &r2) != 0)
		return err_prefix("HU less water on density");
	if (!(sigma > DISPLACED_CM3_PER_G))
		return ERR_INVALID("sigma_ct %g is not positive: HU do not rise with density",
			sigma - DISPLACED_CM3_PER_G);
	*m = (struct mindways){ .known = true,
		.sigma_ref = sigma,
		.beta_ref = beta,
		.sigma_ct = sigma - DISPLACED_CM3_PER_G,
		.beta_ct = beta + WATER_MG_CM3,
		.r2 = r2 };
	return 0;
}
