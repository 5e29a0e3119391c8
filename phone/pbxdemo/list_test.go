package pbxdemo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/eventlist"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// wholeList is what a subscriber to the list knows.
type wholeList struct {
	h       *handset
	event   string
	version uint32
	full    int
	bodies  map[string][]byte // by number
	names   map[string]string
	times   []time.Time
}

func (h *handset) listen(event, accept string, expires int) *wholeList {
	h.ua.Do(ua.Subscribe{ID: ua.SubID(event), Account: "demo", Target: listNumber, Event: event, Accept: accept, List: true, Expires: expires})
	return &wholeList{h: h, event: event, bodies: map[string][]byte{}, names: map[string]string{}}
}

// next takes a notification in; what it returns has come with it.
func (l *wholeList) next() eventlist.List {
	l.h.t.Helper()
	for {
		v := await(l.h, func(v ua.Notified) bool { return v.ID == ua.SubID(l.event) && len(v.Body) > 0 })
		doc, err := eventlist.Parse(v.ContentType, v.Body)
		if err != nil {
			l.h.t.Fatalf("%v\n%.2000s", err, v.Body)
		}
		if l.full > 0 && doc.Version <= l.version {
			continue // said once more with a refresh
		}
		if doc.Full != (l.full == 0) && !doc.Full || l.full > 0 && doc.Version != l.version+1 {
			l.h.t.Fatalf("version %d (full %t) after %d", doc.Version, doc.Full, l.version)
		}
		if l.version = doc.Version; doc.Full {
			l.full++
		}
		l.times = append(l.times, time.Now())
		for _, r := range doc.Resources {
			user, _, _ := strings.Cut(strings.TrimPrefix(r.URI, "sip:"), "@")
			if r.State == "active" && len(r.Body) > 0 {
				l.bodies[user], l.names[user] = r.Body, r.Name
			}
		}
		return doc
	}
}

// all waits until everybody's state is known.
func (l *wholeList) all(n int) {
	l.h.t.Helper()
	for len(l.bodies) < n {
		l.next()
	}
}

// state is somebody's calls.
func (l *wholeList) state(number string) dialoginfo.Document {
	l.h.t.Helper()
	d, err := dialoginfo.Parse(l.bodies[number])
	if err != nil {
		l.h.t.Fatalf("%s: %v", number, err)
	}
	return d
}

// Everybody at once in the list: first who they are, then what they do, then only what changes, at most ten times a
// second and without a gap.
func TestList(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{People: 500, Rate: -1})
	h := newHandset(t, p, "2100")
	everybody := len(colleagues) + len(p.Logins()) + 500
	calls, people := h.listen(dialoginfo.Event, dialoginfo.ContentType, 0), newHandset(t, p, "2198").listen(pidf.Event, pidf.ContentType, 0)
	if doc := calls.next(); len(doc.Resources) != everybody {
		t.Errorf("%d of %d named", len(doc.Resources), everybody)
	}
	calls.all(everybody)
	people.all(everybody)
	if calls.names["2101"] != "Anna Berg" || calls.names["3001"] != p.crowd[1].name {
		t.Errorf("%v", calls.names)
	}
	if d := calls.state("2118"); len(d.Dialogs) != 1 || d.Dialogs[0].State != dialoginfo.Confirmed {
		t.Errorf("Petra: %+v", d)
	}
	newHandset(t, p, "2199").call("anna", "2101")
	for len(calls.state("2101").Dialogs) == 0 || calls.state("2101").Dialogs[0].State != dialoginfo.Confirmed {
		if doc := calls.next(); doc.Full || len(doc.Resources) > 3 {
			t.Errorf("full %t with %d", doc.Full, len(doc.Resources))
		}
	}
	p.post(func() { p.setActivity("3007", phone.Presence{Activity: phone.ActivityLunch}, time.Time{}) })
	if doc := people.next(); len(doc.Resources) > 2 { // she, and who has just registered
		t.Errorf("%d", len(doc.Resources))
	}
	for {
		if s, err := pidf.Parse(people.bodies["3007"]); err == nil && s.Activity == phone.ActivityLunch {
			break
		}
		people.next()
	}

	begin := len(calls.times)
	start := time.Now()
	p.Burst()
	busy := func() (n int) {
		for i := range 500 {
			if d, err := dialoginfo.Parse(calls.bodies[p.crowd[i].number]); err == nil && len(d.Dialogs) == 1 {
				n++
			}
		}
		return n
	}
	for busy() < 500 {
		calls.next()
	}
	t.Logf("500 people into calls: %d notifications in %v", len(calls.times)-begin, time.Since(start).Round(time.Millisecond))
	for i := begin; i+10 < len(calls.times); i++ {
		if d := calls.times[i+10].Sub(calls.times[i]); d < 800*time.Millisecond {
			t.Errorf("ten notifications in %v", d)
		}
	}
	if calls.full != 1 || people.full != 1 {
		t.Errorf("%d and %d full", calls.full, people.full)
	}
}

// A refreshed subscription is told everything again; who does not understand lists has none.
func TestListRefresh(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{People: 1000, Rate: -1})
	h := newHandset(t, p, "2100")
	l := h.listen(dialoginfo.Event, dialoginfo.ContentType, 5)
	l.all(maxList)
	for l.full < 2 {
		if doc := l.next(); doc.Full && slices.ContainsFunc(doc.Resources, func(r eventlist.Resource) bool { return r.State != "active" }) {
			t.Error("somebody is unknown again")
		}
	}
	clear(l.bodies)
	l.all(maxList)
	h.ua.Do(ua.Subscribe{ID: "no", Account: "demo", Target: listNumber, Event: dialoginfo.Event, Accept: dialoginfo.ContentType})
	await(h, func(v ua.SubscriptionLost) bool { return v.ID == "no" })
}

// Further people are always the same, with different names, and call and do things all the time.
func TestPeople(t *testing.T) {
	t.Parallel()
	names, numbers := map[string]bool{}, map[string]bool{}
	all := People(2000, "sv")
	for _, who := range all {
		if names[who.Name] || numbers[who.Line()] || who.Title == "" || who.Department == "" || !who.Colleague || !mobileNumber(who.Numbers[1].Number) {
			t.Errorf("%+v", who)
		}
		names[who.Name], numbers[who.Line()] = true, true
	}
	if len(all) != 2000+len(colleagues) || People(500, "sv")[300].Name != all[300].Name {
		t.Errorf("%d", len(all))
	}
	for i, english := range People(2000, "en") {
		if his := all[i]; english.Name != his.Name || english.Title == his.Title && his.Title != "" || english.Department == his.Department {
			t.Fatalf("%s is %s in %s in Swedish, %s in %s in English", his.Name, his.Title, his.Department, english.Title, english.Department)
		}
	}

	p := startPBX(t, Config{People: 30, Rate: 200, Seed: 3})
	h := newHandset(t, p, "2100")
	l, who := h.listen(dialoginfo.Event, dialoginfo.ContentType, 0), newHandset(t, p, "2198").listen(pidf.Event, pidf.ContentType, 0)
	seen := map[string]bool{}
	for !seen["ringing"] || !seen["calling"] || !seen["talking"] || !seen["idle"] {
		l.next()
		for i := range 30 {
			body := l.bodies[p.crowd[i].number]
			if len(body) == 0 {
				continue
			}
			d, err := dialoginfo.Parse(body)
			switch {
			case err != nil:
				t.Fatal(err)
			case len(d.Dialogs) == 0:
				seen["idle"] = true
			case len(d.Dialogs) > 1:
				t.Errorf("two calls at once: %+v", d)
			case d.Dialogs[0].State == dialoginfo.Confirmed:
				seen["talking"] = true
			case d.Dialogs[0].Direction == dialoginfo.Initiator:
				seen["calling"] = true
			default:
				seen["ringing"] = true
			}
		}
	}
	for {
		if s, err := pidf.Parse(who.bodies["3000"]); err == nil && !s.Open {
			break
		}
		who.next()
	}
	p.post(func() {
		for _, s := range p.crowd { // both ends of a call say the same
			if c := p.own[s.number]; c != nil && c.far != "" && (p.own[c.far] == nil || p.own[c.far].state != c.state || p.own[c.far].far != s.number) {
				t.Errorf("%s: %+v", s.number, c)
			}
		}
	})
}
