//go:build !novoice

// Two stages at 48 kHz, a block of 10 ms at a time.
//
// The first learns the room's answer as a filter of 160 ms in partitions of a block, each frequency by itself, and knows
// how wrong it still may be: G. Enzner and P. Vary, "Frequency-domain adaptive Kalman filter for acoustic echo control in
// hands-free telephones", 2006; in partitions, F. Kuech, E. Mabande and G. Enzner, "State-space architecture of the
// partitioned-block-based acoustic echo controller", 2014. What it takes for speech nearby makes it learn less, so both may
// talk at once, and being a filter it cuts nothing out of that speech.
//
// The second turns down the bands in which what is left is mostly echo: what no filter can follow, because the room
// answers longer or the speaker distorts. How much of the expected echo is left in a band is the least that was found in
// the last seconds (as noise is followed: R. Martin, "Noise power spectral density estimation based on optimal smoothing
// and minimum statistics", 2001). Speech nearby has pauses in each band, so it does not raise that, and stands out.
//
// While far has said nothing for longer than a room answers, there is nothing to take out, and the canceller rests: the
// microphone passes, as late as ever, and nobody hears when it begins or ends.
#include "echo.h"
#include "fft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	kBlock = 480,
	kBins = kFrame / 2 + 1,
	kRow = 520, // bins of a row, so that rows begin alike
	kLearnt = 264, // bins that the first stage follows: to 12 kHz; above them there is little, and it goes with what is below
	kParts = svara_echo_blocks,
	kRamp = 240, // samples in which one block passes over into the next in the second stage
	kBands = 40,
	kSpans = 4,     // spans of time whose least is kept,
	kSpanFor = 40,  // blocks with echo each
	kNoiseFor = 60, // blocks each, for the noise
	kFaint = 32,    // of far: -60 dBFS at its peak. Whatever comes back of that is below what a microphone hears
	kGlance = 5,    // blocks between two looks at the noise while this rests
	kOut = 60,      // blocks of it after which far has died away, in the filter and after it
};

static const float kShare = (float)kBlock / kFrame; // of a frame that is new
static const float kLift = 65536;                   // of an answer that is transformed along with sound
static const float kForgets = 0.9970f;              // power of the room's answer that is the same a block later
static const float kDoubt = 0.3f;                   // how wrong a partition may be at first, as power of its answer
static const float kFades = 0.6f;                   // and in each partition from kSteady on, as rooms fade
static const int kSteady = 3;
static const float kFloor = 200.0f;                 // power of a bin under which nothing is learnt
static const float kActive = 30.0f;                 // power of a sample of expected echo that tells something
static const float kStill = 5000;                   // power of a bin in a still room: -80 dBFS
static const float kOver = 18.0f;                    // by how much more than the least is taken for echo
static const float kRise = 0.4f;                    // of a gain, in a block
static const float kDeepest = 0.003f;               // gain of a band that is all echo
static const float kMostly = 0.55f;                 // share of what is left that is no echo, below which all is taken for it,
static const float kWholly = 0.3f;                  // and nothing is left at this
static const float kSure = 0.6f;                    // share at which somebody surely speaks here
static const float kLately = 0.6f;                  // weight of the shares before in a share
static const float kDecay = 0.72f;                  // of expected echo in a block: rooms that answer 400 ms

typedef struct {
	float least[kSpans];
	int at;
} least;

struct svara_echo {
	svara_fft fft;
	int16_t band[kBands + 1]; // first bin of each

	float far[kFrame];                                 // newest samples of far
	float xr[kParts][kRow], xi[kParts][kRow];          // ring of its spectra
	float wr[kParts][kRow], wi[kParts][kRow];          // the room's answer to each
	float p[kParts][kRow];                             // how wrong that may be
	float near[kRow];                                  // power of what is no echo
	float re[kFrame], im[kFrame];                      // being transformed
	float yr[kRow], yi[kRow], er[kRow], ei[kRow];
	float sum[kRow], gain[kRow];
	float error[kBlock], echo[kBlock];                 // what is left in mic, and what was taken out
	int top, turn;                                     // newest in the ring; partition trimmed next

	float error_past[kRamp], echo_past[kRamp], tail[kRamp]; // of the second stage's windows
	float window[kRamp];
	float expect[kBands], left[kBands], cut[kBands];   // echo expected, what is left, gain
	float mean[kBands];                                // of the echo taken out
	least leak[kBands], noise[kBands];
	int span, noise_span;                              // blocks in the current ones
	float lately;                                      // share of what is left that is no echo, mean
	float before, after;                               // power of echo in mic before and after
	int mostly;                                        // what is left is echo
	int faint;                                         // blocks in a row in which far said nothing, no more than kOut
	int rested;                                        // blocks for which this has been resting
};

// Not those of math.h, which are called for the sake of values that are no numbers.
static float larger(float a, float b) { return a > b ? a : b; }
static float smaller(float a, float b) { return a < b ? a : b; }

// transform is a forward FFT of re and im.
static void transform(svara_echo *s) { svara_fft_run(&s->fft, s->re, s->im); }

// back is the inverse of transform.
WIDE static void back(svara_echo *s) {
	svara_fft_run(&s->fft, s->im, s->re);
	for (int i = 0; i < kFrame; i++) {
		s->re[i] *= 1.0f / kFrame;
		s->im[i] *= 1.0f / kFrame;
	}
}

// pair puts the spectra of two real sequences together: one inverse transform gives both, in re and im.
static void pair(svara_echo *s, const float *ar, const float *ai, const float *br, const float *bi) {
	for (int i = 0; i < kBins; i++) {
		s->re[i] = ar[i] - bi[i];
		s->im[i] = ai[i] + br[i];
	}
	for (int i = 1; i < kBins - 1; i++) {
		s->re[kFrame - i] = ar[i] + bi[i];
		s->im[kFrame - i] = br[i] - ai[i];
	}
}

// part takes the spectra of two real sequences apart that were transformed together.
static void part(const svara_echo *s, float *ar, float *ai, float *br, float *bi) {
	for (int i = 0; i < kBins; i++) {
		int j = (kFrame - i) % kFrame;
		ar[i] = 0.5f * (s->re[i] + s->re[j]);
		ai[i] = 0.5f * (s->im[i] - s->im[j]);
		br[i] = 0.5f * (s->im[i] + s->im[j]);
		bi[i] = 0.5f * (s->re[j] - s->re[i]);
	}
}

static void forget(least *l, float v) {
	for (int i = 0; i < kSpans; i++)
		l->least[i] = v;
	l->at = 0;
}

static void hold(least *l, float v) {
	if (v < l->least[l->at])
		l->least[l->at] = v;
}

static void turn(least *l) {
	l->at = (l->at + 1) % kSpans;
	l->least[l->at] = INFINITY;
}

static float lowest(const least *l) {
	float v = INFINITY;
	for (int i = 0; i < kSpans; i++)
		v = smaller(v, l->least[i]);
	return v;
}

// untaught forgets what the room answers a number of blocks later.
static void untaught(svara_echo *s, int n) {
	memset(s->wr[n], 0, sizeof s->wr[n]);
	memset(s->wi[n], 0, sizeof s->wi[n]);
	for (int i = 0; i < kBins; i++)
		s->p[n][i] = kDoubt * powf(kFades, n > kSteady ? n - kSteady : 0);
}

svara_echo *svara_echo_new(void) {
	svara_echo *s = malloc(sizeof *s);
	if (s == NULL)
		return NULL;
	svara_echo_reset(s);
	return s;
}

void svara_echo_free(svara_echo *s) { free(s); }

void svara_echo_reset(svara_echo *s) {
	memset(s, 0, sizeof *s);
	svara_fft_init(&s->fft);
	// Bands of 3 bins (140 Hz) below, then wider as hearing is.
	for (int b = 0, bin = 1; b <= kBands; b++) {
		s->band[b] = bin < kBins ? bin : kBins;
		int width = bin / 8;
		bin += width < 3 ? 3 : width;
	}
	s->band[kBands] = kBins;
	for (int i = 0; i < kRamp; i++)
		s->window[i] = sinf((i + 0.5f) * (float)M_PI / (2 * kRamp));
	for (int n = 0; n < kParts; n++)
		untaught(s, n);
	for (int b = 0; b < kBands; b++) {
		forget(&s->leak[b], INFINITY);
		forget(&s->noise[b], kStill); // until it is known better: one who begins while somebody speaks takes that for noise
		s->cut[b] = 1;
	}
}

int svara_echo_begins(const svara_echo *s) {
	float most = 0;
	int at = -1;
	for (int n = 0; n < kParts; n++) {
		float power = 0;
		for (int i = 0; i < kLearnt; i++)
			power += s->wr[n][i] * s->wr[n][i] + s->wi[n][i] * s->wi[n][i];
		if (power > most) {
			most = power;
			at = n;
		}
	}
	return at;
}

void svara_echo_move(svara_echo *s, int blocks) {
	for (int i = 0; i < kParts; i++) {
		int to = blocks > 0 ? i : kParts - 1 - i, from = to + blocks;
		if (from < 0 || from >= kParts) {
			untaught(s, to);
			continue;
		}
		memcpy(s->wr[to], s->wr[from], sizeof s->wr[to]);
		memcpy(s->wi[to], s->wi[from], sizeof s->wi[to]);
		memcpy(s->p[to], s->p[from], sizeof s->p[to]);
	}
}

void svara_echo_hear(svara_echo *s, const int16_t *far) {
	memmove(s->far, s->far + kBlock, (kFrame - kBlock) * sizeof *s->far);
	for (int i = 0; i < kBlock; i++)
		s->far[kFrame - kBlock + i] = far[i];
	memcpy(s->re, s->far, sizeof s->re);
	memset(s->im, 0, sizeof s->im);
	transform(s);
	s->top = (s->top + kParts - 1) % kParts;
	memcpy(s->xr[s->top], s->re, kBins * sizeof *s->re);
	memcpy(s->xi[s->top], s->im, kBins * sizeof *s->im);
}

// listen is the first stage up to what is left: far and mic in, error and echo out.
WIDE static void listen(svara_echo *s, const int16_t *far, const int16_t *mic) {
	svara_echo_hear(s, far);
	memset(s->yr, 0, sizeof s->yr);
	memset(s->yi, 0, sizeof s->yi);
	memset(s->sum, 0, sizeof s->sum);
	for (int n = 0; n < kParts; n++) {
		const float *restrict wr = s->wr[n], *restrict wi = s->wi[n], *restrict p = s->p[n];
		const float *restrict xr = s->xr[(s->top + n) % kParts], *restrict xi = s->xi[(s->top + n) % kParts];
		float *restrict yr = s->yr, *restrict yi = s->yi, *restrict sum = s->sum;
		for (int i = 0; i < kLearnt; i++) {
			yr[i] += wr[i] * xr[i] - wi[i] * xi[i];
			yi[i] += wr[i] * xi[i] + wi[i] * xr[i];
			sum[i] += p[i] * (xr[i] * xr[i] + xi[i] * xi[i]);
		}
	}
	// With the answer goes a partition that is to be trimmed: what the transform has wrapped around in it goes.
	// It is made as large as sound is, or the rounding of the other would drown it.
	float *wr = s->wr[s->turn], *wi = s->wi[s->turn];
	for (int i = 0; i < kBins; i++) {
		wr[i] *= kLift;
		wi[i] *= kLift;
	}
	pair(s, s->yr, s->yi, wr, wi);
	back(s);
	for (int i = 0; i < kBlock; i++) {
		s->echo[i] = s->re[kFrame - kBlock + i];
		s->error[i] = mic[i] - s->echo[i];
	}
	memmove(s->re, s->im, kBlock * sizeof *s->re);
	memset(s->re + kBlock, 0, (kFrame - kBlock) * sizeof *s->re);
	memset(s->im, 0, (kFrame - kBlock) * sizeof *s->im);
	memcpy(s->im + kFrame - kBlock, s->error, sizeof s->error);
	transform(s);
	part(s, wr, wi, s->er, s->ei);
	for (int i = 0; i < kBins; i++) {
		wr[i] /= kLift;
		wi[i] /= kLift;
	}
	s->turn = (s->turn + 1) % kParts;
}

// learn brings the filter closer to what it should have been.
WIDE static void learn(svara_echo *s) {
	for (int i = 0; i < kLearnt; i++) {
		float power = s->er[i] * s->er[i] + s->ei[i] * s->ei[i], mine = kShare * s->sum[i];
		float near = larger(power - mine, 0.1f * power);
		s->near[i] += (near > s->near[i] ? 0.5f : 0.15f) * (near - s->near[i]);
		s->gain[i] = 1 / (s->sum[i] + s->near[i] / kShare + kFloor);
	}
	for (int n = 0; n < kParts; n++) {
		float *restrict wr = s->wr[n], *restrict wi = s->wi[n], *restrict p = s->p[n];
		const float *restrict xr = s->xr[(s->top + n) % kParts], *restrict xi = s->xi[(s->top + n) % kParts];
		const float *restrict er = s->er, *restrict ei = s->ei, *restrict gain = s->gain;
		for (int i = 0; i < kLearnt; i++) {
			float mu = p[i] * gain[i];
			wr[i] += mu * (xr[i] * er[i] + xi[i] * ei[i]);
			wi[i] += mu * (xr[i] * ei[i] - xi[i] * er[i]);
			float kept = p[i] * (1 - kShare * mu * (xr[i] * xr[i] + xi[i] * xi[i]));
			p[i] = kForgets * kept + (1 - kForgets) * (wr[i] * wr[i] + wi[i] * wi[i]);
		}
	}
}

// powers are the powers of the second stage's bands in a spectrum.
static void powers(const svara_echo *s, const float *re, const float *im, float *power) {
	for (int b = 0; b < kBands; b++) {
		float sum = 0;
		for (int i = s->band[b]; i < s->band[b + 1]; i++)
			sum += re[i] * re[i] + im[i] * im[i];
		power[b] = sum / (s->band[b + 1] - s->band[b] + 1e-3f);
	}
}

// murmur follows the noise of a room in what is left, after so many blocks.
static void murmur(svara_echo *s, const float *error, int blocks) {
	for (int b = 0; b < kBands; b++) {
		s->left[b] += 0.3f * (error[b] - s->left[b]);
		hold(&s->noise[b], s->left[b]);
	}
	if ((s->noise_span += blocks) >= kNoiseFor) {
		s->noise_span = 0;
		for (int b = 0; b < kBands; b++)
			turn(&s->noise[b]);
	}
}

// weigh finds the gain of each band.
static void weigh(svara_echo *s, const float *error, const float *echo) {
	float expected = 0;
	for (int b = 0; b < kBands; b++) {
		s->expect[b] = larger(echo[b], kDecay * s->expect[b]);
		s->mean[b] += 0.3f * (echo[b] - s->mean[b]);
		expected += s->expect[b];
	}
	murmur(s, error, 1);
	int active = expected > kActive * kBands * kFrame * kShare;
	if (active && ++s->span >= kSpanFor) {
		s->span = 0;
		for (int b = 0; b < kBands; b++)
			turn(&s->leak[b]);
	}
	float raw[kBands], quiet[kBands], share = 0, weight = 0;
	for (int b = 0; b < kBands; b++) {
		float noise = smaller(2 * lowest(&s->noise[b]), s->left[b]);
		// Not where it dies away: how fast a room does that is not known.
		if (active && s->mean[b] > 10 * noise && 2 * echo[b] > s->expect[b])
			hold(&s->leak[b], s->left[b] / (s->mean[b] + 1));
		float leak = lowest(&s->leak[b]);
		leak = leak > 1 ? 1 : leak; // also before anything was found
		float echo_left = kOver * leak * larger(s->expect[b], s->mean[b]);
		float gain = larger(1 - echo_left / (error[b] + 1), 0);
		raw[b] = gain;
		quiet[b] = larger(smaller(sqrtf(noise / (error[b] + 1)), 1), kDeepest); // no quieter than the room
		float loud = sqrtf(s->expect[b]);
		if (s->expect[b] > 4 * noise) {
			share += gain * loud;
			weight += loud;
		}
	}
	// Where most of it is echo, the rest is too: what a speaker that distorts adds lies in other bands than what it was
	// made of. It has been echo for a while, and may be for a moment more; who begins to speak here is believed at once.
	if (weight > 0) {
		share /= weight;
		s->lately += (share > kSure ? 0.15f : 0.05f) * (share - s->lately);
		share += kLately * (s->lately - share);
	} else {
		share = 1;
	}
	s->mostly = share < kMostly;
	float much = smaller(larger((kMostly - share) / (kMostly - kWholly), 0), 1);
	for (int b = 0; b < kBands; b++) {
		if (s->band[b + 1] > kLearnt && b > 0)
			raw[b] = raw[b - 1];
		float gain = larger(raw[b] * (1 - much * much), quiet[b]);
		s->cut[b] = gain < s->cut[b] ? gain : s->cut[b] + kRise * (gain - s->cut[b]); // an echo begins at once
	}
}

// rests reports whether there is no echo to take out; by kOut the second stage turns nothing down any more that is louder
// than a room.
static int rests(svara_echo *s, const int16_t *far) {
	int loudest = 0;
	for (int i = 0; i < kBlock; i++) {
		int v = far[i] < 0 ? -far[i] : far[i];
		loudest = v > loudest ? v : loudest;
	}
	s->faint = loudest > kFaint ? 0 : s->faint < kOut ? s->faint + 1 : kOut;
	return s->faint == kOut;
}

// frame puts a window over a block and the end of the one before into one part of what is to be transformed.
static void frame(const svara_echo *s, float *into, const float *past, const float *block) {
	memset(into, 0, kFrame * sizeof *into);
	for (int i = 0; i < kRamp; i++)
		into[i] = s->window[i] * past[i];
	for (int i = 0; i < kBlock; i++)
		into[kRamp + i] = (i < kBlock - kRamp ? 1 : s->window[kBlock - 1 - i]) * block[i];
}

// glance follows the noise while this rests.
static void glance(svara_echo *s, const int16_t *mic) {
	float power[kBands];
	for (int i = 0; i < kBlock; i++)
		s->error[i] = mic[i];
	frame(s, s->re, s->error_past, s->error);
	memset(s->im, 0, sizeof s->im);
	transform(s);
	powers(s, s->re, s->im, power);
	murmur(s, power, kGlance);
}

// pass is what the two stages come to while there is no echo.
static void pass(svara_echo *s, int16_t *mic) {
	if (s->rested++ == 0) {
		memset(s->expect, 0, sizeof s->expect);
		memset(s->mean, 0, sizeof s->mean);
		memset(s->echo_past, 0, sizeof s->echo_past);
		for (int b = 0; b < kBands; b++)
			s->cut[b] = 1;
		s->mostly = 0;
	}
	if (s->rested % kGlance == 0)
		glance(s, mic);
	int16_t past[kRamp];
	for (int i = 0; i < kRamp; i++) {
		float v = smaller(larger(s->error_past[i], -32768), 32767);
		past[i] = (int16_t)(v < 0 ? v - 0.5f : v + 0.5f);
		float w = s->window[kRamp - 1 - i];
		s->error_past[i] = mic[kBlock - kRamp + i];
		s->tail[i] = s->error_past[i] * w * w;
	}
	memmove(mic + kRamp, mic, (kBlock - kRamp) * sizeof *mic);
	memcpy(mic, past, sizeof past);
}

// wake brings the filter to where it would be, had it worked all the time: the longer ago it was learnt, the less is known
// of a room.
WIDE static void wake(svara_echo *s) {
	float same = powf(kForgets, s->rested);
	for (int n = 0; n < kParts; n++)
		for (int i = 0; i < kLearnt; i++)
			s->p[n][i] = same * s->p[n][i] + (1 - same) * (s->wr[n][i] * s->wr[n][i] + s->wi[n][i] * s->wi[n][i]);
}

WIDE int svara_echo_process(svara_echo *s, const int16_t *far, int16_t *mic) {
	if (rests(s, far)) {
		pass(s, mic);
		return -1;
	}
	if (s->rested > 0)
		wake(s);
	listen(s, far, mic);
	learn(s);
	s->rested = 0;

	// A window over this block and the end of the one before, of what is left and of what was taken out.
	frame(s, s->re, s->error_past, s->error);
	frame(s, s->im, s->echo_past, s->echo);
	memcpy(s->error_past, s->error + kBlock - kRamp, sizeof s->error_past);
	memcpy(s->echo_past, s->echo + kBlock - kRamp, sizeof s->echo_past);
	float *er = s->er, *ei = s->ei, *yr = s->yr, *yi = s->yi;
	transform(s);
	part(s, er, ei, yr, yi);
	float error[kBands], echo[kBands];
	powers(s, er, ei, error);
	powers(s, yr, yi, echo);
	weigh(s, error, echo);

	er[0] *= s->cut[0];
	float before = s->cut[0];
	for (int b = 0; b < kBands; b++) { // between the middles of bands the gain runs straight
		int from = s->band[b], to = s->band[b + 1];
		float mid = 0.5f * (before + s->cut[b]), next = b + 1 < kBands ? 0.5f * (s->cut[b] + s->cut[b + 1]) : s->cut[b];
		float step = (next - mid) / (to - from);
		for (int i = from; i < to; i++) {
			float g = mid + step * (i - from + 0.5f);
			er[i] *= g;
			ei[i] *= g;
		}
		before = s->cut[b];
	}
	static const float none[kRow];
	pair(s, er, ei, none, none);
	back(s);
	float in = 0, out = 0;
	for (int i = 0; i < kBlock; i++) {
		float v = s->re[i];
		if (i < kRamp)
			v = v * s->window[i] + s->tail[i];
		in += s->echo[i] * s->echo[i];
		out += v * v;
		v = smaller(larger(v, -32768), 32767);
		mic[i] = (int16_t)(v < 0 ? v - 0.5f : v + 0.5f);
	}
	for (int i = 0; i < kRamp; i++)
		s->tail[i] = s->re[kBlock + i] * s->window[kRamp - 1 - i];
	if (in > 100.0f * kBlock) {
		s->before += 0.02f * (in - s->before);
		s->after += 0.02f * (out - s->after);
	}
	return s->mostly;
}

float svara_echo_loss(const svara_echo *s) {
	return s->before > s->after ? 10 * log10f(s->before / (s->after + 1)) : 0;
}
