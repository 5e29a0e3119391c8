package server

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"svara/phone"
	"svara/phone/schedule"
	"svara/phone/team"
)

func stockholm(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func invite(m team.Meeting) invitation {
	return invitation{
		method: "REQUEST", meeting: m, organizer: mailbox{"Anna Åström", "anna@example.com"}, domain: "team.test",
		to: []mailbox{{`Bo "Bosse" ^ Berg; & Co, AB`, "bo@example.com"}, {"", "cia@example.com"}}, place: "Call 9500, id 123456", now: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC),
	}
}

func read5545(t testing.TB, c invitation) (*ical.Calendar, string) {
	t.Helper()
	data, err := c.bytes()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d: %q", len(line), line)
		}
	}
	cal, err := ical.NewDecoder(bytes.NewReader(data)).Decode()
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if err := ical.NewEncoder(&bytes.Buffer{}).Encode(cal); err != nil { // it checks what must be there
		t.Errorf("%v\n%s", err, data)
	}
	return cal, string(data)
}

// The example of RFC 5546 4.1.1, with our own words in it, line by line.
func TestAnInvitationAsInTheRFC(t *testing.T) {
	c := invite(team.Meeting{ID: "calsrv.example.com-873970198738777", Rev: 1, Title: "Conference", Start: time.Date(1997, 7, 1, 20, 0, 0, 0, time.UTC), LengthM: 60, Zone: "UTC"})
	c.domain, c.now = "example.com", time.Date(1997, 6, 11, 19, 0, 0, 0, time.UTC)
	c.organizer, c.to, c.place = mailbox{"", "a@example.com"}, []mailbox{{"B", "b@example.com"}}, ""
	data, err := c.bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := `BEGIN:VCALENDAR
PRODID:-//Svara//Team server//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VEVENT
UID:calsrv.example.com-873970198738777@example.com
DTSTAMP:19970611T190000Z
SEQUENCE:0
DTSTART:19970701T200000Z
DURATION:PT60M
SUMMARY:Conference
ORGANIZER:mailto:a@example.com
ATTENDEE;CN="B";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTIO
 N;RSVP=TRUE:mailto:b@example.com
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
`
	if got := strings.ReplaceAll(string(data), "\r\n", "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestAnInvitationIsReadBack(t *testing.T) {
	loc := stockholm(t)
	m := team.Meeting{ID: "m1", Rev: 3, Title: "Åre; planering, \\ mål", Info: "", Start: time.Date(2026, 3, 23, 9, 0, 0, 0, loc), LengthM: 45, Zone: "Europe/Stockholm", Repeat: phone.RepeatWeekly, Every: 2}
	c := invite(m)
	c.text = "First line\nBEGIN:VEVENT\r\nATTENDEE:mailto:evil@example.com\n" + strings.Repeat("åäö😀", 60)
	cal, data := read5545(t, c)
	if strings.Contains(data, "\nATTENDEE:mailto:evil") || strings.Count(data, "BEGIN:VEVENT\r") != 1 {
		t.Errorf("a line of the text is one of the file:\n%s", data)
	}
	e := cal.Events()[0]
	value := func(name string) string { s, _ := e.Props.Text(name); return s }
	if value("SUMMARY") != m.Title || value("DESCRIPTION") != strings.ReplaceAll(c.text, "\r\n", "\n") || value("UID") != "m1@team.test" || e.Props.Get("SEQUENCE").Value != "2" {
		t.Errorf("%q %q %s", value("SUMMARY"), value("DESCRIPTION"), data)
	}
	if got := e.Props.Values("ATTENDEE")[0]; got.Value != "mailto:bo@example.com" || got.Params.Get("CN") != "Bo ^'Bosse^' ^^ Berg; & Co, AB" {
		t.Errorf("%+v", got)
	}
	// A calendar program works out the occasions that the server does.
	set, err := e.RecurrenceSet(loc)
	if err != nil {
		t.Fatal(err)
	}
	at := m.Start.Add(-time.Hour)
	for range 30 {
		theirs := set.After(at, false)
		ours, to, ok := schedule.Meeting(m.Phone(), at.Add(45*time.Minute))
		if !ok || !ours.Equal(theirs) || to.Sub(ours) != 45*time.Minute {
			t.Fatalf("after %v: %v by the file, %v by the schedule", at, theirs, ours)
		}
		at = ours
	}
}

func TestACancellation(t *testing.T) {
	c := invite(team.Meeting{ID: "m1", Rev: 2, Title: "T", Start: time.Date(2026, 3, 23, 9, 0, 0, 0, time.UTC), LengthM: 45, Zone: "UTC"})
	c.method = "CANCEL"
	cal, data := read5545(t, c)
	if cal.Props.Get("METHOD").Value != "CANCEL" || !strings.Contains(data, "STATUS:CANCELLED\r\n") || !strings.Contains(data, "SEQUENCE:1\r\n") {
		t.Error(data)
	}
}

// What a file says of a zone is what the zone does, for the years that the file is for.
func TestZonesAreDescribed(t *testing.T) {
	for name, want := range map[string]string{
		"Europe/Stockholm":    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
		"America/New_York":    "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
		"Australia/Lord_Howe": "TZOFFSETTO:+1030",
		"Asia/Kolkata":        "TZOFFSETTO:+0530",
		"Africa/Casablanca":   "BEGIN:", // by dates: it follows the moon
		"Asia/Tokyo":          "TZOFFSETTO:+0900",
		"Etc/UTC":             "TZOFFSETTO:+0000",
	} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		c := invite(team.Meeting{ID: "m", Rev: 1, Title: "T", Start: time.Date(2026, 6, 1, 9, 0, 0, 0, loc), LengthM: 30, Zone: name, Repeat: phone.RepeatDaily})
		cal, data := read5545(t, c)
		if !strings.Contains(data, want) || !strings.Contains(data, "DTSTART;TZID="+name+":20260601T090000") {
			t.Errorf("%s:\n%s", name, data)
		}
		var zone *ical.Component
		for _, c := range cal.Children {
			if c.Name == "VTIMEZONE" {
				zone = c
			}
		}
		begin := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
		for at := begin; at.Before(begin.AddDate(3, 0, 0)); at = at.Add(11 * time.Hour) {
			_, want := at.In(loc).Zone()
			if got := described5545(t, zone, at); got != want {
				t.Fatalf("%s at %v: %d by the file, %d by the zone\n%s", name, at, got, want, data)
			}
		}
	}
}

// described5545 is what an observance that began last says (RFC 5545 3.6.5).
func described5545(t *testing.T, zone *ical.Component, at time.Time) (seconds int) {
	t.Helper()
	var last time.Time
	number := func(c *ical.Component, name string) int {
		v := c.Props.Get(name).Value
		n := int(v[1]-'0')*36000 + int(v[2]-'0')*3600 + int(v[3]-'0')*600 + int(v[4]-'0')*60
		if v[0] == '-' {
			return -n
		}
		return n
	}
	for _, c := range zone.Children {
		wall, err := time.Parse(localForm, c.Props.Get("DTSTART").Value)
		if err != nil {
			t.Fatal(err)
		}
		from := time.Duration(number(c, "TZOFFSETFROM")) * time.Second
		begun := wall.Add(-from)
		if rule, err := c.Props.RecurrenceRule(); err == nil && rule != nil {
			rule.Dtstart = wall
			set, err := c.RecurrenceSet(time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			begun = set.Before(at.Add(from), true).Add(-from)
		}
		if !begun.After(at) && begun.After(last) {
			last, seconds = begun, number(c, "TZOFFSETTO")
		}
	}
	return seconds
}
