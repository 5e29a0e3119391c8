// The one thing asked of a library that cleans a microphone, whichever it is; webrtc.cc and speex.c are made of it.
#ifndef SVARA_VOICE_SHIM_H
#define SVARA_VOICE_SHIM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct svara_voice svara_voice;

// What is switched on.
typedef struct {
	int32_t echo, level, high_pass; // 0 or 1
	int32_t noise;                  // 0 off .. 3 high
} svara_voice_settings;

// What is known after a block.
typedef struct {
	int32_t voice; // 1: somebody speaks in it
	int32_t echo;  // 1: it may hold an echo
	float erle;    // dB by which the echo has been brought down, 0 while not known
} svara_voice_stats;

svara_voice *svara_voice_new(void);                                    // NULL when it cannot be made; all is off
void svara_voice_free(svara_voice *);                                  //
int svara_voice_set(svara_voice *, const svara_voice_settings *);      // 0 when all was taken
void svara_voice_reset(svara_voice *);                                 // forgets the room, keeps the settings
// Cleans 480 samples of mic in place. far is 480 samples of what the speaker plays, whose echo begins in mic some 25 ms
// later. 0 when all went well; mic is as it was otherwise.
int svara_voice_process(svara_voice *, const int16_t *far, int16_t *mic, svara_voice_stats *);

#ifdef __cplusplus
}
#endif
#endif
