package present

import (
	"slices"
	"time"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// CallCard is a call as its large card shows it.
type CallCard struct {
	ID       phone.CallID
	Who      Who
	Status   Status // the kind's lamp
	Tone     Tone
	State    string // in words
	Brief    string // the state in a word, where State is a sentence
	Timer    string // clock, or empty when State says all there is
	Account  string // which account it uses; empty when there is only one
	Lock     LockSign
	Quality  Quality
	Sound    []Notice // what is wrong with its sound; among the notices too
	Warning  string   // what is wrong with it now, in words
	Why      string   // Ended: the whole sentence; State is its short form
	Notices  []Notice
	Consult  *Consult // it is a consultation, or the caller of one
	Buttons  []Button
	More     []Act // what the last of the buttons opens
	Hangup   Button
	Ended    bool
	CallBack Button // Ended: dial the same party again
	Dial     string // what CallBack dials
	Caller   Caller
	NoteText string // what the user has written about the call
}

// Notice is a sentence on a card that something is to be done about, or only to be known.
type Notice struct {
	Icon string
	Tone Tone
	Text string
	Acts []Act
}

// Incoming is a ringing call's card.
type Incoming struct {
	ID      phone.CallID
	Status  Status
	Title   string // "Incoming call", "Waiting"
	Account string // the account it came to
	Who     Who
	Timer   string
	Waited  string // how long the caller has waited in the queue; never cut
	Answer  Button
	Decline Button
	Deflect Button // send it on unanswered
	Notice  string // what answering does to the other call
	Over    string // somebody else has answered: who, in words; there is nothing left to press
	Caller  Caller
}

// Calls is what the calls tab and the cards over the list show.
type Calls struct {
	Ringing []Incoming  // longest waiting first
	Main    *CallCard   // the large card, nil when there is no call in front
	Others  []SmallCard // oldest first
}

// CallsOf sorts the calls into cards. What is in the conference is shown there; a call that is made for another, to join
// its target with the caller, is told of on the caller's card.
func CallsOf(s Scene) Calls {
	var out Calls
	main := mainCall(s.Snap)
	front := ConferenceOf(s)
	other, talking := false, false
	for _, c := range s.Snap.Calls {
		ours := c.State == phone.StateConnected || c.Direction == phone.Outgoing && c.State.Live()
		other = other || ours
		talking = talking || ours && !c.Hold.Local() && !command.Waits(c) && !command.Errand(s.Snap, c)
	}
	for _, c := range s.Snap.Calls {
		switch {
		case c.State == phone.StateIncoming:
			in := incomingOf(s, c, other || len(out.Ringing) > 0)
			if talking {
				in.Notice = text.T("call.waiting_notice")
			}
			out.Ringing = append(out.Ringing, in)
		case front != nil && inConference(s.Snap, c), command.Errand(s.Snap, c), overHere(s.Snap, c):
		case c.ID == main && (front == nil || !front.Front):
			card := cardOf(s, c)
			out.Main = &card
		default:
			out.Others = append(out.Others, smallOf(s, c, main))
		}
	}
	for _, r := range s.Snap.Elsewhere {
		out.Others = append(out.Others, elsewhereCard(s, r))
	}
	for _, p := range s.Snap.Parked {
		out.Others = append(out.Others, parkedCard(s, p))
	}
	return out
}

// overHere reports whether a call has ended and another card tells of it: the caller's, of a consultation, or that of its slot,
// where it lives on.
func overHere(snap *phone.Snapshot, c phone.Call) bool {
	if c.State != phone.StateEnded {
		return false
	}
	if c.End != nil && c.End.ID == phone.ReasonParked {
		return slices.ContainsFunc(snap.Parked, func(p phone.Parked) bool { return p.Account == c.Account && p.Slot == c.End.Text })
	}
	about := func(k phone.Call) bool {
		return k.Transfer != nil && k.Transfer.Consult == c.ID && k.Transfer.State == phone.TransferDone
	}
	return c.Consults != 0 && snap.Call(c.Consults) != nil || slices.ContainsFunc(snap.Calls, about)
}

func inConference(snap *phone.Snapshot, c phone.Call) bool {
	return c.Conference || snap.Conference != nil && slices.Contains(snap.Conference.Calls, c.ID)
}

// mainCall picks the call that has the large card: the one keys go to, else the newest that lives and is not handed over,
// else the newest that has ended.
func mainCall(snap *phone.Snapshot) phone.CallID {
	if c := snap.Call(snap.Active); c != nil && c.State != phone.StateIncoming {
		return c.ID
	}
	var id phone.CallID
	live := false
	for _, c := range snap.Calls {
		if c.State == phone.StateIncoming || overHere(snap, c) || c.State.Live() && (command.Waits(c) || command.Errand(snap, c) || inConference(snap, c)) || c.Transfer != nil && c.Transfer.State == phone.TransferUnknown {
			continue
		}
		if c.State.Live() || !live {
			id, live = c.ID, live || c.State.Live()
		}
	}
	return id
}

func accountLabel(s Scene, id phone.AccountID) string {
	if len(s.Snap.Accounts) < 2 {
		return ""
	}
	for _, a := range s.Snap.Accounts {
		if a.ID == id {
			return AccountName(a.Account)
		}
	}
	return ""
}

func incomingOf(s Scene, c phone.Call, waiting bool) Incoming {
	in := Incoming{
		ID: c.ID, Status: s.RingStatus(), Title: text.T("call.incoming"), Who: s.whoOfCall(c), Caller: callerOf(s, c), Timer: text.Timer(s.Now.Sub(c.Created)), Account: accountLabel(s, c.Account),
		Answer:  Button{Command: "call.answer", Icon: "phone", Text: text.T("call.answer"), Key: s.key("call.answer"), Enabled: true},
		Decline: Button{Command: "call.decline", Icon: "phone-off", Text: text.T("call.decline"), Key: s.key("call.decline"), Enabled: true},
		Deflect: s.button(command.Deflect, "arrow-right-left", text.T("call.transfer")),
	}
	pad := command.Chord{Key: command.KeyNumEnter}.Print(text.T)
	if enter := (command.Chord{Key: command.KeyEnter}).Print(text.T); in.Answer.Key == enter || in.Answer.Key == pad {
		in.Answer.Room = pad // the one or the other, as something is typed or not
	}
	if in.Waited = waitedWords(s, c); in.Waited != "" {
		bare, way := *c.Origin, c
		bare.Waited, way.Origin = time.Time{}, &bare
		in.Caller.Route = routeWords(s, way)
	}
	if waiting {
		in.Title = text.T("call.waiting")
	}
	return in
}

// cardOf is the card of a call that is not ringing here.
func cardOf(s Scene, c phone.Call) CallCard {
	card := CallCard{ID: c.ID, Who: s.whoOfCall(c), Caller: callerOf(s, c), NoteText: c.Note, Account: accountLabel(s, c.Account)}
	connected := c.State == phone.StateConnected
	switch c.State {
	case phone.StateDialing, phone.StateProceeding:
		card.Status, card.Tone, card.State = StatusCallOut, ToneGreen, text.T("call.calling")
	case phone.StateRinging:
		card.Status, card.Tone, card.State = StatusCallOut, ToneGreen, text.T("call.ringing")
	case phone.StateEarly:
		card.Status, card.Tone, card.State, card.Brief = StatusCallOut, ToneGreen, text.T("call.early"), text.T("call.calling")
	case phone.StateAnswering:
		card.Status, card.Tone, card.State = StatusCall, ToneGreen, text.T("call.answering")
	case phone.StateEnding:
		card.Status, card.Tone, card.State = StatusCallEnded, ToneSlate, text.T("call.ending")
	case phone.StateEnded:
		card.Status, card.Tone, card.State = StatusCallEnded, ToneSlate, endWords(c)
		card.Ended = true
		if c.End != nil && !plain[c.End.ID] {
			card.Why = text.Reason(*c.End)
		}
	default:
		card.Status, card.Tone, card.State = StatusCall, ToneGreen, text.T("call.in_progress")
		switch {
		case c.Hold == phone.HoldBoth:
			card.Status, card.Tone, card.State = StatusCallHeld, ToneAmber, text.T("call.held_both")
		case c.Hold.Local():
			card.Status, card.Tone, card.State = StatusCallHeld, ToneAmber, text.T("call.on_hold")
		case c.Hold.Remote():
			card.Status, card.Tone, card.State = StatusCallHeld, ToneAmber, text.T("call.held_by_them")
		}
	}
	if !c.Started.IsZero() {
		card.Timer = text.Timer(c.Duration(s.Now))
	}
	card.Lock = lockOf(c)
	if connected {
		card.Quality = qualityOf(s, c)
		card.Sound = soundNotices(s, c)
	}
	if c.Warning != nil && c.State.Live() && !(c.Diagnosis != nil && c.Warning.ID == phone.ReasonNoSound) {
		card.Warning = text.Reason(*c.Warning)
	}
	if card.Ended {
		card.Dial = dialTarget(c.Remote)
		ok, why := CanDial(s)
		if ok && card.Dial == "" {
			ok, why = false, text.T("history.no_number")
		}
		card.CallBack = Button{Command: "call.back", Icon: "phone", Text: text.T("call.back"), Enabled: ok, Reason: why}
		return card
	}
	if s.Snap.Next == c.ID && s.Snap.Active == 0 && c.Hold.Local() {
		card.State += " · " + text.T("card.enter_resumes")
	}
	card.Notices = append(card.Sound, noticesOf(s, c)...)
	card.Consult = consultOf(s, c)
	card.Buttons, card.More = callButtons(s, c)
	card.Hangup = Button{Command: "call.hangup", Icon: "phone-off", Text: text.T("call.hangup"), Key: s.key("call.hangup"), Enabled: c.State != phone.StateEnding}
	return card
}

// callButtons is the tiles of the large card and what the last of them opens. A consultation has only those that fit it.
func callButtons(s Scene, c phone.Call) ([]Button, []Act) {
	connected := c.State == phone.StateConnected
	leaving := c.State == phone.StateEnding
	notYet := ""
	if !connected {
		notYet = text.T("call.not_connected")
	}
	mute := Button{Command: "call.mute", Icon: "mic-off", Text: text.T("call.mute"), On: c.Muted, Enabled: !leaving, Key: s.key("call.mute")}
	if c.Muted {
		mute.Text = text.T("call.muted")
	}
	keypad := Button{Command: "call.keypad", Icon: "grip", Text: text.T("call.keypad"), Enabled: connected || c.State == phone.StateEarly, Key: s.key("call.keypad")}
	if !keypad.Enabled {
		keypad.Reason = notYet
	}
	hold := Button{Command: "call.hold", Icon: "pause", Text: text.T("call.hold"), Enabled: connected, Reason: notYet, Key: s.key("call.hold")}
	if c.Hold.Local() {
		hold = Button{Command: "call.hold", Icon: "play", Text: text.T("call.resume"), On: true, Enabled: connected, Reason: notYet, Key: s.key("call.hold")}
		if keypad.Enabled {
			keypad.Enabled, keypad.Reason = false, text.T("call.held_keypad")
		}
	}
	record := s.button(command.Record, "circle-dot", text.T("call.record"))
	record.On = c.Recording.On
	if record.On {
		record.Text = text.T("call.recording")
	}
	more := Button{Command: "call.more", Icon: "ellipsis", Text: text.T("call.more"), Enabled: !leaving}
	var acts []Act
	add := func(id command.ID, icon, words string) { acts = append(acts, Act{Button: s.button(id, icon, words)}) }
	if caller, _ := command.Consultation(s.Snap, &c); caller != nil {
		add(command.AddPerson, "user-plus", text.T("command.call.add"))
		add(command.Retrieve, "square-parking", text.T("call.retrieve_other"))
		add(command.Pickup, "phone-incoming", text.T("call.pickup_other"))
		return []Button{mute, keypad, record, more}, acts
	}
	add(command.Merge, "users", text.T("call.conference_all"))
	add(command.Park, "square-parking", text.T("command.call.park"))
	add(command.Retrieve, "square-parking", text.T("call.retrieve_other"))
	add(command.Pickup, "phone-incoming", text.T("call.pickup_other"))
	if c.Camp != nil && c.Camp.Fetched {
		add(command.PutBack, "hourglass", text.T("call.put_back"))
	}
	return []Button{
		mute, keypad, hold, s.button(command.Transferring, "arrow-right-left", text.T("call.transfer")),
		s.button(command.AddPerson, "user-plus", text.T("call.add")), record, s.button(command.Move, "smartphone", text.T("call.move")), more,
	}, acts
}

// plain are the ends that the short form says all of.
var plain = map[phone.ReasonID]bool{
	phone.ReasonHangup: true, phone.ReasonRemoteHangup: true, phone.ReasonCancelled: true, phone.ReasonDeclined: true, phone.ReasonElsewhere: true,
}

// endWords is why a call ended, in a word or two.
func endWords(c phone.Call) string {
	if c.End == nil || c.End.ID == phone.ReasonNone {
		return text.T("call.ended")
	}
	if c.End.ID == phone.ReasonElsewhere && c.End.Text != "" {
		return text.T("call.answered_by", "name", Clean(c.End.Text, nameLimit))
	}
	return text.ReasonTitle(*c.End)
}
