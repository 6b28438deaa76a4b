#include <stdio.h>

#include "drr/cohort/listing_part.h"

/* Every image and sidecar with its size and checksum. */
int listing_manifest(const char *root, const struct record *records, int64_t n)
{
	static const char *const columns[] = { "path", "bytes", "crc32", NULL };
	struct table t = { 0 };
	listing_columns(&t, columns);
	for (int64_t i = 0; i < n; i++)
		for (int k = 0; k < records[i].n_files; k++) {
			const struct record_file *file = &records[i].files[k];
			char crc[16];
			int64_t row = table_add_row(&t);
			snprintf(crc, sizeof(crc), "%08x", (unsigned)file->crc32);
			table_set(&t, row, "path", file->path);
			table_set_number(&t, row, "bytes", (double)file->bytes);
			table_set(&t, row, "crc32", crc);
		}
	int rc = listing_table(&t, root, "manifest.tsv");
	table_free(&t);
	return rc;
}
