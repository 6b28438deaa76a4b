/* Flags of a bone: qct_flag_add() and their names. */
#include <stdarg.h>
#include <stdio.h>
#include "ct/qct.h"
#include "host/run/err.h"

static const struct {
	const char *name, *meaning;
} codes[QCT_FLAG_CODES] = {
	[QCT_METAL] = { "metal", "metal or its streaks in or beside the bone: not measured" },
	[QCT_METAL_UNKNOWN] = { "metal_unknown", "the calibration had no labels and looked for no metal" },
	[QCT_MISSING_LABEL] = { "missing_label", "no voxel of the bone: not measured" },
	[QCT_WRONG_SIDE] = { "wrong_side", "it is the other side's femur: not measured" },
	[QCT_NO_FRAME] = { "no_frame", "no plausible head, neck, cuts or vertebral body: not measured" },
	[QCT_CUT_BELOW] = { "cut_below", "ends above the lower edge: regions that reach there are left out" },
	[QCT_CUT_BESIDE] = { "cut_beside", "the image ends inside total hip or vertebra: left out" },
	[QCT_SHAFT_ASSUMED] = { "shaft_assumed", "too little shaft: the body's axis stands for the shaft's" },
	[QCT_LESSER_ASSUMED] = { "lesser_trochanter_assumed", "none found: taken at 2.8 head radii below the head" },
	[QCT_NECK_ASSUMED] = { "neck_assumed", "no narrowest section: taken at 1.05 head radii" },
	[QCT_NO_NOTCH] = { "no_notch", "hologic: no notch above the neck, its box lies about the narrowest section" },
	[QCT_LOW_CONFIDENCE] = { "low_confidence", "the frame's confidence is below 0.5" },
};

const char *qct_flag_name(enum qct_flag_code code)
{
	return codes[code].name;
}

const char *qct_flag_meaning(enum qct_flag_code code)
{
	return codes[code].meaning;
}

void qct_flag_add(struct qct_flags *flags, enum qct_flag_code code, const char *fmt, ...)
{
	if (flags->n == QCT_FLAGS)
		BUG("more than %d flags of a bone", QCT_FLAGS);
	struct qct_flag *flag = &flags->list[flags->n++];
	flag->code = code;
	va_list arguments;
	va_start(arguments, fmt);
	vsnprintf(flag->reason, sizeof flag->reason, fmt, arguments);
	va_end(arguments);
}

bool qct_flag_has(const struct qct_flags *flags, enum qct_flag_code code)
{
	for (int i = 0; i < flags->n; i++)
		if (flags->list[i].code == code)
			return true;
	return false;
}
