/* What h5*.c share: the file's handle, HDF5's own words for a failure. */
#ifndef HOST_FILES_H5_LIBRARY_H
#define HOST_FILES_H5_LIBRARY_H
#include <hdf5.h>
#include "host/files/h5.h"
#include "host/run/err.h"
#ifdef __cplusplus
extern "C" {
#endif
/* The open file; also keeps HDF5 from printing in this thread.  A closed file is a BUG. */
hid_t h5_file(const struct h5 *h);
/* "'<file>': cannot <doing> <object>: <the library's deepest reason>"; returns -1. */
int h5_fail(enum exit_code code, const struct h5 *h, const char *object, const char *doing, ...)
	ERR_PRINTF(4, 5);
/* A list that makes the groups above a new object; to be closed with H5Pclose(). */
hid_t h5_intermediate_groups(void);
#ifdef __cplusplus
}
#endif
#endif
