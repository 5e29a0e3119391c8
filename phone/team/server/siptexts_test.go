package server

import (
	"slices"
	"strings"
	"testing"

	"svara/phone"
	"svara/phone/team"
)

// asked waits for an action of the exchange's.
func (d *desk) asked(src *source, what string, want team.SourceAction) {
	d.t.Helper()
	d.until(what, func() bool { return slices.Contains(src.did(), want) })
}

// Texts to telephones go by the exchange, the others by the gateway; without one they fail with why, and those that the
// exchange refuses too.
func TestTextsByTheExchange(t *testing.T) {
	d := newDesk(t, func(c *Config) { c.Exchanges[0].Texts = true })
	send := func(id string, to ...string) team.Sending {
		t.Helper()
		read[team.Sending](t, d.do("ag", "POST", "groups/support/texts", team.NewTexts{ID: id, To: to, Text: "Hej"}))
		d.until("all are sent or failed", func() bool { return d.sending("ag", id).Over() })
		return d.sending("ag", id)
	}
	d.source.did()
	if v := send("aaaaaaaaaaaaaaaaaaaa", "2101", "+46701740605"); v.Sent != 1 || len(v.Failed) != 1 || v.Failed[0].Number != "+46701740605" || v.Failed[0].Reason.ID != phone.ReasonNotSupported {
		t.Errorf("%+v", v)
	}
	if a := d.source.did(); !slices.Contains(a, team.SourceAction(team.SendText{Sender: "0801", To: "2101", Text: "Hej"})) {
		t.Errorf("the exchange was asked for %+v", a)
	}
	if a := d.do("ag", "POST", "groups/support/texts", team.NewTexts{ID: "bbbbbbbbbbbbbbbbbbbb", To: []string{"+46701740605"}, Text: "Hej"}); a.status != 422 || a.fault().Reason.ID != phone.ReasonNotSupported {
		t.Errorf("to nobody who can be reached: %d %s", a.status, a.body)
	}
	d.source.mu.Lock()
	d.source.answer = phone.Refuse(phone.ReasonUnavailable, "")
	d.source.mu.Unlock()
	if v := send("cccccccccccccccccccc", "2102"); v.Sent != 0 || len(v.Failed) != 1 || v.Failed[0].Reason.ID != phone.ReasonUnavailable {
		t.Errorf("%+v", v)
	}
	g := &smsGateway{answer: func(string) error { return nil }}
	d.source.mu.Lock()
	d.source.answer = nil
	d.source.mu.Unlock()
	both := newDesk(t, func(c *Config) { c.Exchanges[0].Texts, c.SMS = true, g })
	read[team.Sending](t, both.do("ag", "POST", "groups/support/texts", team.NewTexts{ID: sendID, To: []string{"2101", "+46701740605", "0701740606"}, Text: "Hej"}))
	both.until("all are sent", func() bool { return both.sending("ag", sendID).Sent == 3 })
	if g.count() != 2 {
		t.Errorf("the gateway was asked %d times", g.count())
	}
}

// A text that comes to the exchange is kept once, however often it is told, for the group whose number it was sent to; the
// exchange is then let go of it, also of what is no text.
func TestTextsOfTheExchange(t *testing.T) {
	d := newDesk(t)
	d.source.did()
	texts := func() (out []string) {
		for _, m := range read[team.MessagePage](t, d.do("root", "POST", "messages", team.MessageQuery{})).Messages {
			out = append(out, string(m.Value.Group)+" "+m.Value.From.Number+" "+m.Value.Text)
		}
		slices.Sort(out)
		return out
	}
	told := team.TextTold{ID: "1-1", From: "2101", To: "0801", Text: "Hej"}
	for range 3 {
		d.source.tell(told)
		d.asked(d.source, "it is taken", team.TextTaken{ID: "1-1"})
	}
	for id, e := range map[string]team.TextTold{
		"1-2": {From: "2101\r\nAction: Logoff", To: "0801", Text: "x"},
		"1-3": {From: "2101", To: "0801", Text: strings.Repeat("a", phone.MaxText+1)},
		"1-4": {From: "'; DROP TABLE messages; --", To: "0801", Text: "x"},
		"1-5": {From: "", To: "0801", Text: "x"},
	} {
		e.ID = id
		d.source.tell(e)
		d.asked(d.source, "what is none is let go of: "+id, team.TextTaken{ID: id})
	}
	d.source.tell(team.TextTold{ID: "1-6", From: "2101", To: "0801", Text: "Hej"}) // the same words are another text
	d.asked(d.source, "the second is taken", team.TextTaken{ID: "1-6"})
	d.source.tell(team.TextTold{ID: "1-7", From: "2101", To: "4711", Text: "vem?"}) // of nobody: for who sees everything
	d.asked(d.source, "the third is taken", team.TextTaken{ID: "1-7"})
	if got, want := texts(), []string{"all 2101 vem?", "support 2101 Hej", "support 2101 Hej"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}
