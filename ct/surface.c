#include "ct/surface.h"
#include <stdlib.h>
#include <string.h>
#include "ct/vec3.h"
#include "host/run/err.h"

/* normal[a]: area times normal of the face towards +a: the cross product of the two other edges. */
static void face_normals(double normal[3][3], const struct volume *v)
{
	for (int a = 0; a < 3; a++) {
		double p[3], q[3], e[3];
		for (int r = 0; r < 3; r++) {
			p[r] = v->to_world[r][(a + 1) % 3];
			q[r] = v->to_world[r][(a + 2) % 3];
			e[r] = v->to_world[r][a];
		}
		for (int r = 0; r < 3; r++)
			normal[a][r] = p[(r + 1) % 3] * q[(r + 2) % 3] - p[(r + 2) % 3] * q[(r + 1) % 3];
		if (vec3_dot(normal[a], e) < 0) /* a left-handed affine turns the product round */
			for (int r = 0; r < 3; r++)
				normal[a][r] = -normal[a][r];
	}
}

/* Appends the faces of one voxel to `faces` (room for 6), or only counts them when it is NULL. */
static int voxel_faces(struct surface_face *faces, const struct component *c, const struct volume *v,
	const double normal[3][3], const int64_t at[3])
{
	int count = 0;
	for (int a = 0; a < 3; a++)
		for (int side = -1; side <= 1; side += 2) {
			int64_t next[3] = { at[0], at[1], at[2] };
			double index[3] = { (double)at[0], (double)at[1], (double)at[2] };
			next[a] += side;
			index[a] += 0.5 * side;
			if (next[a] < 0 || next[a] >= v->n[a] || component_has(c, next))
				continue;
			if (faces) {
				volume_index_to_world(v, index, faces[count].centre_mm);
				for (int r = 0; r < 3; r++)
					faces[count].area_mm2[r] = side * normal[a][r];
			}
			count++;
		}
	return count;
}

static int64_t all_faces(struct surface_face *faces, const struct component *c, const struct volume *v,
	const double normal[3][3])
{
	int64_t count = 0, at[3];
	for (at[2] = c->lo[2]; at[2] < c->lo[2] + c->n[2]; at[2]++)
		for (at[1] = c->lo[1]; at[1] < c->lo[1] + c->n[1]; at[1]++)
			for (at[0] = c->lo[0]; at[0] < c->lo[0] + c->n[0]; at[0]++)
				if (component_has(c, at))
					count += voxel_faces(faces ? faces + count : NULL, c, v, normal, at);
	return count;
}

int surface_init(struct surface *s, const struct component *c, const struct volume *labels)
{
	double normal[3][3];
	face_normals(normal, labels);
	*s = (struct surface){ .n = all_faces(NULL, c, labels, (const double(*)[3])normal) };
	s->faces = malloc((size_t)(s->n + 1) * sizeof *s->faces);
	if (!s->faces)
		return ERR_RESOURCE("no memory for %lld faces of a label", (long long)s->n);
	all_faces(s->faces, c, labels, (const double(*)[3])normal);
	return 0;
}

void surface_free(struct surface *s)
{
	free(s->faces);
	*s = (struct surface){ 0 };
}
