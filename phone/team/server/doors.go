package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// A door is a route that a token of its own opens and nothing else does: for a web form, a gateway. The token's scope names
// the door and the group it leads to, "callback/support".

// door is which one a token opens; empty for those of people and programs.
func door(t kept.Token) (team.Scope, team.GroupID) {
	if d, g, ok := strings.Cut(string(t.Scope), "/"); ok {
		return team.Scope(d), team.GroupID(g)
	}
	return "", ""
}

// key is the token of a request to a door: web forms and gateways that cannot set a header send it as a password.
func (r route) key(h *http.Request) string {
	if t := bearer(h); t != "" || r.Door == "" {
		return t
	}
	_, password, _ := h.BasicAuth()
	return password
}

// enter lets in who has the token of a door, not more often than a person would write.
func (s *Server) enter(ctx context.Context, r route, q *request) error {
	p, t, err := s.identify(ctx, r.key(q.http))
	if err != nil {
		return err
	}
	d, g := door(t)
	if d != r.Door {
		return forbidden()
	}
	if _, ok := s.board.get(team.KindGroup, string(g)); !ok {
		return forbidden()
	}
	if wait := s.gate.pass("door "+t.ID, s.Now()); wait > 0 {
		return &team.Fault{Status: http.StatusTooManyRequests, Code: team.CodeTooMany, RetryS: seconds(wait)}
	}
	q.person, q.token, q.group = p, t, g
	return nil
}

// decodeDoor reads a body of JSON, or a form with the fields that names says.
func decodeDoor(w http.ResponseWriter, r *http.Request, names map[string]string, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return decode(w, r, into)
	}
	data, err := readBody(w, r, maxBody)
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(data))
	if err != nil {
		return bad("body")
	}
	fields := map[string]string{}
	for ours, theirs := range names {
		if v := form.Get(theirs); v != "" {
			fields[ours] = v
		}
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return bad("body")
	}
	return unmarshal(body, into)
}

// formFields is what the fields of a door's forms are called.
func (s *Server) formFields(d team.Scope) map[string]string {
	if d == team.ScopeCallback {
		return map[string]string{"number": "number", "name": "name", "text": "text"}
	}
	out := map[string]string{"id": "id", "from": "from", "to": "to", "text": "text"}
	for ours, theirs := range s.TextFields {
		out[ours] = theirs
	}
	return out
}

// once is the id of something that comes from outside: the same words again within a while are the same thing again.
func once(kind string, now time.Time, window time.Duration, parts ...string) (id, before string) {
	at := now.Unix() / int64(window/time.Second)
	name := func(at int64) string {
		sum := sha256.Sum256([]byte(strings.Join(append(parts, strconv.FormatInt(at, 10)), "\x00")))
		return kind + hex.EncodeToString(sum[:12])
	}
	return name(at), name(at - 1)
}

// putOnce writes a message unless it is there, under one of two ids.
func putOnce(tx kept.Tx, m team.Message, before string) error {
	for _, id := range []string{m.ID, before} {
		if _, err := tx.Message(id); !errors.Is(err, kept.ErrNotFound) {
			return err
		}
	}
	_, err := tx.PutMessage(m)
	return err
}

func (s *Server) leaveCallback(ctx context.Context, q *request) (any, error) {
	in := body[team.NewCallback](q)
	number, err := outside("number", in.Number)
	if err != nil {
		return nil, err
	}
	if err := first([]error{short("name", in.Name, 100, false), short("text", strings.ReplaceAll(in.Text, "\r\n", "\n"), team.MaxMessage, true)}); err != nil {
		return nil, err
	}
	m := team.Message{Kind: phone.GroupCallback, Group: q.group, Direction: phone.Incoming, From: party(number, strings.TrimSpace(in.Name)), At: s.Now().UTC(),
		Text: strings.ReplaceAll(in.Text, "\r\n", "\n")}
	var before string
	m.ID, before = once("c", m.At, 10*time.Minute, string(q.group), number, in.Name, in.Text)
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error { return putOnce(tx, m, before) })
	return team.Done{Seq: seq}, err
}

func (s *Server) takeText(ctx context.Context, q *request) (any, error) {
	seq, err := s.receiveText(ctx, body[team.TextIn](q), q.group)
	return team.Done{Seq: seq}, err
}

// receiveText writes down a text that came for a group, or for the one whose number it was sent to. What names a field is
// what is wrong with it.
func (s *Server) receiveText(ctx context.Context, in team.TextIn, leads team.GroupID) (team.Seq, error) {
	in.Text = strings.ReplaceAll(in.Text, "\r\n", "\n")
	if err := first([]error{short("id", in.ID, 200, false), short("text", in.Text, phone.MaxText, true), short("to", in.To, 40, false)}); err != nil {
		return 0, err
	}
	from, err := outside("from", in.From)
	if err != nil { // sent by a name: it cannot be answered, and is shown as it is
		if !senderName.MatchString(in.From) {
			return 0, err
		}
		from = in.From
	}
	now := s.Now().UTC()
	m := team.Message{Kind: phone.GroupText, Group: s.groupOf(in.To, leads), Direction: phone.Incoming, From: party(from, ""), At: now, Text: in.Text, State: phone.TextReceived}
	var before string
	if in.ID != "" {
		m.ID, before = once("t", time.Unix(0, 0), time.Minute, string(leads), in.ID)
	} else {
		m.ID, before = once("t", now, 2*time.Minute, string(leads), from, in.To, in.Text)
	}
	return s.Shelf.Update(ctx, func(tx kept.Tx) error {
		thread, err := tx.Thread(m.Group, from)
		if err != nil {
			return err
		}
		if len(thread) > 0 { // who has the thread has what comes to it
			m.Pinned = thread[0].Value.Pinned
		}
		return putOnce(tx, m, before)
	})
}

// groupOf is the group that a door is for. One for everybody leads to the group whose number a text was sent to.
func (s *Server) groupOf(number string, leads team.GroupID) team.GroupID {
	want := tail(number)
	if want == "" || leads != team.Everyone {
		return leads
	}
	for _, i := range s.board.all(team.KindGroup, view{all: true}) {
		if g, err := value[team.Group](i); err == nil && tail(g.Number) == want {
			return g.ID
		}
	}
	return leads
}

// tail is what numbers are compared by: the last nine digits.
func tail(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	return digits[max(0, len(digits)-9):]
}
