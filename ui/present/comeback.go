package present

import (
	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// Comeback is a call that was handed over and is ours again: who did not take it, why, how they stand now, and what else
// can be done with the caller, by one key each.
type Comeback struct {
	Call   phone.CallID
	Target string // the number that was tried
	Title  string // who did not take it, and why
	Now    string // how they stand now; empty when they are free
	Ways   []Act  // try again, camp on, voicemail, write to them
	Others []ComebackOther
}

// ComebackOther is somebody else who can take the call, and what gives it to them.
type ComebackOther struct {
	Alternative
	Act Act
}

// Tip is all that is known of them, in a line.
func (o ComebackOther) Tip() string {
	return joinDots(append([]string{o.Title, o.Number}, o.Lines...)...)
}

// WithOthers adds who else can take the call. key is the key of the nth of them, 1 the first; nil prints none.
func (m *Comeback) WithOthers(s Scene, others []Alternative, key func(n int) string) {
	direct := can(s, m.Call, phone.FeatureTransferDirect)
	for i, a := range others {
		o := ComebackOther{Alternative: a, Act: Act{Button: Button{Icon: "arrow-right", Text: a.Title, Enabled: direct}}}
		if !direct {
			o.Act.Reason = text.T("disabled.no-direct")
		}
		if key != nil {
			o.Act.Key = key(i + 1)
		}
		switch OtherWay(s, m.Call, a) {
		case command.HandCamp:
			o.Act.Do = []phone.Command{phone.CampOn{Call: m.Call, Target: a.Target}}
		case command.HandAnnounced:
			o.Act.Do = []phone.Command{phone.Consult{Call: m.Call, Target: a.Target}}
		default:
			o.Act.Do = []phone.Command{phone.TransferTo{Call: m.Call, Target: a.Target, Kind: phone.TransferDirect}}
		}
		m.Others = append(m.Others, o)
	}
}

// OtherWay is how an alternative gets a call: the standard way to one who stands so, directly where there is none.
func OtherWay(s Scene, id phone.CallID, a Alternative) command.Handing {
	if how := StandardWay(s, id, Lamp{Status: a.Status}); how != command.HandStandard {
		return how
	}
	return command.HandDirect
}

// Returned is the call whose comeback the keys are for: the one in front, or, while there is none, the one that has been
// back longest. 0 is none.
func Returned(s *phone.Snapshot) phone.CallID {
	var longest *phone.Call
	for i := range s.Calls {
		c := &s.Calls[i]
		if !cameBack(*c) {
			continue
		}
		if c.ID == s.Active {
			return c.ID
		}
		if c.Hold.Local() && (longest == nil || c.HeldSince.Before(longest.HeldSince)) {
			longest = c
		}
	}
	if longest == nil || s.Active != 0 {
		return 0
	}
	return longest.ID
}

// cameBack reports whether a call was handed over in vain and nothing has been done with it since.
func cameBack(c phone.Call) bool {
	x := c.Transfer
	if x == nil || x.State != phone.TransferFailed || x.Consult != 0 || x.Target.Number == "" || c.State != phone.StateConnected || c.Asked != nil || c.Camp != nil || c.Conference {
		return false
	}
	return x.Reason == nil || !regretted[x.Reason.ID]
}

// regretted are the ends of transfers that we wanted.
var regretted = map[phone.ReasonID]bool{phone.ReasonTakenBack: true, phone.ReasonHangup: true, phone.ReasonCancelled: true}

// ComebackOf is what there is to know of a call that came back, nil for all others. p is who was to take it, as the books
// have them; keys says whether the keys are for this call.
func ComebackOf(s Scene, c phone.Call, p phone.Person, keys bool) *Comeback {
	if !cameBack(c) {
		return nil
	}
	x := c.Transfer
	m := &Comeback{Call: c.ID, Target: x.Target.Number, Title: failedWords(s, x)}
	if p.Line() != DialText(x.Target.Number) { // somebody of no book, or another of their numbers
		p = phone.Person{Name: p.Name, Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: x.Target.Number}}, Emails: p.Emails}
	}
	lamp := LampOf(s, p)
	if lamp.Status != "" && lamp.Status != StatusAvailable && lamp.Status != StatusUnknown {
		m.Now = text.T("comeback.now", "state", lamp.Text)
	}
	again, other := command.Direct, command.Announced
	if x.Kind == phone.TransferAnnounced {
		again, other = other, again
	}
	order := []command.ID{again, command.Voicemail, other, command.CampOn}
	if lamp.Status == StatusInCall || lamp.Status == StatusRinging { // trying again would be in vain
		order = []command.ID{command.CampOn, again, command.Voicemail, other}
	}
	ways := HandingActs(s, c.ID, p, lamp)
	for _, id := range order {
		for _, a := range ways {
			if a.Command != string(id) {
				continue
			}
			if id == again {
				a.Icon, a.Text = "refresh-cw", text.T("card.again")
			}
			m.Ways = append(m.Ways, a)
		}
	}
	m.Ways = append(m.Ways, Act{Button: Button{Command: string(command.Message), Icon: "message-square", Text: text.T("comeback.message"), Enabled: true, Key: s.key(string(command.Message))}})
	if !keys {
		for i := range m.Ways {
			m.Ways[i].Key = ""
		}
	}
	return m
}

// failedWords is who did not take a call, and why.
func failedWords(s Scene, x *phone.Transfer) string {
	to := s.WhoOf(x.Target).Name
	if x.Recalled {
		return text.T("card.not_answered", "name", to)
	}
	if x.Reason != nil {
		switch x.Reason.ID {
		case phone.ReasonBusy:
			return text.T("comeback.busy", "name", to)
		case phone.ReasonRemoteDeclined:
			return text.T("comeback.declined", "name", to)
		case phone.ReasonNoAnswer:
			return text.T("card.not_answered", "name", to)
		case phone.ReasonUnavailable:
			return text.T("comeback.unreachable", "name", to)
		}
	}
	return text.T("card.transfer_failed", "name", to)
}

// Unexplained reports whether failedWords leaves out why: the reason is to be told beside it.
func Unexplained(x *phone.Transfer) bool {
	if x.Recalled || x.Reason == nil {
		return false
	}
	switch x.Reason.ID {
	case phone.ReasonBusy, phone.ReasonRemoteDeclined, phone.ReasonNoAnswer, phone.ReasonUnavailable:
		return false
	}
	return true
}
