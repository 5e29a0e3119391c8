// Our own echo canceller: see echo.c.
#ifndef SVARA_VOICE_ECHO_H
#define SVARA_VOICE_ECHO_H

#include <stdint.h>

typedef struct svara_echo svara_echo;

svara_echo *svara_echo_new(void);        // NULL without memory
void svara_echo_free(svara_echo *);      //
void svara_echo_reset(svara_echo *);     // forgets the room

// Far will come so many blocks later than before, or earlier when less than 0. What was learnt of the room is kept; the
// svara_echo_blocks blocks of far before the next are then to be heard anew.
void svara_echo_move(svara_echo *, int blocks);
void svara_echo_hear(svara_echo *, const int16_t *far);
enum { svara_echo_blocks = 16 };
int svara_echo_begins(const svara_echo *); // blocks after far that most of its echo was learnt to come, -1 while unknown

// Takes the echo of 480 samples of far out of 480 of mic, in place; what comes out is 5 ms later than what went in. 1 when
// what is left is mostly echo, 0 when somebody speaks here or nobody does, -1 when far has been silent for so long that
// nothing had to be done.
int svara_echo_process(svara_echo *, const int16_t *far, int16_t *mic);
float svara_echo_loss(const svara_echo *); // dB by which echo has been brought down lately, 0 while none was heard

#endif
