// The one thing asked of a library that cleans a microphone, whichever it is; webrtc.cc and speex.c are made of it.
#ifndef SVARA_VOICE_SHIM_H
#define SVARA_VOICE_SHIM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct svara_voice svara_voice;

svara_voice *svara_voice_new(void);                           // NULL when it cannot be made; all is off
void svara_voice_free(svara_voice *);                         //
int svara_voice_set(svara_voice *, int noise, int high_pass); // noise 0 off .. 3 high; 0 when all was taken
void svara_voice_reset(svara_voice *);                        // forgets what it heard, keeps the settings
// Cleans 160 samples at 16 kHz in place: 1 when somebody speaks in them, 0 when nobody does, less when it fails and they are
// as they were.
int svara_voice_process(svara_voice *, int16_t *low);
// How many samples later what svara_voice_process gives is than what it took, at most 160; -1 when it changes nothing.
int svara_voice_late(const svara_voice *);

#ifdef __cplusplus
}
#endif
#endif
