package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/control"
)

func reasonText(r *phone.Reason) string { return (&phone.Error{Reason: *r}).Error() }

// since is how long ago something was.
func since(t time.Time) string { return clock(max(0, time.Since(t))) }

// holds is who holds whom.
var holds = map[phone.Hold]string{
	phone.HoldLocal:  "held by you",
	phone.HoldRemote: "holds you",
	phone.HoldBoth:   "held by both",
}

// remarks are what is special about a call, the most important first.
func remarks(c phone.Call) []string {
	var out []string
	add := func(when bool, text string) {
		if when {
			out = append(out, text)
		}
	}
	add(holds[c.Hold] != "", holds[c.Hold])
	add(c.Muted, "muted")
	add(c.Silenced, "silenced")
	add(c.Conference, "in the conference")
	if c.Consults != 0 {
		add(!c.Inside, fmt.Sprintf("consultation for call %d", c.Consults))
		add(c.Inside, fmt.Sprintf("consultation for call %d, on its line", c.Consults))
	}
	if c.Transfer != nil {
		out = append(out, transferText(*c.Transfer))
	}
	add(c.Recalled, "came back")
	if c.Camp != nil {
		out = append(out, campText(*c.Camp))
	}
	if c.Asked != nil {
		out = append(out, askedText(*c.Asked))
	}
	out = append(out, originTexts(c)...)
	add(c.Role != "", "shows "+string(c.Role))
	add(c.Note != "", "note: "+c.Note)
	add(c.Recording.On, "recorded for "+since(c.Recording.Since))
	add(c.Level != 0 && c.Level != 100, fmt.Sprintf("level %d %%", c.Level))
	add(c.Codec != "", c.Codec)
	add(c.SRTP != "", c.SRTP)
	if c.End != nil {
		out = append(out, reasonText(c.End))
	}
	if c.Diagnosis != nil {
		out = append(out, diagnosisText(*c.Diagnosis))
	}
	if c.Warning != nil {
		out = append(out, reasonText(c.Warning))
	}
	return out
}

// originTexts are who calls, as the books know them, and how the call came here.
func originTexts(c phone.Call) []string {
	var out []string
	add := func(when bool, text string) {
		if when {
			out = append(out, text)
		}
	}
	known := c.Caller.Name
	add(c.Caller.Company != "" && c.Caller.Company != known, c.Caller.Company)
	add(known != "" && known != c.Remote.Name, known)
	add(c.Caller.Mark != phone.MarkNone, string(c.Caller.Mark))
	for _, g := range c.Tasks {
		text := "called " + joined(" ", g.Name, g.Began.Local().Format("2006-01-02 15:04")) + ", not handled"
		if g.Handler.Name != "" {
			text += ", " + g.Handler.Name + " has it"
		}
		out = append(out, text)
	}
	o := c.Origin
	if o == nil {
		return out
	}
	add(o.Queue != "" || o.Name != "", "through "+joined(" ", o.Name, string(o.Queue)))
	if s := o.Sought; s != nil {
		text := "for " + who(s.Party)
		if s.Presence != nil {
			text += ", " + presenceText(*s.Presence)
		}
		if s.Reason != "" {
			text += " (" + s.Reason + ")"
		}
		out = append(out, text)
	}
	for i, d := range o.Path {
		if i == 0 && o.Sought != nil {
			continue
		}
		text := "diverted by " + who(d.By)
		if d.Reason != "" {
			text += " (" + d.Reason + ")"
		}
		out = append(out, text)
	}
	return out
}

// presenceText is what somebody does, until when, and what they wrote.
func presenceText(p phone.Presence) string {
	out := named(p.Name, p.Activity)
	if !p.Until.IsZero() {
		out += ", " + until(p.Until)
	}
	if p.Divert != "" {
		out += ", calls go to " + p.Divert
	}
	if p.Note != "" {
		out += ", \u201c" + p.Note + "\u201d"
	}
	return out
}

// transferText is to whom, how it stands, and until when it can be changed.
func transferText(t phone.Transfer) string {
	out := string(t.Kind) + " transfer to " + who(t.Target) + " " + string(t.State)
	if t.Consult != 0 {
		out += fmt.Sprintf(" in call %d", t.Consult)
	}
	if t.Recalled {
		out += " and came back"
	}
	if t.Reason != nil {
		out += " (" + reasonText(t.Reason) + ")"
	}
	if t.State.Pending() && !t.RecallAt.IsZero() {
		out += ", comes back in " + clock(max(0, time.Until(t.RecallAt)))
	}
	if t.Undo {
		out += ", can be taken back"
	}
	return out
}

// campText is with whom, in which place, for how long, and how that line stands.
func campText(k phone.Camp) string {
	place := strconv.Itoa(k.Place)
	if k.Shared {
		place += " of " + strconv.Itoa(k.Of)
	}
	out := fmt.Sprintf("camps on %s, place %s, for %s, line %s", who(k.Target), place, since(k.Since), k.Line)
	if k.Ahead != "" {
		out += ", first a call of " + k.Ahead
	}
	switch {
	case k.Fetched:
		out += ", fetched"
	case k.Offering:
		out += ", being put through"
	case k.Reminder:
		out += ", wants to be looked at"
	}
	if k.LastError != nil {
		out += " (" + reasonText(k.LastError) + ")"
	}
	return out
}

func askedText(a phone.Asked) string {
	out := "asks for a call to " + who(a.Target)
	if by := who(a.By); by != "" {
		out += " by " + by
	}
	return out
}

func (c *cli) showCalls(calls []control.Call) {
	t := c.table()
	for _, k := range calls {
		t.row(headline(k, strings.Join(remarks(k.Call), "; "))...)
	}
	t.flush()
}

func headline(k control.Call, last ...string) []string {
	return append([]string{fmt.Sprintf("call %d", k.ID), string(k.Direction), string(k.State), started(k), who(k.Remote)}, last...)
}

func started(k control.Call) string {
	if k.Started == nil {
		return ""
	}
	call := k.Call
	call.Started = *k.Started
	return clock(call.Duration(time.Now()))
}

func (c *cli) showCall(k control.Call) {
	t := c.table()
	t.row(headline(k)...)
	t.flush()
	for _, remark := range remarks(k.Call) {
		c.printf(c.out, "  %s\n", clean(remark))
	}
	t = c.table()
	t.row("  account", string(k.Account))
	t.row("  address", k.Remote.URI)
	if k.Remote.Group != "" {
		t.row("  group", k.Remote.Group)
	}
	t.row("  begun", k.Created.Local().Format(time.DateTime))
	if k.Started != nil {
		t.row("  answered", k.Started.Local().Format(time.DateTime))
	}
	t.flush()
}

func (c *cli) showLines(lines []phone.Line) {
	t := c.table()
	for _, l := range lines {
		var notes []string
		if l.With != (phone.Party{}) {
			notes = append(notes, "with "+who(l.With))
		}
		if p := l.Presence; p != nil {
			notes = append(notes, presenceText(*p))
		}
		if l.Stale {
			notes = append(notes, "not confirmed of late")
		}
		if l.Pickup {
			notes = append(notes, "can be picked up")
		}
		if l.Reason != nil {
			notes = append(notes, reasonText(l.Reason))
		}
		t.row("line "+l.Number, string(l.State), since(l.Since), string(l.Account), strings.Join(notes, ", "))
	}
	t.flush()
}

func (c *cli) showParked(parked []phone.Parked) {
	t := c.table()
	for _, p := range parked {
		note := ""
		if !p.Told {
			note = "may be gone: the exchange does not tell"
		}
		t.row("slot "+p.Slot, who(p.Remote), since(p.Since), string(p.Account), note)
	}
	t.flush()
}

func (c *cli) showCamped(calls []phone.CampedCall) {
	t := c.table()
	for _, k := range calls {
		note := ""
		switch {
		case k.Offering:
			note = "being offered"
		case k.Fetched:
			note = "fetched"
		case k.Turn:
			note = "next"
		}
		t.row(who(k.Remote), "waits for "+who(k.Target), fmt.Sprintf("place %d of %d", k.Place, k.Of), since(k.Since), k.By.Name, note)
	}
	t.flush()
}

func (c *cli) showElsewhere(calls []phone.RemoteCall) {
	t := c.table()
	for _, r := range calls {
		note := ""
		switch {
		case r.Pull:
			note = "can be moved here"
		case r.Reason != nil:
			note = reasonText(r.Reason)
		}
		t.row(r.ID, string(r.Direction), string(r.State), since(r.Since), who(r.Remote), string(r.Account), note)
	}
	t.flush()
}
