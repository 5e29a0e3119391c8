//go:build !novoice

// What is known of speech and noise lies below 8 kHz, so only that is given to the library, at 16 kHz: a third of the work,
// and none of splitting bands in the library itself. Above, sound is turned down as far as the library turns down what lies
// next to it. What it leaves as it is comes out as it went in, but for rounding: the upper band is what the lower, brought
// back to 48 kHz, lacks of the whole.
//
// Both ways go through one filter of 48 values, in three parts of which each makes every third sample (P. P. Vaidyanathan,
// "Multirate systems and filter banks", 1993, 4.3).
#include "split.h"
#include "fft.h" // WIDE

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	kBlock = 480,
	kThird = 3,
	kLow = kBlock / kThird, // samples of the lower band in a block
	kTaps = 16,             // of each part of the filter
	kLength = kTaps * kThird,
	kPast = kTaps,        // values of the block before that the filter looks at
	kLatest = 160,        // samples of the lower band by which any library is late
	kDelay = kLength - 1, // of both ways
	kKept = kDelay + kThird * kLatest,
};

static const float kCut = 7000;    // Hz at which the filter is down to one half
static const float kShape = 3.4f; // of its window: 40 dB (J. F. Kaiser, 1974)
static const float kFaint = 100;   // power of a block of the lower band's upper end that tells nothing: the rounding's
static const float kLeast = 0.03f; // gain of the upper band
static const float kHum = 0.96f;   // of the sample before, in a filter that lets pass what is above 100 Hz

struct svara_split {
	float taps[kThird][kTaps];             // of the filter, every third
	float past[kThird][kPast];             // ends of the three parts of the microphone
	float low_past[kPast], clean_past[kPast]; // ends of the lower band, as it was and cleaned
	int16_t low[kLatest + kLow];           // lower band, newest last
	int16_t mic[kKept + kBlock];           // microphone, newest last
	int16_t low_end[2], clean_end[2];      // last two samples of both
	float gain;                            // of the upper band
	float hum_in, hum_out;                 // last of the filter that takes out hum, for heard alone
	float heard;                           // power of a sample of the last block
};

// bessel is the modified Bessel function of the first kind, order zero.
static double bessel(double x) {
	double sum = 1, term = 1;
	for (int k = 1; k < 30; k++) {
		term *= x * x / (4.0 * k * k);
		sum += term;
	}
	return sum;
}

svara_split *svara_split_new(void) {
	svara_split *s = malloc(sizeof *s);
	if (s == NULL)
		return NULL;
	svara_split_reset(s);
	return s;
}

void svara_split_free(svara_split *s) { free(s); }

void svara_split_reset(svara_split *s) {
	memset(s, 0, sizeof *s);
	s->gain = 1;
	double sum = 0;
	for (int i = 0; i < kLength; i++) {
		double at = i - 0.5 * (kLength - 1), edge = 2 * at / kLength, x = 2 * M_PI * kCut / 48000 * at;
		double v = sin(x) / x * bessel(kShape * sqrt(1 - edge * edge)); // at is never 0
		s->taps[i % kThird][i / kThird] = v;
		sum += v;
	}
	for (int i = 0; i < kLength; i++)
		s->taps[i % kThird][i / kThird] /= sum;
}

// filter adds to kLow values of out a part of the filter over in, before which there are kPast values.
WIDE static void filter(const float *restrict taps, const float *restrict in, float *restrict out) {
	for (int t = 0; t < kTaps; t += 4)
		for (int i = 0; i < kLow; i++)
			out[i] += taps[t] * in[i - t] + taps[t + 1] * in[i - t - 1] + taps[t + 2] * in[i - t - 2] + taps[t + 3] * in[i - t - 3];
}

static int16_t rounded(float v) {
	v = v > 32767 ? 32767 : v < -32768 ? -32768 : v;
	return (int16_t)(v < 0 ? v - 0.5f : v + 0.5f);
}

// lower makes the lower band of a block.
WIDE static void lower(svara_split *s, const int16_t *mic, int16_t *low) {
	float third[kPast + kLow], sum[kLow] = {0};
	for (int p = 0; p < kThird; p++) {
		memcpy(third, s->past[p], sizeof s->past[p]);
		for (int i = 0; i < kLow; i++)
			third[kPast + i] = mic[kThird * i + p];
		memcpy(s->past[p], third + kLow, sizeof s->past[p]);
		filter(s->taps[kThird - 1 - p], third + kPast, sum);
	}
	for (int i = 0; i < kLow; i++)
		low[i] = rounded(sum[i]);
}

// whole brings a block of the lower band back to 48 kHz.
WIDE static void whole(svara_split *s, float *past, const int16_t *low, float *out) {
	float in[kPast + kLow], third[kThird][kLow] = {{0}};
	memcpy(in, past, kPast * sizeof *past);
	for (int i = 0; i < kLow; i++)
		in[kPast + i] = kThird * (float)low[i];
	memcpy(past, in + kLow, kPast * sizeof *past);
	filter(s->taps[1], in + kPast - 1, third[0]);
	filter(s->taps[2], in + kPast - 1, third[1]);
	filter(s->taps[0], in + kPast, third[2]);
	for (int i = 0; i < kLow; i++)
		for (int p = 0; p < kThird; p++)
			out[kThird * i + p] = third[p][i];
}

// edge is the power of what lies at the upper end of the lower band.
static float edge(int16_t end[2], const int16_t *low) {
	float sum = 0, a = end[0], b = end[1];
	for (int i = 0; i < kLow; i++) {
		float c = low[i], v = c - 2 * b + a;
		sum += v * v;
		a = b;
		b = c;
	}
	end[0] = low[kLow - 2];
	end[1] = low[kLow - 1];
	return sum + kFaint;
}

// join puts the lower band, as it was and cleaned, and the microphone of that time together.
WIDE static void join(svara_split *s, const int16_t *low, const int16_t *clean, const int16_t *then, int16_t *mic) {
	float was[kBlock], is[kBlock];
	float gain = sqrtf(edge(s->clean_end, clean) / edge(s->low_end, low));
	gain = gain > 1 ? 1 : gain < kLeast ? kLeast : gain;
	float step = (gain - s->gain) / kBlock;
	whole(s, s->low_past, low, was);
	whole(s, s->clean_past, clean, is);
	for (int i = 0; i < kBlock; i++)
		mic[i] = rounded(is[i] + (s->gain + step * (i + 1)) * (then[i] - was[i]));
	s->gain = gain;
}

// hear finds how loud a block of the lower band is without its hum.
static void hear(svara_split *s, const int16_t *low) {
	float sum = 0;
	for (int i = 0; i < kLow; i++) {
		s->hum_out = low[i] - s->hum_in + kHum * s->hum_out;
		s->hum_in = low[i];
		sum += s->hum_out * s->hum_out;
	}
	s->heard = sum / kLow;
}

float svara_split_heard(const svara_split *s) { return s->heard; }

int svara_split_process(svara_split *s, svara_voice *v, int16_t *mic) {
	memmove(s->low, s->low + kLow, kLatest * sizeof *s->low);
	memmove(s->mic, s->mic + kBlock, kKept * sizeof *s->mic);
	memcpy(s->mic + kKept, mic, kBlock * sizeof *mic);
	lower(s, mic, s->low + kLatest);
	hear(s, s->low + kLatest);
	int16_t clean[kLow];
	memcpy(clean, s->low + kLatest, sizeof clean);
	int speech = svara_voice_process(v, clean), late = svara_voice_late(v);
	if (speech >= 0 && late >= 0)
		join(s, s->low + kLatest - late, clean, s->mic + kKept - kDelay - kThird * late, mic);
	return speech;
}
