#include "eval/name_list.h"

#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"
#include "host/run/err.h"

int name_list_init(struct name_list *l, const char *text)
{
	*l = (struct name_list){ 0 };
	if (!text)
		return 0;
	l->text = alloc_text(text);
	for (char *name = l->text, *next = NULL; name; name = next) {
		next = strchr(name, ',');
		if (next)
			*next++ = '\0';
		if (*name == '\0' || l->n == NAME_LIST_LIMIT) {
			name_list_free(l);
			return ERR_USAGE("'%s' is no list of names, at most %d, with commas between", text,
				NAME_LIST_LIMIT);
		}
		l->name[l->n++] = name;
	}
	return 0;
}

void name_list_free(struct name_list *l)
{
	free(l->text);
	*l = (struct name_list){ 0 };
}

bool name_list_has(const struct name_list *l, const char *name)
{
	for (int i = 0; i < l->n; i++)
		if (strcmp(l->name[i], name) == 0)
			return true;
	return false;
}
