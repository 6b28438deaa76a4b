#include "ct/scan_info.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "host/files/json.h"
#include "host/files/path.h"
#include "host/run/err.h"
#include "host/run/log.h"

struct scan_info scan_info_unknown(void)
{
	return (struct scan_info){ .kvp = NAN };
}

void scan_info_override(struct scan_info *to, const struct scan_info *from)
{
	if (isfinite(from->kvp))
		to->kvp = from->kvp;
	if (from->kernel[0])
		snprintf(to->kernel, sizeof to->kernel, "%s", from->kernel);
	if (from->scanner[0])
		snprintf(to->scanner, sizeof to->scanner, "%s", from->scanner);
}

/* A text, or the first text of a list. */
static int read_text(char *text, size_t bytes, const struct json *root, const char *key, const char *path)
{
	const struct json *node = json_member(root, key);
	if (json_is_null(node))
		return 0;
	const char *value = json_string(node);
	if (!value && json_size(node) > 0)
		value = json_string(json_at(node, 0));
	if (!value)
		return ERR_INVALID("'%s': %s is no text", path, key);
	snprintf(text, bytes, "%s", value);
	return 0;
}

static int read_scanner(struct scan_info *s, const struct json *root, const char *path)
{
	char maker[56] = "", model[56] = "";
	if (read_text(maker, sizeof maker, root, "Manufacturer", path) != 0 ||
		read_text(model, sizeof model, root, "ManufacturersModelName", path) != 0)
		return -1;
	snprintf(s->scanner, sizeof s->scanner, "%s%s%s", maker, maker[0] && model[0] ? " " : "", model);
	return 0;
}

int scan_info_read(struct scan_info *s, const char *ct_path)
{
	char path[PATH_BYTES];
	struct json *root = NULL;
	int rc = -1;
	*s = scan_info_unknown();
	if (path_sidecar(path, ct_path) != 0)
		return -1;
	if (!path_exists(path))
		return 0;
	TRY(json_read(&root, path));
	if (!json_is_null(json_member(root, "KVP")))
		TRY(json_get_number(root, "KVP", path, &s->kvp));
	if (isfinite(s->kvp) && !(s->kvp >= 40 && s->kvp <= 200)) {
		ERR_INVALID("'%s': KVP %g is not in 40..200 kV", path, s->kvp);
		goto cleanup;
	}
	TRY(read_text(s->kernel, sizeof s->kernel, root, "ConvolutionKernel", path));
	TRY(read_scanner(s, root, path));
	rc = 0;
cleanup:
	json_free(root);
	return rc;
}

static bool is_direct_density(const char *kernel)
{
	return strncmp(kernel, "Sd", 2) == 0;
}

bool scan_info_kernel_is_sharp(const char *kernel)
{
	static const char *const words[] = { "lung", "bone", "boneplus", "bone+", "edge", "ultra" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasecmp(kernel, words[i]) == 0)
			return true;
	size_t letters = 0;
	while (isalpha((unsigned char)kernel[letters]))
		letters++;
	if (letters == 0)
		return false;
	if (!isdigit((unsigned char)kernel[letters])) /* Philips: A, B, C soft; D .. L and the Y's sharp */
		return (letters == 1 && kernel[0] >= 'D' && kernel[0] <= 'L') ||
		       (letters <= 2 && kernel[0] == 'Y');
	long number = strtol(kernel + letters, NULL, 10);
	if (strncasecmp(kernel, "FC", 2) == 0)
		return (number >= 30 && number <= 59) || number >= 80;
	return letters <= 2 && number >= 60;
}

int scan_info_check_kernel(const struct scan_info *s, bool allow_sharp)
{
	if (is_direct_density(s->kernel))
		return ERR_INVALID("kernel '%s' (direct density) does not hold HU", s->kernel);
	if (!scan_info_kernel_is_sharp(s->kernel))
		return 0;
	if (!allow_sharp)
		return ERR_INVALID("kernel '%s' is sharp: it biases masks and thresholds; reconstruct with a soft "
				   "one, or --allow-sharp-kernel",
			s->kernel);
	log_warn("kernel '%s' is sharp: masks and thresholds are biased", s->kernel);
	return 0;
}

int scan_info_check_kvp(const struct scan_info *ct, const struct scan_info *calibration)
{
	if (!isfinite(ct->kvp) || !isfinite(calibration->kvp)) {
		log_warn("the tube voltage of the %s is not known: a calibration holds for one voltage only",
			isfinite(ct->kvp) ? "saved calibration" : "CT");
		return 0;
	}
	if (fabs(ct->kvp - calibration->kvp) <= SCAN_INFO_KVP_TOLERANCE)
		return 0;
	return ERR_INVALID("the CT was taken at %g kVp, the saved calibration at %g kVp: a calibration holds for "
			   "one voltage only",
		ct->kvp, calibration->kvp);
}
