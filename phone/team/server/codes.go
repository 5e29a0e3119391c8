package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/team"
	"svara/phone/team/kept"
	"svara/ui/text"
)

// Activation codes (features.md A2). Nobody learns from the answers which numbers there are: for a number of nobody's the
// same is done, and the code goes nowhere.
const (
	codeDigits  = 6
	codeTime    = 10 * time.Minute
	codesAtOnce = 3 // to one number within codesSpan
	codesSpan   = 15 * time.Minute
)

// mobileNumber is a number as codes are known by.
func mobileNumber(s string) (string, error) {
	if len(s) > 40 {
		return "", bad("mobile")
	}
	n, ok := numbers.Plan{}.E164(s)
	if !ok {
		return "", bad("mobile")
	}
	return n, nil
}

// codeID is where a number's code is kept: a number has one at a time.
func codeID(number string) string {
	sum := sha256.Sum256([]byte(number))
	return "code" + hex.EncodeToString(sum[:12])
}

// mobile is who has a mobile number and may sign in. Two who share one are nobody: whose would it be?
func (b *board) mobile(number string) (p team.Person, ok bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	found := 0
	for _, who := range b.people {
		if who.Disabled || who.Mobile == "" {
			continue
		}
		if n, err := mobileNumber(who.Mobile); err == nil && n == number {
			p = who
			found++
		}
	}
	return p, found == 1
}

func (s *Server) newCode(ctx context.Context, q *request) (any, error) {
	number, err := mobileNumber(body[team.NewCode](q).Mobile)
	if err != nil {
		return nil, err
	}
	if s.texter(number) == nil {
		return nil, refused(phone.Refuse(phone.ReasonNotSupported, ""))
	}
	now := s.Now().UTC()
	if wait := s.gate.pass(q.from, now); wait > 0 {
		return nil, &team.Fault{Status: http.StatusTooManyRequests, Code: team.CodeTooMany, RetryS: seconds(wait)}
	}
	if a, err := s.Shelf.Attempts(ctx, "code:"+number); err != nil {
		return nil, err
	} else if f := tooSoon(a, now); f != nil {
		return nil, f
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return nil, err
	}
	code := fmt.Sprintf("%0*d", codeDigits, n)
	hash := s.hash.hash(code)
	p, known := s.board.mobile(number)
	_, err = s.Shelf.Update(ctx, func(tx kept.Tx) error {
		a, err := tx.Attempts("code:" + number)
		if err != nil {
			return err
		}
		if f := tooSoon(a, now); f != nil {
			return f
		}
		if !within(a.Last, now, codesSpan) {
			a = kept.Attempts{Last: now}
		}
		a.Count++
		id := codeID(number)
		return errors.Join(tx.SetAttempts("code:"+number, a), tx.DeleteToken(id),
			tx.PutToken(kept.Token{ID: id, Hash: hash, Person: p.ID, Name: "code", Scope: scopeCode, Since: now, Seen: now, Expires: now.Add(codeTime)}),
			tx.Audit(team.AuditEntry{At: now, Person: p.ID, Address: q.from, Action: "newCode", Target: number, OK: known}))
	})
	if err != nil {
		return nil, err
	}
	if known {
		words := text.In(languageOf(p), "team.mail.code", "code", code, "name", s.Name)
		s.carry("an activation code", func(ctx context.Context) error { return s.sendText(ctx, s.SMSSender, number, words) })
	}
	return team.Done{}, nil
}

// tooSoon is the answer to who has asked for enough codes; the span begins with the first.
func tooSoon(a kept.Attempts, now time.Time) error {
	if wait := a.Last.Add(codesSpan).Sub(now); a.Count >= codesAtOnce && wait > 0 && wait <= 2*codesSpan {
		return &team.Fault{Status: http.StatusTooManyRequests, Code: team.CodeTooMany, RetryS: seconds(wait)}
	}
	return nil
}

func languageOf(p team.Person) string {
	if p.Language != "" {
		return p.Language
	}
	return "en"
}

// carry sends something secret, once; what becomes of it is told in the log only.
func (s *Server) carry(what string, send func(context.Context) error) {
	ok := s.courier.send(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, sendTime)
		defer cancel()
		if err := send(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn(what+" is not sent", "error", err)
		}
	})
	if !ok {
		s.Log.Warn(what+" is not sent", "error", "too many wait")
	}
}

func (s *Server) activate(ctx context.Context, q *request) (any, error) {
	in := body[team.Activate](q)
	number, err := mobileNumber(in.Mobile)
	if err != nil {
		return nil, err
	}
	device, err := deviceName(in.Device)
	if err != nil {
		return nil, err
	}
	p, err := s.checkCode(ctx, q.from, number, strings.TrimSpace(in.Code))
	if err != nil {
		return nil, err
	}
	out := team.Activation{Person: p}
	if out.Line, err = s.lineOf(p); err != nil {
		return nil, err
	}
	if i, ok := s.board.get(team.KindSetup, setupID); ok {
		if out.Setup, err = value[team.Setup](i); err != nil {
			return nil, err
		}
	}
	out.Token, err = s.letIn(ctx, q, p, device)
	return out, err
}

// checkCode takes a code: it works once.
func (s *Server) checkCode(ctx context.Context, from, number, code string) (team.Person, error) {
	tries := "mobile:" + number // no user name has a colon
	if err := s.mayTry(ctx, from, tries); err != nil {
		return team.Person{}, err
	}
	id := codeID(number)
	t, err := s.Shelf.Token(ctx, id)
	if err != nil && !errors.Is(err, kept.ErrNotFound) {
		return team.Person{}, err
	}
	p, known := s.board.who(t.Person)
	if len(code) > 20 || !s.hash.check(code, t.Hash) || t.Scope != scopeCode || !known || !s.Now().Before(t.Expires) {
		err := s.wrong(ctx, from, tries, t.Person)
		var f *team.Fault
		if errors.As(err, &f) && f.Code == team.CodeWrongPassword {
			return p, &team.Fault{Status: f.Status, Code: team.CodeWrongCode}
		}
		if f != nil && f.Code == team.CodeLocked { // who guesses on guesses another code
			_, gone := s.Shelf.Update(ctx, func(tx kept.Tx) error { return tx.DeleteToken(id) })
			err = errors.Join(gone, err)
		}
		return p, err
	}
	_, err = s.Shelf.Update(ctx, func(tx kept.Tx) error {
		// Of two that come at once the second finds it used.
		if err := tx.TakeToken(id); err != nil {
			return err
		}
		return errors.Join(tx.SetAttempts("user:"+tries, kept.Attempts{}), tx.SetAttempts("code:"+number, kept.Attempts{}))
	})
	if errors.Is(err, kept.ErrNotFound) {
		err = &team.Fault{Status: http.StatusUnauthorized, Code: team.CodeWrongCode}
	}
	return p, err
}

// forgotTime is how long a link that was mailed works; forgotPath is the page where one is asked for.
const (
	forgotTime = time.Hour
	forgotPath = "/forgot"
)

func (s *Server) forgot(ctx context.Context, q *request) (any, error) {
	user := foldUser(body[team.Forgot](q).User)
	if user == "" || len(user) > 200 {
		return nil, bad("user")
	}
	if !s.Mail.On() {
		return nil, refused(phone.Refuse(phone.ReasonNotSupported, ""))
	}
	now := s.Now().UTC()
	if wait := s.gate.pass(q.from, now); wait > 0 {
		return nil, &team.Fault{Status: http.StatusTooManyRequests, Code: team.CodeTooMany, RetryS: seconds(wait)}
	}
	p, known := s.board.named(user)
	known = known && emailAddress("", p.Email) == nil
	var token team.Token
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		key := "forgot:" + user
		a, err := tx.Attempts(key)
		if err != nil {
			return err
		}
		if f := tooSoon(a, now); f != nil {
			return f
		}
		if !within(a.Last, now, codesSpan) {
			a = kept.Attempts{Last: now}
		}
		a.Count++
		// For nobody a link is made too, which opens nothing.
		token, err = s.issue(tx, p.ID, "link", "", scopeLink, now.Add(forgotTime))
		return errors.Join(err, tx.SetAttempts(key, a), tx.Audit(team.AuditEntry{At: now, Person: p.ID, Address: q.from, Action: "forgot", Target: clip(user, 60), OK: known}))
	})
	if err != nil {
		return nil, err
	}
	if known {
		lang := languageOf(p)
		l := letter{id: token.Device.ID, to: mailbox{p.Name, p.Email}, byName: s.Name, subject: text.In(lang, "team.mail.forgot_subject", "name", s.Name),
			text: text.In(lang, "team.mail.forgot", "name", s.Name, "user", p.User, "url", s.URL+"/welcome/"+strings.TrimPrefix(token.Token, tokenPrefix))}
		s.carry("a link to choose a password", func(ctx context.Context) error { return s.Mail.send(ctx, l) })
	}
	return team.Done{}, nil
}

// named is who may sign in and has a user name or an e-mail address.
func (b *board) named(user string) (p team.Person, ok bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	found := 0
	for _, who := range b.people {
		if !who.Disabled && (who.User == user || strings.EqualFold(who.Email, user)) {
			p = who
			found++
		}
	}
	return p, found == 1
}
