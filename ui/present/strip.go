package present

import (
	"strconv"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// SmallCard is a call that is not in front: held, handed over, camped on, parked, on another device, or just ended.
type SmallCard struct {
	Key       string       // what it is of: the same card keeps it
	ID        phone.CallID // 0 when it is no call of this telephone
	Number    int          // Ctrl+number fetches it; 0 is none
	Who       Who
	Account   string
	Status    Status
	Tone      Tone
	State     string
	Detail    string // after State
	Note      string // a sentence under it
	Timer     string // how long this has been so
	TimerTone Tone   // amber and red: too long
	TimerIcon string
	Acts      []Act
	End       Act     // hang up, close: an icon
	Left      float32 // share of the time left until it comes back by itself; 0 shows none
	Alarm     bool    // the whole card is red
	Dim       bool    // the dark half of a blink
	Next      bool    // the call to go on with
}

// blinkFor is how long a reminder blinks before it stands still (ui.md section 8).
const blinkFor = 6 * time.Second

func (m *SmallCard) waits(s Scene, since time.Time) {
	if since.IsZero() {
		return
	}
	d := s.Now.Sub(since)
	m.Timer = text.Timer(d)
	m.TimerTone, m.TimerIcon = aged(s, d)
}

// aged is how a wait looks: long and too long are the user's own limits.
func aged(s Scene, d time.Duration) (Tone, string) {
	limit := func(key string) time.Duration { return time.Duration(s.Snap.Settings.Int(key)) * time.Second }
	switch {
	case d >= limit(phone.KeyWaitTooLong):
		return ToneRed, "alarm-clock"
	case d >= limit(phone.KeyWaitLong):
		return ToneAmber, "clock-alert"
	}
	return TonePlain, ""
}

// smallOf is the card of a call that is not in front. main is the one that is.
func smallOf(s Scene, c phone.Call, main phone.CallID) SmallCard {
	large := cardOf(s, c)
	m := SmallCard{
		Key: "call" + strconv.FormatUint(uint64(c.ID), 10), ID: c.ID, Who: large.Who, Account: large.Account, Status: large.Status, Tone: large.Tone,
		State: large.State, Detail: numberOf(large.Who), Timer: large.Timer, Note: large.Warning,
	}
	if s.Number != nil && c.State.Live() {
		m.Number = s.Number(command.Card{Call: c.ID})
	}
	m.End = Act{Button: Button{Command: string(command.Hangup), Icon: "phone-off", Text: text.T("call.hangup"), Enabled: c.State != phone.StateEnding}}
	m.Next = s.Snap.Next == c.ID && s.Snap.Active == 0 && c.State.Live()
	x := c.Transfer
	switch {
	case c.State == phone.StateEnded && (x == nil || x.State != phone.TransferUnknown):
		m.ended(large)
		return m
	case x != nil && (x.State.Pending() || x.State == phone.TransferReturning):
		m.passed(s, c)
		return m
	case c.Camp != nil:
		m.camped(s, c)
	case x != nil && x.State == phone.TransferConsulting:
		m.State, m.Detail = text.T("card.being_transferred"), ""
	}
	if c.Hold.Local() {
		since := c.HeldSince
		if c.Camp != nil {
			since = c.Camp.Since
		}
		m.waits(s, since)
	}
	if x != nil && x.State == phone.TransferFailed {
		m.failed(s, c)
	}
	if c.Asked != nil {
		m.Note = askedText(s, c)
		m.Acts = askedActs()
		return m
	}
	m.Acts = append(m.Acts, heldActs(s, c, main)...)
	return m
}

// numberOf is the number, where the name is not it already.
func numberOf(w Who) string {
	if !w.Known {
		return ""
	}
	return w.Number
}

func (m *SmallCard) ended(large CallCard) {
	m.Acts = []Act{{Button: large.CallBack, Do: []phone.Command{phone.Dial{Target: large.Dial}}}}
	m.End = Act{Button: Button{Icon: "x", Text: text.T("call.close_card"), Enabled: true}, Do: []phone.Command{phone.Dismiss{Call: m.ID}}}
}

// heldActs is what is done with a held call: go on with it, or put it together with the one in front.
func heldActs(s Scene, c phone.Call, main phone.CallID) []Act {
	if c.State != phone.StateConnected {
		return nil
	}
	front := s.Snap.Call(main)
	if front == nil || s.Snap.Active == 0 || !front.State.Live() {
		if !c.Hold.Local() {
			return nil
		}
		b := s.button(command.Hold, "play", text.T("call.resume"))
		b.Key = ""
		return []Act{{Button: b}}
	}
	if caller, with := command.Consultation(s.Snap, front); caller != nil && (c.ID == caller.ID || c.ID == with.ID) {
		if with.State != phone.StateConnected {
			return nil
		}
		swap := s.button(command.Swap, "arrow-up-down", text.T("call.swap"))
		swap.Key = ""
		return []Act{{Button: swap}}
	}
	swap := s.button(command.Swap, "arrow-up-down", text.T("call.swap"))
	join := s.button(command.Join, "merge", text.T("call.join"))
	conference := s.button(command.Merge, "users", text.T("call.conference"))
	swap.Key, join.Key, conference.Key = "", "", ""
	if c.Camp != nil {
		return []Act{{Button: swap}}
	}
	return []Act{{Button: swap}, {Button: join}, {Button: conference}}
}

// passed is a call that has been handed over and of which no answer is known.
func (m *SmallCard) passed(s Scene, c phone.Call) {
	x := c.Transfer
	to := s.WhoOf(x.Target).Name
	m.Status, m.Tone, m.Detail, m.Next = StatusCallPassed, ToneViolet, "", false
	switch x.State {
	case phone.TransferRinging:
		m.State = text.T("card.ringing_at", "name", to)
	case phone.TransferReturning:
		m.State = text.T("card.returning", "name", to)
	case phone.TransferUnknown:
		m.State = text.T("card.handed", "name", to)
		if x.Reason != nil {
			m.Note = text.Reason(*x.Reason)
		}
	default:
		m.State = text.T("card.transferring", "name", to)
	}
	m.Timer = text.Timer(s.Now.Sub(x.Since))
	if left := x.RecallAt.Sub(s.Now); !x.RecallAt.IsZero() && left >= 0 && x.State != phone.TransferReturning {
		m.Detail = text.T("card.back_in", "n", int((left+time.Second-1)/time.Second))
		if all := x.RecallAt.Sub(x.Since); all > 0 {
			m.Left = min(1, float32(left)/float32(all))
		}
	}
	if x.Undo {
		b := Button{Command: string(command.TakeBack), Icon: "undo-2", Text: text.T("call.take_back"), Key: s.key(string(command.TakeBack)), Enabled: true}
		m.Acts = []Act{{Button: b}}
	}
	if !c.State.Live() {
		m.End = Act{Button: Button{Icon: "x", Text: text.T("call.close_card"), Enabled: true}, Do: []phone.Command{phone.Dismiss{Call: c.ID}}}
	}
}

// failed is a call that came back: not answered in time, or refused.
func (m *SmallCard) failed(s Scene, c phone.Call) {
	x := c.Transfer
	m.Tone, m.Alarm, m.Detail, m.State = ToneRed, true, "", failedWords(s, x)
	if Unexplained(x) {
		m.Note = text.Reason(*x.Reason)
	}
	if back := ComebackOf(s, c, phone.Person{}, false); back != nil {
		if m.Detail = back.Now; m.Note == "" {
			m.Detail, m.Note = "", back.Now
		}
		for _, a := range back.Ways { // there is room for the best only
			if len(m.Acts) < 2 && len(a.Do) > 0 {
				m.Acts = append(m.Acts, a)
			}
		}
	}
	other := Button{Command: string(command.Transferring), Icon: "users", Text: text.T("comeback.other"), Enabled: true}
	m.Acts = append(m.Acts, Act{Button: other})
}

// camped is a held call that waits for a busy colleague.
func (m *SmallCard) camped(s Scene, c phone.Call) {
	camp := c.Camp
	to := s.WhoOf(camp.Target).Name
	m.Status, m.Tone = StatusCallCamped, ToneAmber
	m.State = text.T("card.camped", "name", to, "n", camp.Place)
	m.Detail = lineWords(camp.Line)
	switch {
	case camp.Fetched:
		m.State, m.Detail = text.T("card.fetched", "name", to, "n", camp.Place), ""
		m.Acts = []Act{{Button: s.button(command.PutBack, "hourglass", text.T("call.put_back"))}}
	case camp.Offering:
		m.Detail = text.T("card.offering", "name", to)
	case camp.Reminder:
		m.Alarm, m.Tone, m.State = true, ToneRed, text.T("card.reminder", "name", to)
		interval := time.Duration(s.Snap.Settings.Int(phone.KeyCampReminder)) * time.Second
		since := interval - camp.RemindAt.Sub(s.Now)
		m.Dim = !camp.RemindAt.IsZero() && since >= 0 && since < blinkFor && s.Now.Unix()%2 == 1
	case camp.Ahead != "":
		m.Detail = text.T("card.camp_ahead", "name", camp.Ahead)
	}
	if camp.LastError != nil {
		m.Note = text.Reason(*camp.LastError)
	}
}

// lineWords is how somebody's line stands.
func lineWords(l phone.LineState) string {
	switch l {
	case phone.LineIdle:
		return text.T("card.line_idle")
	case phone.LineBusy:
		return text.T("card.line_busy")
	case phone.LineRinging:
		return text.T("card.line_ringing")
	}
	return text.T("card.line_unknown")
}

// elsewhereCard is a call of ours on another device.
func elsewhereCard(s Scene, r phone.RemoteCall) SmallCard {
	m := SmallCard{Key: "elsewhere" + r.ID, Who: s.WhoOf(r.Remote), Account: accountLabel(s, r.Account), Status: StatusCall, Tone: ToneGreen, State: text.T("card.elsewhere")}
	if r.State == phone.LineRinging {
		m.Status, m.Tone, m.State = StatusCallRinging, ToneAccent, text.T("card.elsewhere_rings")
	}
	if m.Who.Name == "" {
		m.Who = Who{Name: m.State}
		m.State = ""
	}
	if !r.Since.IsZero() {
		m.Timer = text.Timer(s.Now.Sub(r.Since))
	}
	b := Button{Icon: "monitor", Text: text.T("call.move_here"), Enabled: r.Pull, Key: s.key(string(command.Pull))}
	if !r.Pull {
		b.Reason = text.T("disabled.no-elsewhere")
		if r.Reason != nil {
			b.Reason = text.Reason(*r.Reason)
		}
	}
	m.Acts = []Act{{Button: b, Do: []phone.Command{phone.Pull{ID: r.ID}}}}
	return m
}

// parkedCard is a call in a slot of the exchange.
func parkedCard(s Scene, p phone.Parked) SmallCard {
	slot := Clean(p.Slot, 20)
	m := SmallCard{Key: "parked" + string(p.Account) + slot, Who: s.WhoOf(p.Remote), Account: accountLabel(s, p.Account), Status: StatusCallHeld, Tone: ToneAmber}
	m.State = text.T("card.parked", "slot", slot)
	if slot == "" {
		m.State = text.T("card.parked_somewhere")
	}
	m.waits(s, p.Since)
	if s.Number != nil {
		m.Number = s.Number(command.ParkedCard(p))
	}
	if !p.Told {
		m.Note = text.T("card.parked_untold")
	}
	b := s.button(command.Retrieve, "square-parking", text.T("call.retrieve"))
	if len(s.Snap.Parked) > 1 {
		b.Key = ""
	}
	m.Acts = []Act{{Button: b, Do: []phone.Command{phone.Retrieve{Slot: p.Slot, Account: p.Account}}}}
	if slot == "" {
		m.Acts[0].Do = nil // the field asks for it
	}
	m.End = Act{Button: Button{Icon: "x", Text: text.T("card.forget"), Enabled: true}, Do: []phone.Command{phone.Dismiss{Slot: p.Slot}}}
	return m
}
