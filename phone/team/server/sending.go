package server

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/schedule"
	"svara/phone/team"
	"svara/ui/text"
)

// What is sent about a meeting.
const (
	sendInvite = "invite"
	sendChange = "change"
	sendCancel = "cancel"
	sendRemind = "remind"
)

// sending is one thing to be sent to one address, as it was when it was decided.
type sending struct {
	What     string       `json:"what"`
	Meeting  team.Meeting `json:"meeting"`
	By       string       `json:"by"` // the owner's name
	ReplyTo  string       `json:"reply_to,omitempty"`
	To       team.Invited `json:"to"` // Email or Number
	Language string       `json:"language"`
	Occasion time.Time    `json:"occasion"`         // what it is about: the first one to come
	Others   []attendee   `json:"others,omitempty"` // who else has an address, for an invitation
	Tries    int          `json:"tries,omitempty"`
	Next     time.Time    `json:"next"`
	Taken    string       `json:"taken,omitempty"` // which run of a server is sending it
}

// attendee is an attendee (RFC 5545 3.8.4.1).
type attendee struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address"`
}

// id names it: the same again is the same.
func (p sending) id() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{p.Meeting.ID, p.What, strconv.FormatInt(int64(p.Meeting.Rev), 10), p.Occasion.UTC().Format(time.RFC3339), p.To.Email, p.To.Number}, "\n")))
	return hex.EncodeToString(sum[:12])
}

// named is whom it is for, as the owner is told.
func (p sending) named() string {
	for _, s := range []string{p.To.Name, p.To.Email, p.To.Number} {
		if s != "" {
			return s
		}
	}
	return ""
}

// once: it would annoy to get it twice, and there is nothing that tells the second from the first.
func (p sending) once() bool { return p.What == sendRemind || p.To.Email == "" }

// reach is where somebody is reached: colleagues as their person says, by mail before text messages.
func (s *Server) reach(i team.Invited, fallback string) (out []team.Invited, language string) {
	language = fallback
	if i.Person != "" {
		p, ok := s.board.who(i.Person)
		if !ok {
			return nil, language
		}
		if p.Language != "" {
			language = p.Language
		}
		switch {
		case p.Email != "" && s.Mail.On() && emailAddress("", p.Email) == nil:
			out = append(out, team.Invited{Name: p.Name, Email: p.Email})
		case p.Mobile != "" && s.texter(p.Mobile) != nil:
			out = append(out, team.Invited{Name: p.Name, Number: p.Mobile})
		}
		return out, language
	}
	if i.Email != "" && s.Mail.On() {
		out = append(out, team.Invited{Name: i.Name, Email: i.Email})
	}
	if i.Number != "" && s.texter(i.Number) != nil {
		out = append(out, team.Invited{Name: i.Name, Number: i.Number})
	}
	return out, language
}

// addressed is what is sent when a meeting becomes another: invitations, changes and cancellations. failed is who cannot be
// reached; colleagues see it in their telephones all the same.
func (s *Server) addressed(was, m team.Meeting, now time.Time) (out []sending, failed []string) {
	owner, _ := s.board.who(m.Owner)
	base := sending{Meeting: m, By: owner.Name, Next: now}
	if emailAddress("", owner.Email) == nil {
		base.ReplyTo = owner.Email
	}
	language := owner.Language
	if language == "" {
		language = "en"
	}
	about := m
	about.Canceled = time.Time{}
	base.Occasion, _, _ = schedule.Meeting(about.Phone(), now)
	if base.Occasion.IsZero() {
		base.Occasion = m.Start
	}
	base.Occasion = base.Occasion.UTC()
	key := func(i team.Invited) string {
		return string(i.Person) + "\n" + strings.ToLower(i.Email) + "\n" + i.Number
	}
	before, after := map[string]bool{}, map[string]bool{}
	for _, i := range was.Invited {
		before[key(i)] = true
	}
	post := func(i team.Invited, what string, others []attendee) {
		to, lang := s.reach(i, language)
		for _, at := range to {
			p := base
			p.What, p.To, p.Language, p.Others = what, at, lang, others
			if at.Email == "" {
				p.Others = nil
			}
			out = append(out, p)
		}
		if len(to) == 0 && i.Person == "" && what != sendCancel {
			failed = append(failed, sending{To: i}.named())
		}
	}
	var others []attendee
	for _, i := range m.Invited {
		to, _ := s.reach(i, language)
		for _, at := range to {
			if at.Email != "" {
				others = append(others, attendee{at.Name, at.Email})
			}
		}
	}
	for _, i := range m.Invited {
		after[key(i)] = true
		switch {
		case i.Person == m.Owner:
		case !m.Canceled.IsZero():
			post(i, sendCancel, others)
		case before[key(i)]:
			post(i, sendChange, others)
		default:
			post(i, sendInvite, others)
		}
	}
	for _, i := range was.Invited {
		if !after[key(i)] && i.Person != m.Owner {
			to, _ := s.reach(i, language)
			var own []attendee // RFC 5546 3.2.5: who is uninvited, and nobody else
			for _, at := range to {
				if at.Email != "" {
					own = append(own, attendee{at.Name, at.Email})
				}
			}
			post(i, sendCancel, own)
		}
	}
	return out, failed
}

// reminders is what is sent before an occasion, to the owner too.
func (s *Server) reminders(m team.Meeting, occasion, now time.Time) (out []sending) {
	owner, _ := s.board.who(m.Owner)
	language := owner.Language
	if language == "" {
		language = "en"
	}
	there := map[team.PersonID]bool{}
	for _, i := range append([]team.Invited{{Person: m.Owner}}, m.Invited...) {
		if i.Person != "" && there[i.Person] {
			continue
		}
		there[i.Person] = true
		to, lang := s.reach(i, language)
		for _, at := range to {
			out = append(out, sending{What: sendRemind, Meeting: m, By: owner.Name, To: at, Language: lang, Occasion: occasion.UTC(), Next: now})
		}
	}
	return out
}

// when is an occasion in words, by the clock of the meeting's zone: "Monday 2026-11-23 11:00-11:30 (Europe/Stockholm)".
func (p sending) when() string {
	loc, err := time.LoadLocation(p.Meeting.Zone)
	if err != nil {
		loc = time.UTC
	}
	from := p.Occasion.In(loc)
	to := from.Add(time.Duration(p.Meeting.LengthM) * time.Minute)
	day := text.In(p.Language, "weekday."+string(rune('0'+int(from.Weekday()))))
	s := text.In(p.Language, "team.mail.when", "day", day, "date", from.Format(time.DateOnly), "from", text.Clock(from), "to", text.Clock(to), "zone", p.Meeting.Zone)
	if p.What == sendRemind || p.Meeting.Repeat == phone.RepeatNever {
		return s
	}
	key := "team.mail.repeat_" + string(p.Meeting.Repeat)
	if p.Meeting.Repeat == phone.RepeatWeekly && p.Meeting.Every > 1 {
		key = "team.mail.repeat_other"
	}
	return s + text.In(p.Language, key)
}

// place is what to dial, in words; empty when there is no number.
func (p sending) place() string {
	if p.Meeting.Number == "" {
		return ""
	}
	return text.In(p.Language, "team.mail.place", "number", p.Meeting.Number, "code", p.Meeting.Code)
}

// said is the subject and the text of it.
func (p sending) said() (subject, body string) {
	subject = text.In(p.Language, "team.mail.subject_"+p.What, "title", p.Meeting.Title)
	lines := []string{text.In(p.Language, "team.mail.lead_"+p.What, "name", p.By, "title", p.Meeting.Title), "", p.when()}
	if p.What != sendCancel && p.Meeting.Number != "" {
		lines = append(lines, p.place(), text.In(p.Language, "team.mail.direct", "uri", "tel:"+strings.NewReplacer(" ", "", "(", "", ")", "").Replace(p.Meeting.Number)+",,"+p.Meeting.Code+"%23"))
	}
	if p.Meeting.Info != "" && p.What != sendCancel {
		lines = append(lines, "", p.Meeting.Info)
	}
	return subject, strings.Join(lines, "\n") + "\n"
}

// short is it as a text message.
func (p sending) short() string {
	subject, _ := p.said()
	lines := []string{subject, p.when()}
	if p.What != sendCancel && p.Meeting.Number != "" {
		lines = append(lines, p.place())
	}
	return strings.Join(lines, "\n")
}

// letter is it as a mail.
func (p sending) letter(from mailbox, domain string, now time.Time) (letter, error) {
	subject, body := p.said()
	l := letter{id: p.id(), to: mailbox{p.To.Name, p.To.Email}, byName: p.By, replyTo: mailbox{p.By, p.ReplyTo}, subject: subject, text: body}
	if p.What == sendRemind {
		return l, nil
	}
	c := invitation{method: "REQUEST", meeting: p.Meeting, organizer: mailbox{p.By, p.ReplyTo}, place: p.place(), text: body, domain: domain, now: now}
	if c.organizer.address == "" {
		c.organizer.address = from.address
	}
	if p.What == sendCancel {
		c.method, c.text = "CANCEL", ""
	}
	for _, a := range p.Others {
		c.to = append(c.to, mailbox{a.Name, a.Address})
	}
	var err error
	l.method = c.method
	l.calendar, err = c.bytes()
	return l, err
}
