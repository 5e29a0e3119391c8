package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"svara/phone"
	"svara/phone/team"
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

// texter is who takes a text for a number: an exchange that says so, else the gateway; nil: nobody.
func (s *Server) texter(number string) Texter {
	for _, e := range s.Exchanges {
		if outside := team.OutsideNumber(number); outside && e.TextsOutside || !outside && e.Texts {
			return exchangeTexts{s, e.Source.ID()}
		}
	}
	return s.SMS
}

func (s *Server) anyTexter() bool {
	return s.SMS != nil || slices.ContainsFunc(s.Exchanges, func(e Exchange) bool { return e.Texts || e.TextsOutside })
}

// sendText sends a text by who takes it.
func (s *Server) sendText(ctx context.Context, sender, to, text string) error {
	if t := s.texter(to); t != nil {
		return t.Send(ctx, sender, to, text)
	}
	return phone.Refuse(phone.ReasonNotSupported, "")
}

// exchangeTexts is an exchange as a Texter, whichever server keeps it.
type exchangeTexts struct {
	s      *Server
	source string
}

// Send implements Texter.
func (e exchangeTexts) Send(ctx context.Context, sender, to, text string) error {
	err := e.s.ask(ctx, e.source, team.SendText{Sender: sender, To: to, Text: text})
	if f := (*team.Fault)(nil); errors.As(err, &f) && f.Reason != nil {
		return &phone.Error{Reason: *f.Reason}
	}
	return err
}
