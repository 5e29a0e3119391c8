// The band that a library cleans, and the one above it: see split.c.
#ifndef SVARA_VOICE_SPLIT_H
#define SVARA_VOICE_SPLIT_H

#include "shim.h"

typedef struct svara_split svara_split;

svara_split *svara_split_new(void);    // NULL without memory
void svara_split_free(svara_split *);  //
void svara_split_reset(svara_split *); // forgets what it heard
// Has 480 samples of mic cleaned, in place, and gives what svara_voice_process does. What comes out is 1 ms and what the
// library takes later than what went in; unless there is nothing that the library changes: then mic stays as it is.
int svara_split_process(svara_split *, svara_voice *, int16_t *mic);
// The power of a sample of the last block as it came, without hum.
float svara_split_heard(const svara_split *);

#endif
