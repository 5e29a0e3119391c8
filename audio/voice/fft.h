// The transform of the echo canceller: see fft.c.
#ifndef SVARA_VOICE_FFT_H
#define SVARA_VOICE_FFT_H

// The loops over spectra are made twice, for processors with wide vectors too.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("fma", "default")))
#else
#define WIDE
#endif

enum {
	kSide = 32,
	kFrame = kSide * kSide, // samples that are transformed at a time
};

typedef struct {
	float stage_re[kSide], stage_im[kSide]; // turns of the step whose halves are h long, from h on
	float twist_re[kFrame], twist_im[kFrame];
	int order[kSide]; // places of a side in the order of their bits reversed
} svara_fft;

void svara_fft_init(svara_fft *);
// Turns kFrame complex values, their parts apart, into their spectrum, in place. With the two parts exchanged it is the
// inverse, kFrame times as large.
void svara_fft_run(const svara_fft *, float *re, float *im);

#endif
