package engine

import (
	"slices"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// How long things last. Stated once.
const (
	lingerEnded    = 4 * time.Second        // an ended call's card stays, ui.md 5.2
	qualityEvery   = time.Second            // measured figures in the snapshot
	silenceWarning = 5 * time.Second        // no RTP in a connected call: told, quality.md
	silenceEnd     = 30 * time.Second       // and ended
	digitEvery     = 220 * time.Millisecond // one DTMF digit and its gap, RFC 4733 2.5
	digitPause     = 2 * time.Second        // a comma
	feedbackTime   = 120 * time.Millisecond // a pressed digit heard locally
	waitingBeeps   = 12 * time.Second       // a second call beeps this long, then is only seen
	maxCalls       = 16
)

// state is all the truth there is. reduce gets one and returns the next; nothing else changes it.
type state struct {
	accounts []account
	calls    []call
	settings phone.Settings
	audio    phone.AudioStatus
	trouble  trouble
	history  phone.HistoryState
	faults   []phone.Reason
	sound    soundPlan // what the basement was last told
	feedback feedback
	lastCall phone.CallID
	closing  bool
}

// account is an account and its live registration.
type account struct {
	phone.AccountStatus
	sessionOnly bool         // neither it nor its password is written down
	password    phone.Secret // of a session-only account, for when it is changed
}

// call is what the engine knows of a call beyond what the user sees.
type call struct {
	phone.Call
	leg        ua.LegID
	target     string // outgoing: what to send the INVITE to
	local      []byte // incoming: our answer, ready while it rings
	opened     bool   // the stream exists
	invited    bool   // ua knows the leg
	legEnded   bool   // ua has said its last word about the leg
	live       bool   // the stream has agreed on something: sound can flow
	holding    bool   // we want it held
	heldSent   bool   // what our last offer said of it
	offering   bool   // an offer of ours is out
	lateOffer  bool   // our offer went out in an answer; theirs comes in the ACK
	remoteHold bool
	rtpDigits  bool // telephone-event was agreed
	digits     string
	digitAt    time.Time // when the next of digits goes out
	agreedAt   time.Time // when the stream last agreed on something
	heard      bool      // RTP has come
	silent     bool      // the stream says that RTP should come and does not
	endReason  phone.Reason
	removeAt   time.Time // ended: when the card goes
	dismissed  bool
	rang       bool // a 180 has come
}

// trouble is what is wrong with the sound devices.
type trouble struct{ input, output, ring *phone.Reason }

// feedback is a digit heard locally while it is pressed.
type feedback struct {
	digit byte
	until time.Time
}

// clone makes the copy a turn works on.
func (s state) clone() state {
	s.accounts = slices.Clone(s.accounts)
	s.calls = slices.Clone(s.calls)
	s.faults = slices.Clone(s.faults)
	return s
}

func (s *state) call(id phone.CallID) *call {
	for i := range s.calls {
		if s.calls[i].ID == id {
			return &s.calls[i]
		}
	}
	return nil
}

func (s *state) callByLeg(leg ua.LegID) *call {
	for i := range s.calls {
		if s.calls[i].leg == leg {
			return &s.calls[i]
		}
	}
	return nil
}

func (s *state) account(id phone.AccountID) *account {
	for i := range s.accounts {
		if s.accounts[i].ID == id {
			return &s.accounts[i]
		}
	}
	return nil
}

// live counts the calls that hold a line.
func (s *state) live() (n int) {
	for i := range s.calls {
		if s.calls[i].State.Live() {
			n++
		}
	}
	return n
}

// active is the call keys and digits go to: connected and not held by us, else the newest on its way out.
func (s *state) active() phone.CallID {
	var id phone.CallID
	for i := range s.calls {
		c := &s.calls[i]
		switch {
		case c.State == phone.StateConnected && !c.holding, c.State == phone.StateAnswering:
			return c.ID
		case c.Direction == phone.Outgoing && calling(c.State):
			id = c.ID
		}
	}
	return id
}

// calling reports whether an outgoing call is on its way.
func calling(s phone.CallState) bool {
	switch s {
	case phone.StateDialing, phone.StateProceeding, phone.StateRinging, phone.StateEarly:
		return true
	}
	return false
}

// wake is when the state next wants the clock, or zero for never. A deadline is a fact, not a timer.
func (s *state) wake(now time.Time) time.Time {
	var at time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	for i := range s.calls {
		c := &s.calls[i]
		sooner(c.removeAt)
		if c.digits != "" && c.State.Live() {
			sooner(c.digitAt)
		}
		if c.State == phone.StateConnected || c.State == phone.StateEarly {
			sooner(now.Truncate(qualityEvery).Add(qualityEvery))
		}
		if c.State == phone.StateIncoming && s.busyTalking() {
			if end := c.Created.Add(waitingBeeps); end.After(now) {
				sooner(end)
			}
		}
	}
	if s.feedback.until.After(now) {
		sooner(s.feedback.until)
	}
	return at
}

// busyTalking reports whether a call is up that a ringing signal would disturb.
func (s *state) busyTalking() bool {
	for i := range s.calls {
		switch c := &s.calls[i]; c.State {
		case phone.StateConnected, phone.StateAnswering, phone.StateDialing, phone.StateProceeding,
			phone.StateRinging, phone.StateEarly:
			return true
		}
	}
	return false
}

// snapshot is the state as guests see it.
func (s *state) snapshot(seq uint64, now time.Time) *phone.Snapshot {
	snap := &phone.Snapshot{
		Seq: seq, Time: now, Active: s.active(), Audio: s.audio, Settings: s.settings, History: s.history,
		Accounts: make([]phone.AccountStatus, len(s.accounts)),
		Calls:    make([]phone.Call, 0, len(s.calls)),
		Faults:   slices.Clone(s.faults),
	}
	for i := range s.accounts {
		snap.Accounts[i] = s.accounts[i].AccountStatus
	}
	for i := range s.calls {
		if c := &s.calls[i]; !c.dismissed && (c.Direction == phone.Outgoing || c.opened || c.State == phone.StateEnded) {
			snap.Calls = append(snap.Calls, c.Call)
		}
	}
	return snap
}
