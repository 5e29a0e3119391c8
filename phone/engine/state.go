package engine

import (
	"slices"
	"time"

	"svara/audio/tone"
	"svara/phone"
	"svara/phone/dialect"
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
	maxCalls       = 24
	referPatience  = time.Second      // a REFER waits so long for the hold before it to be answered
	referSilence   = 4 * time.Second  // after 202 a NOTIFY comes at once (RFC 3515 2.4.4); else it is not told
	returnPatience = 3 * time.Second  // a taken-back transfer that nobody confirms is taken for ours
	askedPatience  = 25 * time.Second // an incoming REFER must be answered before its transaction ends (64*T1)
	lookPatience   = 2 * time.Second  // for the first word about a line
	offerAgain     = 15 * time.Second // a camped-on call is offered again after a refusal
	lingerHanded   = 90 * time.Second // a handed-over call stays in view while its line is told of
	// Asterisk is still putting a call together when it answers: two that are joined within its first moments are left
	// without sound one way, in about a third of all cases (22.10.1, measured; none of 30 after 300 ms).
	joinSettle   = 300 * time.Millisecond
	joinPatience = 10 * time.Second // an exchange joins two calls at once; later the caller is ours again
	returnedTime = tone.ReturnedTime * time.Millisecond
)

// state is all the truth there is. reduce gets one and returns the next; nothing else changes it.
type state struct {
	accounts []account
	calls    []call
	settings phone.Settings
	audio    phone.AudioStatus
	trouble  trouble
	mic      microphone
	history  phone.HistoryState
	faults   []phone.Reason
	sound    soundPlan // what the basement was last told
	feedback feedback
	test     soundTest
	lastCall phone.CallID
	closing  bool

	dialects   map[string]*dialect.Dialect // never changed
	lines      []line
	parked     []phone.Parked
	conference conference
	inbox      phone.InboxState
	playing    playing
	returned   time.Time // until when the beeps of a returned call sound
	lastLine   uint64

	set       setUp
	me        me
	roles     roles
	queues    []queue
	forwards  []phone.Forward
	profiles  []phone.ProfileStatus
	people    people
	voicemail voicemail
	texts     texting
	team      teaming
	has       has
	local     *time.Location // where the user is

	linesDirty bool         // other lines may be wanted than before
	linesView  []phone.Line // as guests see them; never changed in place
	untold     []untold     // events an account's exchange does not have; never changed in place
	lists      []list
	answered   []phone.AccountID // whose exchanges have said something about presence; likewise
}

// has is which services the phone was made with.
type has struct{ people, books, voicemail, texts, team bool }

// account is an account and its live registration.
type account struct {
	phone.AccountStatus
	sessionOnly bool         // neither it nor its password is written down
	password    phone.Secret // of a session-only account, for when it is changed
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
	s.lines = slices.Clone(s.lines)
	s.parked = slices.Clone(s.parked)
	s.lists = slices.Clone(s.lists)
	s.queues = slices.Clone(s.queues)
	s.forwards = slices.Clone(s.forwards)
	s.profiles = slices.Clone(s.profiles)
	s.me.published = slices.Clone(s.me.published)
	s.voicemail.told = slices.Clone(s.voicemail.told)
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
		case c.auto || c.Conference && s.conference.aside || c.insideHold || c.Inside && s.lineHeld(c):
		case c.State == phone.StateConnected && !c.holding, c.State == phone.StateAnswering:
			return c.ID
		case c.Direction == phone.Outgoing && calling(c.State) && !c.join:
			id = c.ID
		}
	}
	return id
}

// lineHeld reports whether the line that an Inside call shares is on hold.
func (s *state) lineHeld(c *call) bool {
	line := s.call(c.Consults)
	return line == nil || line.holding
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
		if look := c.Started.Add(doctorAfter); c.State == phone.StateConnected && look.After(now) {
			sooner(look)
		}
		for _, at := range c.deadlines(s) {
			sooner(at)
		}
		if c.State == phone.StateIncoming && s.busyTalking() {
			if end := c.Created.Add(waitingBeeps); end.After(now) {
				sooner(end)
			}
		}
	}
	for _, until := range []time.Time{s.feedback.until, s.returned, s.playing.ends, s.test.turn, s.test.ends, s.team.mine.wait, s.team.said.wait, s.team.meet.wait, s.team.camps.wait} {
		if until.After(now) {
			sooner(until)
		}
	}
	sooner(s.me.look)
	for i := range s.queues {
		sooner(s.queues[i].until)
	}
	for i := range s.lists {
		sooner(s.lists[i].until)
	}
	for i := range s.profiles {
		if p := &s.profiles[i]; p.State == phone.ConfirmOn {
			sooner(p.Until)
		}
	}
	for i := range s.lines {
		sooner(s.lines[i].until)
		sooner(s.lines[i].staleAt)
	}
	return at
}

// busyTalking reports whether we are in a call that a ringing signal would disturb.
func (s *state) busyTalking() bool {
	for i := range s.calls {
		c := &s.calls[i]
		if c.auto || c.holding || c.insideHold || c.Inside && s.lineHeld(c) || c.Conference && s.conference.aside {
			continue
		}
		switch c.State {
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
		Seq: seq, Time: now, Active: s.active(), Audio: s.audioView(), Settings: s.settings, History: s.history,
		Accounts: make([]phone.AccountStatus, len(s.accounts)),
		Calls:    make([]phone.Call, 0, len(s.calls)),
		Faults:   slices.Clone(s.faults),
		Next:     s.next(), Elsewhere: s.elsewhere(), Parked: s.parkedView(), Camped: s.campedView(), Lines: s.linesView,
		Conference: s.conferenceView(), Inbox: s.inbox, Playing: s.playing.view(), Dialects: s.dialectList(),
		People: s.people.PeopleState, Me: s.meView(), Forwards: s.forwardings(), Profiles: s.set.profiles,
		Profile: slices.Clone(s.profiles), Roles: s.rolesView(), Queues: queuesWith(s.queuesView(), s.team.queues, s.team.link == phone.TeamLive), Lookups: s.set.lookups,
		Templates: s.set.templates, Voicemail: s.voicemailView(), SoundTest: s.testView(now), Texts: s.texts.TextsState, Team: s.team.view,
	}
	for i := range s.accounts {
		snap.Accounts[i] = s.accounts[i].AccountStatus
		snap.Accounts[i].Features = s.features(s.accounts[i].ID)
	}
	for i := range s.calls {
		if c := &s.calls[i]; !c.dismissed && !c.service.any() && (c.Direction == phone.Outgoing || c.rings || c.State == phone.StateEnded) {
			snap.Calls = append(snap.Calls, s.callView(c))
		}
	}
	return snap
}
