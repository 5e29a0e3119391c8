package engine

import (
	"fmt"
	"testing"

	"svara/phone"
	"svara/phone/ua"
)

// Who has answered a call that rang here is told by the exchange or by the colleague's line, before or after the CANCEL.
func TestAnsweredElsewhereBy(t *testing.T) {
	busyWith := func(number, name string) string {
		return fmt.Sprintf(`<dialog id="1" direction="recipient"><state>confirmed</state><local><identity display="%s">sip:2114@pbx.test</identity></local>
<remote><identity>sip:%s@pbx.test</identity></remote></dialog>`, name, number)
	}
	for _, c := range []struct {
		name          string
		told          string // by the CANCEL
		before, after string // what 2114's line tells of its calls
		early         bool   // before it rang here
		history, card string
	}{
		{"the exchange says it", "Elin", busyWith("2101", "Somebody"), "", false, "Elin", "Elin"},
		{"the line, before", "", busyWith("2101", "Elin"), "", false, "Elin", "Elin"},
		{"the line, after", "", "", busyWith("2101", "Elin"), false, "", "Elin"},
		{"a line without a name", "", busyWith("2101", ""), "", false, "2114", "2114"},
		{"in another call", "", busyWith("2102", "Elin"), "", false, "", ""},
		{"in a call with them since before", "", busyWith("2101", "Elin"), "", true, "", ""},
		{"nobody says it", "", "", "", false, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t)
			s.do(phone.WatchLine{Number: "2114", On: true})
			var sub ua.SubID
			for _, v := range sent[ua.Subscribe](s) {
				if v.Target == "2114" && v.Event == "dialog" {
					sub = v.ID
				}
			}
			version := 0
			line := func(dialog string) {
				version++
				s.sip(ua.Notified{ID: sub, Body: fmt.Appendf(nil, `<dialog-info version="%d" state="full" entity="sip:2114@pbx.test">%s</dialog-info>`, version, dialog)})
			}
			line("")
			if c.early {
				line(c.before)
				s.now = s.now.Add(1)
			}
			id := s.ringing("in-1")
			s.now = s.now.Add(1)
			if !c.early && c.before != "" {
				line(c.before)
			}
			s.sip(ua.Ended{Leg: "in-1", Reason: phone.Reason{ID: phone.ReasonElsewhere, Text: c.told}, ByRemote: true})
			entry := one(s, effects[fxHistory](s)).entry
			if entry.Outcome != phone.OutcomeElsewhere || entry.Reason.Text != c.history || s.s.history.Missed != 0 {
				t.Errorf("the history has %+v, %d missed", entry, s.s.history.Missed)
			}
			if c.after != "" {
				line(c.after)
			}
			if end := s.state(id, phone.StateEnded).End; end.ID != phone.ReasonElsewhere || end.Text != c.card {
				t.Errorf("the card says %+v, want %q", end, c.card)
			}
		})
	}
}
