#include "lib.h"

void svara_opus_encode(void *coding) {
	svara_opus_coding *c = coding;
	c->done = opus_encode(c->encoder, c->pcm, c->samples, c->data, c->room);
}

void svara_opus_decode(void *decoding) {
	svara_opus_decoding *d = decoding;
	d->done = opus_decode(d->decoder, d->data, d->length, d->pcm, d->room, d->redundant);
}

int svara_opus_bitrate(OpusEncoder *e, opus_int32 bits) { return opus_encoder_ctl(e, OPUS_SET_BITRATE(bits)); }
int svara_opus_complexity(OpusEncoder *e, opus_int32 effort) { return opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(effort)); }
int svara_opus_redundancy(OpusEncoder *e, opus_int32 on) { return opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(on)); }
int svara_opus_music(OpusEncoder *e, opus_int32 on) { return opus_encoder_ctl(e, OPUS_SET_SIGNAL(on ? OPUS_SIGNAL_MUSIC : OPUS_AUTO)); }
int svara_opus_loss(OpusEncoder *e, opus_int32 percent) { return opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(percent)); }
