package present

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// stockholm is where the clock is moved in these tests; 18 November 2026 is a Wednesday.
func stockholm(t *testing.T) *time.Location {
	t.Helper()
	l, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func speak(t *testing.T, language string) {
	t.Helper()
	text.SetLanguage(language)
	t.Cleanup(func() { text.SetLanguage("en") })
}

func minutes(n int) phone.Length { return phone.Length{Kind: phone.LengthMinutes, Minutes: n} }

func TestShortcutNames(t *testing.T) {
	for _, c := range []struct {
		s      phone.Shortcut
		en, sv string
	}{
		{phone.Shortcut{Kind: phone.ActivityAvailable, Length: phone.Length{Kind: phone.LengthUntilChanged}}, "Available", "Tillgänglig"},
		{phone.Shortcut{Kind: phone.ActivityBusy, Length: minutes(15)}, "Busy 15 min", "Upptagen 15 min"},
		{phone.Shortcut{Kind: phone.ActivityMeeting, Length: minutes(60)}, "Meeting 1 h", "Möte 1 h"},
		{phone.Shortcut{Kind: phone.ActivityMeeting, Length: minutes(90)}, "Meeting 1 h 30 min", "Möte 1 h 30 min"},
		{phone.Shortcut{Kind: phone.ActivityVacation, Length: minutes(2 * 24 * 60)}, "Vacation 2 days", "Semester 2 dagar"},
		{phone.Shortcut{Kind: phone.ActivityGone, Length: phone.Length{Kind: phone.LengthNextWorkingDay}}, "Gone for the day", "Gått för dagen"},
		{phone.Shortcut{Kind: phone.ActivitySick, Length: phone.Length{Kind: phone.LengthNextWorkingDay}}, "Sick until next working day", "Sjuk till nästa arbetsdag"},
		{phone.Shortcut{Kind: phone.ActivityDND, Length: phone.Length{Kind: phone.LengthRestOfDay}}, "Do not disturb, rest of the day", "Stör ej, resten av dagen"},
		{phone.Shortcut{Kind: phone.ActivityDND, Name: "Focus", Length: minutes(15)}, "Focus", "Focus"},
	} {
		for language, want := range map[string]string{"en": c.en, "sv": c.sv} {
			speak(t, language)
			if got := strings.ReplaceAll(ShortcutName(c.s), "\u00a0", " "); got != want {
				t.Errorf("%s: %q, want %q", language, got, want)
			}
		}
	}
}

func TestUntilWords(t *testing.T) {
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, time.UTC)
	}
	for _, c := range []struct {
		until  time.Time
		en, sv string
	}{
		{time.Time{}, "until changed", "tills vidare"},
		{at(11, 18, 13, 18), "until 13:18", "till 13:18"},
		{at(11, 19, 8, 0), "until tomorrow 08:00", "till i morgon 08:00"},
		{at(11, 23, 8, 0), "until Monday 08:00", "till måndag 08:00"},
		{at(11, 25, 8, 0), "until 25 November 08:00", "till 25 november 08:00"},
		{at(12, 24, 0, 0), "until 24 December", "till 24 december"},
		{time.Date(2027, 1, 6, 0, 0, 0, 0, time.UTC), "until 6 January 2027", "till 6 januari 2027"},
	} {
		for language, want := range map[string]string{"en": c.en, "sv": c.sv} {
			speak(t, language)
			if got := UntilWords(c.until, now); got != want {
				t.Errorf("%s: %q, want %q", language, got, want)
			}
		}
	}
}

func TestEveryKindHasALampAndAWord(t *testing.T) {
	seen := map[Status]bool{}
	for _, k := range append(phone.ActivityKinds, phone.ActivityOther) {
		s := ActivityStatus(k, false)
		if seen[s] {
			t.Errorf("%s has the lamp of another kind", k)
		}
		seen[s] = true
		if w := ActivityWord(k, ""); w == "" || strings.Contains(w, ".") {
			t.Errorf("%s is called %q", k, w)
		}
		if rings := ActivityStatus(k, true); k != phone.ActivityAvailable && rings == s {
			t.Errorf("%s: a lamp that rings is like one that does not", k)
		}
	}
}

func defaults() []phone.Shortcut {
	return []phone.Shortcut{
		{ID: "a", Kind: phone.ActivityAvailable, Length: phone.Length{Kind: phone.LengthUntilChanged}},
		{ID: "b15", Kind: phone.ActivityBusy, Length: minutes(15)}, {ID: "b45", Kind: phone.ActivityBusy, Length: minutes(45)},
		{ID: "m1", Kind: phone.ActivityMeeting, Length: minutes(60)}, {ID: "m2", Kind: phone.ActivityMeeting, Length: minutes(120)},
		{ID: "l", Kind: phone.ActivityLunch, Length: minutes(60)},
		{ID: "g", Kind: phone.ActivityGone, Length: phone.Length{Kind: phone.LengthNextWorkingDay}},
		{ID: "f", Kind: phone.ActivityDND, Name: "Focus", Length: phone.Length{Kind: phone.LengthRestOfDay}},
	}
}

func office() phone.WorkingHours {
	h := phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{}}
	for d := time.Monday; d <= time.Friday; d++ {
		h.Days[d] = []phone.HourSpan{{From: 8 * 60, To: 17 * 60}}
	}
	return h
}

func TestActivityMenu(t *testing.T) {
	s := scene(func(s *phone.Snapshot) { s.Me.Shortcuts, s.Me.Hours = defaults(), office() })
	m := ActivityMenuOf(s)
	if len(m.Quick) != 5 || len(m.Own) != 1 || m.Hours {
		t.Fatalf("%+v", m)
	}
	if a := m.Quick[0]; !a.Chosen || a.Command != (phone.UseShortcut{ID: "a"}) {
		t.Errorf("available: %+v", a)
	}
	busy := m.Quick[1]
	if busy.Rings[0].Part != 0.25 || busy.Rings[1].Part != 0.75 || busy.Detail != "minutes" || busy.Command != (phone.SetActivity{Kind: phone.ActivityBusy}) {
		t.Errorf("busy: %+v", busy)
	}
	meeting := m.Quick[2]
	if meeting.Rings[0].Part != 0.25 || meeting.Rings[1].Part != 0.5 || meeting.Detail != "hours" {
		t.Errorf("hours are a part of four: %+v", meeting)
	}
	lunch := m.Quick[3]
	if lunch.Rings[0].Part != 1 || lunch.Detail != "until 13:00" || lunch.Command != (phone.UseShortcut{ID: "l"}) {
		t.Errorf("lunch: %+v", lunch)
	}
	if gone := m.Quick[4]; gone.Detail != "until tomorrow 08:00" || gone.Rings[0].Icon != "sunrise" {
		t.Errorf("gone: %+v", gone)
	}
}

func TestRunningRingShowsWhatIsLeft(t *testing.T) {
	s := scene(func(s *phone.Snapshot) {
		s.Me.Shortcuts, s.Me.Hours = defaults(), office()
		s.Me.Activity = phone.Activity{Kind: phone.ActivityMeeting, From: "shortcut:m2", Until: noon.Add(89*time.Minute + time.Second)}
	})
	m := ActivityMenuOf(s)
	row := m.Quick[2]
	r := row.Rings[1]
	if !row.Chosen || m.Quick[0].Chosen || !r.Running || r.Text != "1:30" || r.Part != 90.0/240 {
		t.Errorf("%+v", row)
	}
	if !strings.HasPrefix(row.Detail, "Until 13:29") {
		t.Errorf("detail %q", row.Detail)
	}
}

func TestMissingWorkingHoursAreSaid(t *testing.T) {
	m := ActivityMenuOf(scene(func(s *phone.Snapshot) { s.Me.Shortcuts = defaults() }))
	gone := m.Quick[4]
	if !m.Hours || gone.Rings[0].Wrong == "" || gone.Detail != "Working hours not set" {
		t.Errorf("%+v", gone)
	}
}

func TestActivityWithoutShortcutIsInTheMenu(t *testing.T) {
	m := ActivityMenuOf(scene(func(s *phone.Snapshot) {
		s.Me.Shortcuts = defaults()
		s.Me.Activity = phone.Activity{Kind: phone.ActivityTraining, Name: "HLR"}
	}))
	if first := m.Quick[0]; first.Name != "HLR" || !first.Chosen || first.Detail != "Does not ring" {
		t.Errorf("%+v", first)
	}
}

func TestHeaderTellsTheActivity(t *testing.T) {
	lunch := func(s *phone.Snapshot) {
		s.Me.Activity = phone.Activity{Kind: phone.ActivityLunch, Until: noon.Add(time.Hour)}
		s.Me.Note = "Working from Luleå"
	}
	for name, c := range map[string]struct {
		change             func(*phone.Snapshot)
		status             Status
		chip, tail, refuse string
	}{
		"lunch":           {lunch, StatusLunch, "Lunch", " until 13:00", ""},
		"meeting, rings":  {func(s *phone.Snapshot) { s.Me.Activity = phone.Activity{Kind: phone.ActivityMeeting, Rings: true} }, StatusMeeting + "+rings", "Meeting", "", ""},
		"lunch in a call": {func(s *phone.Snapshot) { lunch(s); s.Calls = []phone.Call{call(1, phone.StateConnected)} }, StatusInCall, "Lunch", " until 13:00", ""},
		"lunch, offline":  {func(s *phone.Snapshot) { lunch(s); s.Accounts[0].State = phone.RegistrationFailed }, StatusNotSignedIn, "Offline", "", ""},
		"refused": {func(s *phone.Snapshot) {
			lunch(s)
			s.Me.Published = []phone.Published{{State: phone.ConfirmOn}, {State: phone.ConfirmRefused, Reason: &phone.Reason{ID: phone.ReasonNotPermitted}}}
		}, StatusLunch, "Lunch", " until 13:00", "Not permitted"},
	} {
		h := HeaderOf(scene(c.change))
		if h.Status != c.status || h.Chip != c.chip || h.ChipTail != c.tail || !strings.HasSuffix(h.Warn, c.refuse) || (h.Warn == "") != (c.refuse == "") {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

func TestClockAndDate(t *testing.T) {
	for typed, want := range map[string]int{"11:30": 690, "11.30": 690, "1130": 690, "8": 480, "08": 480, " 8:05 ": 485, "24:00": 1440, "0": 0, "830": 510} {
		if got, ok := clockOf(typed); !ok || got != want {
			t.Errorf("%q: %d %v, want %d", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"", "3 pm", "1 1 30", "8x", "25", "24:01", "11:60", "11:3", "soon", "1:2:3", "-8", "11305"} {
		if got, ok := clockOf(typed); ok {
			t.Errorf("%q is taken as %d", typed, got)
		}
	}
	for _, typed := range []string{"2026-11-26", "20261126", "26-11-26", "261126", " 2026-11-26 "} {
		if got, ok := dateOf(typed); !ok || got.Format(time.DateOnly) != "2026-11-26" {
			t.Errorf("%q: %v %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "2026-02-30", "tomorrow", "26/11"} {
		if _, ok := dateOf(typed); ok {
			t.Errorf("%q is taken", typed)
		}
	}
}

func TestWorkingHours(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", "8-17": "08:00–17:00", "08:00–12:00, 13–17": "08:00–12:00, 13:00–17:00", "22:00-24:00": "22:00–24:00", "8.30 - 16.45;": "08:30–16:45",
	} {
		if got, ok := spansOf(typed); !ok || spansWords(got) != want {
			t.Errorf("%q: %q %v, want %q", typed, spansWords(got), ok, want)
		}
	}
	for _, typed := range []string{"8", "17-8", "8-12,11-17", "8-", "all day", "8-8"} {
		if got, ok := spansOf(typed); ok {
			t.Errorf("%q is taken as %v", typed, got)
		}
	}
	e := HoursEditor()
	s := scene(func(s *phone.Snapshot) { s.Me.Hours = office() })
	v := e.Start(s, "")
	if f := e.Form(s, "", v); f.Faulty() != "" || !strings.Contains(strings.ReplaceAll(f.Summary, "\u00a0", " "), "45 h") {
		t.Errorf("%+v", f)
	}
	put, ok := e.Commands(s, "", "x", v)[0].(phone.PutItem)
	if h, is := put.Item.(phone.WorkingHours); !ok || !is || len(h.Days) != 5 || h.Validate() != nil {
		t.Errorf("%+v", put)
	}
	v["day.1"] = "17-8"
	if f := e.Form(s, "", v); f.Faulty() != "day.1" {
		t.Errorf("%+v", f)
	}
}

// TestEditorsKeepWhatTheyShow saves each thing unchanged: nothing is lost between the form and the phone.
func TestEditorsKeepWhatTheyShow(t *testing.T) {
	no := false
	p := gym()
	p.Role, p.Note, p.Rings, p.Divert, p.Number, p.Zone, p.Off = "switch", "Back at one", &no, phone.DivertNumber, "084650000", "Europe/London", true
	sc := phone.Shortcut{ID: "x", Name: "Focus", Kind: phone.ActivityDND, Rings: &no, Length: minutes(25), Divert: phone.DivertNumber, Number: "084650000", Icon: "star", Place: 3}
	s := scene(func(s *phone.Snapshot) {
		s.Me.Plans = []phone.Planned{{Plan: p}}
		s.Me.Shortcuts = []phone.Shortcut{sc}
		s.Me.Links = []phone.Link{{Kind: phone.ActivityLunch, Number: "2100"}}
		s.Roles.All = []phone.Role{{ID: "switch", Name: "Switchboard", Number: "084650000", Account: "a", Place: 2}}
		s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "700", Name: "Sales", Account: "a", Place: 4}}}
		s.Profiles = []phone.Profile{{Number: "3", Name: "Meeting"}}
		s.Lookups = []phone.Lookup{{ID: "l", Name: "CRM", URL: "https://crm.example.com/?q={e164}", OnRing: true, Place: 1}}
		s.Templates = []phone.Template{{ID: "t", Name: "Call back", Kind: phone.MessageEmail, Subject: "{name}", Text: "Line one\nline two {number}", Place: 5}}
	})
	for id, e := range map[string]Editor{"gym": PlanEditor(), "x": ShortcutEditor(), "lunch": LinkEditor(), "switch": RoleEditor(), "700": QueueEditor(), "3": ProfileEditor(), "l": LookupEditor(), "t": TemplateEditor()} {
		if rows := e.Rows(s); len(rows) != 1 || rows[0].ID != id || rows[0].Title == "" {
			t.Errorf("%s: rows %+v", id, rows)
		}
		v := e.Start(s, id)
		if f := e.Form(s, id, v); f.Faulty() != "" {
			t.Errorf("%s: %s is faulty", id, f.Faulty())
		}
		commands := e.Commands(s, id, "fresh", v)
		if len(commands) != 1 {
			t.Errorf("%s: %d commands", id, len(commands))
			continue
		}
		put, ok := commands[0].(phone.PutItem)
		if !ok || put.Item.Validate() != nil {
			t.Errorf("%s: %#v", id, commands[0])
			continue
		}
		got, want := encode(t, put.Item), encode(t, map[string]phone.Item{"gym": p, "x": sc, "lunch": s.Snap.Me.Links[0], "switch": s.Snap.Roles.All[0], "700": s.Snap.Queues[0].Queue,
			"3": s.Snap.Profiles[0], "l": s.Snap.Lookups[0], "t": s.Snap.Templates[0]}[id])
		if got != want {
			t.Errorf("%s:\n%s\n%s", id, got, want)
		}
		if e.Remove(id) != (phone.RemoveItem{Kind: put.Item.ItemKind(), Key: id}) {
			t.Errorf("%s: removal %#v", id, e.Remove(id))
		}
	}
}

func encode(t *testing.T, i phone.Item) string {
	t.Helper()
	b, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestNewThingsCanBeSaved(t *testing.T) {
	s := scene(func(s *phone.Snapshot) { s.Me.Hours = office() })
	for name, c := range map[string]struct {
		e Editor
		v Values
	}{
		"plan": {PlanEditor(), nil}, "shortcut": {ShortcutEditor(), nil}, "custom": {CustomActivity(), nil},
		"role": {RoleEditor(), Values{"name": "Switchboard", "number": "08-465 004 00"}}, "queue": {QueueEditor(), Values{"number": "700"}},
		"link": {LinkEditor(), Values{"number": "2100"}}, "profile": {ProfileEditor(), Values{"number": "3"}},
		"lookup": {LookupEditor(), Values{"name": "CRM", "url": "https://crm.example.com/{number}"}}, "template": {TemplateEditor(), Values{"name": "x", "text": "{name}"}},
	} {
		v := c.e.Start(s, "")
		for k, value := range c.v {
			v[k] = value
		}
		if f := c.e.Form(s, "", v); f.Faulty() != "" {
			t.Errorf("%s: %s is faulty", name, f.Faulty())
		}
		if put, ok := c.e.Commands(s, "", "fresh", v)[0].(phone.PutItem); ok && put.Item.Validate() != nil {
			t.Errorf("%s: %v", name, put.Item.Validate())
		}
	}
}

func TestDangerousLookupIsRefusedInWords(t *testing.T) {
	e := LookupEditor()
	for _, url := range []string{"file:///etc/passwd", "javascript:alert(1)", "https://x.example.com/{nummer}", "sh -c {name}"} {
		f := e.Form(scene(func(*phone.Snapshot) {}), "", Values{"name": "x", "url": url})
		if f.Faulty() != "url" {
			t.Errorf("%q is taken", url)
		}
	}
}

func TestMovingAThing(t *testing.T) {
	s := scene(func(s *phone.Snapshot) { s.Me.Shortcuts = defaults() })
	got := ShortcutEditor().Move(s, "b45", -1)
	place := map[string]int{}
	for _, c := range got {
		put := c.(phone.PutItem).Item.(phone.Shortcut)
		place[put.ID] = put.Place
	}
	if place["b45"] != 1 || place["b15"] != 2 {
		t.Errorf("%v", place)
	}
	if got := ShortcutEditor().Move(scene(func(*phone.Snapshot) {}), "none", 1); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestCustomActivityEndsAtAMomentToCome(t *testing.T) {
	s := scene(func(*phone.Snapshot) {})
	e := CustomActivity()
	v := e.Start(s, "")
	v["length"], v["date"], v["clock"] = "moment", "2026-11-20", "15:30"
	f := e.Form(s, "", v)
	if f.Faulty() != "" || f.Summary != "Meeting until Friday 15:30." {
		t.Errorf("%+v", f)
	}
	if c, ok := e.Commands(s, "", "", v)[0].(phone.SetActivity); !ok || !c.Until.Equal(time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC)) {
		t.Errorf("%+v", c)
	}
	for field, value := range map[string]string{"date": "2026-11-17", "clock": "3 pm"} {
		w := Values{"kind": "meeting", "length": "moment", "date": "2026-11-20", "clock": "15:30"}
		w[field] = value
		if f := e.Form(s, "", w); f.Faulty() == "" || f.Summary != "" {
			t.Errorf("%s=%s: %+v", field, value, f)
		}
	}
	v["length"] = string(phone.LengthNextWorkingDay)
	if f := e.Form(s, "", v); f.Faulty() != "length" {
		t.Errorf("without working hours: %+v", f)
	}
}
