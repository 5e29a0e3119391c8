// Our own echo canceller: see echo.c.
#ifndef SVARA_VOICE_ECHO_H
#define SVARA_VOICE_ECHO_H

#include <stdint.h>

typedef struct svara_echo svara_echo;

svara_echo *svara_echo_new(void);        // NULL without memory
void svara_echo_free(svara_echo *);      //
void svara_echo_reset(svara_echo *);     // forgets the room
// Takes the echo of 480 samples of far out of 480 of mic, in place; what comes out is 5 ms later than what went in. The
// result is the dB by which echo has been brought down lately, 0 while nothing was heard of it.
float svara_echo_process(svara_echo *, const int16_t *far, int16_t *mic);

#endif
