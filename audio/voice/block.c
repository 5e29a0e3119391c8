//go:build !novoice

#include "block.h"

#include <stddef.h>

void svara_block_clean(void *block) {
	svara_block *b = block;
	if (b->echo != NULL) {
		b->mostly = svara_echo_process(b->echo, b->far, b->mic);
		b->loss = svara_echo_loss(b->echo);
	}
	b->speech = svara_split_process(b->split, b->voice, b->mic);
	b->heard = svara_split_heard(b->split);
}
