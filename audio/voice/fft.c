//go:build !novoice

// A transform of 1024 values as a square of 32 by 32: down its columns, a twist of each value, turned over its diagonal, and
// down its columns again. All columns go abreast, so each step works on whole vectors, also the first ones, and nothing has
// to be put in order but rows. (W. M. Gentleman and G. Sande, "Fast Fourier transforms: for fun and profit", 1966.)
#include "fft.h"

#include <math.h>
#include <string.h>

void svara_fft_init(svara_fft *f) {
	for (int half = 1; half < kSide; half *= 2)
		for (int k = 0; k < half; k++) {
			f->stage_re[half + k] = cosf((float)M_PI * k / half);
			f->stage_im[half + k] = -sinf((float)M_PI * k / half);
		}
	for (int i = 0; i < kSide; i++) {
		f->order[i] = 0;
		for (int b = 1; b < kSide; b *= 2)
			f->order[i] = 2 * f->order[i] + ((i & b) != 0);
		for (int j = 0; j < kSide; j++) {
			f->twist_re[i * kSide + j] = cosf(2 * (float)M_PI * (i * j) / kFrame);
			f->twist_im[i * kSide + j] = -sinf(2 * (float)M_PI * (i * j) / kFrame);
		}
	}
}

// wide is some neighbours in a row.
typedef float wide __attribute__((vector_size(32), aligned(4), may_alias));
enum { kWide = sizeof(wide) / sizeof(float) };

// columns transforms down all columns of a square whose rows are in the order of their bits reversed. Two steps are made
// in one go where there are two, so that each value is fetched half as often.
WIDE static void columns(const svara_fft *f, wide *re, wide *im) {
	enum { row = kSide / kWide };
	int half = 1;
	for (; half < kSide / 2; half *= 4)
		for (int at = 0; at < kSide; at += 4 * half)
			for (int k = 0; k < half; k++) {
				float ur = f->stage_re[half + k], ui = f->stage_im[half + k];
				float vr = f->stage_re[2 * half + k], vi = f->stage_im[2 * half + k];
				int a = (at + k) * row, b = a + half * row, c = b + half * row, d = c + half * row;
				for (int i = 0; i < row; i++, a++, b++, c++, d++) {
					wide pr = re[b] * ur - im[b] * ui, pi = re[b] * ui + im[b] * ur;
					wide qr = re[d] * ur - im[d] * ui, qi = re[d] * ui + im[d] * ur;
					wide er = re[a] + pr, ei = im[a] + pi, gr = re[a] - pr, gi = im[a] - pi;
					wide hr = re[c] + qr, hi = im[c] + qi, jr = re[c] - qr, ji = im[c] - qi;
					wide xr = hr * vr - hi * vi, xi = hr * vi + hi * vr;
					wide yr = jr * vi + ji * vr, yi = ji * vi - jr * vr; // by v and a quarter more
					re[a] = er + xr;
					im[a] = ei + xi;
					re[b] = gr + yr;
					im[b] = gi + yi;
					re[c] = er - xr;
					im[c] = ei - xi;
					re[d] = gr - yr;
					im[d] = gi - yi;
				}
			}
	for (int k = 0; k < half; k++) {
		float ur = f->stage_re[half + k], ui = f->stage_im[half + k];
		int a = k * row, b = a + half * row;
		for (int i = 0; i < row; i++, a++, b++) {
			wide pr = re[b] * ur - im[b] * ui, pi = re[b] * ui + im[b] * ur;
			re[b] = re[a] - pr;
			im[b] = im[a] - pi;
			re[a] += pr;
			im[a] += pi;
		}
	}
}

WIDE void svara_fft_run(const svara_fft *f, float *re, float *im) {
	float square_re[kFrame], square_im[kFrame];
	for (int i = 0; i < kSide; i++) {
		memcpy(square_re + i * kSide, re + f->order[i] * kSide, kSide * sizeof *re);
		memcpy(square_im + i * kSide, im + f->order[i] * kSide, kSide * sizeof *im);
	}
	columns(f, (wide *)square_re, (wide *)square_im);
	for (int i = 0; i < kFrame; i += kWide) {
		wide *r = (wide *)(square_re + i), *m = (wide *)(square_im + i);
		const wide *c = (const wide *)(f->twist_re + i), *d = (const wide *)(f->twist_im + i);
		wide before = *r;
		*r = before * *c - *m * *d;
		*m = before * *d + *m * *c;
	}
	for (int i = 0; i < kSide; i++) {
		const float *r = square_re + f->order[i], *m = square_im + f->order[i];
		for (int j = 0; j < kSide; j++) {
			re[i * kSide + j] = r[j * kSide];
			im[i * kSide + j] = m[j * kSide];
		}
	}
	columns(f, (wide *)re, (wide *)im);
}
