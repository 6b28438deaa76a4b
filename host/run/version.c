#include "host/run/version.h"

const char *version_number(void)
{
	return XBMD_VERSION;
}

const char *version_commit(void)
{
	return XBMD_COMMIT;
}

const char *version_text(void)
{
	return "xbmd " XBMD_VERSION " (" XBMD_COMMIT ")";
}
