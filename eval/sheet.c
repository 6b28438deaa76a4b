#include "eval/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"

struct sheet_row *sheet_add_row(struct sheet *s, const char *name)
{
	s->row = alloc_grow(s->row, (size_t)s->n_rows + 1, sizeof(*s->row));
	struct sheet_row *row = &s->row[s->n_rows++];
	memset(row, 0, sizeof(*row));
	row->name = name;
	return row;
}

void sheet_free(struct sheet *s)
{
	free(s->row);
	*s = (struct sheet){ 0 };
}

void sheet_set_missing(struct sheet *s, struct sheet_cell *cell, const char *reason)
{
	int k = 0;
	strcpy(cell->text, "n/a");
	if (!reason || strcmp(reason, "n/a") == 0)
		return;
	while (k < s->n_notes && strcmp(s->note[k], reason) != 0)
		k++;
	if (k == SHEET_NOTES)
		return;
	if (k == s->n_notes)
		s->note[s->n_notes++] = reason;
	cell->note = k + 1;
}
