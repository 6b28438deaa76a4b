/*
 * Protocol Buffers wire format, writing only: what an ONNX file needs.  A message is a growing block of encoded fields;
 * a message within another is written first and then put into it.  Small allocations never fail (alloc.h).
 */
#ifndef HOST_FILES_PROTOBUF_H
#define HOST_FILES_PROTOBUF_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
struct protobuf {
	unsigned char *data; /* {0} is a valid empty message */
	size_t bytes, capacity;
};
void protobuf_integer(struct protobuf *m, unsigned field, int64_t value); /* int32, int64, enum */
void protobuf_float(struct protobuf *m, unsigned field, float value);
void protobuf_bytes(struct protobuf *m, unsigned field, const void *data, size_t bytes);
void protobuf_text(struct protobuf *m, unsigned field, const char *text);
/* Puts the message into m and empties it. */
void protobuf_message(struct protobuf *m, unsigned field, struct protobuf *inner);
/* Puts the message's fields after m's own and empties it. */
void protobuf_join(struct protobuf *m, struct protobuf *fields);
void protobuf_free(struct protobuf *m);
#ifdef __cplusplus
}
#endif
#endif
