// All that is done to a block of a microphone in C, as a function with one argument.
#ifndef SVARA_VOICE_BLOCK_H
#define SVARA_VOICE_BLOCK_H

#include "echo.h"
#include "split.h"

typedef struct {
	svara_echo *echo; // NULL: echo is left in
	svara_split *split;
	svara_voice *voice;
	const int16_t *far; // what is taken out
	int16_t *mic;       // what is cleaned, in place

	int mostly;  // as svara_echo_process has it
	float loss;  // as svara_echo_loss has it
	int speech;  // as svara_split_process has it
	float heard; // as svara_split_heard has it
} svara_block;

void svara_block_clean(void *block);

#endif
