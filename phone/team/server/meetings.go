package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/schedule"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// Rooms is the exchange's conference: what is dialled, and the ids that it asks for then, each a conference of its own. The
// zero value is none: meetings have no number then.
type Rooms struct {
	Number   string
	From, To int // the ids, 4-10 digits, as many for both
}

func (r Rooms) check() error {
	if r == (Rooms{}) {
		return nil
	}
	if telephone("number", r.Number, true) != nil {
		return fmt.Errorf("conference: %q is no number", r.Number)
	}
	if n := len(strconv.Itoa(r.From)); r.From <= 0 || r.To < r.From || n < 4 || n > 10 || n != len(strconv.Itoa(r.To)) {
		return fmt.Errorf("conference: ids from %d to %d: 4 to 10 digits each, as many for both", r.From, r.To)
	}
	return nil
}

// Limits of meetings.
const (
	maxInvited  = 50
	maxMeetings = 300 // of one person, that are not over
	maxRemind   = 7 * 24 * 60
)

func (s *Server) listMeetings(_ context.Context, q *request) (any, error) {
	out := []team.MeetingView{}
	now := s.Now()
	for _, i := range s.board.all(team.KindMeeting, viewOf(q.person)) {
		m, err := value[team.Meeting](i)
		if err != nil {
			return nil, err
		}
		if from, to, ok := schedule.Meeting(m.Phone(), now); ok {
			out = append(out, team.MeetingView{Meeting: m, Next: from, Ends: to})
		}
	}
	slices.SortFunc(out, func(a, b team.MeetingView) int {
		return cmp.Or(a.Next.Compare(b.Next), strings.Compare(a.Meeting.ID, b.Meeting.ID))
	})
	return out, nil
}

// checkMeeting says what is wrong with what somebody has filled in.
func (s *Server) checkMeeting(m *team.Meeting) error {
	m.Title = strings.TrimSpace(m.Title)
	if m.Title == "" {
		return bad("title")
	}
	if m.Zone == "" || m.Zone == "Local" {
		return bad("zone")
	}
	if _, err := time.LoadLocation(m.Zone); err != nil {
		return bad("zone")
	}
	switch m.Repeat {
	case phone.RepeatNever, phone.RepeatDaily, phone.RepeatMonthly:
		m.Every = 0
	case phone.RepeatWeekly:
		if m.Every < 0 || m.Every > 2 {
			return bad("every")
		}
	default:
		return bad("repeat")
	}
	switch y := m.Start.Year(); {
	case m.LengthM < 5 || m.LengthM > 1440:
		return bad("length_m")
	case m.RemindM < 0 || m.RemindM > maxRemind:
		return bad("remind_m")
	case len(m.Invited) > maxInvited:
		return bad("invited")
	case y < 2000 || y > 2200:
		return bad("start")
	}
	return first([]error{short("title", m.Title, 200, false), short("info", m.Info, 4000, true), s.checkInvited(m.Invited)})
}

func (s *Server) checkInvited(all []team.Invited) error {
	seen := map[string]bool{}
	for n, i := range all {
		field := fmt.Sprintf("invited.%d", n)
		if i.Person != "" {
			p, ok := s.board.who(i.Person)
			if !ok || i.Email != "" || i.Number != "" {
				return bad(field)
			}
			all[n].Name = p.Name
		} else if i.Email == "" && i.Number == "" {
			return bad(field)
		}
		if i.Email != "" {
			if err := emailAddress(field, i.Email); err != nil {
				return err
			}
		}
		if err := first([]error{short(field, i.Name, 100, false), telephone(field, i.Number, false)}); err != nil {
			return err
		}
		key := string(i.Person) + "\n" + strings.ToLower(i.Email) + "\n" + i.Number
		if seen[key] {
			return bad(field)
		}
		seen[key] = true
	}
	return nil
}

func (s *Server) putMeeting(ctx context.Context, q *request) (any, error) {
	in, id := body[team.NewMeeting](q), q.path("meeting")
	m := in.Meeting
	if err := word("id", id, 40); err != nil {
		return nil, err
	}
	now := s.Now().UTC()
	if m.Start.IsZero() { // "now"
		m.Start = now.Truncate(time.Minute)
	}
	m.Start = m.Start.UTC().Truncate(time.Second)
	if err := s.checkMeeting(&m); err != nil {
		return nil, err
	}
	m.ID, m.Failed, m.Canceled = id, nil, time.Time{}
	if s.tooMany(q.person.ID, id) {
		return nil, &team.Fault{Status: http.StatusTooManyRequests, Code: team.CodeTooMany, RetryS: 60}
	}
	if _, _, comes := schedule.Meeting(m.Phone(), now); !comes {
		return nil, bad("start")
	}
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		was, err := s.ownMeeting(tx, q, id, in.Rev)
		if err != nil && (!errors.Is(err, kept.ErrNotFound) || in.Rev != 0) {
			return err
		}
		m.Owner, m.Rev, m.Number, m.Code = was.Owner, was.Rev+1, was.Number, was.Code
		if was.Rev == 0 {
			m.Owner = q.person.ID
			if err := s.room(tx, &m); err != nil {
				return err
			}
		}
		if err := s.remindedAlready(tx, m, now); err != nil {
			return err
		}
		return s.tellMeeting(tx, was, m, now)
	})
	return team.Done{Seq: seq}, err
}

func (s *Server) cancelMeeting(ctx context.Context, q *request) (any, error) {
	in, id := body[team.CancelMeeting](q), q.path("meeting")
	now := s.Now().UTC()
	seq, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		was, err := s.ownMeeting(tx, q, id, in.Rev)
		if err != nil {
			return err
		}
		m := was
		m.Rev, m.Canceled, m.Failed = was.Rev+1, now, nil
		if was.Code != "" {
			if _, err := tx.Put(team.Item{Kind: kindRoom, ID: was.Code, Gone: true}); err != nil {
				return err
			}
		}
		return s.tellMeeting(tx, was, m, now)
	})
	return team.Done{Seq: seq}, err
}

// ownMeeting is a meeting that the asker may change, as they have seen it. What they may not know of is not there.
func (s *Server) ownMeeting(tx kept.Tx, q *request, id string, rev team.Seq) (m team.Meeting, err error) {
	if strings.Contains(id, "/") {
		return m, kept.ErrNotFound
	}
	is, err := tx.Item(team.KindMeeting, id)
	if err != nil {
		return m, err
	}
	if m, err = value[team.Meeting](is); err != nil {
		return m, err
	}
	if m.Owner != q.person.ID && !q.person.In(team.Everyone).Reaches(team.RightsAdmin) {
		if slices.ContainsFunc(m.Invited, func(i team.Invited) bool { return i.Person == q.person.ID }) {
			return m, forbidden()
		}
		return m, notFound()
	}
	if !m.Canceled.IsZero() {
		return m, notFound()
	}
	if m.Rev != rev {
		return m, &kept.Conflict{Item: is}
	}
	return m, nil
}

// tooMany bounds what one person schedules, and what waits to be sent.
func (s *Server) tooMany(of team.PersonID, id string) bool {
	s.board.mu.RLock()
	defer s.board.mu.RUnlock()
	own := 0
	for key, e := range s.board.byKind[team.KindMeeting] {
		if e.item.Person == of && !strings.Contains(key, "/") && key != id {
			own++
		}
	}
	return own >= maxMeetings || len(s.board.byKind[kindSend]) >= maxWaiting
}

// room gives a meeting an id of the exchange's conference that no other has.
func (s *Server) room(tx kept.Tx, m *team.Meeting) error {
	if s.Rooms.Number == "" {
		return nil
	}
	for range 100 {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(s.Rooms.To-s.Rooms.From+1)))
		if err != nil {
			return err
		}
		code := strconv.FormatInt(int64(s.Rooms.From)+n.Int64(), 10)
		if _, err := tx.Item(kindRoom, code); errors.Is(err, kept.ErrNotFound) {
			m.Number, m.Code = s.Rooms.Number, code
			return put(tx, team.Item{Kind: kindRoom, ID: code}, m.ID)
		} else if err != nil {
			return err
		}
	}
	return &team.Fault{Status: http.StatusTooManyRequests, Code: team.CodeTooMany, Field: "code", RetryS: 3600}
}

// remindedAlready: who is told of an occasion when the reminder is due is not reminded of it besides.
func (s *Server) remindedAlready(tx kept.Tx, m team.Meeting, now time.Time) error {
	if from, _, ok := schedule.Meeting(m.Phone(), now); ok && m.RemindM > 0 && !from.Add(-time.Duration(m.RemindM)*time.Minute).After(now) {
		return put(tx, team.Item{Kind: kindRemind, ID: m.ID}, from.UTC())
	}
	return nil
}

// tellMeeting writes a meeting as each of those it concerns is shown it, and what is to be sent to whom.
func (s *Server) tellMeeting(tx kept.Tx, was, m team.Meeting, now time.Time) error {
	for _, i := range s.board.pendingOf(m.ID) { // what was not sent yet is out of date
		if _, err := tx.Put(team.Item{Kind: kindSend, ID: i, Gone: true}); err != nil {
			return err
		}
	}
	posts, failed := s.addressed(was, m, now)
	if m.Canceled.IsZero() {
		m.Failed = failed
	}
	for _, p := range posts {
		if err := put(tx, team.Item{Kind: kindSend, ID: p.id()}, p); err != nil {
			return err
		}
	}
	return s.showMeeting(tx, was, m)
}

func (s *Server) showMeeting(tx kept.Tx, was, m team.Meeting) error {
	if err := put(tx, team.Item{Kind: team.KindMeeting, ID: m.ID, Person: m.Owner}, m); err != nil {
		return err
	}
	shown := m
	shown.Failed = nil
	there := map[team.PersonID]bool{m.Owner: true}
	for _, i := range m.Invited {
		if i.Person != "" && !there[i.Person] {
			there[i.Person] = true
			if err := put(tx, team.Item{Kind: team.KindMeeting, ID: m.ID + "/" + string(i.Person), Person: i.Person}, shown); err != nil {
				return err
			}
		}
	}
	for _, i := range was.Invited {
		if i.Person != "" && !there[i.Person] {
			if _, err := tx.Put(team.Item{Kind: team.KindMeeting, ID: m.ID + "/" + string(i.Person), Person: i.Person, Gone: true}); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetMeeting takes a meeting away that has been over for long.
func forgetMeeting(tx kept.Tx, m team.Meeting) error {
	items := []team.Item{{Kind: team.KindMeeting, ID: m.ID, Person: m.Owner, Gone: true}, {Kind: kindRemind, ID: m.ID, Gone: true}}
	for _, i := range m.Invited {
		if i.Person != "" && i.Person != m.Owner {
			items = append(items, team.Item{Kind: team.KindMeeting, ID: m.ID + "/" + string(i.Person), Person: i.Person, Gone: true})
		}
	}
	if m.Code != "" {
		if is, err := tx.Item(kindRoom, m.Code); err == nil {
			if of, _ := value[string](is); of == m.ID {
				items = append(items, team.Item{Kind: kindRoom, ID: m.Code, Gone: true})
			}
		}
	}
	for _, i := range items {
		if _, err := tx.Put(i); err != nil {
			return err
		}
	}
	return nil
}

// pendingOf is what is to be sent of a meeting.
func (b *board) pendingOf(meeting string) (ids []string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for id, e := range b.byKind[kindSend] {
		var p sending
		if json.Unmarshal(e.item.Data, &p) == nil && p.Meeting.ID == meeting {
			ids = append(ids, id)
		}
	}
	return ids
}
