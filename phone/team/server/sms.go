package server

import (
	"context"
	"time"
)

// Texter sends text messages to telephones, through a gateway or an exchange.
type Texter interface {
	// Send sends text to a number in E.164 as sender: a number, or a name of at most 11 letters; empty leaves it to the gateway.
	// It returns when the gateway has taken the message, else why not.
	Send(ctx context.Context, sender, to, text string) error
}

// Busy is a Texter's error: the text was certainly not taken, and may be tried again after a time.
type Busy struct{ After time.Duration }

func (b *Busy) Error() string { return "the text gateway asks to wait " + b.After.String() }
