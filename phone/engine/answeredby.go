package engine

import "svara/phone"

// A call that rang here and was answered elsewhere: the exchange may say by whom (RFC 3326), and where it does not, the
// colleague's line tells, if it is watched.

// answeredElsewhere adds who it was to why a call ended.
func (t *turn) answeredElsewhere(c *call, why phone.Reason) phone.Reason {
	if why.ID != phone.ReasonElsewhere || why.Text != "" {
		return why
	}
	for i := range t.s.lines {
		if who := t.answerer(&t.s.lines[i], c); who != "" {
			why.Text = who
			break
		}
	}
	return why
}

// answeredHere looks whether a line that has become busy is with the caller of a call that was answered elsewhere: its
// NOTIFY may come after the CANCEL.
func (t *turn) answeredHere(l *line) {
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if c.State != phone.StateEnded || c.End.ID != phone.ReasonElsewhere || c.End.Text != "" {
			continue
		}
		if who := t.answerer(l, c); who != "" {
			c.End = &phone.Reason{ID: phone.ReasonElsewhere, Code: c.End.Code, Text: who}
		}
	}
}

// answerer is whose line it is when it is busy with a call's caller, else empty. Our own line is another device of ours.
func (t *turn) answerer(l *line, c *call) string {
	if l.Account != c.Account || l.State != phone.LineBusy || c.Remote.Number == "" || l.With.Number != c.Remote.Number || l.Since.Before(c.Created) {
		return ""
	}
	if a := t.s.account(c.Account); a != nil && a.User == l.Number {
		return ""
	}
	for _, d := range l.tracker.Dialogs() {
		if d.State == "confirmed" && d.Local.Name != "" && d.Local.Name != l.Number {
			return d.Local.Name
		}
	}
	return l.Number
}
