/*
 * A block's first touch costs several times what writing it again does: the system clears each page before it hands it
 * over.  So fresh blocks are not written to here, and freed ones may be kept for the next that they fit.
 */
#include "host/run/memory_block.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "host/run/memory.h"

enum { LARGE_PAGE = 2 << 20, BLOCKS = 256, PIECE = 4 << 20 };

/* Blocks in use and kept ones. */
static struct block {
	char *base, *data; /* what calloc gave; the first large page in it, NULL = this entry is free */
	size_t bytes;      /* from data on */
	bool kept;
} blocks[BLOCKS];
static size_t keep_most, kept_bytes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void release(struct block *b)
{
	if (b->kept)
		kept_bytes -= b->bytes;
	free(b->base);
	*b = (struct block){ 0 };
}

/* The smallest kept block that holds so much and wastes no more than as much again, or NULL. */
static struct block *find_kept(size_t bytes)
{
	struct block *best = NULL;
	for (struct block *b = blocks; b < blocks + BLOCKS; b++)
		if (b->kept && b->bytes >= bytes && b->bytes / 2 <= bytes && (!best || b->bytes < best->bytes))
			best = b;
	return best;
}

static void release_kept(void)
{
	for (struct block *b = blocks; b < blocks + BLOCKS; b++)
		if (b->kept)
			release(b);
}

static struct block *make(size_t bytes)
{
	struct block *b = blocks;
	size_t whole = (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
	while (b < blocks + BLOCKS && b->data)
		b++;
	if (b == blocks + BLOCKS || whole < bytes || whole > SIZE_MAX - LARGE_PAGE)
		return NULL;
	b->base = calloc(1, whole + LARGE_PAGE);
	if (!b->base) {
		release_kept();
		b->base = calloc(1, whole + LARGE_PAGE);
	}
	if (!b->base)
		return NULL;
	b->data = b->base + (LARGE_PAGE - (uintptr_t)b->base % LARGE_PAGE) % LARGE_PAGE;
	b->bytes = whole;
	(void)madvise(b->data, whole, MADV_HUGEPAGE);
	return b;
}

static void clear(char *data, size_t bytes)
{
#pragma omp parallel for schedule(static)
	for (size_t at = 0; at < bytes; at += PIECE)
		memset(data + at, 0, bytes - at < PIECE ? bytes - at : PIECE);
}

void *memory_block_take(size_t bytes)
{
	pthread_mutex_lock(&lock);
	struct block *kept = find_kept(bytes), *b = kept ? kept : make(bytes);
	void *data = b ? b->data : NULL;
	if (kept) {
		kept->kept = false;
		kept_bytes -= kept->bytes;
	}
	pthread_mutex_unlock(&lock);
	if (kept)
		clear(data, bytes);
	return data;
}

bool memory_block_give(void *data)
{
	bool found = false;
	pthread_mutex_lock(&lock);
	for (struct block *b = blocks; b < blocks + BLOCKS && !found; b++) {
		found = b->data == data;
		if (!found)
			continue;
		if (b->bytes <= keep_most - kept_bytes) {
			b->kept = true;
			kept_bytes += b->bytes;
		} else {
			release(b);
		}
	}
	pthread_mutex_unlock(&lock);
	return found;
}

void memory_keep(size_t bytes)
{
	pthread_mutex_lock(&lock);
	keep_most = bytes;
	if (kept_bytes > keep_most)
		release_kept();
	pthread_mutex_unlock(&lock);
}
