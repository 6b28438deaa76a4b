#include <math.h>
#include <stdlib.h>

#include "eval/base64.h"
#include "eval/markup.h"
#include "eval/montage.h"
#include "host/run/err.h"

static int put_picture(FILE *out, const struct montage *m)
{
	char *png = NULL;
	size_t bytes = 0;
	FILE *memory = open_memstream(&png, &bytes);
	if (!memory)
		return ERR_RESOURCE("no memory for the montage");
	int rc = montage_png(memory, m, "montage");
	if (fclose(memory) != 0 && rc == 0)
		rc = ERR_RESOURCE("no memory for the montage");
	if (rc == 0) {
		fprintf(out,
			"<img alt=\"Films and their maps\" width=\"%lld\" height=\"%lld\" "
			"src=\"data:image/png;base64,",
			(long long)m->cols, (long long)m->rows);
		base64_put(out, png, bytes);
		fputs("\">\n", out);
	}
	free(png);
	return rc;
}

static void put_hips(FILE *out, const struct montage *m)
{
	fputs(" From the top:", out);
	for (int h = 0; h < m->n_hips; h++) {
		fputs(h ? "; " : " ", out);
		markup_escape(out, m->hip[h].side);
		if (isnan(m->hip[h].abmd_g_cm2))
			fputs(", not measured", out);
		else
			fprintf(out, ", %.3f g/cm\302\262", m->hip[h].abmd_g_cm2);
	}
}

static void put_caption(FILE *out, const struct montage *m, const char *note)
{
	fprintf(out,
		"<figcaption>Films and the maps that the network took them apart into: the film from its "
		"least to its greatest "
		"attenuation, the maps from 0 (black) to %.2f g/cm\302\262 (white).",
		m->white_g_cm2);
	if (m->has_truth) {
		fputs(" A row is one map:", out);
		for (int k = 0; k < m->n_maps; k++) {
			fputs(k ? ", " : " ", out);
			markup_escape(out, m->map[k]);
		}
		fprintf(out,
			". True maps are the calibrated CT projected as the film was taken; their difference from the "
			"predicted ones is grey where it is 0, black at \342\210\222%.2f and white at %.2f g/cm\302\262.",
			m->white_g_cm2 / 2, m->white_g_cm2 / 2);
	}
	put_hips(out, m);
	fprintf(out, ". Left hips are mirrored.%s</figcaption>\n", note);
}

int montage_html(FILE *out, const struct montage *m, const char *note)
{
	fprintf(out,
		"<figure class=\"montage\">\n<div class=\"panels\" "
		"style=\"grid-template-columns:repeat(%d,1fr)\">",
		montage_columns(m));
	for (int column = 0; column < montage_columns(m); column++) {
		fputs("<span>", out);
		markup_escape(out, montage_column_name(m, column));
		fputs("</span>", out);
	}
	fputs("</div>\n", out);
	if (put_picture(out, m) != 0)
		return -1;
	put_caption(out, m, note);
	fputs("</figure>\n", out);
	return 0;
}
