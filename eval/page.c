#include "eval/page.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"
#include "host/run/err.h"

/* Cairo is opened when it is first drawn on, so that the program starts on machines without it. */
#define CAIRO_FUNCTIONS(X)                                                                                   \
	X(cairo_arc)                                                                                         \
	X(cairo_close_path)                                                                                  \
	X(cairo_create)                                                                                      \
	X(cairo_destroy)                                                                                     \
	X(cairo_fill)                                                                                        \
	X(cairo_fill_preserve)                                                                               \
	X(cairo_image_surface_create)                                                                        \
	X(cairo_line_to)                                                                                     \
	X(cairo_move_to)                                                                                     \
	X(cairo_new_path)                                                                                    \
	X(cairo_paint)                                                                                       \
	X(cairo_pdf_surface_create_for_stream)                                                               \
	X(cairo_pdf_surface_set_metadata)                                                                    \
	X(cairo_rectangle)                                                                                   \
	X(cairo_rel_move_to)                                                                                 \
	X(cairo_restore)                                                                                     \
	X(cairo_rotate)                                                                                      \
	X(cairo_save)                                                                                        \
	X(cairo_scale)                                                                                       \
	X(cairo_select_font_face)                                                                            \
	X(cairo_set_dash)                                                                                    \
	X(cairo_set_font_size)                                                                               \
	X(cairo_set_line_join)                                                                               \
	X(cairo_set_line_width)                                                                              \
	X(cairo_set_source_rgba)                                                                             \
	X(cairo_show_page)                                                                                   \
	X(cairo_show_text)                                                                                   \
	X(cairo_status)                                                                                      \
	X(cairo_status_to_string)                                                                            \
	X(cairo_stroke)                                                                                      \
	X(cairo_surface_destroy)                                                                             \
	X(cairo_surface_finish)                                                                              \
	X(cairo_surface_status)                                                                              \
	X(cairo_surface_write_to_png_stream)                                                                 \
	X(cairo_text_extents)                                                                                \
	X(cairo_translate)

#define POINTER(name) __typeof__(&name) name;
static struct {
	void *handle;
	CAIRO_FUNCTIONS(POINTER)
} lib;

static int find(void *function, const char *name)
{
	void *found = dlsym(lib.handle, name);
	if (!found)
		return ERR_RESOURCE("PDF and PNG: libcairo.so.2 has no '%s'", name);
	memcpy(function, &found, sizeof(found));
	return 0;
}

int page_load(void)
{
	if (lib.handle)
		return 0;
	lib.handle = dlopen("libcairo.so.2", RTLD_NOW | RTLD_LOCAL);
	if (!lib.handle)
		return ERR_RESOURCE("PDF and PNG need cairo: %s", dlerror());
#define FIND(name) || find(&lib.name, #name) != 0
	if (0 CAIRO_FUNCTIONS(FIND)) {
		dlclose(lib.handle);
		lib.handle = NULL;
		return -1;
	}
	return 0;
}

struct page {
	enum page_kind kind;
	cairo_surface_t *surface;
	cairo_t *cr;
};

static cairo_t *cairo_of(struct canvas *c)
{
	return ((struct page *)c->page)->cr;
}

static cairo_status_t write_bytes(void *file, const unsigned char *data, unsigned int bytes)
{
	return fwrite(data, 1, bytes, file) == bytes ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* "#0072B2" */
static void set_colour(cairo_t *cr, const char *colour, double opacity)
{
	unsigned long rgb = strtoul(colour + 1, NULL, 16);
	lib.cairo_set_source_rgba(cr, (double)(rgb >> 16 & 255) / 255, (double)(rgb >> 8 & 255) / 255,
		(double)(rgb & 255) / 255, opacity);
}

static void set_stroke(cairo_t *cr, const struct canvas_stroke *stroke)
{
	double dash[8];
	int n = 0;
	char *end = NULL;
	for (const char *text = stroke->dash; text && n < 8; text = end) {
		dash[n] = strtod(text, &end);
		if (end == text)
			break;
		n++;
	}
	set_colour(cr, stroke->colour, 1);
	lib.cairo_set_line_width(cr, stroke->width);
	lib.cairo_set_dash(cr, dash, n, 0);
}

static void page_open(struct canvas *c, const char *title)
{
	struct page *p = c->page;
	if (p->kind == PAGE_PDF) {
		const double points = 72 / PAGE_PX_PER_INCH;
		p->surface = lib.cairo_pdf_surface_create_for_stream(
			write_bytes, c->out, c->width * points, c->height * points);
		lib.cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, title);
		/* Cairo would write the time of day. */
		lib.cairo_pdf_surface_set_metadata(
			p->surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00");
		p->cr = lib.cairo_create(p->surface);
		lib.cairo_scale(p->cr, points, points);
	} else {
		const double scale = PAGE_PNG_DPI / PAGE_PX_PER_INCH;
		p->surface = lib.cairo_image_surface_create(
			CAIRO_FORMAT_RGB24, (int)ceil(c->width * scale), (int)ceil(c->height * scale));
		p->cr = lib.cairo_create(p->surface);
		lib.cairo_scale(p->cr, scale, scale);
	}
	lib.cairo_select_font_face(p->cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	lib.cairo_set_line_join(p->cr, CAIRO_LINE_JOIN_ROUND);
	set_colour(p->cr, "#ffffff", 1);
	lib.cairo_paint(p->cr);
}

static void page_close(struct canvas *c)
{
	lib.cairo_show_page(cairo_of(c));
}

static void page_line(
	struct canvas *c, double x1, double y1, double x2, double y2, const struct canvas_stroke *stroke)
{
	cairo_t *cr = cairo_of(c);
	set_stroke(cr, stroke);
	lib.cairo_move_to(cr, x1, y1);
	lib.cairo_line_to(cr, x2, y2);
	lib.cairo_stroke(cr);
}

static void page_frame(
	struct canvas *c, double x, double y, double width, double height, const struct canvas_stroke *stroke)
{
	cairo_t *cr = cairo_of(c);
	set_stroke(cr, stroke);
	lib.cairo_rectangle(cr, x, y, width, height);
	lib.cairo_stroke(cr);
}

/* Fills the current path. */
static void fill(cairo_t *cr, const char *colour, double opacity, bool hollow)
{
	set_colour(cr, hollow ? "#ffffff" : colour, opacity);
	if (!hollow) {
		lib.cairo_fill(cr);
		return;
	}
	lib.cairo_fill_preserve(cr);
	set_stroke(cr, &(struct canvas_stroke){ colour, 2, NULL });
	lib.cairo_stroke(cr);
}

static void page_circle(struct canvas *c, double x, double y, const struct canvas_marker *m)
{
	cairo_t *cr = cairo_of(c);
	lib.cairo_new_path(cr);
	lib.cairo_arc(cr, x, y, m->radius, 0, 6.283185307179586);
	fill(cr, m->colour, m->opacity, m->hollow);
}

static void page_polygon(struct canvas *c, const double (*corner)[2], int64_t n, const char *colour,
	double opacity, bool hollow)
{
	cairo_t *cr = cairo_of(c);
	lib.cairo_new_path(cr);
	for (int64_t i = 0; i < n; i++)
		lib.cairo_line_to(cr, corner[i][0], corner[i][1]);
	lib.cairo_close_path(cr);
	fill(cr, colour, opacity, hollow);
}

static void put_text(cairo_t *cr, double size, enum canvas_anchor anchor, const char *text)
{
	cairo_text_extents_t extents;
	static const double share[] = { 0, 0.5, 1 };
	lib.cairo_set_font_size(cr, 0.92 * size); /* DejaVu is wider than the faces of the SVG */
	lib.cairo_text_extents(cr, text, &extents);
	set_colour(cr, "#1a1a1a", 1);
	lib.cairo_rel_move_to(cr, -share[anchor] * extents.x_advance, 0);
	lib.cairo_show_text(cr, text);
}

static void page_text(
	struct canvas *c, double x, double y, double size, enum canvas_anchor anchor, const char *text)
{
	cairo_t *cr = cairo_of(c);
	lib.cairo_move_to(cr, x, y);
	put_text(cr, size, anchor, text);
}

static void page_text_upwards(struct canvas *c, double x, double y, double size, const char *text)
{
	cairo_t *cr = cairo_of(c);
	lib.cairo_save(cr);
	lib.cairo_translate(cr, x, y);
	lib.cairo_rotate(cr, -1.5707963267948966);
	lib.cairo_move_to(cr, 0, 0);
	put_text(cr, size, CANVAS_MIDDLE, text);
	lib.cairo_restore(cr);
}

static void page_path_begin(struct canvas *c, const struct canvas_stroke *stroke)
{
	lib.cairo_new_path(cairo_of(c));
	set_stroke(cairo_of(c), stroke);
}

static void page_path_to(struct canvas *c, double x, double y)
{
	lib.cairo_line_to(cairo_of(c), x, y);
}

static void page_path_end(struct canvas *c)
{
	lib.cairo_stroke(cairo_of(c));
}

struct canvas page_canvas(enum page_kind kind, FILE *out)
{
	static const struct canvas_ops ops = { page_open, page_close, page_line, page_frame, page_circle,
		page_polygon, page_text, page_text_upwards, page_path_begin, page_path_to, page_path_end };
	struct page *page = alloc_grow(NULL, 1, sizeof(*page));
	*page = (struct page){ kind, NULL, NULL };
	return (struct canvas){ .ops = &ops, .out = out, .page = page };
}

int page_finish(struct canvas *c, const char *path)
{
	struct page *p = c->page;
	cairo_status_t status = lib.cairo_status(p->cr);
	lib.cairo_destroy(p->cr);
	if (status == CAIRO_STATUS_SUCCESS && p->kind == PAGE_PNG)
		status = lib.cairo_surface_write_to_png_stream(p->surface, write_bytes, c->out);
	lib.cairo_surface_finish(p->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = lib.cairo_surface_status(p->surface);
	lib.cairo_surface_destroy(p->surface);
	free(p);
	*c = (struct canvas){ 0 };
	return status == CAIRO_STATUS_SUCCESS
		       ? 0
		       : ERR_OUTPUT("cannot draw '%s': %s", path, lib.cairo_status_to_string(status));
}
