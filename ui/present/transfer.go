package present

import (
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// Consult is a consultation: who waits, and what can be done with the two.
type Consult struct {
	Title string // who it is with, and whether they have answered
	Waits string // the other of the two, since when
	Note  string // what cannot be known
	Acts  []Act  // connect, back, swap, conference
}

// consultOf is the consultation that a call belongs to, or nil.
func consultOf(s Scene, c phone.Call) *Consult {
	caller, with := command.Consultation(s.Snap, &c)
	if caller == nil {
		return nil
	}
	who, back := s.WhoOf(with.Remote).Name, s.WhoOf(caller.Remote).Name
	answered := with.State == phone.StateConnected
	m := &Consult{Title: text.T("consult.calling", "name", who)}
	if answered {
		m.Title = text.T("consult.talking", "name", who)
	}
	m.Waits = text.T("consult.waits", "name", back, "clock", waited(s, *caller))
	if c.ID == caller.ID && answered {
		m.Title = text.T("consult.talking", "name", back)
		m.Waits = text.T("consult.with_caller", "name", who, "clock", waited(s, *with))
	}
	if with.Inside && !answered {
		m.Note = text.T("card.inside")
	}
	connect := s.button(command.Complete, "arrow-right-left", text.T("consult.connect"))
	if !answered {
		connect.Text = text.T("consult.connect_now")
	}
	if why := command.CompleteRefusal(s.Snap, &c); why != "" {
		connect.Enabled, connect.Reason = false, text.T(why)
	}
	leave := Act{
		Button: Button{Command: string(command.TakeBack), Icon: "undo-2", Text: text.T("consult.back", "name", FirstName(back)), Key: s.key("back"), Enabled: true},
		Do:     []phone.Command{phone.TakeBack{Call: caller.ID}},
	}
	if c.ID == caller.ID && answered { // we are back already: the other is to be let go
		leave.Icon, leave.Text, leave.Key = "phone-off", text.T("conference.hangup", "name", FirstName(who)), ""
	}
	m.Acts = []Act{{Button: connect}, leave}
	if answered {
		swap := s.button(command.Swap, "arrow-up-down", text.T("call.swap"))
		m.Acts = append(m.Acts, Act{Button: swap}, Act{
			Button: s.button(command.Merge, "users", text.T("call.conference")), Do: []phone.Command{phone.Merge{Calls: []phone.CallID{caller.ID, with.ID}}},
		})
	}
	return m
}

// waited is how long we have held a call.
func waited(s Scene, c phone.Call) string {
	since := c.HeldSince
	if since.IsZero() {
		since = s.Now
	}
	return text.Timer(s.Now.Sub(since))
}

func askedText(s Scene, c phone.Call) string {
	by := s.WhoOf(c.Asked.By).Name
	if by == "" {
		by = s.who(c.Remote).Name
	}
	return text.T("asked.text", "by", by, "to", s.WhoOf(c.Asked.Target).Name)
}

func askedActs() []Act {
	return []Act{
		{Button: Button{Command: string(command.Allow), Icon: "check", Text: text.T("asked.allow"), Enabled: true}},
		{Button: Button{Command: string(command.Refuse), Icon: "x", Text: text.T("asked.refuse"), Enabled: true}},
	}
}

// noticesOf is what there is to know of a call in front, most pressing first.
func noticesOf(s Scene, c phone.Call) []Notice {
	var out []Notice
	if c.Asked != nil {
		acts := askedActs()
		acts[0].Key, acts[1].Key = s.key(string(command.Allow)), s.key(string(command.Refuse))
		out = append(out, Notice{Icon: "arrow-right-left", Tone: ToneAccent, Text: askedText(s, c), Acts: acts})
	}
	if x := c.Transfer; x != nil && x.State == phone.TransferFailed {
		n := Notice{Icon: "circle-alert", Tone: ToneRed, Text: failedWords(s, x)}
		if Unexplained(x) {
			n.Text += ". " + text.Reason(*x.Reason)
		}
		out = append(out, n)
	}
	if c.Camp != nil && c.Camp.Fetched {
		out = append(out, Notice{
			Icon: "hourglass", Tone: ToneAmber, Text: text.T("card.fetched", "name", s.WhoOf(c.Camp.Target).Name, "n", c.Camp.Place),
			Acts: []Act{{Button: s.button(command.PutBack, "undo-2", text.T("call.put_back"))}},
		})
	}
	if c.Recording.On {
		stop := Button{Command: string(command.Record), Icon: "square", Text: text.T("call.record_stop"), Enabled: true}
		out = append(out, Notice{Icon: "circle-dot", Tone: ToneRed, Text: text.T("call.recording_for", "clock", text.Timer(s.Now.Sub(c.Recording.Since))), Acts: []Act{{Button: stop}}})
	}
	return out
}

// Asking is the field asking for what a command needs: whom to transfer a call to, whom to add, where to pick up.
type Asking struct {
	Icon   string
	Tone   Tone
	Title  string
	Beside string // after the title: company and number
	Detail string
	Holder string // the field's own words when it is empty
	Back   Button
	Short  string // Back in a word, for where its text leaves the title no room; empty: there is none
	Acts   []Act  // the ways; their commands are those of the field
	Enter  string // the command that Enter does, as its button is filled
}

// AskingOf is what the field asks, and for which call. The result is nil when the call is gone.
func AskingOf(s Scene, q command.Question, id phone.CallID) *Asking {
	cancel := Button{Command: "back", Icon: "x", Text: text.T("ask.cancel"), Key: s.key("back"), Enabled: true}
	act := func(id command.ID, icon, words string) Act { return Act{Button: s.button(id, icon, words)} }
	switch q {
	case command.AskAdd:
		return &Asking{
			Icon: "user-plus", Tone: ToneAccent, Title: text.T("ask.add"), Detail: text.T("ask.add_help"), Holder: text.T("dial.placeholder"),
			Back: cancel, Acts: []Act{act(command.HandOver, "user-plus", text.T("call.add"))}, Enter: string(command.HandOver),
		}
	case command.AskPickup:
		return &Asking{
			Icon: "phone-incoming", Tone: ToneAccent, Title: text.T("ask.pickup"), Detail: text.T("ask.pickup_help"), Holder: text.T("dial.placeholder"),
			Back: cancel, Acts: []Act{act(command.HandOver, "phone-incoming", text.T("call.pick_up"))}, Enter: string(command.HandOver),
		}
	case command.AskSlot:
		return &Asking{
			Icon: "square-parking", Tone: ToneAccent, Title: text.T("ask.slot"), Detail: text.T("ask.slot_help"), Holder: text.T("ask.slot_placeholder"),
			Back: cancel, Acts: []Act{act(command.HandOver, "square-parking", text.T("call.retrieve"))}, Enter: string(command.HandOver),
		}
	}
	c := s.Snap.Call(id)
	if q == command.AskDeflect {
		if c == nil || c.State != phone.StateIncoming {
			return nil
		}
		return &Asking{
			Icon: "bell", Tone: ToneAccent, Title: text.T("ask.deflect", "name", s.whoOfCall(*c).Name), Detail: text.T("ask.deflect_help"), Holder: text.T("transfer.placeholder"),
			Back: cancel, Acts: []Act{act(command.HandOver, "arrow-right", text.T("transfer.direct"))}, Enter: string(command.HandOver),
		}
	}
	if c == nil || c.State != phone.StateConnected {
		return nil
	}
	who, caller := s.whoOfCall(*c), callerOf(s, *c)
	m := &Asking{
		Icon: "pause", Tone: ToneAmber, Title: text.T("transfer.title", "name", who.Name), Detail: text.T("transfer.not_held"), Holder: text.T("transfer.placeholder"),
		Back:  Button{Command: "back", Icon: "undo-2", Text: text.T("consult.back", "name", FirstName(who.Name)), Key: s.key("back"), Enabled: true},
		Short: text.T("button.back"),
	}
	for _, words := range []string{caller.Work, numberOf(who)} {
		if words != "" {
			m.Beside += " · " + words
		}
	}
	if c.Hold.Local() {
		m.Detail = text.T("transfer.waiting", "clock", waited(s, *c))
	}
	if caller.Sought != nil {
		m.Detail += " · " + text.T("caller.sought_short") + " " + caller.Sought.Name
	}
	lock := func(a Act, why string) Act {
		if why != "" {
			a.Enabled, a.Reason = false, text.T(why)
		}
		return a
	}
	without := func(f phone.Feature, why string) string {
		if command.Can(s.Snap, c, f) {
			return ""
		}
		return why
	}
	m.Acts = []Act{
		lock(act(command.Announced, "messages-square", text.T("transfer.announced")), without(phone.FeatureTransferAnnounced, "disabled.no-announced")),
		lock(act(command.Direct, "arrow-right", text.T("transfer.direct")), without(phone.FeatureTransferDirect, "disabled.no-direct")),
		lock(act(command.CampOn, "hourglass", text.T("transfer.camp")), without(phone.FeatureTransferDirect, "disabled.no-direct")),
		lock(act(command.Voicemail, "voicemail", text.T("transfer.voicemail")), without(phone.FeatureTransferVoicemail, "disabled.no-voicemail")),
		lock(act(command.ParkSlot, "square-parking", text.T("transfer.park")), command.ParkRefusal(s.Snap, c)),
	}
	switch phone.TransferKind(s.Snap.Settings.Get(phone.KeyTransferKind)) {
	case phone.TransferAnnounced:
		m.Enter = string(command.Announced)
	case phone.TransferDirect:
		m.Enter = string(command.Direct)
	}
	return m
}

// FirstName is what a button calls somebody by: the first word of a name, a number or the words for none whole.
func FirstName(name string) string {
	if name == text.T("who.withheld") || name == text.T("who.unknown") {
		return name
	}
	for i, r := range name {
		if r == ' ' && i > 1 && (name[0] < '0' || name[0] > '9') && name[0] != '+' {
			return name[:i]
		}
	}
	return name
}

// Fell is a transfer that has come to nothing since the last scene: the call it was of, what was tried, and why, in
// words. A call that came back by itself is none: its card tells.
type Fell struct {
	Call   phone.CallID
	Target string
	Why    string
}

// FellSince finds the newest transfer that failed between two snapshots.
func FellSince(before *phone.Snapshot, s Scene) *Fell {
	var out *Fell
	var since time.Time
	for _, c := range s.Snap.Calls {
		x := c.Transfer
		if x == nil || x.State != phone.TransferFailed || x.Recalled || c.State != phone.StateConnected {
			continue
		}
		old := before.Call(c.ID)
		if old == nil || old.Transfer == nil || old.Transfer.State == phone.TransferFailed || x.Since.Before(since) {
			continue
		}
		since = x.Since
		out = &Fell{Call: c.ID, Target: x.Target.Number, Why: text.T("card.transfer_failed", "name", s.WhoOf(x.Target).Name)}
		if x.Reason != nil {
			if regretted[x.Reason.ID] {
				out = nil
				continue
			}
			out.Why = text.Reason(*x.Reason)
		}
	}
	return out
}

// Movable reports whether a call can be put together with others or handed over: connected, and not handed over already.
func Movable(s Scene, c phone.Call) bool {
	return c.State == phone.StateConnected && !c.Inside && !command.Errand(s.Snap, c) && (c.Transfer == nil || !c.Transfer.State.Pending() && c.Transfer.State != phone.TransferReturning)
}

// Together is what can be done with two calls when one is dropped on the other: connected with each other, or all of us
// in a conference. Nothing when one of them cannot be moved.
func Together(s Scene, one, other phone.CallID) []Act {
	a, b := s.Snap.Call(one), s.Snap.Call(other)
	if a == nil || b == nil || !Movable(s, *a) || !Movable(s, *b) {
		return nil
	}
	both := phone.Merge{Calls: []phone.CallID{one, other}}
	join := Act{Button: Button{Icon: "merge", Text: text.T("call.join"), Enabled: true}, Do: []phone.Command{both, phone.LeaveConference{}}}
	if caller, with := command.Consultation(s.Snap, a); caller != nil && (caller.ID == other || with.ID == other) {
		join.Do = []phone.Command{phone.Complete{Call: caller.ID}}
	}
	if !command.Can(s.Snap, a, phone.FeatureTransferComplete) {
		join.Enabled, join.Reason = false, text.T("disabled.no-join")
	}
	return []Act{join, {Button: Button{Icon: "users", Text: text.T("call.conference"), Enabled: true}, Do: []phone.Command{both}}}
}
