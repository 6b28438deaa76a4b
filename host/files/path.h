/* Paths and whole-or-absent output files. */
#ifndef HOST_FILES_PATH_H
#define HOST_FILES_PATH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { PATH_BYTES = 4096 };
/* printf into path[PATH_BYTES]; ERR_INVALID when too long. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
int path_format(char path[PATH_BYTES], const char *fmt, ...);
bool path_exists(const char *path);
bool path_is_folder(const char *path);
int path_make_folders(const char *path);       /* like mkdir -p */
int path_make_parent(const char *path);        /* the folders above a file */
/* "a/b.nii.gz" -> "a/b.json": the sidecar of an image (.nii, .nii.gz, .csv, .tsv, .h5 or the last suffix replaced). */
int path_sidecar(char sidecar[PATH_BYTES], const char *path);
/* ERR_OUTPUT when path exists and force is false; else makes the folders above it. */
int path_check_output(const char *path, bool force);
int path_read_text(char **text, size_t *bytes, const char *path); /* malloc'd, zero-terminated; ERR_INPUT */

/* Writes go to a temporary name beside path; commit = fsync + rename + fsync of the folder; abort removes it. */
struct path_output {
	char path[PATH_BYTES], temporary[PATH_BYTES];
	FILE *file; /* NULL when only the name is wanted (libraries that open it themselves) */
};
int path_output_open(struct path_output *o, const char *path);
int path_output_name(struct path_output *o, const char *path);
int path_output_commit(struct path_output *o);
void path_output_abort(struct path_output *o); /* nothing after a commit */
int path_write_text(const char *path, const char *text); /* open, write, commit */
#ifdef __cplusplus
}
#endif
#endif
