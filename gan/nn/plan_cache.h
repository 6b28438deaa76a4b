/*
 * Tuned convolution plans in a JSON file, one entry a problem, valid for one library version on one GPU:
 *
 *	{ "format": 1, "library": "cuDNN 9.19.0", "gpu": "NVIDIA H200", "plans": { "<problem>": "<plan>", ... } }
 *
 * A file of another format, library or GPU is ignored with one line, and replaced at the next write.
 */
#ifndef GAN_NN_PLAN_CACHE_H
#define GAN_NN_PLAN_CACHE_H
#include <stdbool.h>
#ifdef __cplusplus
extern "C" {
#endif
struct plan_cache;
/* A file that is absent gives an empty cache; one that cannot be read as JSON is ignored with one line too. */
struct plan_cache *plan_cache_open(const char *path, const char *library, const char *gpu);
void plan_cache_close(struct plan_cache *cache); /* accepts NULL; does not write */
/* The plan of a problem, borrowed until the next put; NULL when there is none. */
const char *plan_cache_get(const struct plan_cache *cache, const char *problem);
void plan_cache_put(struct plan_cache *cache, const char *problem, const char *plan);
int plan_cache_write(struct plan_cache *cache); /* nothing new: no write.  Temporary file, fsync, rename. */
#ifdef __cplusplus
}
#endif
#endif
