package server

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"svara/phone"
	"svara/phone/team"
)

// invitation is an iCalendar object (RFC 5545) that invites to a meeting or cancels it (RFC 5546 3.2.2, 3.2.5). The same
// meeting at the same Rev is the same bytes but for DTSTAMP: programs that get it twice know it.
type invitation struct {
	method    string // REQUEST, CANCEL
	meeting   team.Meeting
	organizer mailbox
	to        []mailbox // attendees; of a CANCEL to some only those
	place     string    // LOCATION: what to dial, in words
	text      string    // DESCRIPTION
	domain    string    // of the UID
	now       time.Time
}

// mailbox is somebody with an address.
type mailbox struct{ name, address string }

func (c invitation) uid() string { return c.meeting.ID + "@" + c.domain }

// bytes is the object. Lines end with CRLF and are at most 75 octets long (3.1).
func (c invitation) bytes() ([]byte, error) {
	m := c.meeting
	loc, err := time.LoadLocation(m.Zone)
	if err != nil {
		return nil, fmt.Errorf("the meeting's time zone: %w", err)
	}
	var w calendar
	w.line("BEGIN", "", "VCALENDAR")
	w.line("PRODID", "", "-//Svara//Team server//EN")
	w.line("VERSION", "", "2.0")
	w.line("CALSCALE", "", "GREGORIAN")
	w.line("METHOD", "", c.method)
	if m.Repeat != phone.RepeatNever {
		w.zone(m.Zone, loc, m.Start)
	}
	w.line("BEGIN", "", "VEVENT")
	w.text("UID", c.uid())
	w.line("DTSTAMP", "", c.now.UTC().Format(utcForm))
	w.line("SEQUENCE", "", fmt.Sprint(max(0, m.Rev-1)))
	if m.Repeat == phone.RepeatNever {
		// What comes once is the same moment everywhere.
		w.line("DTSTART", "", m.Start.UTC().Format(utcForm))
	} else {
		w.line("DTSTART", ";TZID="+m.Zone, m.Start.In(loc).Format(localForm))
		w.line("RRULE", "", recurrence(m))
	}
	w.line("DURATION", "", fmt.Sprintf("PT%dM", m.LengthM))
	w.text("SUMMARY", m.Title)
	if c.text != "" {
		w.text("DESCRIPTION", c.text)
	}
	if c.place != "" {
		w.text("LOCATION", c.place)
	}
	w.line("ORGANIZER", param("CN", c.organizer.name), "mailto:"+c.organizer.address)
	for _, a := range c.to {
		w.line("ATTENDEE", param("CN", a.name)+";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE", "mailto:"+a.address)
	}
	w.line("STATUS", "", map[bool]string{false: "CONFIRMED", true: "CANCELLED"}[c.method == "CANCEL"])
	w.line("END", "", "VEVENT")
	w.line("END", "", "VCALENDAR")
	return []byte(w.b.String()), nil
}

// recurrence is how a meeting comes again, as RRULE's value (3.3.10).
func recurrence(m team.Meeting) string {
	switch m.Repeat {
	case phone.RepeatDaily:
		return "FREQ=DAILY"
	case phone.RepeatMonthly:
		return "FREQ=MONTHLY"
	}
	if m.Every > 1 {
		return fmt.Sprintf("FREQ=WEEKLY;INTERVAL=%d", m.Every)
	}
	return "FREQ=WEEKLY"
}

const (
	utcForm   = "20060102T150405Z"
	localForm = "20060102T150405"
)

// calendar writes content lines.
type calendar struct{ b strings.Builder }

// line writes a property; params begin with ";" and value is as it stands in the file.
func (w *calendar) line(name, params, value string) {
	s := name + params + ":" + value
	for room := 75; len(s) > room; room = 74 { // what follows a fold has the space before it
		n := room
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		w.b.WriteString(s[:n] + "\r\n ")
		s = s[n:]
	}
	w.b.WriteString(s + "\r\n")
}

// text writes a property of type TEXT (3.3.11).
func (w *calendar) text(name, value string) {
	value = strings.NewReplacer("\r\n", `\n`, "\r", `\n`, "\n", `\n`, `\`, `\\`, ";", `\;`, ",", `\,`).Replace(value)
	w.line(name, "", strings.Map(printable, value))
}

func printable(r rune) rune {
	if r < ' ' && r != '\t' || r == 0x7f {
		return -1
	}
	return r
}

// param is a parameter with any text as its value (RFC 6868); nothing for an empty one.
func param(name, value string) string {
	value = strings.Map(printable, value)
	if value == "" {
		return ""
	}
	return ";" + name + `="` + strings.NewReplacer("^", "^^", `"`, "^'").Replace(value) + `"`
}

// zone writes what a time zone does from the year of start on (3.6.5): as rules where the next years follow them, else each
// change by its date for ten years.
func (w *calendar) zone(name string, loc *time.Location, start time.Time) {
	w.line("BEGIN", "", "VTIMEZONE")
	w.line("TZID", "", name)
	year := start.In(loc).Year()
	begin := time.Date(year, 1, 1, 0, 0, 0, 0, loc)
	changes := zoneChanges(loc, begin, begin.AddDate(10, 0, 0))
	_, before := begin.Zone()
	abbreviation, _ := begin.Zone()
	w.observance("STANDARD", before, before, abbreviation, begin, nil)
	if summer, winter, ok := yearly(changes); ok {
		for _, c := range []zoneChange{summer, winter} {
			w.observance(c.kind(), c.from, c.to, c.name, c.wall(), []string{"RRULE:FREQ=YEARLY;BYMONTH=" + fmt.Sprint(int(c.wall().Month())) + ";BYDAY=" + c.day()})
		}
	} else {
		for _, c := range changes {
			w.observance(c.kind(), c.from, c.to, c.name, c.wall(), nil)
		}
	}
	w.line("END", "", "VTIMEZONE")
}

func (w *calendar) observance(kind string, from, to int, name string, wall time.Time, more []string) {
	w.line("BEGIN", "", kind)
	w.line("DTSTART", "", wall.Format(localForm))
	w.line("TZOFFSETFROM", "", offset(from))
	w.line("TZOFFSETTO", "", offset(to))
	w.text("TZNAME", name)
	for _, m := range more {
		n, v, _ := strings.Cut(m, ":")
		w.line(n, "", v)
	}
	w.line("END", "", kind)
}

// offset is seconds east of UTC as "+0100" or "+013020" (3.3.14).
func offset(s int) string {
	sign := "+"
	if s < 0 {
		sign, s = "-", -s
	}
	out := fmt.Sprintf("%s%02d%02d", sign, s/3600, s/60%60)
	if s%60 != 0 {
		out += fmt.Sprintf("%02d", s%60)
	}
	return out
}

// zoneChange is when a zone's clock is changed, by seconds east of UTC.
type zoneChange struct {
	at       time.Time
	from, to int
	name     string
	summer   bool
}

func (c zoneChange) kind() string {
	if c.summer {
		return "DAYLIGHT"
	}
	return "STANDARD"
}

// wall is the change by the clock before it, as a civil time.
func (c zoneChange) wall() time.Time { return c.at.UTC().Add(time.Duration(c.from) * time.Second) }

// day is which day of its month it is: "-1SU" for the last Sunday, "2SU" for the second.
func (c zoneChange) day() string {
	d := c.wall()
	name := strings.ToUpper(d.Weekday().String()[:2])
	if d.AddDate(0, 0, 7).Month() != d.Month() {
		return "-1" + name
	}
	return fmt.Sprint((d.Day()+6)/7) + name
}

func zoneChanges(loc *time.Location, from, to time.Time) (out []zoneChange) {
	for t := from.In(loc); ; {
		_, end := t.ZoneBounds()
		if end.IsZero() || !end.Before(to) {
			return out
		}
		_, before := t.Zone()
		t = end.In(loc)
		name, after := t.Zone()
		out = append(out, zoneChange{end, before, after, name, t.IsDST()})
	}
}

// yearly is the two changes of a year when all years have the same.
func yearly(changes []zoneChange) (a, b zoneChange, ok bool) {
	if len(changes) < 4 || len(changes)%2 != 0 {
		return a, b, false
	}
	for i, c := range changes[2:] {
		p := changes[i]
		w, v := c.wall(), p.wall()
		if c.from != p.from || c.to != p.to || c.name != p.name || c.day() != p.day() || w.Month() != v.Month() || w.Sub(midday(w)) != v.Sub(midday(v)) || w.Year() != v.Year()+1 {
			return a, b, false
		}
	}
	return changes[0], changes[1], true
}

func midday(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
}
