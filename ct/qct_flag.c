/* Flags of a bone: qct_flag_add() and their names. */
#include <stdarg.h>
#include <stdio.h>
#include "ct/qct.h"
#include "host/run/err.h"

const char *qct_flag_name(enum qct_flag_code code)
{
	static const char *const names[QCT_FLAG_CODES] = { "metal", "metal_unknown", "missing_label",
		"wrong_side", "no_frame", "cut_below", "cut_beside", "shaft_assumed",
		"lesser_trochanter_assumed", "neck_assumed", "no_notch", "low_confidence" };
	return names[code];
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
