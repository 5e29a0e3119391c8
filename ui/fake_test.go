package ui

import (
	"context"
	"fyne.io/fyne/v2/canvas"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/text"
)

// noon is the time of all tests.
var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// fakePhone is a phone that remembers what it was told and shows what a test gives it.
type fakePhone struct {
	snap *phone.Snapshot
	told []phone.Command
	deny error               // what Do answers
	does func(phone.Command) // what a command has become of at once, nil for nothing
}

func (f *fakePhone) Do(c phone.Command) (phone.CallID, error) {
	f.told = append(f.told, c)
	if f.does != nil {
		f.does(c)
	}
	return 0, f.deny
}

func (f *fakePhone) Snapshot() *phone.Snapshot { return f.snap }

func (f *fakePhone) Subscribe(context.Context) phone.Subscription { return nil }

func (f *fakePhone) Levels() phone.Levels { return phone.Levels{Microphone: -20, Speaker: -30} }

// last is the newest command, or nil.
func (f *fakePhone) last() phone.Command {
	if len(f.told) == 0 {
		return nil
	}
	return f.told[len(f.told)-1]
}

// fits reports whether a filter selects an entry.
func fits(e phone.HistoryEntry, f phone.HistoryFilter) bool {
	switch f {
	case phone.HistoryMissed:
		return e.Outcome == phone.OutcomeMissed
	case phone.HistoryAnswered:
		return e.Direction == phone.Incoming && e.Outcome == phone.OutcomeAnswered
	case phone.HistoryOutgoing:
		return e.Direction == phone.Outgoing
	case phone.HistoryRedirected:
		return e.Sought != ""
	}
	return true
}

// fakeHistory answers from a list.
type fakeHistory []phone.HistoryEntry

func (h fakeHistory) History(_ context.Context, q phone.HistoryQuery) ([]phone.HistoryEntry, error) {
	var out []phone.HistoryEntry
	for _, e := range h {
		if q.Missed && e.Outcome != phone.OutcomeMissed {
			continue
		}
		if len(q.Any) > 0 && !slices.ContainsFunc(q.Any, func(f phone.HistoryFilter) bool { return fits(e, f) }) {
			continue
		}
		if q.Queue != "" && e.Queue != q.Queue || !q.Since.IsZero() && e.Begun.Before(q.Since) || q.Filter == phone.HistoryNoted && e.Note == "" {
			continue
		}
		if !strings.Contains(strings.ToLower(e.Remote.Name+" "+e.Remote.Number), strings.ToLower(q.Text)) {
			continue
		}
		out = append(out, e)
	}
	return out, nil
}

var entries = fakeHistory{
	{ID: 4, Direction: phone.Incoming, Outcome: phone.OutcomeMissed, Remote: phone.Party{Name: "Maria Ekdal", Number: "0701740612"}, Begun: noon.Add(-20 * time.Minute)},
	{ID: 3, Direction: phone.Outgoing, Outcome: phone.OutcomeAnswered, Remote: phone.Party{Name: "Anna Berg", Number: "2101"}, Begun: noon.Add(-2 * time.Hour), Duration: 167 * time.Second},
	{ID: 2, Direction: phone.Outgoing, Outcome: phone.OutcomeFailed, Remote: phone.Party{Number: "9002"}, Begun: noon.Add(-26 * time.Hour), Reason: phone.Reason{ID: phone.ReasonBusy, Code: 486}},
	{ID: 1, Direction: phone.Incoming, Outcome: phone.OutcomeAnswered, Remote: phone.Party{Name: "Anna Berg", Number: "2101"}, Begun: noon.Add(-100 * time.Hour), Duration: time.Minute, Seen: true},
}

// registered is a phone with one account that works.
func registered() *phone.Snapshot {
	return &phone.Snapshot{
		Seq: 1, Time: noon,
		Accounts: []phone.AccountStatus{{
			Account:      phone.Account{ID: "elin", User: "2100", Domain: "vaxel.example.com", DisplayName: "Elin Strandh", Default: true},
			Registration: phone.Registration{State: phone.RegistrationRegistered, Until: noon.Add(time.Hour)},
		}},
		Settings: phone.Settings{phone.KeyLanguage: "en", phone.KeyTheme: "light", phone.KeyFirstStart: "false"},
		History:  phone.HistoryState{Revision: 4, Missed: 1, Last: "2101"},
		Audio: phone.AudioStatus{Devices: []phone.Device{
			{ID: "h2", Name: "Nordljud H2", Input: true, Output: true, Default: true}, {ID: "spk", Name: "Computer speakers", Output: true},
		}, Input: "h2", Output: "h2", Ring: "spk"},
	}
}

// with is a copy of a snapshot, one number newer, with changes.
func with(s *phone.Snapshot, change func(*phone.Snapshot)) *phone.Snapshot {
	c := *s
	c.Seq++
	c.Accounts = slices.Clone(s.Accounts)
	c.Calls = slices.Clone(s.Calls)
	c.Settings = maps.Clone(s.Settings)
	change(&c)
	return &c
}

func incoming(id phone.CallID) phone.Call {
	return phone.Call{
		ID: id, Account: "elin", Direction: phone.Incoming, State: phone.StateIncoming, Hold: phone.HoldNone,
		Remote: phone.Party{Name: "Maria Ekdal", Number: "0701740612"}, Created: noon.Add(-8 * time.Second),
	}
}

func connected(id phone.CallID) phone.Call {
	c := incoming(id)
	c.State, c.Started, c.Codec = phone.StateConnected, noon.Add(-167*time.Second), "opus"
	c.Quality = phone.Quality{MOS: 4.3, JitterMS: 2.4, RTTMS: 24, BufferMS: 40}
	return c
}

// open makes an app on Fyne's test driver, showing a snapshot.
func open(t *testing.T, snap *phone.Snapshot) (*App, *fakePhone) {
	t.Helper()
	forget(t)
	fy := test.NewTempApp(t)
	p := &fakePhone{snap: snap}
	a := newApp(fy, Options{Phone: p, History: entries, Meter: p, Version: "0.1.0", Demo: func() error { return nil }, sync: true})
	a.now = func() time.Time { return noon }
	t.Cleanup(func() {
		a.group.stop()
		text.SetLanguage("en")
		for c := range a.windows {
			a.release(c)
		}
	})
	a.build()
	a.draw()
	a.main.Show()
	a.focus()
	return a, p
}

// show gives the window a new snapshot, as the pump does.
func (p *fakePhone) show(a *App, s *phone.Snapshot) {
	p.snap = s
	a.render(s)
}

// press presses a named key in the main window, as the driver does: the focused widget gets it, else the canvas.
func press(a *App, name fyne.KeyName) {
	c := a.main.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: name})
}

// write types characters in the main window.
func write(a *App, s string) {
	c := a.main.Canvas()
	for _, r := range s {
		if f := c.Focused(); f != nil {
			f.TypedRune(r)
			continue
		}
		c.OnTypedRune()(r)
	}
}

// nothing is an object that shows nothing.
func nothing() fyne.CanvasObject { return &canvas.Rectangle{} }
