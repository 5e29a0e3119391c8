//go:build !speexdsp && !novoice

// Noise, hum and the detection of speech. The library's own canceller is not used: it takes most of what is said
// while the other side speaks, see echo.c.
#include "shim.h"

#include <string.h>

#include <new>

#include "webrtc/modules/audio_processing/include/audio_processing.h"
#include "webrtc/modules/interface/module_common_types.h"

using namespace webrtc;

namespace {
const int kRate = 16000;
const int kBlock = kRate / 100;
const int kSuppressorLate = 96; // samples: its frame is so much longer than a block
} // namespace

struct svara_voice {
	AudioProcessing *apm;
	AudioFrame frame;
	int late;
};

extern "C" {

svara_voice *svara_voice_new(void) {
	Config config;
	config.Set<ExperimentalAgc>(new ExperimentalAgc(false)); // it turns the system's own volume, which is not ours
	AudioProcessing *apm = AudioProcessing::Create(config);
	if (apm == NULL)
		return NULL;
	svara_voice *v = new (std::nothrow) svara_voice;
	if (v == NULL) {
		delete apm;
		return NULL;
	}
	v->apm = apm;
	v->late = -1;
	v->frame.Reset();
	v->frame.samples_per_channel_ = kBlock;
	v->frame.sample_rate_hz_ = kRate;
	v->frame.num_channels_ = 1;
	int err = apm->Initialize(kRate, kRate, kRate, AudioProcessing::kMono, AudioProcessing::kMono, AudioProcessing::kMono);
	VoiceDetection *vad = apm->voice_detection();
	err |= vad->set_likelihood(VoiceDetection::kLowLikelihood);
	err |= vad->Enable(true);
	if (err != 0) {
		svara_voice_free(v);
		return NULL;
	}
	return v;
}

void svara_voice_free(svara_voice *v) {
	if (v == NULL)
		return;
	delete v->apm;
	delete v;
}

int svara_voice_set(svara_voice *v, int noise, int high_pass) {
	static const NoiseSuppression::Level levels[] = {NoiseSuppression::kLow, NoiseSuppression::kLow, NoiseSuppression::kModerate,
							 NoiseSuppression::kHigh};
	int err = 0;
	NoiseSuppression *ns = v->apm->noise_suppression();
	if (noise < 0 || noise > 3)
		return -1;
	err |= ns->set_level(levels[noise]);
	err |= ns->Enable(noise != 0);
	err |= v->apm->high_pass_filter()->Enable(high_pass != 0);
	v->late = noise != 0 ? kSuppressorLate : high_pass != 0 ? 0 : -1;
	return err;
}

void svara_voice_reset(svara_voice *v) { v->apm->Initialize(); }

int svara_voice_process(svara_voice *v, int16_t *low) {
	memcpy(v->frame.data_, low, kBlock * sizeof *low);
	int err = v->apm->ProcessStream(&v->frame);
	if (err != 0)
		return err < 0 ? err : -err;
	memcpy(low, v->frame.data_, kBlock * sizeof *low);
	return v->apm->voice_detection()->stream_has_voice();
}

int svara_voice_late(const svara_voice *v) { return v->late; }

} // extern "C"
