//go:build !speexdsp && !novoice

#include "shim.h"

#include <string.h>

#include <new>

#include "webrtc/modules/audio_processing/include/audio_processing.h"
#include "webrtc/modules/interface/module_common_types.h"

using namespace webrtc;

namespace {
const int kRate = 48000;
const int kBlock = kRate / 100;
const int kMetricsEvery = 50; // blocks; the library renews them about as often
const int kDelay = 25;         // ms; the caller sees to it
} // namespace

struct svara_voice {
	AudioProcessing *apm;
	AudioFrame far_frame, mic_frame;
	bool echo;
	int since_metrics;
	svara_voice_stats stats;
};

static void prepare(AudioFrame *f) {
	f->Reset();
	f->samples_per_channel_ = kBlock;
	f->sample_rate_hz_ = kRate;
	f->num_channels_ = 1;
}

extern "C" {

svara_voice *svara_voice_new(void) {
	Config config;
	config.Set<ExtendedFilter>(new ExtendedFilter(true));
	config.Set<DelayAgnostic>(new DelayAgnostic(true));
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
	v->echo = false;
	v->since_metrics = 0;
	memset(&v->stats, 0, sizeof v->stats);
	prepare(&v->far_frame);
	prepare(&v->mic_frame);
	int err = apm->Initialize(kRate, kRate, kRate, AudioProcessing::kMono, AudioProcessing::kMono, AudioProcessing::kMono);
	EchoCancellation *aec = apm->echo_cancellation();
	err |= aec->set_suppression_level(EchoCancellation::kLowSuppression);
	err |= aec->enable_drift_compensation(false);
	err |= aec->enable_metrics(true);
	GainControl *agc = apm->gain_control();
	err |= agc->set_mode(GainControl::kAdaptiveDigital);
	err |= agc->set_target_level_dbfs(9);
	err |= agc->set_compression_gain_db(24);
	err |= agc->enable_limiter(true);
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

int svara_voice_set(svara_voice *v, const svara_voice_settings *s) {
	static const NoiseSuppression::Level levels[] = {NoiseSuppression::kLow, NoiseSuppression::kLow, NoiseSuppression::kModerate,
							 NoiseSuppression::kHigh};
	int err = 0;
	if (v->echo != (s->echo != 0)) {
		v->echo = s->echo != 0;
		v->stats.erle = 0;
			err |= v->apm->echo_cancellation()->Enable(v->echo);
	}
	NoiseSuppression *ns = v->apm->noise_suppression();
	if (s->noise < 0 || s->noise > 3)
		return -1;
	err |= ns->set_level(levels[s->noise]);
	err |= ns->Enable(s->noise != 0);
	err |= v->apm->gain_control()->Enable(s->level != 0);
	err |= v->apm->high_pass_filter()->Enable(s->high_pass != 0);
	return err;
}

void svara_voice_reset(svara_voice *v) {
	v->apm->Initialize();
	v->since_metrics = 0;
	memset(&v->stats, 0, sizeof v->stats);
}

int svara_voice_process(svara_voice *v, const int16_t *far, int16_t *mic, svara_voice_stats *stats) {
	memcpy(v->far_frame.data_, far, kBlock * sizeof *far);
	int err = v->apm->AnalyzeReverseStream(&v->far_frame);
	if (err != 0)
		return err;
	memcpy(v->mic_frame.data_, mic, kBlock * sizeof *mic);
	v->apm->set_stream_delay_ms(kDelay);
	err = v->apm->ProcessStream(&v->mic_frame);
	if (err != 0)
		return err;
	memcpy(mic, v->mic_frame.data_, kBlock * sizeof *mic);
	v->stats.voice = v->apm->voice_detection()->stream_has_voice();
	EchoCancellation *aec = v->apm->echo_cancellation();
	v->stats.echo = v->echo && aec->stream_has_echo();
	if (v->echo && ++v->since_metrics >= kMetricsEvery) {
		v->since_metrics = 0;
		EchoCancellation::Metrics m;
		if (aec->GetMetrics(&m) == 0)
			v->stats.erle = m.echo_return_loss_enhancement.instant;
	}
	*stats = v->stats;
	return 0;
}

} // extern "C"
