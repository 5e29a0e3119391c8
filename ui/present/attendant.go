package present

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// CallStrip is the calls at the right of the attendant's window (ui.md 5.4).
type CallStrip struct {
	Counts []CallCount
	Front  *FrontCard // nil: ready for the next call
	Cards  []WaitCard // longest wait first
}

// CallCount is how many calls of a kind there are.
type CallCount struct {
	Icon string
	N    int
	Tip  string
}

// FrontCard is the call that keys go to, or the one that is being handed over.
type FrontCard struct {
	CallCard
	Route string    // which way it came
	Line  string    // company, number
	Clock string    // the figures at the right: how long it lasts, or how long it has been held
	Total string    // how long it lasts, where Clock is of the hold
	Acts  []Button  // with words; the last to lose them in a narrow window
	Small []Button  // icons: mute, what else there is
	Back  *Comeback // it was handed over in vain; nil for all others
}

// WaitCard is any other call: it rings, is held, camped on, handed over, on another device, parked, or has ended.
type WaitCard struct {
	SmallCard
	Line  string    // what it waits for: cut before the time is
	After string    // after Line, not cut
	Act   Act       // the one thing to do with it; Text empty is none
	More  []Act     // the rest, in its menu
	Back  *Comeback // it was handed over in vain; nil for all others
	Rings bool
	since time.Time
}

// CallStripOf sorts the calls. asked is the call that the field asks about, 0 for none: it stays in front while it is on
// hold.
func CallStripOf(s Scene, asked phone.CallID) CallStrip {
	var out CallStrip
	front, conference := stripFront(s, asked), ConferenceOf(s)
	for _, c := range s.Snap.Calls {
		switch {
		case c.State == phone.StateIncoming:
			out.Cards = append(out.Cards, ringCard(s, c))
		case conference != nil && inConference(s.Snap, c), command.Errand(s.Snap, c), overHere(s.Snap, c):
		case c.ID == front:
			card := frontOf(s, c, c.ID == asked)
			out.Front = &card
		default:
			out.Cards = append(out.Cards, waitOf(s, smallOf(s, c, front), c))
		}
	}
	for _, r := range s.Snap.Elsewhere {
		out.Cards = append(out.Cards, bareCard(elsewhereCard(s, r), r.Since))
	}
	for _, p := range s.Snap.Parked {
		out.Cards = append(out.Cards, bareCard(parkedCard(s, p), p.Since))
	}
	slices.SortStableFunc(out.Cards, func(a, b WaitCard) int {
		if over, other := a.since.IsZero(), b.since.IsZero(); over != other { // what has ended waits for nothing
			if over {
				return 1
			}
			return -1
		}
		return a.since.Compare(b.since)
	})
	out.Counts = countsOf(out.Cards)
	return out
}

// stripFront is the call with the large card: the active one, the one being handed over, or the caller of a consultation.
func stripFront(s Scene, asked phone.CallID) phone.CallID {
	for _, id := range []phone.CallID{s.Snap.Active, asked} {
		if c := s.Snap.Call(id); id != 0 && c != nil && c.State != phone.StateIncoming && c.State.Live() && !command.Waits(*c) {
			return id
		}
	}
	return 0
}

// countsOf is how many ring, are held, are handed over and wait for somebody.
func countsOf(cards []WaitCard) []CallCount {
	kinds := []struct {
		status Status
		icon   string
		words  string
	}{
		{StatusCallRinging, "bell", "strip.ringing"}, {StatusCallHeld, "pause", "strip.held"},
		{StatusCallPassed, "arrow-right", "strip.passed"}, {StatusCallCamped, "hourglass", "strip.camped"},
	}
	var out []CallCount
	for _, k := range kinds {
		n := 0
		for _, c := range cards {
			if (c.Status == k.status || c.Rings && k.status == StatusCallRinging) && c.ID != 0 {
				n++
			}
		}
		if n > 0 {
			out = append(out, CallCount{Icon: k.icon, N: n, Tip: text.T(k.words, "n", n)})
		}
	}
	return out
}

func frontOf(s Scene, c phone.Call, asked bool) FrontCard {
	f := FrontCard{CallCard: cardOf(s, c)}
	f.Route, f.Caller.Route, f.Clock = f.Caller.Route, "", f.Timer
	f.Line = joinDots(f.Caller.Work, numberOf(f.Who), viaAccount(f.Account))
	hold := s.button(command.Hold, "pause", text.T("call.hold"))
	if c.Hold.Local() {
		hold.Icon, hold.Text = "play", text.T("call.resume")
		f.Clock = waited(s, c)
		if f.Timer != "" {
			f.Total = text.T("strip.total", "clock", f.Timer)
		}
	}
	transfer := s.button(command.Transferring, "arrow-right-left", text.T("call.transfer"))
	f.Acts = []Button{hold, transfer}
	if asked {
		f.State, f.Acts[1] = text.T("card.being_transferred"), s.button(command.Park, "square-parking", text.T("strip.park"))
	}
	mute := Button{Command: string(command.Mute), Icon: "mic-off", Text: text.T("call.mute"), On: c.Muted, Enabled: c.State != phone.StateEnding, Key: s.key(string(command.Mute))}
	if c.Muted {
		mute.Text = text.T("call.muted")
	}
	f.Small = []Button{mute, {Command: moreID, Icon: "ellipsis", Text: text.T("call.more"), Enabled: c.State != phone.StateEnding}}
	switch {
	case f.Consult != nil: // its own buttons say it all
		f.Acts = nil
	case asked:
		f.Small = nil
	}
	f.More = append([]Act{
		{Button: s.button(command.AddPerson, "user-plus", text.T("command.call.add"))}, {Button: s.button(command.Record, "circle-dot", text.T("call.record"))},
		{Button: s.button(command.Move, "smartphone", text.T("command.call.move"))},
	}, f.More...)
	if c.Recording.On {
		f.More[1].On = true
	}
	seen := map[string]bool{}
	f.More = slices.DeleteFunc(f.More, func(a Act) bool {
		twice := seen[a.Command]
		seen[a.Command] = true
		return twice
	})
	return f
}

// moreID is the button that opens the menu of a card; it is no command.
const moreID = "call.more"

func viaAccount(name string) string {
	if name == "" {
		return ""
	}
	return strings.TrimPrefix(text.T("call.via", "account", name), " · ")
}

func joinDots(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

// ringCard is a call that rings here.
func ringCard(s Scene, c phone.Call) WaitCard {
	in := incomingOf(s, c, false)
	m := WaitCard{SmallCard: SmallCard{Key: "call" + strconv.FormatUint(uint64(c.ID), 10), ID: c.ID, Who: in.Who, Account: in.Account, Status: s.RingStatus(), Tone: ToneAccent}, Rings: true, since: c.Created}
	if s.Number != nil {
		m.Number = s.Number(command.Card{Call: c.ID})
	}
	if o := c.Origin; o != nil && !o.Waited.IsZero() {
		m.since = o.Waited
	}
	m.waits(s, m.since)
	m.Line = numberOf(in.Who)
	if o := c.Origin; o != nil {
		bare, way := *o, c
		bare.Waited, way.Origin = time.Time{}, &bare // the card counts it
		if words := routeWords(s, way); words != "" {
			m.Line = words
		}
		if o.Sought != nil {
			m.Line = text.T("caller.sought") + " " + soughtOf(s, *o).Name
		}
	}
	if m.Line == "" {
		m.Line = text.T("status.ringing")
	}
	answer, decline := in.Answer, in.Decline
	answer.Key, answer.Room, decline.Key = "", "", ""
	m.Act = Act{Button: answer}
	deflect := s.button(command.Deflect, "arrow-right-left", text.T("call.transfer"))
	m.More = []Act{{Button: decline}, {Button: deflect}}
	return m
}

// waitOf is a small card with its one button.
func waitOf(s Scene, small SmallCard, c phone.Call) WaitCard {
	m := WaitCard{SmallCard: small, Line: joinDots(small.State, small.Detail)}
	get := func(icon, words string) Act {
		return Act{Button: Button{Icon: icon, Text: words, Enabled: c.State == phone.StateConnected, Reason: text.T("disabled.not-answered-yet")}, Do: []phone.Command{phone.SetHold{Call: c.ID}}}
	}
	rest := slices.Clone(small.Acts)
	x := c.Transfer
	passed := x != nil && (x.State.Pending() || x.State == phone.TransferReturning)
	switch {
	case c.State == phone.StateEnded && !passed:
		if len(rest) > 0 {
			m.Act, rest = rest[0], rest[1:]
		}
		if m.Line == "" {
			m.Line = small.State
		}
	case passed:
		m.since, m.Line, m.After = x.Since, "→ "+s.WhoOf(x.Target).Name, small.Detail
		if x.State == phone.TransferReturning || x.State == phone.TransferUnknown {
			m.Line, m.After = small.State, ""
		}
		if len(rest) > 0 {
			m.Act, rest = rest[0], rest[1:]
			m.Act.Key = ""
		}
	case c.Asked != nil && len(rest) > 0:
		m.since, m.Act, rest = c.Created, rest[0], rest[1:]
	case c.Camp != nil:
		m.since, m.Line = c.Camp.Since, small.State
		if c.Camp.Ahead != "" {
			m.Line = joinDots(small.State, small.Detail)
		}
		m.Act = get("phone", text.T("call.pick_up"))
	case x != nil && x.State == phone.TransferFailed:
		m.since, m.Line = c.HeldSince, small.State
		m.Act = get("phone", text.T("call.pick_up"))
		rest = slices.DeleteFunc(rest, func(a Act) bool { return a.Command == string(command.Transferring) })
	case x != nil && x.State == phone.TransferConsulting:
		m.since, m.Line = c.HeldSince, small.State
		if len(rest) > 0 {
			m.Act, rest = rest[0], rest[1:]
		}
	case c.Hold.Local():
		m.since, m.Line = c.HeldSince, text.T("strip.held_by_you")
		if small.Next {
			m.Line = text.T("card.enter_resumes")
		}
		m.Act = get("play", text.T("call.resume"))
	default: // it is being set up, or they hold us
		m.since = c.Created
	}
	if m.since.IsZero() && c.State.Live() {
		m.since = c.Created
	}
	if m.Timer != "" && !m.since.IsZero() && c.State.Live() && !passed {
		m.waits(s, m.since)
	}
	m.More = slices.DeleteFunc(rest, func(a Act) bool { return a.Command == string(command.Hold) })
	if small.End.Icon != "" {
		m.More = append(m.More, small.End)
	}
	return m
}

// bareCard is a card of no call of this telephone.
func bareCard(small SmallCard, since time.Time) WaitCard {
	m := WaitCard{SmallCard: small, Line: joinDots(small.State, small.Detail), since: since}
	if len(small.Acts) > 0 {
		m.Act = small.Acts[0]
		m.Act.Key = ""
	}
	if small.End.Icon != "" {
		m.More = []Act{small.End}
	}
	return m
}

// KeyHint is what keys do now, for the bar at the bottom.
type KeyHint struct {
	Keys []string
	Text string
}

// HintsOf is the keys that work now. asked is what the field asks.
func HintsOf(s Scene, asked command.Question) []KeyHint {
	var out []KeyHint
	add := func(words string, commands ...command.ID) {
		h := KeyHint{Text: text.T(words)}
		for _, id := range commands {
			key := s.key(string(id))
			if key == "" {
				return
			}
			if id == command.FetchCall { // one for each card
				key = strings.TrimSuffix(key, "1") + "1–9"
			}
			h.Keys = append(h.Keys, key)
		}
		out = append(out, h)
	}
	if asked == "" {
		add("hint.search", command.GoSearch)
	}
	add("hint.choose", command.CursorUp, command.CursorDown)
	if asked != "" {
		add("hint.enter", command.HandOver)
	} else if s.key(string(command.HandOver)) == "" {
		add("person.call", command.DialTyped)
	}
	if asked != "" && asked != command.AskTransfer { // one thing can be done with whom is chosen
		add("ask.cancel", command.Back)
		add("hint.all", command.GoShortcuts)
		return out
	}
	add("transfer.direct", command.Direct)
	add("transfer.announced", command.Announced)
	add("consult.connect", command.Complete)
	add("transfer.camp", command.CampOn)
	add("call.put_back", command.PutBack)
	if asked != "" {
		add("transfer.voicemail", command.Voicemail)
		add("hint.back", command.Back)
		add("hint.all", command.GoShortcuts)
		return out
	}
	c := s.Snap.Call(s.Snap.Active)
	if i := slices.IndexFunc(s.Snap.Calls, func(c phone.Call) bool { return c.State == phone.StateConnected }); c == nil && i >= 0 {
		c = &s.Snap.Calls[i] // with none in front the key is for the first
	}
	if c != nil && c.Hold.Local() {
		add("call.resume", command.Hold)
	} else {
		add("call.hold", command.Hold)
	}
	add("call.hangup", command.Hangup)
	add("hint.answer", command.Answer)
	add("hint.fetch", command.FetchCall)
	add("hint.all", command.GoShortcuts)
	return out
}

// FaceChoice is a view that the main window can be.
type FaceChoice struct {
	Button
	Now bool
}

// FaceChoices is the views to switch between.
func FaceChoices(s Scene) []FaceChoice {
	now := command.Face(cmp.Or(s.Snap.Settings.Get(phone.KeyView), string(command.FaceNormal)))
	var out []FaceChoice
	for _, f := range []struct {
		face command.Face
		id   command.ID
		icon string
	}{{command.FaceNormal, command.NormalView, "smartphone"}, {command.FaceAttendant, command.AttendantView, "layout-dashboard"}, {command.FaceACD, command.ACDView, "headset"}} {
		out = append(out, FaceChoice{Button: s.button(f.id, f.icon, text.T("command."+string(f.id))), Now: f.face == now})
	}
	return out
}
