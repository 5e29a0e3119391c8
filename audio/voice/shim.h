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
// Cleans 480 samples of mic in place: 1 when somebody speaks in them, 0 when nobody does, less when it fails and mic is as
// it was.
int svara_voice_process(svara_voice *, int16_t *mic);

#ifdef __cplusplus
}
#endif
#endif
