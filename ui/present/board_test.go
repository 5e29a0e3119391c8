package present

import (
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// crew makes a scene and people of lines, named by what they do.
func crew(lines ...phone.Line) (Scene, []phone.Hit) {
	s := Scene{Now: day, Snap: &phone.Snapshot{Settings: phone.Settings{}, Accounts: []phone.AccountStatus{{
		Account: phone.Account{ID: "a", Default: true}, Registration: phone.Registration{State: phone.RegistrationRegistered},
	}}}}
	var hits []phone.Hit
	for i, l := range lines {
		name := l.Number
		l.Account, l.Number = "a", string(rune('1'+i))
		s.Snap.Lines = append(s.Snap.Lines, l)
		hits = append(hits, phone.Hit{Person: phone.Person{ID: phone.PersonID("company:" + l.Number), Name: name, Colleague: true, Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: l.Number}}}})
	}
	return s, hits
}

var day = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

func presence(kind phone.ActivityKind, open bool, until time.Time) *phone.Presence {
	return &phone.Presence{Activity: kind, Open: open, Until: until}
}

func arranged(r Roster, a Arranged) []string {
	var out []string
	for _, i := range a.Order {
		out = append(out, r.Hits[i].Person.Name)
	}
	return out
}

func TestWhoCanTakeTheCallFirst(t *testing.T) {
	ago := func(d time.Duration) time.Time { return day.Add(-d) }
	s, hits := crew(
		phone.Line{Number: "unknown", State: phone.LineUnknown},
		phone.Line{Number: "offline", State: phone.LineOffline},
		phone.Line{Number: "away, not told until when", State: phone.LineIdle, Presence: presence(phone.ActivitySick, false, time.Time{})},
		phone.Line{Number: "vacation", State: phone.LineIdle, Presence: presence(phone.ActivityVacation, false, day.Add(100*time.Hour))},
		phone.Line{Number: "lunch", State: phone.LineIdle, Presence: presence(phone.ActivityLunch, false, day.Add(time.Hour))},
		phone.Line{Number: "talks, not told since when", State: phone.LineBusy},
		phone.Line{Number: "talks long", State: phone.LineBusy, Since: ago(time.Hour)},
		phone.Line{Number: "talks, in a meeting", State: phone.LineBusy, Since: ago(time.Minute), Presence: presence(phone.ActivityMeeting, false, day.Add(time.Hour))},
		phone.Line{Number: "rings", State: phone.LineRinging},
		phone.Line{Number: "meeting that rings", State: phone.LineIdle, Presence: presence(phone.ActivityMeeting, true, day.Add(time.Hour))},
		phone.Line{Number: "Östen", State: phone.LineIdle, Presence: presence(phone.ActivityAvailable, true, time.Time{})},
		phone.Line{Number: "Åke", State: phone.LineIdle},
		phone.Line{Number: "zorro", State: phone.LineIdle},
		phone.Line{Number: "Adam, stale", State: phone.LineIdle, Stale: true},
	)
	r := NewRoster(hits, "")
	order := arranged(r, r.Arrange(r.Standings(s, nil), Filter{}, false))
	want := []string{"zorro", "Åke", "Östen", "meeting that rings", "rings", "talks, in a meeting", "talks long", "talks, not told since when",
		"lunch", "vacation", "away, not told until when", "offline", "Adam, stale", "unknown"}
	if !slices.Equal(order, want) {
		t.Errorf("got  %q\nwant %q", order, want)
	}
	byName := arranged(r, r.Arrange(r.Standings(s, nil), Filter{}, true))
	if !slices.IsSortedFunc(byName, text.Compare) || byName[len(byName)-1] != "Östen" {
		t.Errorf("by name: %q", byName)
	}
	// the standing says what the shape says
	for _, h := range hits {
		lamp, rank := LampOf(s, h.Person), StandingOf(s, &h.Person).Rank
		want := map[Status]Rank{StatusAvailable: RankFree, StatusRinging: RankRings, StatusMeeting + ringing: RankRings, StatusInCall: RankTalking, StatusNotSignedIn: RankOffline, StatusUnknown: RankUnknown}
		if w, ok := want[lamp.Status]; ok && w != rank || !ok && rank != RankAway {
			t.Errorf("%s: lamp %s, rank %d", h.Person.Name, lamp.Status, rank)
		}
	}
	s.Snap.Accounts[0].State = phone.RegistrationFailed
	if rank := StandingOf(s, &hits[12].Person).Rank; rank != RankUnknown {
		t.Errorf("without the exchange the rank is %d", rank)
	}
}

func TestFavouritesFirstAndHitsAsTheSearchRankedThem(t *testing.T) {
	s, hits := crew(phone.Line{Number: "b", State: phone.LineIdle}, phone.Line{Number: "a", State: phone.LineIdle}, phone.Line{Number: "c", State: phone.LineBusy})
	hits[2].Person.Mark = phone.MarkFavourite
	hits = append(hits, hits[0]) // of two books
	for _, c := range []struct {
		query string
		want  []string
	}{{"", []string{"c", "a", "b"}}, {"x", []string{"c", "b", "a"}}} {
		r := NewRoster(hits, c.query)
		a := r.Arrange(r.Standings(s, nil), Filter{}, false)
		if got := arranged(r, a); !slices.Equal(got, c.want) || a.Favourites != 1 || a.Everyone != 3 || a.Free != 2 {
			t.Errorf("%q: %q, %+v", c.query, got, a)
		}
	}
}

// Enter takes who stands first: somebody meant by name, not a favourite or somebody free who only works where the word is found.
func TestHitsByNameBeforeOthers(t *testing.T) {
	s, hits := crew(phone.Line{Number: "a", State: phone.LineIdle}, phone.Line{Number: "b", State: phone.LineBusy}, phone.Line{Number: "c", State: phone.LineIdle})
	hits[0].Person.Mark, hits[0].Aside, hits[2].Aside = phone.MarkFavourite, true, true
	r := NewRoster(hits, "x")
	for _, byName := range []bool{false, true} {
		a := r.Arrange(r.Standings(s, nil), Filter{}, byName)
		if got := arranged(r, a); !slices.Equal(got, []string{"b", "a", "c"}) || a.Favourites != 0 {
			t.Errorf("by name %v: %q, %+v", byName, got, a)
		}
	}
	hits[1].Aside = true // when nobody is meant by name, favourites are favourites
	a := NewRoster(hits, "x").Arrange(r.Standings(s, nil), Filter{}, false)
	if got := arranged(r, a); !slices.Equal(got, []string{"a", "c", "b"}) || a.Favourites != 1 {
		t.Errorf("%q, %+v", got, a)
	}
}

func TestFilters(t *testing.T) {
	s, hits := crew(phone.Line{Number: "a", State: phone.LineIdle}, phone.Line{Number: "b", State: phone.LineBusy}, phone.Line{Number: "c", State: phone.LineIdle})
	hits[0].Person.Department, hits[1].Person.Department, hits[2].Person.Department = "Ekonomi", "Ekonomi", "Åkeri"
	hits[1].Person.Skills, hits[2].Person.Skills = []string{"Tyska"}, []string{"Export", "Tyska"}
	r := NewRoster(hits, "")
	at := r.Standings(s, nil)
	for _, c := range []struct {
		f              Filter
		want           []string
		everyone, free int
	}{
		{Filter{}, []string{"a", "c", "b"}, 3, 2},
		{Filter{Free: true}, []string{"a", "c"}, 3, 2},
		{Filter{Department: "Ekonomi"}, []string{"a", "b"}, 2, 1},
		{Filter{Department: "Ekonomi", Free: true}, []string{"a"}, 2, 1},
		{Filter{Skill: "Tyska"}, []string{"c", "b"}, 2, 1},
		{Filter{Skill: "Tyska", Department: "IT"}, nil, 0, 0},
	} {
		a := r.Arrange(at, c.f, false)
		if got := arranged(r, a); !slices.Equal(got, c.want) || a.Everyone != c.everyone || a.Free != c.free {
			t.Errorf("%+v: %q, %d, %d", c.f, got, a.Everyone, a.Free)
		}
	}
	if d, k := r.Departments(), r.Skills(); !slices.Equal(d, []string{"Ekonomi", "Åkeri"}) || !slices.Equal(k, []string{"Export", "Tyska"}) {
		t.Errorf("%q %q", d, k)
	}
}

func TestTile(t *testing.T) {
	text.SetLanguage("sv")
	defer text.SetLanguage("en")
	until := func(h time.Duration) time.Time { return day.Add(h * time.Hour) }
	for _, c := range []struct {
		line    phone.Line
		state   string
		quiet   bool
		evident bool
		label   string
	}{
		{phone.Line{State: phone.LineIdle}, "Tillgänglig", false, true, "Anna, 1, Tillgänglig"},
		{phone.Line{State: phone.LineBusy, Since: day.Add(-252 * time.Second), With: phone.Party{Name: "Ekdal Bygg"}}, "I samtal 04:12 · Ekdal Bygg", false, false, "Anna, 1, I samtal 04:12 · Ekdal Bygg"},
		{phone.Line{State: phone.LineIdle, Presence: presence(phone.ActivityLunch, false, until(1))}, "Lunch till 13:00", true, false, "Anna, 1, Lunch till 13:00"},
		{phone.Line{State: phone.LineIdle, Presence: presence(phone.ActivityMeeting, true, until(1))}, "Möte till 13:00", false, false, "Anna, 1, Möte till 13:00"},
		{phone.Line{State: phone.LineIdle, Presence: presence(phone.ActivityGone, false, until(20))}, "Gått, åter i morgon 08:00", true, false, "Anna, 1, Gått, åter i morgon 08:00"},
		{phone.Line{State: phone.LineIdle, Presence: presence(phone.ActivityVacation, false, until(16*24))}, "Semester till 4 dec.", true, false, "Anna, 1, Semester till 4 dec."},
		{phone.Line{State: phone.LineOffline}, "Inte inloggad", true, false, "Anna, 1, Inte inloggad"},
	} {
		line := c.line
		line.Number = "Anna"
		s, hits := crew(line)
		got := TileOf(s, hits[0], "")
		if got.State != c.state || got.Quiet != c.quiet || got.Evident != c.evident || got.Label() != c.label {
			t.Errorf("got %q %v %v %q\nwant %q", got.State, got.Quiet, got.Evident, got.Label(), c.label)
		}
	}
	s, hits := crew(phone.Line{Number: "Anna", State: phone.LineIdle})
	s.Snap.Lines = nil
	if got := TileOf(s, hits[0], ""); got.Status != StatusUnknown || !got.Quiet {
		t.Errorf("a colleague without a lamp: %+v", got)
	}
	out := phone.Hit{Person: phone.Person{ID: "own:1", Name: "Erik Lindh", Company: "Havsö", Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "070-1740671"}}}, Spans: []phone.Span{{Field: "number.0", From: 0, To: 3}}}
	got := TileOf(s, out, "070")
	if got.Status != "" || got.Icon != "book-user" || got.Dial != "0701740671" || got.Number != nil || plainText(got.Detail) != "Havsö · 070-174 06 71" {
		t.Errorf("somebody outside: %+v", got)
	}
	last := got.Detail[len(got.Detail)-2]
	if !last.Mark || last.Text != "070" {
		t.Errorf("the number is marked: %+v", got.Detail)
	}
}

func TestBoardDetail(t *testing.T) {
	s, hits := crew(phone.Line{Number: "Anna", State: phone.LineIdle, Presence: &phone.Presence{Activity: phone.ActivityAvailable, Open: true, Note: "back\u202e soon"}},
		phone.Line{Number: "Bo", State: phone.LineIdle, Presence: presence(phone.ActivityDND, false, time.Time{})})
	p := &hits[0].Person
	p.Title, p.Department, p.Company = "Buyer", "Purchasing", "Luleå"
	p.Numbers = append(p.Numbers, phone.Number{Kind: phone.NumberMobile, Number: "070-1740644"})
	if d := BoardDetailOf(s, hits[0]); d.Title != "Buyer · Purchasing · Luleå" || d.Numbers != "1 · 070-174 06 44" || d.State != "Available, rings" || d.Icon != "bell" || d.Note != "back soon" {
		t.Errorf("%+v", d)
	}
	if d := BoardDetailOf(s, hits[1]); d.Icon != "bell-off" || d.State != "Do not disturb" {
		t.Errorf("%+v", d)
	}
}

func TestAlternatives(t *testing.T) {
	free := phone.Line{State: phone.LineIdle}
	line := func(name string) phone.Line {
		l := free
		l.Number = name
		return l
	}
	busy := line("busy")
	busy.State = phone.LineBusy
	s, hits := crew(line("a"), line("b"), line("c"), line("d"), line("e"), busy, line("other"))
	for i := range hits {
		hits[i].Person.Department = "Sales"
	}
	hits[6].Person.Department = "IT"
	hits[5].Person.Skills, hits[3].Person.Skills = []string{"Export"}, []string{"export"}
	s.Snap.Queues = []phone.QueueStatus{
		{Queue: phone.Queue{ID: "700", Name: "Night"}, Counted: true, Available: 3, Night: true},
		{Queue: phone.Queue{ID: "2500", Name: "Sales"}, Counted: true, Available: 5, LoggedIn: 9},
	}
	r := NewRoster(hits, "")
	got := Alternatives(s, r, r.Standings(s, nil), hits[5].Person, nil)
	var names []string
	for _, a := range got {
		names = append(names, a.Title)
	}
	if !slices.Equal(names, []string{"d", "a", "b", "Sales"}) {
		t.Errorf("%q", names)
	}
	if got[0].Why() != "Knows export" || got[1].Why() != "Same department" || got[3].Target != "2500" || got[3].Lines[0] != "5 of 9 free, 0 waiting" {
		t.Errorf("%+v", got)
	}
}

func TestBoardNotice(t *testing.T) {
	s, hits := crew(phone.Line{Number: "a", State: phone.LineUnknown}, phone.Line{Number: "b", State: phone.LineIdle})
	r := NewRoster(hits, "")
	notice := func() string { return BoardNotice(s, r, r.Standings(s, nil)) }
	if got := notice(); got != "" {
		t.Errorf("one is known: %q", got)
	}
	s.Snap.Lines = s.Snap.Lines[:1]
	if got := notice(); got != text.T("board.no_status") {
		t.Errorf("none is known: %q", got)
	}
	s.Snap.Settings[phone.KeyWatchPeople] = "none"
	if got := notice(); got != text.T("board.lamps_off") {
		t.Errorf("switched off: %q", got)
	}
	s.Snap.Settings[phone.KeyWatchPeople], s.Snap.Accounts[0].State = "colleagues", phone.RegistrationFailed
	if got := notice(); got != text.T("board.not_connected") {
		t.Errorf("not connected: %q", got)
	}
	hits[0].Person.Colleague, hits[1].Person.Colleague = false, false
	r = NewRoster(hits, "")
	if got := notice(); got != "" {
		t.Errorf("nobody is watched: %q", got)
	}
}

// Somebody whose title is that of their department works there, said once.
func TestDepartmentIsNotSaidTwice(t *testing.T) {
	s, hits := crew(phone.Line{Number: "Anna", State: phone.LineIdle})
	hits[0].Person.Title, hits[0].Person.Department, hits[0].Person.Company = "Support", "support", ""
	if d := BoardDetailOf(s, hits[0]); d.Title != "Support" {
		t.Errorf("the board says %q", d.Title)
	}
	said := ""
	for _, part := range PersonRows(s, hits[:1], "")[0].Detail {
		said += part.Text
	}
	if said != "Support" {
		t.Errorf("the list says %q", said)
	}
}
