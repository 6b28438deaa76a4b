/* The keys of a site profile: where each value goes and what it may be. */
#ifndef DRR_COHORT_SITE_FIELD_H
#define DRR_COHORT_SITE_FIELD_H
#include <stddef.h>
#include "drr/cohort/site.h"
enum site_field_kind { SITE_NUMBER, SITE_RANGE, SITE_WORD };
struct site_field {
	const char *section, *name;
	enum site_field_kind kind;
	size_t offset, bytes; /* in struct site */
	double low, high;     /* of numbers and both ends of ranges */
};
/* NULL when the section has no such key. */
const struct site_field *site_field_find(const char *section, const char *name);
#endif
