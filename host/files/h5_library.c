#include "host/files/h5_library.h"

#include <stdarg.h>
#include <stdio.h>

hid_t h5_file(const struct h5 *h)
{
	if (h->file <= 0)
		BUG("HDF5 file '%s' is not open", h->path);
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	return h->file;
}

/* Walking upward, entry 0 is where it went wrong. */
static herr_t take_first(unsigned n, const H5E_error2_t *error, void *out)
{
	if (n == 0)
		snprintf(out, 200, "%s", error->desc ? error->desc : "");
	return 0;
}

int h5_fail(enum exit_code code, const struct h5 *h, const char *object, const char *doing, ...)
{
	char reason[200] = "", action[200];
	va_list args;
	va_start(args, doing);
	vsnprintf(action, sizeof action, doing, args);
	va_end(args);
	H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, reason);
	return err_set(code, __FILE__, __LINE__, "'%s': cannot %s %s: %s", h->path, action, object,
		reason[0] ? reason : "unknown reason");
}

hid_t h5_intermediate_groups(void)
{
	hid_t links = H5Pcreate(H5P_LINK_CREATE);
	if (links < 0 || H5Pset_create_intermediate_group(links, 1) < 0)
		BUG("HDF5 does not start");
	return links;
}
