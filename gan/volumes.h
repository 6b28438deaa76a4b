/* Per-hip volumes in a training set, for rendering during training (schema in gan/dataset_file.h). */
#ifndef GAN_VOLUMES_H
#define GAN_VOLUMES_H
#include "gan/dataset_file.h"
#include "gan/subject.h"
#ifdef __cplusplus
extern "C" {
#endif
#define VOLUMES_UNIT_MG_CM3 0.1 /* of the stored int16 */
/* Half the body around the hip, everything in front and behind it: what the rays of its view cross. */
int volumes_append(struct h5 *file, const struct dataset_key *key, const struct subject *subject, int hip);
#ifdef __cplusplus
}
#endif
#endif
