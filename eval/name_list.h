/* "a,b,c" as a list. */
#ifndef EVAL_NAME_LIST_H
#define EVAL_NAME_LIST_H
#include <stdbool.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { NAME_LIST_LIMIT = 64 };
struct name_list {
	char *text; /* own copy, cut into the names */
	int n;
	char *name[NAME_LIST_LIMIT]; /* in text */
};
/* text NULL = no name.  ERR_USAGE for an empty name or too many. */
int name_list_init(struct name_list *l, const char *text);
void name_list_free(struct name_list *l);
bool name_list_has(const struct name_list *l, const char *name);
#ifdef __cplusplus
}
#endif
#endif
