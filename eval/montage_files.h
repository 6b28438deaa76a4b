/* The films and maps of a montage, as `xbmd predict --maps` left them. */
#ifndef EVAL_MONTAGE_FILES_H
#define EVAL_MONTAGE_FILES_H
#include "eval/montage.h"
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
struct montage_file {
	struct volume v;                                     /* (cols, rows, frames) */
	int64_t predicted[MONTAGE_MAPS], truth[MONTAGE_MAPS]; /* frames; truth -1 = none */
};
/* Reads the chosen files of the folder into file[MONTAGE_HIPS] and their names and numbers into m.  Errors as montage_read. */
int montage_files_read(struct montage_file file[MONTAGE_HIPS], struct montage *m, const char *folder);
void montage_files_free(struct montage_file file[MONTAGE_HIPS]);
#ifdef __cplusplus
}
#endif
#endif
