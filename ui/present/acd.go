package present

import (
	"strings"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// ACD is the strip of those who answer in queues (ui.md 5.6): an upper row with the call, or how many wait, and a lower
// one with what the user does, the queues and help.
type ACD struct {
	Call    phone.CallID // whose row it is; 0 for none
	Status  Status
	Tone    Tone
	Ringing bool   // the row is a call that rings and is to be answered
	Ready   bool   // there is no call
	Title   string // name, "Ready"
	After   string // second to the title: company, how many wait
	Detail  string
	Alert   Tone // of the detail, when it says that something is wrong or rings
	Timer   string
	Waits   Tone         // of the timer: long, too long
	Acts    []Button     // in order; the last one hangs up, where there is a call
	Second  phone.CallID // another that rings
	Dial    string       // what the button of an ended call dials
	Lock    LockSign
	Repair  *Act // what can be done about what is wrong
	Fix     phone.AccountID
	Header  Header
	Help    Button
	Seconds bool // it changes with time
}

// ACDOf makes the strip.
func ACDOf(s Scene) ACD {
	calls := CallsOf(s)
	out := ACD{
		Header: HeaderOf(s), Help: s.button(command.Help, "life-buoy", text.T("acd.help")),
	}
	out.activity(s)
	conf := ConferenceOf(s)
	switch {
	case calls.Main != nil && !calls.Main.Ended:
		out.inCall(s, *calls.Main, calls)
	case conf != nil:
		out.inConference(*conf)
	case len(calls.Ringing) > 0:
		out.rings(s, calls.Ringing)
	case calls.Main != nil:
		out.over(*calls.Main)
	default:
		out.ready(s, calls)
	}
	if out.Call != 0 && len(calls.Ringing) > 0 && !out.Ringing {
		out.second(s, calls.Ringing[0])
	}
	return out
}

// activity makes the chip say what the user does also while the upper row tells of a call.
func (m *ACD) activity(s Scene) {
	a := s.Snap.DefaultAccount()
	if a == nil || a.State != phone.RegistrationRegistered {
		return
	}
	now := nowActivity(s)
	h := &m.Header
	h.Chip, h.ChipTail, h.ChipTone, h.ChipIcon = ActivityWord(now.Kind, now.Name), chipTail(s, now), ActivityTone(now.Kind), ActivityIcon(now.Kind)
}

// Dials reports whether a button of the strip dials the one who was on the line.
func (b Button) Dials() bool { return b.Command == "call.back" }

// named is who is on the line and what stands after it, which may be cut: the name, and company and title, of somebody in
// our books; else the number before the name, since anybody may have chosen that.
func named(w Who, c Caller) (first, after string) {
	if c.Person != "" || c.Work != "" || !w.Known {
		return w.Name, c.Work
	}
	return w.Number, w.Name
}

// inCall is the row of the call in front.
func (m *ACD) inCall(s Scene, c CallCard, all Calls) {
	m.Call, m.Status, m.Tone, m.Timer = c.ID, c.Status, c.Tone, c.Timer
	m.Title, m.After = named(c.Who, c.Caller)
	call := s.Snap.Call(c.ID)
	waiting := ""
	if n := heldBeside(all); n > 0 {
		waiting = text.T("acd.held", "n", n)
	}
	route := acdRoute(s, call)
	state := ""
	if c.Tone != ToneGreen || c.Timer == "" {
		state = c.State
	}
	m.Detail = joinWords(state, route, waiting)
	if m.Detail == "" {
		m.Detail = c.Account
		if m.Title != c.Who.Number {
			m.Detail = joinWords(numberOf(c.Who), c.Account)
		}
	}
	if m.Detail == "" {
		m.Detail = c.State
	}
	m.Lock = c.Lock
	if route == "" { // beside the queue and the wait there is room for the sign alone
		m.Detail = joinWords(m.Detail, c.Lock.Word)
	}
	switch {
	case c.Warning != "":
		m.Detail, m.Alert = c.Warning, ToneAmber
	case len(c.Sound) > 0:
		m.Detail, m.Alert = c.Sound[0].Text, ToneAmber
	}
	m.Acts = c.Buttons[:0:0]
	for _, want := range []command.ID{command.Mute, command.Hold, command.Transferring} {
		for _, b := range c.Buttons {
			if b.Command == string(want) {
				m.Acts = append(m.Acts, b)
			}
		}
	}
	m.Acts = append(m.Acts, c.Hangup)
	m.Seconds = true
}

// heldBeside is how many calls wait beside the one in front.
func heldBeside(all Calls) int {
	n := 0
	for _, o := range all.Others {
		if o.ID != 0 && o.Status == StatusCallHeld {
			n++
		}
	}
	return n
}

// acdRoute is the queue a call came through, by name alone, and how long the caller waited in it.
func acdRoute(s Scene, c *phone.Call) string {
	if c == nil || c.Origin == nil {
		return ""
	}
	return joinWords(queueOf(*c), waitedWords(s, *c))
}

// queueOf is the queue a call came through.
func queueOf(c phone.Call) string {
	if c.Origin == nil {
		return ""
	}
	if name := Clean(c.Origin.Name, nameLimit); name != "" {
		return name
	}
	return Clean(string(c.Origin.Queue), numberLimit)
}

// inConference is the row of the conference.
func (m *ACD) inConference(c Conference) {
	m.Status, m.Tone, m.Title, m.Detail, m.Timer, m.Seconds = StatusCall, ToneGreen, c.Title, c.Count, c.Timer, true
	if c.Away != "" {
		m.Status, m.Tone, m.Detail = StatusCallHeld, ToneAmber, c.Away
		m.Repair = &c.Back
		return
	}
	mute := c.MuteMe
	m.Repair, m.Lock = &mute, c.Lock
	m.Detail = joinWords(m.Detail, c.Lock.Word)
}

// rings is the row of the call that has rung longest.
func (m *ACD) rings(s Scene, ringing []Incoming) {
	c := ringing[0]
	m.Call, m.Ringing, m.Status, m.Tone, m.Timer = c.ID, true, s.RingStatus(), ToneAccent, c.Timer
	m.Title, m.After = named(c.Who, c.Caller)
	if call := s.Snap.Call(c.ID); call != nil {
		waited := s.Now.Sub(since(*call))
		m.Timer, m.Waits = text.Timer(waited), waitTone(s, waited)
		m.Detail = queueOf(*call)
		if m.Title != c.Who.Number {
			m.Detail = joinWords(m.Detail, numberOf(c.Who))
		}
	}
	if m.Detail == "" {
		m.Detail = c.Title
	}
	if sought := c.Caller.Sought; sought != nil {
		m.Detail = joinWords(text.T("caller.sought")+" "+sought.Name, sought.Lamp.Text)
	}
	if n := len(ringing) - 1; n > 0 {
		m.Detail = joinWords(text.T("acd.more_ringing", "n", n), m.Detail)
	}
	m.Acts = []Button{c.Answer, c.Decline}
	m.Acts[0].Room = "" // the caller has it: a line is not broken here
	m.Seconds = true
}

// since is when a caller began to wait: in the queue, else here.
func since(c phone.Call) time.Time {
	if c.Origin != nil && !c.Origin.Waited.IsZero() {
		return c.Origin.Waited
	}
	return c.Created
}

// second is another call that rings while somebody is on the line: it takes the detail, and can be answered.
func (m *ACD) second(s Scene, c Incoming) {
	m.Second, m.Alert = c.ID, ToneAccent
	m.Detail = text.T("acd.rings", "name", c.Who.Name) + " " + c.Timer // the time is not what is cut
	if call := s.Snap.Call(c.ID); call != nil {
		m.Detail = joinWords(m.Detail, queueOf(*call))
	}
	answer := c.Answer
	answer.Room = ""
	answer.Text = text.T("acd.answer_hold")
	acts := []Button{answer}
	for _, b := range m.Acts {
		if b.Command != string(command.Transferring) {
			acts = append(acts, b)
		}
	}
	m.Acts = acts
}

// over is the row of a call that has just ended.
func (m *ACD) over(c CallCard) {
	m.Call, m.Status, m.Tone, m.Detail, m.Timer, m.Seconds = c.ID, c.Status, c.Tone, c.State, c.Timer, true
	m.Title, m.After = named(c.Who, c.Caller)
	m.Acts, m.Dial = []Button{c.CallBack}, c.Dial
}

// ready is the row while there is no call: what is wrong, else who waits in the queues.
func (m *ACD) ready(s Scene, calls Calls) {
	m.Ready = true
	if bars := Bars(s); len(bars) > 0 {
		b := bars[0]
		m.Status, m.Tone, m.Title, m.Detail, m.Alert = StatusUnknown, b.Tone, b.Title, b.Text, b.Tone
		m.Seconds = true
		switch {
		case b.Action.Command == "account.edit":
			m.Repair, m.Fix = &Act{Button: b.Action}, b.Account
		case b.Action.Text != "":
			m.Repair = &Act{Button: b.Action, Do: []phone.Command{phone.Register{Account: b.Account}}}
		case b.Fault != "":
			m.Repair = &Act{Button: Button{Icon: "x", Text: text.T("fault.dismiss"), Enabled: true}, Do: []phone.Command{phone.Dismiss{Fault: b.Fault}}}
		}
		return
	}
	m.Status, m.Tone = m.Header.Status, m.Header.ChipTone
	now := nowActivity(s)
	m.Title = text.T("acd.ready")
	if !now.Rings && now.Kind != phone.ActivityAvailable {
		m.Title = text.T("acd.not_ready")
	}
	q := queuesNow(s)
	m.After = q.words(s)
	m.Waits = waitTone(s, q.longestFor(s))
	m.Seconds = QueuesTicking(s)
	var detail []string
	if n := heldBeside(calls); n > 0 {
		detail = append(detail, text.T("acd.held", "n", n))
	}
	if n := s.Snap.History.Missed; n > 0 {
		detail = append(detail, text.T("window.missed", "n", n))
	}
	if len(s.Snap.Queues) > 0 && q.in == 0 {
		detail = append(detail, text.T("acd.no_queue"))
	}
	m.Detail = joinWords(detail...)
}

// queueSum is what the queues the user is in say together.
type queueSum struct {
	in, waiting int
	counted     bool
	longest     time.Time
}

func queuesNow(s Scene) queueSum {
	var out queueSum
	for _, q := range s.Snap.Queues {
		if !command.LoggedIn(q) {
			continue
		}
		out.in++
		if !q.Counted || q.Night {
			continue
		}
		out.counted = true
		out.waiting += q.Waiting
		if q.Waiting > 0 && !q.Longest.IsZero() && (out.longest.IsZero() || q.Longest.Before(out.longest)) {
			out.longest = q.Longest
		}
	}
	return out
}

func (q queueSum) longestFor(s Scene) time.Duration {
	if q.longest.IsZero() {
		return 0
	}
	return s.Now.Sub(q.longest)
}

// words is "2 waiting, longest 00:48".
func (q queueSum) words(s Scene) string {
	switch {
	case !q.counted:
		return ""
	case q.waiting == 0:
		return text.T("acd.nobody_waits")
	case q.longest.IsZero():
		return text.T("acd.waiting", "n", q.waiting)
	}
	return text.T("acd.waiting", "n", q.waiting) + ", " + text.T("acd.longest", "time", text.Timer(q.longestFor(s)))
}

// waitTone is amber for a long wait and red for one that is too long, by the settings.
func waitTone(s Scene, d time.Duration) Tone {
	seconds := int(d / time.Second)
	switch {
	case seconds >= s.Snap.Settings.Int(phone.KeyWaitTooLong):
		return ToneRed
	case seconds >= s.Snap.Settings.Int(phone.KeyWaitLong):
		return ToneAmber
	}
	return TonePlain
}

// joinWords puts what there is side by side.
func joinWords(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}
