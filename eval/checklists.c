#include "eval/checklists.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "host/run/embed.h"
#include "host/run/err.h"

EMBED(checklist_stard_tsv, "eval/checklists/stard.tsv");
EMBED(checklist_tripodai_tsv, "eval/checklists/tripodai.tsv");
EMBED(checklist_claim_tsv, "eval/checklists/claim.tsv");

struct checklist {
	const char *name;
	const unsigned char *text; /* item, topic, where, needs: lines of four cells below a header */
};
static const struct checklist all[] = {
	{ "stard", checklist_stard_tsv },
	{ "tripodai", checklist_tripodai_tsv },
	{ "claim", checklist_claim_tsv },
};

int checklists_count(void)
{
	return (int)(sizeof(all) / sizeof(all[0]));
}

const char *checklists_name(int which)
{
	return all[which].name;
}

/* "auc", or "subgroup:r" of a level: whether this evaluation has a value of it. */
static bool is_known(const struct report *r, const char *needs)
{
	const struct estimate_view *v = &r->estimates;
	const char *colon = strchr(needs, ':'), *statistic = colon ? colon + 1 : needs;
	for (int64_t i = 0; i < v->n; i++) {
		const struct estimate *e = &v->row[i];
		bool level = colon ? strncmp(e->level, needs, (size_t)(colon - needs)) == 0
				   : strcmp(e->level, "pooled") == 0 || strcmp(e->level, "meta") == 0;
		if (level && strcmp(e->statistic, statistic) == 0 && !isnan(e->value))
			return true;
	}
	return false;
}

enum { ITEM, TOPIC, WHERE, NEEDS, CELLS, CELL_BYTES = 256 };

/* Cuts the line at `text` into cells; returns the next line, NULL at the end or for a line of another form.
 */
static const char *next_line(char cell[CELLS][CELL_BYTES], const char *text)
{
	for (int k = 0; k < CELLS; k++) {
		size_t length = strcspn(text, "\t\n");
		if (length >= CELL_BYTES || text[length] != (k + 1 < CELLS ? '\t' : '\n'))
			return NULL;
		memcpy(cell[k], text, length);
		cell[k][length] = '\0';
		text += length + 1;
	}
	return text;
}

int checklists_fill(struct table *t, const struct report *r, int which)
{
	static const char *const columns[] = { "item", "topic", "where" };
	char cell[CELLS][CELL_BYTES];
	const char *text = next_line(cell, (const char *)all[which].text);
	for (int k = 0; k < 3; k++)
		table_add_column(t, columns[k]);
	while (text && *text) {
		text = next_line(cell, text);
		if (!text)
			return ERR("checklist '%s' is not well formed", all[which].name);
		bool known = strcmp(cell[NEEDS], "n/a") == 0 || is_known(r, cell[NEEDS]);
		int64_t row = table_add_row(t);
		table_set(t, row, "item", cell[ITEM]);
		table_set(t, row, "topic", cell[TOPIC]);
		table_set(t, row, "where", known ? cell[WHERE] : "AUTHOR");
	}
	return text ? 0 : ERR("checklist '%s' is not well formed", all[which].name);
}
