// What a call asks of libopus, each as a function with one argument.
#ifndef SVARA_OPUS_LIB_H
#define SVARA_OPUS_LIB_H

#include <opus.h>

// One frame to be coded: pcm has so many samples, data room for so many bytes. done is its length, less than 0 an error.
typedef struct {
	OpusEncoder *encoder;
	const opus_int16 *pcm;
	unsigned char *data;
	opus_int32 samples, room, done;
} svara_opus_coding;

// One to be decoded: data has so many bytes, pcm room for so many samples. Without data it is guessed; with redundant it is
// the one before, from the copy in data. done is how many samples it has, less than 0 an error.
typedef struct {
	OpusDecoder *decoder;
	const unsigned char *data;
	opus_int16 *pcm;
	opus_int32 length, room, redundant, done;
} svara_opus_decoding;

void svara_opus_encode(void *coding);
void svara_opus_decode(void *decoding);

// Settings of an encoder; each is 0 when it was taken.
int svara_opus_bitrate(OpusEncoder *, opus_int32 bits);
int svara_opus_complexity(OpusEncoder *, opus_int32 effort);
int svara_opus_redundancy(OpusEncoder *, opus_int32 on);
int svara_opus_music(OpusEncoder *, opus_int32 on);
int svara_opus_loss(OpusEncoder *, opus_int32 percent);

#endif
