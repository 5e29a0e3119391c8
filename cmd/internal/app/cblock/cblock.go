// Package cblock takes memory as C libraries do, for tests: those cannot call C themselves.
package cblock

/*
#include <stdlib.h>
#include <string.h>

static void *take(size_t size) {
	void *p = malloc(size);
	if (p)
		memset(p, 1, size);
	return p;
}

// take_pairs takes blocks with a small one between each and the next.
static void take_pairs(void **large, void **small, int n, size_t size) {
	for (int i = 0; i < n; i++) {
		large[i] = take(size);
		small[i] = take(64);
	}
}
*/
import "C"

import "unsafe"

// Once takes a block of a size in bytes and frees it.
func Once(size int) { C.free(C.take(C.size_t(size))) }

// Pairs are blocks with a small one between each and the next.
type Pairs struct{ large, small []unsafe.Pointer }

// Take takes so many blocks of a size in bytes, and writes to them.
func Take(n, size int) *Pairs {
	p := &Pairs{make([]unsafe.Pointer, n), make([]unsafe.Pointer, n)}
	C.take_pairs(&p.large[0], &p.small[0], C.int(n), C.size_t(size))
	return p
}

// FreeLarge frees the large ones. The small ones stay between the holes.
func (p *Pairs) FreeLarge() { free(p.large) }

// FreeSmall frees the small ones.
func (p *Pairs) FreeSmall() { free(p.small) }

func free(blocks []unsafe.Pointer) {
	for i, b := range blocks {
		C.free(b)
		blocks[i] = nil
	}
}
