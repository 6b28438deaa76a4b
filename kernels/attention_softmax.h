#ifndef KERNELS_ATTENTION_SOFTMAX_H
#define KERNELS_ATTENTION_SOFTMAX_H
#include "kernels/kernel.h"
/*
 * p[row, j] = softmax over j of scale * scores[row, j], over the keys of the row's window that lie in the image; 0 for
 * the others.  scale > 0.  Rows: n * windows * heads * queries of them.
 */
struct attention_softmax_args {
	void *p;		 /* (rows, channels) */
	void *scores;		 /* k_master (rows, channels), overwritten */
	const int32_t *pixel_of; /* (windows, channels), -1 outside the image */
	int64_t channels;	 /* keys of a window */
	int64_t window_rows;	 /* rows of one window */
	int64_t windows;
	double scale;
};
K_DECLARE(attention_softmax);
#endif
