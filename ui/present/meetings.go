package present

import (
	"cmp"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// MeetingEditor is the meetings to come, and the form of one (features.md J2).
func MeetingEditor() Editor {
	return Editor{
		Title: text.T("meeting.title"), Help: text.T("meeting.help"), Empty: text.T("meeting.none"), New: text.T("meeting.new"), Save: text.T("meeting.save"), Delete: text.T("meeting.cancel"),
		Rows: meetingRows, Start: meetingStart, Form: meetingForm,
		Commands: func(s Scene, id, fresh string, v Values) []phone.Command {
			m, _ := meetingOf(s, id, v)
			if id == "" {
				m.ID = fresh
			}
			return []phone.Command{phone.PutMeeting{Meeting: m}}
		},
		Remove: func(id string) phone.Command { return phone.CancelMeeting{ID: id} },
		Locked: func(s Scene, id string) string {
			if m, ok := findMeeting(s, id); ok && !m.Own {
				return text.T("meeting.not_own", "name", Clean(m.By.Name, nameLimit))
			}
			return ""
		},
		Actions: meetingActions,
		Ask:     func(name string) string { return text.T("meeting.cancel_ask", "name", name) },
		Fate: func(s Scene, id string) Fate {
			return fateOf(s, phone.PutMeeting{}.Verb(), id, text.T("meeting.asking"), func(phone.Reason) map[string]string {
				return map[string]string{} // said over the list, with its name
			})
		},
	}
}

func findMeeting(s Scene, id string) (phone.Meeting, bool) {
	i := slices.IndexFunc(s.Snap.Team.Meetings.Upcoming, func(m phone.Meeting) bool { return m.ID == id })
	if id == "" || i < 0 {
		return phone.Meeting{}, false
	}
	return s.Snap.Team.Meetings.Upcoming[i], true
}

func meetingRows(s Scene) []FormRow {
	var out []FormRow
	for _, m := range s.Snap.Team.Meetings.Upcoming {
		r := FormRow{ID: m.ID, Icon: "calendar", Title: Clean(m.Title, nameLimit), Detail: meetingBegins(s, m), Rev: m.Seq}
		if m.Repeat != phone.RepeatNever {
			r.Icon = "calendar-clock"
		}
		if !m.Own {
			r.Detail += " · " + Clean(m.By.Name, nameLimit)
		}
		if len(m.Failed) > 0 {
			r.Warn = text.T("meeting.failed", "names", Clean(strings.Join(m.Failed, ", "), nameLimit))
		}
		out = append(out, r)
	}
	return out
}

// MeetingTimes is when a meeting's next occasion is, by the clock here.
func MeetingTimes(s Scene, m phone.Meeting) string {
	from := m.Next.In(s.Now.Location())
	clocks := text.Clock(from) + "–" + text.Clock(from.Add(time.Duration(m.LengthM)*time.Minute))
	if !from.After(s.Now) {
		return text.T("meeting.now", "times", clocks)
	}
	return text.Day(from, s.Now) + " " + clocks
}

// meetingBegins is it shortly, for a narrow list.
func meetingBegins(s Scene, m phone.Meeting) string {
	from := m.Next.In(s.Now.Location())
	if !from.After(s.Now) {
		return MeetingTimes(s, m)
	}
	return text.Day(from, s.Now) + " " + text.Clock(from)
}

// meetingActions connect with sound: here, or on another telephone.
func meetingActions(s Scene, id string) []EditorAction {
	m, ok := findMeeting(s, id)
	if !ok {
		return nil
	}
	out := []EditorAction{{Icon: "phone", Text: text.T("meeting.join"), Command: phone.JoinMeeting{ID: id}}}
	if m.Number == "" {
		out[0].Disabled = text.T("meeting.no_number")
		return out
	}
	for _, a := range s.Snap.Accounts {
		if a.ID == s.Snap.Team.Account && a.Mobile != "" {
			out = append(out, EditorAction{Icon: "smartphone", Text: text.T("meeting.join_mobile"), Command: phone.JoinMeeting{ID: id, Via: "mobile"},
				Said: text.T("meeting.dial_code", "code", m.Code)})
		}
	}
	return out
}

// remindChoices are minutes before, lengthChoices how long a meeting that begins now is.
var (
	remindChoices = []int{0, 5, 10, 15, 30, 60, 24 * 60}
	lengthChoices = []int{15, 30, 45, 60, 90, 120}
)

// everyOtherWeek is a repeat of the form's own.
const everyOtherWeek = "other"

func meetingStart(s Scene, id string) Values {
	m, ok := findMeeting(s, id)
	if !ok {
		next := s.Now.Truncate(time.Hour).Add(time.Hour)
		m = phone.Meeting{Start: next, LengthM: 60, Zone: phone.ZoneOf(s.Now.Location(), s.Now), RemindM: 15}
	}
	loc, err := time.LoadLocation(m.Zone)
	if err != nil {
		loc = s.Now.Location()
	}
	from, to := m.Start.In(loc), m.Start.In(loc).Add(time.Duration(m.LengthM)*time.Minute)
	repeat := string(m.Repeat)
	if m.Repeat == phone.RepeatWeekly && m.Every == 2 {
		repeat = everyOtherWeek
	}
	var who []string
	for _, i := range m.Invited {
		who = append(who, inviteLine(i))
	}
	return Values{
		"title": m.Title, "info": m.Info, "now": "", "length": "30", "from_date": from.Format(time.DateOnly), "from": text.Clock(from), "to_date": to.Format(time.DateOnly), "to": text.Clock(to),
		"zone": m.Zone, "repeat": repeat, "remind": strconv.Itoa(m.RemindM), "invited": strings.Join(who, "\n"), "seq": strconv.FormatInt(m.Seq, 10),
	}
}

// inviteLine is somebody who is invited, as they are typed.
func inviteLine(i phone.MeetingInvite) string {
	switch {
	case i.Person != "":
		if i.Name != "" {
			return i.Name
		}
		return string(i.Person)
	case i.Email != "" && i.Name != "":
		return i.Name + " <" + i.Email + ">"
	case i.Email != "":
		return i.Email
	case i.Name != "" && i.Number != "":
		return i.Name + " <" + i.Number + ">"
	}
	return i.Number
}

// InviteOf is somebody of the books as a line of those who are invited: a name and, in angle brackets, where they get their
// invitation, by e-mail before telephone. A colleague's extension stands before that: by it the team server knows them, and
// those it does not know get the other.
func InviteOf(p phone.Person) string {
	extension, to := "", ""
	for _, n := range p.Numbers {
		number := dialable(n.Number)
		switch {
		case n.Kind == phone.NumberExtension && p.Colleague:
			extension = cmp.Or(extension, number)
		case n.Kind == phone.NumberMobile && (to == "" || !p.Colleague):
			to = number
		case !p.Colleague:
			to = cmp.Or(to, number)
		}
	}
	for _, e := range p.Emails {
		if a, err := mail.ParseAddress(e); err == nil {
			to = a.Address
			break
		}
	}
	name := strings.NewReplacer("<", "", ">", "", "@", "").Replace(Clean(p.Label(), nameLimit))
	ways := strings.Trim(extension+", "+to, ", ")
	if ways == "" {
		return name
	}
	return name + " <" + ways + ">"
}

// invitedByWays reads a line that ends in angle brackets: an address or number, before which a colleague's extension may
// stand.
func invitedByWays(line string) (phone.MeetingInvite, bool) {
	name, ways, _ := strings.Cut(strings.TrimSuffix(line, ">"), "<")
	i := phone.MeetingInvite{Name: strings.Trim(name, "\" ")}
	extension, to, two := strings.Cut(ways, ",")
	if !two {
		extension, to = "", ways
	}
	to = strings.TrimSpace(to)
	i.Person = phone.TeamPersonID(strings.TrimSpace(extension))
	if strings.Contains(to, "@") {
		a, err := mail.ParseAddress(to)
		if err != nil {
			return i, false
		}
		i.Email = a.Address
		return i, !two || Dialable(string(i.Person))
	}
	i.Number = to
	return i, Dialable(to) && (!two || Dialable(string(i.Person)))
}

// NameTyped reports whether a line is a name, or the beginning of one: no address and no number.
func NameTyped(line string) bool {
	return !strings.ContainsAny(line, "@<") && strings.Trim(line, "+0123456789 -()") != ""
}

// inviteOf reads a line. What is neither an address nor a number is a colleague's name; those who are invited already are
// known by theirs.
func inviteOf(line string, before []phone.MeetingInvite) (phone.MeetingInvite, bool) {
	for _, i := range before {
		if inviteLine(i) == line {
			return i, true
		}
	}
	switch {
	case strings.HasSuffix(line, ">"):
		return invitedByWays(line)
	case strings.Contains(line, "@"):
		a, err := mail.ParseAddress(line)
		if err != nil {
			return phone.MeetingInvite{}, false
		}
		return phone.MeetingInvite{Name: a.Name, Email: a.Address}, true
	case strings.Trim(line, "+0123456789 -()") == "":
		return phone.MeetingInvite{Number: line}, Dialable(line)
	}
	return phone.MeetingInvite{Name: line}, true
}

func meetingForm(s Scene, id string, v Values) Form {
	m, wrong := meetingOf(s, id, v)
	moment := func(field, label, icon string, share int) FormField {
		return FormField{ID: field, Label: label, Icon: icon, Wrong: wrong[field], Share: share}
	}
	fields := []FormField{{ID: "title", Label: text.T("meeting.name"), Icon: "pencil", Wrong: wrong["title"]}}
	if id == "" {
		fields = append(fields, FormField{ID: "now", Kind: FieldSwitch, Label: text.T("meeting.begin_now")})
	}
	if v.On("now") {
		fields = append(fields, FormField{ID: "length", Kind: FieldParts, Label: text.T("meeting.length"), Options: minuteOptions(lengthChoices)})
	} else {
		fields = append(fields, moment("from_date", text.T("form.from"), "calendar", 4), moment("from", text.T("form.from_time"), "", 2),
			moment("to_date", text.T("form.to"), "calendar", 4), moment("to", text.T("form.to_time"), "", 2),
			FormField{ID: "repeat", Kind: FieldSelect, Label: text.T("form.repeat"), Icon: "refresh-cw", Half: true, Options: []Choice{
				option("", text.T("repeat.never")), option(string(phone.RepeatDaily), text.T("repeat.daily")), option(string(phone.RepeatWeekly), text.T("repeat.weekly")),
				option(everyOtherWeek, text.T("meeting.every_other")), option(string(phone.RepeatMonthly), text.T("repeat.monthly")),
			}},
			FormField{ID: "zone", Kind: FieldSelect, Label: text.T("form.zone"), Icon: "globe", Options: meetingZones(s, v["zone"]), Half: true})
	}
	fields = append(fields,
		FormField{ID: "remind", Kind: FieldSelect, Label: text.T("meeting.remind"), Icon: "alarm-clock", Options: minuteOptions(among(remindChoices, m.RemindM))},
		FormField{ID: "invited", Kind: FieldLong, Label: text.T("meeting.invited"), Holder: text.T("meeting.invited_holder"), Help: text.T("meeting.invited_help"), People: true, Wrong: wrong["invited"]},
		FormField{ID: "info", Kind: FieldLong, Label: text.T("meeting.info"), Wrong: wrong["info"]})
	f := Form{Fields: fields}
	if f.Faulty() != "" {
		return f
	}
	if seen, ok := findMeeting(s, id); ok {
		f.Summary = MeetingTimes(s, seen)
		if seen.Number != "" {
			f.More = text.T("meeting.call_in", "number", Clean(seen.Number, numberLimit), "code", seen.Code)
		}
		if len(seen.Failed) > 0 {
			f.Warn = text.T("meeting.failed", "names", Clean(strings.Join(seen.Failed, ", "), 300))
		}
		if seen.Seq != m.Seq {
			f.Warn = text.T("meeting.changed")
		}
	} else if m.Zone != "" && !v.On("now") {
		m.Next = m.Start
		f.Summary = MeetingTimes(s, m)
	}
	return f
}

// meetingZones are the zones by name only: others see the meeting's.
func meetingZones(s Scene, chosen string) []Choice {
	return zoneOptions(s, chosen)[1:]
}

// among is choices with one more among them, where it was made elsewhere.
func among(choices []int, n int) []int {
	out := append(slices.Clone(choices), n)
	slices.Sort(out)
	return slices.Compact(out)
}

// minuteOptions are lengths of time in words; none is no reminder.
func minuteOptions(minutes []int) []Choice {
	out := make([]Choice, 0, len(minutes))
	for _, m := range minutes {
		words := text.T("meeting.minutes", "n", m)
		switch {
		case m == 0:
			words = text.T("meeting.no_reminder")
		case m%(24*60) == 0:
			words = text.T("meeting.days", "n", m/24/60)
		}
		out = append(out, option(strconv.Itoa(m), words))
	}
	return out
}

// meetingOf is the meeting that was filled in, and what is wrong by field.
func meetingOf(s Scene, id string, v Values) (phone.Meeting, map[string]string) {
	before, _ := findMeeting(s, id)
	wrong := map[string]string{}
	m := phone.Meeting{ID: id, Title: strings.TrimSpace(v["title"]), Info: strings.TrimSpace(v["info"]), Zone: v["zone"], Repeat: phone.Repeat(v["repeat"])}
	m.Seq, _ = strconv.ParseInt(v["seq"], 10, 64) // our own
	m.RemindM, _ = strconv.Atoi(v["remind"])
	if v["repeat"] == everyOtherWeek {
		m.Repeat, m.Every = phone.RepeatWeekly, 2
	}
	switch {
	case m.Title == "":
		wrong["title"] = text.T("meeting.title_missing")
	case len([]rune(m.Title)) > 200:
		wrong["title"] = text.T("form.too_long")
	}
	if len([]rune(m.Info)) > 4000 {
		wrong["info"] = text.T("form.too_long")
	}
	if v.On("now") {
		m.Start, m.Repeat, m.Every = s.Now.Truncate(time.Minute), phone.RepeatNever, 0
		m.LengthM, _ = strconv.Atoi(v["length"])
	} else {
		meetingSpan(s, &m, v, wrong)
	}
	for line := range strings.Lines(v["invited"]) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		i, ok := inviteOf(line, before.Invited)
		if !ok {
			wrong["invited"] = text.T("meeting.invited_wrong", "text", Clean(line, nameLimit))
			break
		}
		m.Invited = append(m.Invited, i)
	}
	return m, wrong
}

// meetingSpan is from when to when, by the clock of its zone.
func meetingSpan(s Scene, m *phone.Meeting, v Values, wrong map[string]string) {
	loc, err := time.LoadLocation(m.Zone)
	if err != nil {
		loc = s.Now.Location()
	}
	read := func(end string) time.Time {
		at, _ := time.ParseInLocation(phone.PlanTime, planMoment(v, end, wrong), loc)
		return at
	}
	from, to := read("from"), read("to")
	m.Start, m.LengthM = from, int(to.Sub(from)/time.Minute)
	switch {
	case wrong["from"]+wrong["from_date"]+wrong["to"]+wrong["to_date"] != "":
	case m.LengthM < 5 || m.LengthM > 1440:
		wrong["to"] = text.T("meeting.length_wrong")
	case m.Repeat == phone.RepeatNever && !to.After(s.Now):
		wrong["to"] = text.T("meeting.past")
	}
}

// meetingTold is what is told of a meeting, by the event's state.
var meetingTold = map[string]string{
	"reminder": "meeting.told_reminder", "invited": "meeting.told_invited", "changed": "meeting.told_changed", "canceled": "meeting.told_canceled",
}

// MeetingNote is what is told of a meeting: that it is about to begin, or what others have done with it. ok is false for
// other events, and for meetings that are not there any more.
func MeetingNote(s Scene, e phone.Event) (n Note, ok bool) {
	key := meetingTold[e.State]
	m, known := findMeeting(s, e.Key)
	if e.Kind != phone.EventMeeting || key == "" || !known && e.State != "canceled" {
		return n, false
	}
	n = Note{Key: "meeting" + e.Key, Kind: NoteMessage, Title: text.T(key, "title", Clean(m.Title, nameLimit)), Show: command.ViewMeetings}
	if known {
		n.Text = MeetingTimes(s, m)
	}
	return n, true
}
