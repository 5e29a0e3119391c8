package present

import (
	"slices"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// VoiceRow is a voice message as the list shows it.
type VoiceRow struct {
	ID     string
	Who    Who
	Name   []Span // the name in pieces, what was searched for marked
	Number []Span // likewise; nil when the name is the number
	When   string
	Length string // empty while unknown
	Dial   string // what calling back dials, empty when it cannot be done
	New    bool   // not heard
	Box    string // the mailbox's name, where there are several
	Locked string // why it cannot be played here: the sentence
	Notice string // Locked in a word or two
}

// VoiceRows makes rows of messages, newest first. query is what was typed. Those in gone are left out.
func VoiceRows(s Scene, messages []phone.VoiceMessage, query string, gone map[string]bool) []VoiceRow {
	rows := make([]VoiceRow, 0, len(messages))
	for _, m := range messages {
		if gone[m.ID] {
			continue
		}
		r := VoiceRow{ID: m.ID, Who: s.WhoOf(m.From), When: text.When(m.Received.In(s.Now.Location()), s.Now), Dial: dialTarget(m.From), New: !m.Played}
		r.Name = Mark(r.Who.Name, query)
		if r.Who.Known {
			r.Number = Mark(r.Who.Number, query)
		}
		if m.Duration > 0 {
			r.Length = text.Timer(m.Duration.Round(time.Second))
		}
		if servers := s.Snap.Voicemail.Servers; len(servers) > 1 {
			r.Box = serverName(servers, m.Box)
		}
		if m.Reason != nil {
			r.Locked, r.Notice = text.Reason(*m.Reason), text.ReasonTitle(*m.Reason)
		}
		rows = append(rows, r)
	}
	return rows
}

func serverName(servers []phone.MailServer, id string) string {
	for _, m := range servers {
		if m.ID == id && m.Name != "" {
			return Clean(m.Name, nameLimit)
		}
	}
	return Clean(id, nameLimit)
}

// MailboxLine is a mailbox that something is to be told of: how many messages where there are several boxes or its
// messages are not listed here, or what is wrong with it.
type MailboxLine struct {
	Name   string
	Counts string // in words, empty while unknown
	Fault  string // what is wrong and what to do, a sentence; empty when nothing is
	New    bool   // there is something to hear
}

// MailboxLines are the lines over the messages.
func MailboxLines(s Scene) []MailboxLine {
	state := s.Snap.Voicemail
	listed := map[phone.AccountID]bool{}
	visual := 0
	for _, b := range state.Boxes {
		if b.Visual {
			visual++
			listed[b.Account] = b.Account != ""
		}
	}
	var out []MailboxLine
	for _, b := range state.Boxes {
		l := MailboxLine{Name: boxName(s, b), New: b.New > 0}
		switch {
		case !b.Visual && listed[b.Account]:
			continue // the mail server tells of it
		case b.Known:
			l.Counts = text.T("voicemail.counts", "new", text.Number(int64(b.New)), "old", text.Number(int64(b.Old)))
		case b.New > 0:
			l.Counts = text.T("voicemail.some")
		}
		if b.Visual && b.Reason != nil {
			l.Fault = mailFault(*b.Reason)
		}
		if l.Fault != "" || l.Counts != "" && (!b.Visual || visual > 1) {
			out = append(out, l)
		}
	}
	return out
}

func boxName(s Scene, b phone.Mailbox) string {
	if b.Visual && slices.ContainsFunc(s.Snap.Voicemail.Servers, func(m phone.MailServer) bool { return m.ID == b.ID }) {
		return serverName(s.Snap.Voicemail.Servers, b.ID)
	}
	for _, a := range s.Snap.Accounts {
		if a.ID == b.Account {
			return text.T("voicemail.of", "number", Clean(a.User, numberLimit))
		}
	}
	return text.T("tab.voicemail")
}

// mailFault is what is wrong with a mail server. The sentences for exchanges do not fit one.
func mailFault(r phone.Reason) string {
	switch r.ID {
	case phone.ReasonUnknownHost, phone.ReasonRefused, phone.ReasonNoReply, phone.ReasonNoNetwork:
		return text.T("voicemail.unreachable", "why", text.ReasonTitle(r))
	}
	return text.Reason(r)
}

// MailboxCall is a way to hear a mailbox over the telephone.
type MailboxCall struct {
	Name string // whose, where there are several
	Do   phone.Command
}

// MailboxCalls are the mailboxes that can be called: those whose exchange has a number for it, or told one.
func MailboxCalls(s Scene) []MailboxCall {
	var out []MailboxCall
	for _, a := range s.Snap.Accounts {
		c := MailboxCall{Name: text.T("voicemail.of", "number", Clean(a.User, numberLimit))}
		at := slices.IndexFunc(s.Snap.Voicemail.Boxes, func(b phone.Mailbox) bool { return b.Account == a.ID && b.Dial != "" })
		switch {
		case a.Can(phone.FeatureMailbox):
			c.Do = phone.Dial{How: phone.FeatureMailbox, Account: a.ID}
		case at >= 0:
			c.Do = phone.Dial{Target: s.Snap.Voicemail.Boxes[at].Dial, Account: a.ID}
		default:
			continue
		}
		out = append(out, c)
	}
	return out
}

// CallMailbox is the button that calls a mailbox.
func CallMailbox(s Scene) Button {
	b := Button{Icon: "phone", Text: text.T("voicemail.call")}
	b.Enabled, b.Reason = CanDial(s)
	if b.Enabled && len(MailboxCalls(s)) == 0 {
		b.Enabled, b.Reason = false, text.T("voicemail.no_call")
	}
	return b
}

// VoicemailEmpty is the words in place of messages.
func VoicemailEmpty(s Scene, query string) Empty {
	waiting := s.Snap.Voicemail.New()
	switch {
	case query != "":
		return Empty{Icon: "search", Title: text.T("list.no_hits", "text", Clean(query, 30))}
	case s.Snap.Voicemail.Visual():
		return Empty{Icon: "voicemail", Title: text.T("voicemail.empty")}
	case waiting > 0:
		return Empty{Icon: "voicemail", Title: text.T("voicemail.waiting", "n", waiting), Text: text.T("voicemail.connect")}
	}
	return Empty{Icon: "voicemail", Title: text.T("voicemail.empty"), Text: text.T("voicemail.connect")}
}
