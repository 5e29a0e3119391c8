package voicemail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"svara/phone"
)

// inbox is the folder that letters are put into, whatever folder voice messages come to.
const inbox = "INBOX"

// Deliver puts a recording as a letter with the sound attached into the inbox of a server. It has a connection of its own:
// what is sent may be large, and messages are heard meanwhile. The error has a reason in words.
func (s *Service) Deliver(ctx context.Context, id string, r phone.Recording) error {
	s.mu.Lock()
	i := s.index(id)
	if i < 0 || s.closed {
		s.mu.Unlock()
		return phone.Refuse(phone.ReasonNoMailbox, id)
	}
	b := s.boxes[i]
	s.mu.Unlock()
	l, err := newLetter(b.server, r, time.Now())
	if err != nil {
		return err
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.ctx, cancel)()
	began := time.Now()
	if err := b.deliver(ctx, l); err != nil {
		why := deliveryReason(err)
		s.opt.Log.Info("recording not mailed", "box", id, "reason", why.ID, "err", err)
		return &phone.Error{Reason: why}
	}
	s.opt.Log.Info("recording mailed", "box", id, "bytes", l.length(), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

func (b *box) deliver(ctx context.Context, l *letter) error {
	c, err := b.open(ctx, b.knownPassword(), (*session).greet)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { c.wire.Close() })
	defer func() {
		stop()
		c.wire.Close()
		_ = c.imap.Close()
	}()
	if most, ok := c.imap.Caps().AppendLimit(); ok && most != nil && l.length() > int64(*most) { // RFC 7889
		return phone.Refuse(phone.ReasonTooLarge, megabytes(int64(*most)*lineBytes/(lineWidth+2)))
	}
	if err := c.put(l); err != nil {
		return err
	}
	end := c.command(smallAnswer, maxLines)
	_ = end(c.imap.Logout().Wait()) // the letter is there, whatever it says
	return nil
}

// put sends the letter (RFC 3501 6.3.11). The server may refuse it before it has seen any of it.
func (s *session) put(l *letter) error {
	end := s.command(smallAnswer, maxLines)
	cmd := s.imap.Append(inbox, l.length(), nil)
	sent := l.send(cmd)
	if errors.Is(sent, errChanged) {
		s.wire.Close() // what was promised does not come: nothing can follow on this connection
	}
	closed := cmd.Close()
	_, answer := cmd.Wait()
	err := end(answer)
	var told *imap.Error
	switch {
	case errors.Is(sent, errChanged):
		return sent
	case errors.As(err, &told): // says more than that the rest was not taken
	case err == nil:
		err = errors.Join(sent, closed)
	}
	if err != nil {
		return fmt.Errorf("append letter: %w", err)
	}
	return nil
}

// deliveryReason is why a letter could not be put there (RFC 5530 3, RFC 4469 for TOOBIG). Dovecot says LIMIT of one that
// is too large.
func deliveryReason(err error) phone.Reason {
	var told *imap.Error
	if errors.As(err, &told) {
		switch imap.ResponseCode(strings.ToUpper(string(told.Code))) {
		case imap.ResponseCodeTooBig, imap.ResponseCodeLimit:
			return phone.Reason{ID: phone.ReasonTooLarge}
		case imap.ResponseCodeOverQuota:
			return phone.Reason{ID: phone.ReasonMailboxFull}
		}
	}
	if errors.Is(err, errChanged) {
		return phone.Reason{ID: phone.ReasonNoRecording}
	}
	why := reasonOf(err)
	switch why.ID {
	case phone.ReasonMailFailed, phone.ReasonNoReply, phone.ReasonRefused, phone.ReasonUnknownHost:
		why.ID = phone.ReasonNotMailed
	}
	return why
}

// megabytes is a size as a person reads it.
func megabytes(n int64) string {
	if n < 10<<20 {
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d MB", n>>20)
}
