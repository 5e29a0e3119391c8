//go:build cgo

package app

/*
#include <malloc.h>

// glibc's alone; where there is another library's malloc it stays as it is.
static int most_kept(int size, int arenas) {
#ifdef __GLIBC__
	return mallopt(M_MMAP_THRESHOLD, size) && mallopt(M_TRIM_THRESHOLD, 4 * size) && mallopt(M_ARENA_MAX, arenas);
#else
	return 1;
#endif
}

static void give_back(void) {
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
*/
import "C"

const (
	// largestKept is the size in bytes from which what the C libraries no longer need goes back at once. By itself the
	// system's malloc takes the largest that was ever freed for it, which is a picture of the whole window: each change of
	// its size then leaves a hole among what stays.
	largestKept = 256 << 10

	// mallocs is how many heaps the C libraries have: one for each thread that ever waited for another, otherwise.
	mallocs = 2
)

// keepLittle has the C libraries give back what they no longer need. It is called before they are used much.
func keepLittle() { C.most_kept(largestKept, mallocs) }

// releaseC gives back the holes in what the C libraries use.
func releaseC() { C.give_back() }
