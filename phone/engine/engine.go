package engine

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"svara/audio"
	"svara/audio/mix"
	"svara/phone"
	"svara/phone/dialect"
	"svara/phone/media"
	"svara/phone/ua"
)

// Options is what the engine is made of. All but Accounts, Settings, History and Faults must be set.
type Options struct {
	SIP        Signalling
	OpenStream func(media.Config) (Stream, error)
	Console    *mix.Console
	Codecs     []audio.Codec // every codec there is; a setting orders them
	Store      Store
	Secrets    Secrets
	Log        *slog.Logger
	Dialects   map[string]*dialect.Dialect // by ID; never changed after
	Folder     string                      // where recordings go unless the user says otherwise

	// What else there is to ask; each may be nil. Then its commands are refused.
	People People
	Books  Books
	Mail   Mail
	Texts  Texts
	Team   bool // link to the team server of an account that has one
	// Colleagues may be nil too: then the team's people are found in no search.
	Colleagues Colleagues

	// What was read at the start.
	Accounts []phone.Account
	Settings phone.Settings
	History  phone.HistoryState
	Faults   []phone.Reason
	Inbox    phone.InboxState
	Items    []phone.Item
	Servers  []phone.MailServer
	TeamKept string         // what Store.PutState kept under TeamKey
	Memory   string         // what Store.PutState kept under StateKey
	Local    *time.Location // where the user is; nil: the computer's
}

// StateKey is where the store keeps what the engine remembers of itself.
const StateKey = rememberKey

// Engine is the phone.
type Engine struct {
	opt     Options
	hub     *hub
	runner  *runner
	inputs  chan envelope
	group   group
	ctx     context.Context // of everything the engine started; ends with the loop
	cancel  context.CancelFunc
	reaches reaches
	quiet   chan struct{} // closed when no call is left after a shutdown
	ended   chan struct{} // closed when the loop has ended
	once    sync.Once
}

// envelope is an input on its way to the loop.
type envelope struct {
	in    input
	reply chan<- reply // for commands
}

var (
	_ phone.Phone = (*Engine)(nil)
	_ phone.Meter = (*Engine)(nil)
)

// New starts the loop. Close ends it.
func New(opt Options) *Engine {
	e := &Engine{
		opt: opt, inputs: make(chan envelope, 256), quiet: make(chan struct{}), ended: make(chan struct{}),
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	s := state{
		settings: opt.Settings, history: opt.History, faults: opt.Faults, inbox: opt.Inbox, dialects: opt.Dialects,
		set: newSetUp(opt.Items), has: has{opt.People != nil, opt.Books != nil, opt.Mail != nil, opt.Texts != nil, opt.Team}, local: opt.Local,
	}
	if s.local == nil {
		s.local = time.Local
	}
	s.voicemail.servers = opt.Servers
	s.me.now, s.me.look = phone.Activity{Kind: phone.ActivityAvailable, Rings: true}, time.Now()
	s.recall(opt.Memory)
	for _, a := range opt.Accounts {
		s.accounts = append(s.accounts, account{AccountStatus: phone.AccountStatus{
			Account: a, Registration: phone.Registration{State: phone.RegistrationRegistering},
		}})
	}
	e.hub = newHub(s.snapshot(1, time.Now()))
	e.runner = &runner{opt: opt, ctx: e.ctx, group: &e.group, input: e.input, calls: map[phone.CallID]*callLane{}}
	e.runner.team.run = rand.Text()[:12]
	e.runner.team.kept.Store(&opt.TeamKept)
	go e.loop(s)
	e.runner.mendRecordings()
	e.group.start("sip values", e.pumpSIP)
	e.group.start("sound events", e.pumpSound)
	e.runner.watchServices()
	return e
}

// input hands an input to the loop, or drops it when the loop has ended.
func (e *Engine) input(in input) {
	select {
	case e.inputs <- envelope{in: in}:
	case <-e.ended:
	}
}

// Do refuses a command at once or takes it up.
func (e *Engine) Do(cmd phone.Command) (phone.CallID, error) {
	answer := make(chan reply, 1)
	select {
	case e.inputs <- envelope{inCommand{cmd}, answer}:
	case <-e.ended:
		return 0, phone.Refuse(phone.ReasonShutdown, "")
	}
	select {
	case r := <-answer:
		return r.call, r.err
	case <-e.ended:
		return 0, phone.Refuse(phone.ReasonShutdown, "")
	}
}

// Snapshot is what is true now.
func (e *Engine) Snapshot() *phone.Snapshot { return e.hub.current() }

// Subscribe starts with the current snapshot.
func (e *Engine) Subscribe(ctx context.Context) phone.Subscription { return e.hub.subscribe(ctx) }

// Saved waits until all that was accepted before has been written, and returns what went wrong with the last of it.
func (e *Engine) Saved(ctx context.Context) error { return e.runner.saved(ctx) }

// PasswordsKeptIn tells where passwords turned out to be kept: "keyring" or "file".
func (e *Engine) PasswordsKeptIn(place string) { e.input(inPlace{place}) }

// Report tells the user of something wrong outside the engine: a fault of the store, the key store or the window.
func (e *Engine) Report(r phone.Reason) { e.input(inFault{r}) }

// Levels reads the meters.
func (e *Engine) Levels() phone.Levels {
	mic, speaker := e.opt.Console.Levels()
	levels := phone.Levels{Microphone: mic, Speaker: speaker, Clipping: e.opt.Console.Microphone() == mix.MicClipping}
	e.opt.Console.PartyLevels(func(key any, level float64) {
		if id, ok := key.(phone.CallID); ok {
			if levels.Parties == nil {
				levels.Parties = map[phone.CallID]float64{}
			}
			levels.Parties[id] = level
		}
	})
	return levels
}

// loop is the one goroutine that owns the state.
func (e *Engine) loop(s state) {
	r := e.runner
	defer close(e.ended)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for _, a := range s.accounts {
		r.perform(fxCredentials{a.Account})
	}
	if s.settings.Bool(phone.KeyAllowDirect) {
		r.opt.SIP.Do(allowDirect)
	}
	quiet := false
	var kept *envelope
	for seq := uint64(2); ; seq++ {
		var env envelope
		if kept != nil {
			env, kept = *kept, nil
		} else {
			select {
			case env = <-e.inputs:
			case <-timer.C:
				env.in = inClock{}
			case <-e.ctx.Done():
				return
			}
		}
		env.in, kept = e.together(env.in)
		now := time.Now()
		next, t := reduce(s, now, env.in)
		s = next
		for _, fx := range t.fx {
			r.perform(fx)
		}
		e.log(t.events)
		// Published before the reply: who sent a command finds its result in the snapshot.
		e.hub.publish(s.snapshot(seq, now), t.events)
		if env.reply != nil {
			env.reply <- t.reply
		}
		if s.closing && !quiet && s.live() == 0 {
			quiet = true
			close(e.quiet)
		}
		if at := s.wake(now); !at.IsZero() {
			timer.Reset(max(0, time.Until(at)))
		} else {
			timer.Stop()
		}
	}
}

// maxTogether bounds how many NOTIFYs are taken up in one turn.
const maxTogether = 64

// together takes the NOTIFYs that wait behind one into the same turn: hundreds of lamps may change at once. What is no
// NOTIFY is given back, to be the next.
func (e *Engine) together(in input) (input, *envelope) {
	one, ok := in.(inSIP)
	if !ok {
		return in, nil
	}
	first, ok := one.value.(ua.Notified)
	if !ok {
		return in, nil
	}
	all := inTold{[]ua.Notified{first}}
	for len(all.values) < maxTogether {
		select {
		case env := <-e.inputs:
			next, _ := env.in.(inSIP)
			v, ok := next.value.(ua.Notified)
			if !ok {
				return all, &env
			}
			all.values = append(all.values, v)
		default:
			return all, nil
		}
	}
	return all, nil
}

// log notes what happened, without digits, names and numbers.
func (e *Engine) log(events []phone.Event) {
	for _, ev := range events {
		if ev.Kind == phone.EventCallDTMF {
			continue
		}
		args := []any{"call", ev.Call, "account", ev.Account, "state", ev.State}
		if ev.Reason != nil {
			args = append(args, "reason", ev.Reason.ID, "code", ev.Reason.Code)
		}
		e.opt.Log.Info(string(ev.Kind), args...)
	}
}

func (e *Engine) pumpSIP() {
	for v := range e.opt.SIP.Values() {
		e.input(inSIP{v})
	}
}

// pumpSound reads the basement's state whenever it says that something changed.
func (e *Engine) pumpSound() {
	e.input(soundInput(e.opt.Console))
	for {
		select {
		case _, ok := <-e.opt.Console.Events():
			if !ok {
				return
			}
			e.input(soundInput(e.opt.Console))
		case <-e.ctx.Done():
			return
		}
	}
}

// Close ends the calls, says goodbye to the registrars and stops everything, within ctx or five seconds. The error
// names what would not stop.
func (e *Engine) Close(ctx context.Context) error {
	var err error
	e.once.Do(func() { err = e.close(ctx) })
	return err
}

func (e *Engine) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, goodbye)
	defer cancel()
	e.input(inShutdown{})
	byes, cancelByes := context.WithTimeout(ctx, 2*time.Second)
	defer cancelByes()
	select {
	case <-e.quiet:
	case <-byes.Done():
	}
	sipErr := e.opt.SIP.Close(ctx)
	e.cancel()
	<-e.ended
	e.runner.closeAll()
	left := e.group.wait(ctx)
	e.hub.close()
	switch {
	case len(left) > 0:
		return fmt.Errorf("engine: still running: %v", left)
	case sipErr != nil:
		return fmt.Errorf("close sip: %w", sipErr)
	}
	return nil
}
