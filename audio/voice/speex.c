//go:build speexdsp && !novoice

// Noise, hum and the detection of speech by SpeexDSP.
#include "shim.h"

#include <math.h>
#include <speex/speex_preprocess.h>
#include <stdlib.h>

enum { kRate = 16000, kBlock = kRate / 100, kStart = 40, kGoOn = 25, kVoice = 90 };

struct svara_voice {
	SpeexPreprocessState *pre;
	int noise, high_pass;
	double b[3], a[2], past[4]; // of the high-pass: a Butterworth of the second order at 110 Hz
};

// make makes the library's state anew: it has no way to forget.
static int make(svara_voice *v) {
	static const int degrees[] = {0, -6, -12, -18}; // dB
	int suppress = degrees[v->noise], start = kStart, go_on = kGoOn, on = 1, err;
	if (v->pre != NULL)
		speex_preprocess_state_destroy(v->pre);
	v->pre = speex_preprocess_state_init(kBlock, kRate);
	if (v->pre == NULL)
		return -1;
	// Denoising stays on for the detection; at 0 dB it takes nothing away.
	err = speex_preprocess_ctl(v->pre, SPEEX_PREPROCESS_SET_DENOISE, &on);
	err |= speex_preprocess_ctl(v->pre, SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &suppress);
	err |= speex_preprocess_ctl(v->pre, SPEEX_PREPROCESS_SET_PROB_START, &start);
	err |= speex_preprocess_ctl(v->pre, SPEEX_PREPROCESS_SET_PROB_CONTINUE, &go_on);
	return err;
}

svara_voice *svara_voice_new(void) {
	svara_voice *v = calloc(1, sizeof *v);
	if (v == NULL)
		return NULL;
	double w = tan(M_PI * 110 / kRate), n = 1 / (1 + M_SQRT2 * w + w * w);
	v->b[0] = n;
	v->b[1] = -2 * n;
	v->b[2] = n;
	v->a[0] = 2 * (w * w - 1) * n;
	v->a[1] = (1 - M_SQRT2 * w + w * w) * n;
	if (make(v) != 0) {
		svara_voice_free(v);
		return NULL;
	}
	return v;
}

void svara_voice_free(svara_voice *v) {
	if (v == NULL)
		return;
	if (v->pre != NULL)
		speex_preprocess_state_destroy(v->pre);
	free(v);
}

int svara_voice_set(svara_voice *v, int noise, int high_pass) {
	if (noise < 0 || noise > 3)
		return -1;
	v->high_pass = high_pass;
	if (noise == v->noise)
		return 0;
	v->noise = noise;
	return make(v);
}

void svara_voice_reset(svara_voice *v) { make(v); }

static int16_t clip(double y) { return y > 32767 ? 32767 : y < -32768 ? -32768 : (int16_t)lrint(y); }

int svara_voice_process(svara_voice *v, int16_t *low) {
	int voice;
	if (v->pre == NULL)
		return -1;
	if (v->high_pass) {
		for (int i = 0; i < kBlock; i++) {
			double x = low[i], y = v->b[0] * x + v->b[1] * v->past[0] + v->b[2] * v->past[1] - v->a[0] * v->past[2] - v->a[1] * v->past[3];
			v->past[1] = v->past[0];
			v->past[0] = x;
			v->past[3] = v->past[2];
			v->past[2] = y;
			low[i] = clip(y);
		}
	}
	if (v->noise == 0) {
		int16_t copy[kBlock];
		for (int i = 0; i < kBlock; i++)
			copy[i] = low[i];
		speex_preprocess_run(v->pre, copy);
	} else {
		speex_preprocess_run(v->pre, low);
	}
	speex_preprocess_ctl(v->pre, SPEEX_PREPROCESS_GET_PROB, &voice);
	return voice >= kVoice;
}

// The suppressor's frames are two blocks long.
int svara_voice_late(const svara_voice *v) { return v->noise > 0 ? kBlock : v->high_pass ? 0 : -1; }
