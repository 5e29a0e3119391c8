package ami

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// session is what is known of an Asterisk while one connection lasts. Its own goroutine, that of [Source.Run], alone
// touches it, but for what says otherwise.
type session struct {
	s    *Source
	conn *conn
	sink func(team.SourceEvent)

	steps []step // what is left to ask until everything is told
	step  step   // that is under way
	id    string // of its action; empty: none
	began time.Time
	stood bool

	callers  map[string]*caller // by Uniqueid
	members  map[string]bool    // interfaces that are in any queue
	channels []message          // of CoreShowChannels, until they are all there

	readings map[string]map[string]string // what is being read of the exchange's database, by action ID
	refresh  chan string                  // from anybody: a queue whose settings have changed
	whole    chan struct{}                // closed when everything has been told
	heard    bool                         // something came since the last tick
	pinged   bool

	mu         sync.Mutex
	devices    map[string]bool         // telephones that Asterisk has a state of
	penalties  map[string]int          // the last ones known, by queue and interface
	settings   map[string]string       // of the exchange's database, below "svara/", as last read
	strategies map[string]string       // of each queue
	dialplan   bool                    // it has the lines of docs/team-asterisk.md
	shows      bool                    // and those of the number that is shown
	originate  map[string]chan message // who waits for an OriginateResponse, by action ID
}

// step is a question asked at the start. done is called when its answer is whole, refused when there will be none.
type step struct {
	action  action
	done    func()
	refused func(why error)
}

const (
	pingEvery = 15 * time.Second
	syncLimit = time.Minute
	pileSize  = 1 << 16
)

// errSilent is an exchange that says nothing any more, errPile one that says more than can be told.
var (
	errSilent = errors.New("nothing comes any more")
	errPile   = errors.New("more comes than can be told")
)

func newSession(s *Source, c *conn, sink func(team.SourceEvent)) *session {
	ss := &session{
		s: s, conn: c, sink: sink, callers: map[string]*caller{}, members: map[string]bool{},
		readings: map[string]map[string]string{}, devices: map[string]bool{}, strategies: map[string]string{}, refresh: make(chan string, 16), whole: make(chan struct{}), penalties: map[string]int{}, originate: map[string]chan message{},
	}
	ss.steps = []step{
		{action: ask("ShowDialPlan", "Context", "svara-queue"), done: func() { ss.setDialplan(true) }, refused: func(error) { ss.setDialplan(false) }},
		{action: ask("ShowDialPlan", "Context", "svara-shown"), done: func() { ss.setShows(true) }, refused: func(error) { ss.setShows(false) }},
		{action: ask("DBGetTree", "Family", "svara"), done: func() {}, refused: func(error) {}},
		{action: ask("QueueStatus"), done: func() {}, refused: ss.must},
		{action: ask("CoreShowChannels"), done: ss.talking, refused: ss.must},
		{action: ask("DeviceStateList"), done: func() {}, refused: ss.must},
		{action: ask("ExtensionStateList"), done: func() {}, refused: func(error) {}},
		{action: ask("VoicemailUsersList"), done: func() {}, refused: func(error) {}},
		{action: ask("ParkedCalls"), done: func() {}, refused: func(error) {}},
	}
	return ss
}

func (ss *session) now() time.Time { return ss.s.cfg.Now() }

// must ends the connection: without the answer nothing can be told.
func (ss *session) must(why error) { ss.conn.close(fmt.Errorf("%s: %w", ss.step.action.name, why)) }

// run reads until the connection ends. stood says that everything had been told by then.
func (ss *session) run(ctx context.Context) (stood bool, err error) {
	pile := make(chan message, pileSize)
	read := make(chan error, 1)
	go func() { // ends with the connection, which run closes before it returns
		defer close(pile)
		for {
			m, err := ss.conn.receive()
			if err != nil {
				read <- err
				return
			}
			select {
			case pile <- m:
			default:
				ss.conn.close(errPile)
			}
		}
	}()
	defer func() {
		ss.s.up(nil)
		ss.conn.close(errClosed)
		for range pile { // until the reader has ended
		}
	}()
	tick := time.NewTicker(pingEvery / time.Duration(ss.s.cfg.hurry))
	defer tick.Stop()
	ss.began = ss.now()
	ss.s.up(ss)
	ss.s.log.Info("connected")
	ss.sink(team.SourceUp{At: ss.began})
	ss.next()
	for {
		select {
		case m, open := <-pile:
			if !open {
				return ss.stood, ss.ended(<-read)
			}
			ss.heard = true
			ss.take(m)
		case name := <-ss.refresh:
			ss.readSettings()
			if _, err := ss.conn.send(ask("QueueStatus", "Queue", name)); err != nil {
				ss.conn.close(err)
			}
		case <-tick.C:
			ss.tick()
		case <-ctx.Done():
			return ss.stood, ctx.Err()
		}
	}
}

// ended is why the connection ended: what we closed it for, or what the reader met.
func (ss *session) ended(read error) error {
	ss.conn.mu.Lock()
	defer ss.conn.mu.Unlock()
	if ss.conn.over != nil {
		return ss.conn.over
	}
	return read
}

// tick asks whether the exchange is still there, and tidies up.
func (ss *session) tick() {
	switch {
	case !ss.heard && ss.pinged, ss.id != "" && ss.now().Sub(ss.began) > syncLimit:
		ss.conn.close(errSilent)
		return
	}
	ss.heard, ss.pinged = false, true
	if _, err := ss.conn.send(ask("Ping")); err != nil {
		ss.conn.close(err)
	}
	ss.sweep()
}

// next asks the next question of the start; after the last one everything is told.
func (ss *session) next() {
	if len(ss.steps) == 0 {
		ss.id, ss.stood = "", true
		close(ss.whole)
		ss.sink(team.SourceSynced{At: ss.now()})
		ss.s.log.Info("synchronised", "took", ss.now().Sub(ss.began))
		return
	}
	ss.step, ss.steps = ss.steps[0], ss.steps[1:]
	id, err := ss.conn.send(ss.step.action)
	if err != nil {
		ss.conn.close(err)
		return
	}
	ss.id = id
	if ss.step.action.name == "DBGetTree" {
		ss.readings[id] = map[string]string{}
	}
}

// take takes in a message: an event, a part of an answer, or a response to what was sent.
func (ss *session) take(m message) {
	id := m.get("ActionID")
	if m.response() {
		if err := refused(m); err != nil {
			delete(ss.readings, id)
			if id == ss.id && id != "" {
				ss.s.log.Warn("the exchange refuses", "action", ss.step.action.name, "why", err)
				ss.step.refused(err)
				ss.next()
			}
		}
		return
	}
	ss.event(m)
	if id == ss.id && id != "" && m.get("EventList") == "Complete" {
		ss.step.done()
		ss.next()
	}
}

func (ss *session) setDialplan(has bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.dialplan = has
}

func (ss *session) setShows(has bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.shows = has
}

// event takes in an event. Those of others than these are passed over.
func (ss *session) event(m message) {
	switch m.get("Event") {
	case "QueueParams":
		ss.queueParams(m)
	case "QueueMember", "QueueMemberAdded", "QueueMemberStatus", "QueueMemberPause", "QueueMemberPenalty", "QueueMemberRinginuse":
		ss.member(m)
	case "QueueMemberRemoved":
		ss.sink(team.MemberGone{At: ss.now(), Queue: phone.QueueID(m.get("Queue")), Phone: m.get("Interface")})
	case "QueueCallerJoin", "QueueEntry":
		ss.join(m)
	case "QueueCallerLeave":
		ss.leave(m)
	case "QueueCallerAbandon":
		ss.abandon(m)
	case "AgentCalled":
		ss.rings(m, false)
	case "AgentRingNoAnswer":
		ss.rings(m, true)
	case "AgentConnect":
		ss.connect(m)
	case "AgentComplete":
		ss.complete(m)
	case "Newexten":
		ss.goesOn(m)
	case "Hangup":
		ss.hangup(m)
	case "CoreShowChannel":
		ss.channels = append(ss.channels, m)
	case "DeviceStateChange":
		ss.device(m)
	case "ExtensionStatus":
		ss.extension(m)
	case "ParkedCall":
		ss.parks(m)
	case "UnParkedCall", "ParkedCallTimeOut", "ParkedCallGiveUp":
		if slot := m.get("ParkingSpace"); slot != "" {
			ss.sink(team.ParkedGone{At: ss.now(), Slot: slot})
		}
	case "MessageWaiting":
		ss.sink(team.VoicemailTold{At: ss.now(), Box: m.get("Mailbox"), New: m.number("New"), Old: m.number("Old")})
	case "VoicemailUserEntry":
		ss.sink(team.VoicemailTold{At: ss.now(), Box: m.get("VoiceMailbox") + "@" + m.get("VMContext"), New: m.number("NewMessageCount"), Old: m.number("OldMessageCount")})
	case "DBGetTreeResponse":
		if id, ok := strings.CutPrefix(m.get("Key"), "/"+textFamily+"/"); ok {
			ss.text(id, m.get("Val"))
		} else if r := ss.readings[m.get("ActionID")]; r != nil {
			ss.setting(r, m)
		}
	case "DBGetTreeComplete":
		ss.settingsRead(m.get("ActionID"))
	case "UserEvent":
		switch m.get("UserEvent") {
		case "SvaraNight":
			ss.night(m)
		case "SvaraText":
			ss.text(m.get("Text"), m.get("Said"))
		}
	case "OriginateResponse":
		ss.originated(m)
	}
}
