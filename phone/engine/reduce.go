package engine

import (
	"fmt"
	"slices"
	"time"

	"svara/phone"
)

// turn is one run of reduce: the working copy, and what leaves it.
type turn struct {
	now    time.Time
	s      state
	fx     []effect
	events []phone.Event
	reply  reply

	linesChanged bool // guests are to see the lines anew
	told         bool // the input is a NOTIFY: what is wanted to be told of is as before
}

// reply is what a command's sender is told.
type reply struct {
	call phone.CallID
	err  error
}

// reduce takes the state and one input to the next state and what is to be done about it. It is pure: the same
// arguments give the same results, and nothing outside is read or changed.
func reduce(s state, now time.Time, in input) (state, *turn) {
	t := &turn{now: now, s: s.clone()}
	switch in := in.(type) {
	case inCommand:
		t.reply.call, t.reply.err = t.command(in.cmd)
	case inSIP:
		t.sip(in.value)
	case inTold:
		t.told = true
		for _, v := range in.values {
			t.onNotified(v)
		}
	case inClock:
		t.clock()
	case inOpened:
		t.onOpened(in)
	case inAgreed:
		t.onAgreed(in)
	case inOffer:
		t.onOffer(in)
	case inMoved:
		t.onMoved(in)
	case inReply:
		t.onReply(in)
	case inStream:
		t.onStream(in)
	case inQuality:
		t.onQuality(in)
	case inMicrophone:
		t.s.mic = microphone(in)
	case inDigitsFailed:
		t.onDigitsFailed(in)
	case inSound:
		t.onSound(in)
	case inSaved:
		t.onSaved(in)
	case inCredentials:
		t.onCredentials(in)
	case inPlace:
		t.onPlace(in.place)
	case inFault:
		t.fault(in.reason)
	case inRecording:
		t.onRecording(in)
	case inRecordingFailed:
		t.onRecordingFailed(in)
	case inPlaying:
		t.onPlaying(in)
	case inInbox:
		t.onInbox(in)
	case inHistory:
		if c := t.s.call(in.call); c != nil {
			c.historyID = in.id
		}
	case inPeople:
		t.onPeople(in)
	case inBooks:
		t.onBooks(in)
	case inFound:
		t.onFound(in)
	case inMail:
		t.onMail(in)
	case inTexts:
		t.onTexts(in)
	case inMailed:
		t.onMailed(in)
	case inShutdown:
		t.shutdown()
	default:
		if !t.onTeam(in) {
			panic(fmt.Sprintf("engine: unknown input %T", in))
		}
	}
	t.settle()
	return t.s, t
}

// settle derives what follows from the facts as they are now.
func (t *turn) settle() {
	for i := 0; i < len(t.s.calls); i++ { // a step may add a call
		t.advance(&t.s.calls[i])
	}
	t.dissolve()
	t.settleActivity()
	if !t.told || t.s.linesDirty {
		t.settlePublished()
		t.followMailboxes()
		t.followLists()
		t.followLines()
	}
	t.settleTeam()
	if t.linesChanged {
		t.s.linesView = t.s.watched()
	}
	if t.s.playing.ready && !t.s.playing.ends.IsZero() && t.s.busyTalking() {
		t.stopPlaying(phone.StopPlaying{Pause: true})
	}
	t.s.calls = slices.DeleteFunc(t.s.calls, func(c call) bool {
		return c.dismissed && c.legEnded && c.State == phone.StateEnded
	})
	t.s.settleMicrophone()
	for i := range t.s.calls {
		t.warn(&t.s.calls[i])
	}
	t.settleTest()
	if plan := t.s.planSound(t.now); !plan.equal(t.s.sound) {
		t.s.sound = plan
		t.do(fxSound{plan})
	}
}

func (t *turn) do(fx ...effect) { t.fx = append(t.fx, fx...) }

func (t *turn) tell(e phone.Event) {
	e.Time = t.now
	t.events = append(t.events, e)
}

// command refuses a command at once or takes it up.
func (t *turn) command(cmd phone.Command) (phone.CallID, error) {
	if t.s.closing {
		return 0, phone.Refuse(phone.ReasonShutdown, "")
	}
	switch c := cmd.(type) {
	case phone.Dial:
		return t.dial(c)
	case phone.JoinMeeting:
		return t.joinMeeting(c)
	case phone.Answer:
		return t.answer(c)
	case phone.Decline:
		return t.decline(c)
	case phone.Deflect:
		return t.deflect(c)
	case phone.Hangup:
		return t.hangup(c)
	case phone.SetHold:
		return t.setHold(c)
	case phone.SetMute:
		return t.setMute(c)
	case phone.SendDTMF:
		return t.sendDTMF(c)
	case phone.Swap:
		return t.swap()
	case phone.TransferTo:
		return t.transferTo(c)
	case phone.Consult:
		return t.consult(c)
	case phone.Complete:
		return t.complete(c)
	case phone.TakeBack:
		return t.takeBack(c)
	case phone.AllowTransfer:
		return t.allowTransfer(c)
	case phone.Merge:
		return t.merge(c)
	case phone.StartConference:
		return t.startConference(c)
	case phone.Split:
		return t.split(c)
	case phone.LeaveConference:
		return t.leaveConference()
	case phone.EndConference:
		return t.endConference()
	case phone.SetLevel:
		return t.setLevel(c)
	case phone.Silence:
		return t.silence(c)
	case phone.Record:
		return t.record(c)
	case phone.Park:
		return t.parkCall(c)
	case phone.Retrieve:
		return t.retrieve(c)
	case phone.Pickup:
		return t.pickup(c)
	case phone.CampOn:
		return t.campOn(c)
	case phone.PutBack:
		return t.putBack(c)
	case phone.Move:
		return t.move(c)
	case phone.Pull:
		return t.pullHere(c)
	case phone.WatchLine:
		return 0, t.watchLine(c)
	case phone.DeleteRecording:
		return 0, t.deleteRecording(c)
	case phone.MailRecording:
		return 0, t.mailRecording(c)
	case phone.PlayRecording:
		return 0, t.play(c)
	case phone.StopPlaying:
		t.stopPlaying(c)
		return 0, nil
	case phone.PutPerson:
		return 0, t.putPerson(c)
	case phone.RemovePerson:
		return 0, t.removePerson(c.ID)
	case phone.MarkPerson:
		return 0, t.markPerson(c)
	case phone.SetPhoto:
		return 0, t.setPhoto(c)
	case phone.PutBook:
		return 0, t.putBook(c)
	case phone.RemoveBook:
		return 0, t.removeBook(c.ID)
	case phone.ReadBook:
		return 0, t.readBook(c.ID)
	case phone.PutItem:
		return 0, t.putItem(c)
	case phone.RemoveItem:
		return 0, t.removeItem(c)
	case phone.SetActivity:
		return 0, t.setActivity(c, "")
	case phone.UseShortcut:
		return 0, t.useShortcut(c)
	case phone.SetNote:
		return 0, t.setNote(c)
	case phone.SetForward:
		return 0, t.setForward(c)
	case phone.SetProfile:
		return 0, t.setProfile(c)
	case phone.SetRole:
		return 0, t.setRole(c)
	case phone.LogIn:
		return 0, t.logIn(c)
	case phone.SetCallNote:
		return t.setCallNote(c)
	case phone.SetHistoryNote:
		return 0, t.setHistoryNote(c)
	case phone.DeleteHistory:
		t.do(fxDeleteHistory{c.ID})
		return 0, nil
	case phone.SendText:
		return 0, t.sendText(c)
	case phone.ReadTexts:
		return 0, t.readTexts(c)
	case phone.DeleteTexts:
		return 0, t.deleteTexts(c)
	case phone.PutMailServer:
		return 0, t.putMailServer(c)
	case phone.RemoveMailServer:
		return 0, t.removeMailServer(c.ID)
	case phone.CheckVoicemail:
		return 0, t.checkVoicemail()
	case phone.PlayVoicemail:
		return 0, t.playVoicemail(c)
	case phone.MarkVoicemail:
		return 0, t.markVoicemail(c)
	case phone.DeleteVoicemail:
		return 0, t.deleteVoicemail(c)
	case phone.PutAccount:
		return 0, t.putAccount(c)
	case phone.RemoveAccount:
		return 0, t.removeAccount(c)
	case phone.Register:
		return 0, t.register(c)
	case phone.TestSound:
		return 0, t.testSound(c)
	case phone.Set:
		return 0, t.set(c)
	case phone.SeeMissed:
		if t.s.history.Missed > 0 {
			t.s.history.Missed = 0
			t.do(fxSeen{})
		}
		return 0, nil
	case phone.Dismiss:
		return t.dismiss(c)
	}
	if ok, err := t.teamCommand(cmd); ok {
		return 0, err
	}
	return 0, phone.Refuse(phone.ReasonBadCommand, fmt.Sprintf("%T", cmd))
}

// clock acts on every deadline that has come.
func (t *turn) clock() {
	measure := false
	t.playClock()
	t.profileClock()
	t.queueClock()
	t.staleClock()
	t.listClock()
	for _, id := range t.callIDs() { // an act may add calls and so move them
		for _, act := range []func(*turn, *call){
			(*turn).transferClock, (*turn).deflectClock, (*turn).campClock, (*turn).askedClock, (*turn).answerClock, (*turn).pickClock,
			(*turn).ringClock, (*turn).serviceClock,
		} {
			if c := t.s.call(id); c != nil {
				act(t, c)
			}
		}
	}
	for i := range t.s.lines {
		if l := &t.s.lines[i]; !l.until.IsZero() && !l.until.After(t.now) {
			l.until = time.Time{}
		}
	}
	for i := range t.s.calls {
		c := &t.s.calls[i]
		if !c.removeAt.IsZero() && !c.removeAt.After(t.now) {
			c.dismissed, c.removeAt = true, time.Time{}
		}
		if c.digits != "" && !c.digitAt.After(t.now) {
			t.nextDigit(c)
		}
		measure = measure || c.State == phone.StateConnected || c.State == phone.StateEarly
	}
	if measure {
		t.do(fxMeasure{})
	}
}

func (t *turn) callIDs() []phone.CallID {
	out := make([]phone.CallID, len(t.s.calls))
	for i := range t.s.calls {
		out[i] = t.s.calls[i].ID
	}
	return out
}

// fault notes something that is wrong and stays so; the same fault is noted once.
func (t *turn) fault(r phone.Reason) {
	for _, f := range t.s.faults {
		if f.ID == r.ID && f.Text == r.Text {
			return
		}
	}
	t.s.faults = append(t.s.faults, r)
	t.tell(phone.Event{Kind: phone.EventFault, Reason: &r})
}

func (t *turn) clearFault(id phone.ReasonID) {
	t.s.faults = slices.DeleteFunc(t.s.faults, func(f phone.Reason) bool { return f.ID == id })
}

func (t *turn) dismiss(c phone.Dismiss) (phone.CallID, error) {
	if c.Fault != "" {
		t.clearFault(c.Fault)
		return 0, nil
	}
	if c.Change != "" {
		return 0, t.dismissChange(c.Change)
	}
	if c.Slot != "" {
		for _, p := range slices.Clone(t.s.parked) {
			if p.Slot == c.Slot {
				t.unpark(p.Account, p.Slot, "gone")
			}
		}
		return 0, nil
	}
	k := t.s.call(c.Call)
	if k == nil {
		return 0, phone.Refuse(phone.ReasonNoCall, "")
	}
	if k.State == phone.StateConnected {
		switch {
		case k.Camp != nil && k.Camp.Reminder:
			editCamp(k, func(x *phone.Camp) { x.Reminder = false })
			return k.ID, nil
		case k.Transfer != nil && k.Transfer.State == phone.TransferFailed:
			k.Transfer, k.Recalled = nil, false
			return k.ID, nil
		}
	}
	if k.State != phone.StateEnded {
		return 0, phone.Refuse(phone.ReasonWrongState, string(k.State))
	}
	k.dismissed, k.removeAt = true, time.Time{}
	return k.ID, nil
}

// shutdown ends every call; the runner then says goodbye to the registrars.
func (t *turn) shutdown() {
	t.s.closing = true
	for i := range t.s.calls {
		if c := &t.s.calls[i]; c.State.Live() {
			t.end(c, phone.Reason{ID: phone.ReasonShutdown})
		}
	}
}
