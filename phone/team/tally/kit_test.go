package tally

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// shelf is what a server has stored of a tally's changes.
type shelf struct {
	t     testing.TB
	zone  *time.Location
	items map[string]team.Item
	log   map[string]team.LogEntry
	src   team.SourceStatus
	rows  []string // log IDs in order of their first change
}

func newShelf(t testing.TB, zone *time.Location) *shelf {
	return &shelf{t: t, zone: zone, items: map[string]team.Item{}, log: map[string]team.LogEntry{}, src: team.SourceStatus{ID: "pbx", Name: "PBX"}}
}

// put stores what has changed.
func (s *shelf) put(changes []team.Change) {
	s.t.Helper()
	for _, c := range changes {
		key := string(c.Kind) + " " + c.ID
		if c.ID == "" {
			s.t.Fatalf("a change without an ID: %+v", c)
		}
		if c.Gone {
			delete(s.items, key)
			continue
		}
		switch v := c.Value.(type) {
		case team.LogEntry:
			if _, was := s.log[c.ID]; !was {
				s.rows = append(s.rows, c.ID)
			}
			s.log[c.ID] = v
			continue
		case team.SourceStatus:
			s.src = v
			continue
		}
		data, err := json.Marshal(c.Value)
		if err != nil {
			s.t.Fatal(err)
		}
		s.items[key] = team.Item{Kind: c.Kind, ID: c.ID, Group: c.Group, Data: data}
	}
}

// before is what a new tally would be given.
func (s *shelf) before(now time.Time) team.Before {
	b := team.Before{Source: s.src, Zone: s.zone, Now: now}
	today := dayOf(now, s.zone)
	for _, k := range slices.Sorted(maps.Keys(s.items)) {
		b.Items = append(b.Items, s.items[k])
	}
	for _, e := range s.log {
		if today.has(e.Began) || e.Talking || e.Outcome == team.OutcomeWaiting {
			b.Log = append(b.Log, e)
		}
	}
	slices.SortFunc(b.Log, func(x, y team.LogEntry) int { return x.Began.Compare(y.Began) })
	return b
}

func get[V any](s *shelf, kind team.Kind, id string) (v V, ok bool) {
	s.t.Helper()
	i, ok := s.items[string(kind)+" "+id]
	if ok {
		if err := json.Unmarshal(i.Data, &v); err != nil {
			s.t.Fatal(err)
		}
	}
	return v, ok
}

func (s *shelf) queue(id string) team.Queue { q, _ := get[team.Queue](s, team.KindQueue, id); return q }
func (s *shelf) member(id string) team.Member {
	m, _ := get[team.Member](s, team.KindMember, id)
	return m
}

func (s *shelf) waiting() []string {
	var out []string
	for _, i := range s.items {
		if i.Kind == team.KindWaiting {
			var w team.Waiting
			if err := json.Unmarshal(i.Data, &w); err != nil {
				s.t.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%s:%d:%s", w.Queue, w.Place, i.ID))
		}
	}
	slices.Sort(out)
	return out
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func at(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }

// desk is a tally with its shelf.
type desk struct {
	*shelf
	t *Tally
}

func whose() team.Whose {
	return team.Whose{
		Phones: map[string]team.PersonID{"2101": "anna", "2102": "bo", "SIP/desk": "anna"},
		Names:  map[team.PersonID]string{"anna": "Anna Berg"},
		Queues: map[phone.QueueID]team.GroupID{"support": "helpers", "sales": "sellers"},
	}
}

func newDesk(t testing.TB, zone *time.Location) *desk {
	s := newShelf(t, zone)
	d := &desk{s, New(s.before(noon))}
	d.t.Whose(whose())
	return d
}

func (d *desk) apply(events ...team.SourceEvent) {
	d.shelf.t.Helper()
	for _, e := range events {
		d.t.Apply(e)
	}
	d.put(d.t.Changes())
}

// restart is another server that goes on from what is stored.
func (d *desk) restart(now time.Time) {
	d.t = New(d.before(now))
	d.t.Whose(whose())
	d.put(d.t.Changes())
}

func join(s int, q, call string, place int) team.CallJoined {
	return team.CallJoined{At: at(s), Queue: phone.QueueID(q), Call: call, Place: place, From: phone.Party{Number: "070" + call}}
}

func answer(s int, q, call, phoneName string, wait int) team.CallAnswered {
	return team.CallAnswered{At: at(s), Queue: phone.QueueID(q), Call: call, Phone: phoneName, WaitS: wait}
}

func end(s int, q, call string, talk int) team.CallEnded {
	return team.CallEnded{At: at(s), Queue: phone.QueueID(q), Call: call, TalkS: talk}
}

func lost(s int, q, call string, wait int) team.CallLeft {
	return team.CallLeft{At: at(s), Queue: phone.QueueID(q), Call: call, WaitS: wait}
}

func seat(s int, q, name string, state team.MemberState) team.MemberTold {
	return team.MemberTold{At: at(s), Member: team.Member{Queue: phone.QueueID(q), Phone: name, LoggedIn: true, State: state, Skill: 7}}
}
