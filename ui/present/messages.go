package present

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

const (
	bodyLines = 200  // of a text message that are shown
	lineLimit = 1000 // letters of one of them
)

// TextRow is a thread of text messages as the list shows it.
type TextRow struct {
	Message        // whom it is with
	Number  string // as it is shown, when the name is not it
	Last    string // the last message on one line, ours told from theirs
	When    string
	Unread  int
}

// TextRows makes rows of threads, the newest first.
func TextRows(s Scene, threads []phone.TextThread) []TextRow {
	rows := make([]TextRow, 0, len(threads))
	for _, t := range threads {
		remote := t.Last.Remote
		remote.Name = t.Name
		who := s.WhoOf(remote)
		row := TextRow{Message: Message{To: textTarget(remote), Name: who.Name}, When: text.When(t.Last.At, s.Now), Unread: t.Unread}
		if who.Known {
			row.Number = who.Number
		}
		row.Last = Clean(t.Last.Body, 200)
		switch {
		case t.Last.State == phone.TextFailed:
			row.Last = text.T("message.failed") + ": " + row.Last
		case t.Last.Direction == phone.Outgoing:
			row.Last = text.T("message.mine", "text", row.Last)
		}
		rows = append(rows, row)
	}
	return rows
}

// TextWith is whom a message is with.
func TextWith(s Scene, m phone.Text) Message {
	return Message{To: textTarget(m.Remote), Name: s.WhoOf(m.Remote).Name}
}

// textTarget is what an answer goes to.
func textTarget(p phone.Party) string {
	if p.Number != "" {
		return p.Number
	}
	return p.URI
}

// Bubble is a message within its thread.
type Bubble struct {
	ID     string
	Day    string // over the first of a day
	Text   string // lines, as they are fit to be shown
	Mine   bool
	When   string
	State  string // of ours: on its way, or why it was not sent
	Failed bool
}

// bubbles are a thread's messages in the order they are added, the oldest first.
type bubbles struct {
	s   Scene
	day string // of the last one
	out []Bubble
}

// add adds a message; state and why tell how ours went. What is particular to its kind is set in what is answered.
func (l *bubbles) add(id, words string, at time.Time, way phone.Direction, state phone.TextState, why *phone.Reason) *Bubble {
	b := Bubble{ID: id, Text: cleanLines(words), Mine: way == phone.Outgoing, When: text.Clock(at.In(l.s.Now.Location()))}
	if d := text.Day(at, l.s.Now); d != l.day {
		b.Day, l.day = d, d
	}
	switch state {
	case phone.TextSending:
		b.State = text.T("message.sending")
	case phone.TextFailed:
		b.State, b.Failed = text.T("message.failed"), true
		if why != nil {
			b.State += ". " + unsent(*why)
		}
	}
	l.out = append(l.out, b)
	return &l.out[len(l.out)-1]
}

// Bubbles is a thread's messages, the oldest first, of messages that come newest first.
func Bubbles(s Scene, texts []phone.Text) []Bubble {
	l := bubbles{s: s}
	for _, m := range slices.Backward(texts) {
		l.add(strconv.FormatInt(m.ID, 10), m.Body, m.At, m.Direction, m.State, m.Reason)
	}
	return l.out
}

// unsent is why a message was not sent.
func unsent(r phone.Reason) string {
	if r.ID == phone.ReasonUnavailable { // whose words are of calls
		return text.T("message.unreachable")
	}
	return text.Reason(r)
}

// cleanLines is Clean for each line of a text.
func cleanLines(body string) string {
	lines := strings.Split(strings.TrimSpace(body), "\n")
	if len(lines) > bodyLines {
		lines = append(lines[:bodyLines], "…")
	}
	for i, line := range lines {
		lines[i] = Clean(line, lineLimit)
	}
	return strings.Join(lines, "\n")
}

// UnreadTexts is what the button beside the user's name says while text messages are not read: how many, and in words.
// Both are empty when there are none.
func UnreadTexts(s Scene) (count, words string) {
	n := s.Snap.Texts.Unread
	if n == 0 {
		return "", ""
	}
	return text.Number(int64(n)), text.T("message.unread", "n", n)
}

// textNote tells of a text message that has come.
func textNote(s Scene, e phone.Event) Note {
	remote := phone.Party{Number: e.Value}
	if e.Remote != nil {
		remote = *e.Remote
	}
	note := Note{Key: "message." + e.Value, Kind: NoteMessage, Title: text.T("notify.message", "name", s.WhoOf(remote).Name), Show: command.ViewMessages}
	if m := s.Snap.Texts.Newest; m != nil && m.Key == e.Key {
		note.Text = Clean(m.Body, 200)
	}
	return note
}

// Written is a message as it is sent: without empty lines around it.
func Written(words string) string { return strings.TrimSpace(words) }

// MessageFault is why what is written cannot be sent, empty when it can.
func MessageFault(words string) string {
	switch words = Written(words); {
	case words == "":
		return text.T("message.empty")
	case len(words) > phone.MaxText:
		return text.T("form.too_long")
	}
	return ""
}
