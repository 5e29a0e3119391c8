// Package pbxdemo is the practice PBX: a registrar with digest, calls between its registered users, simulated colleagues
// who ring, answer and speak, numbers to try things with, transfers, parking, picking up, a conference room, queues,
// forwarding, mailboxes, and events of dialogs, presence and messages. It is real SIP and RTP, the same way as any PBX; what it knows of SIP are the values of package ua.
//
//	ua.Values ──► loop (this file) ──► end  (end.go): a phone's leg with its sound, or somebody simulated
//	timers, digits, voices ──► post ──┘     │  try  (try.go): an end calls a number, by the dial plan (plan.go)
//	                                        │  conv (conv.go): ends that hear each other
//	                                        └► watch (watch.go): who is told of all this
//
// The loop alone touches ends, tries and conversations. All sound ends at the PBX, which mixes it (mixer.go) on a
// goroutine of its own: to connect an end with another is to move it from one conversation to the next, whatever codec
// and address its phone has.
package pbxdemo

import (
	"cmp"
	"context"
	cryptorand "crypto/rand"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// Config is how the practice PBX is set up. The zero value is good for trying things on this machine.
type Config struct {
	Bind     netip.Addr    // local address; zero means 127.0.0.1, so that nobody else reaches it
	Port     int           // UDP and TCP; 0 means any
	Log      *slog.Logger  // nil: nothing
	Language func() string // "sv" or "en": asked for each call; nil means "en"
	User     string        // of the first account; default "2100"
	Password phone.Secret  // of all accounts; default a random one

	People int              // how many further people are simulated, from 3000 on; at most 5000
	Rate   float64          // how many of them do something else a second; 0 means each once a minute, negative none
	Lively bool             // colleagues have activities, queues are called, and so on, by themselves
	Seed   uint64           // of what happens by itself; 0 means any
	Now    func() time.Time // the clock that activities and profiles go by; nil means time.Now

	hurry int // tests: waiting times are divided by it
}

// Login is one account of the practice PBX.
type Login struct {
	User     string
	Password phone.Secret
}

// PBX is a running practice PBX.
type PBX struct {
	cfg     Config
	log     *slog.Logger
	ua      *ua.UA
	addr    netip.AddrPort
	logins  []Login
	ended   chan struct{} // closed when the loop has ended
	started string        // when it was started: calls of another run have other names
	wake    chan struct{}

	agent atomic.Pointer[ua.UA] // the same as ua, for its own goroutines

	mu    sync.Mutex
	posts []func() // guarded by mu; to run on the loop
	over  bool     // guarded by mu; no more posts

	// Loop only.

	legs        map[ua.LegID]*end
	ends        []*end // all that are not over, the oldest first
	last        uint64
	texts       uint64 // sent on
	mixer       *mixer
	lot         map[string]*conv    // by park slot
	rooms       map[string]*conv    // by number
	single      map[string]bool     // users without call waiting
	lines       map[string]*line    // of everybody, by number
	people      map[string]*sim     // the further people, by number
	crowd       []*sim              // the same, in order
	own         map[string]*ownTalk // simulated people in calls of their own, by number
	queues      []*queue
	chroniclers []*chronicler // who tell team servers
	watchers    map[ua.SubID]*watcher
	random      *rand.Rand
	alarms      []*alarm
	alarmClock  *time.Timer
}

const (
	maxLegs   = 100              // more is no practice
	ringLimit = 60 * time.Second // nobody answers: the PBX gives up
)

// Start starts a practice PBX.
func Start(cfg Config) (*PBX, error) {
	if !cfg.Bind.IsValid() {
		cfg.Bind = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Language == nil {
		cfg.Language = func() string { return "en" }
	}
	cfg.User = cmp.Or(cfg.User, "2100")
	cfg.Password = cmp.Or(cfg.Password, phone.Secret(cryptorand.Text()))
	cfg.hurry = cmp.Or(cfg.hurry, 1)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	p := &PBX{
		cfg: cfg, log: cfg.Log.With("room", "pbxdemo"), ended: make(chan struct{}), wake: make(chan struct{}, 1),
		legs: map[ua.LegID]*end{}, lot: map[string]*conv{}, rooms: map[string]*conv{}, single: map[string]bool{},
		lines: map[string]*line{}, people: map[string]*sim{}, own: map[string]*ownTalk{}, queues: newQueues(cfg.User),
		watchers: map[ua.SubID]*watcher{}, random: newRandom(cfg.Seed),
	}
	for _, user := range []string{cfg.User, "2198", "2199"} { // more than one, so that two phones can call each other
		if user == cfg.User || len(p.logins) > 0 && user != p.logins[0].User {
			p.logins = append(p.logins, Login{user, cfg.Password})
			p.addLine(user, "")
		}
	}
	p.started = strconv.FormatInt(time.Now().UnixMilli(), 36)
	p.lines[cfg.User].name = demoName // only the first has a name
	for _, c := range colleagues {
		p.addLine(c.Number, c.Name)
	}
	p.addPeople(cfg.People)
	agent, err := ua.New(ua.Config{
		UserAgent: "Svara practice PBX", Log: cfg.Log, Bind: cfg.Bind, Port: cfg.Port,
		Server: &ua.ServerConfig{Domain: "svara.demo", Password: p.password, Takes: p.takesText},
	})
	if err != nil {
		return nil, fmt.Errorf("start the practice PBX: %w", err)
	}
	p.ua = agent
	p.agent.Store(agent)
	shown := cfg.Bind
	if shown.IsUnspecified() {
		shown = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	p.addr = netip.AddrPortFrom(shown, uint16(agent.Port()))
	p.mixer = newMixer()
	for _, c := range colleagues {
		if c.manner == talks {
			p.talk(c.Number, true)
		}
	}
	p.live()
	go p.loop()
	return p, nil
}

// password is asked by the registrar.
func (p *PBX) password(user string) (string, bool) {
	for _, l := range p.logins {
		if l.User == user {
			return l.Password.Reveal(), true
		}
	}
	return "", false
}

// demoName is who one is at the practice PBX.
const demoName = "Elin Strandh"

// Account is the account to sign in with; Password is its password.
func (p *PBX) Account() phone.Account {
	return phone.Account{ID: "demo", User: p.cfg.User, DisplayName: demoName, Domain: p.addr.String(), Dialect: "demo", Default: true}
}

// Password is the password of Account.
func (p *PBX) Password() phone.Secret { return p.cfg.Password }

// Logins is every account, that of Account first.
func (p *PBX) Logins() []Login { return p.logins }

// Addr is where it listens, UDP and TCP.
func (p *PBX) Addr() netip.AddrPort { return p.addr }

// Close hangs up all calls and stops. It returns when everything has ended, after three seconds at the latest for those
// who do not say goodbye.
func (p *PBX) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	err := p.ua.Close(ctx)
	<-p.ended
	if err != nil {
		return fmt.Errorf("stop the practice PBX: %w", err)
	}
	return nil
}

func (p *PBX) loop() {
	defer close(p.ended)
	for {
		select {
		case v, open := <-p.ua.Values():
			if !open {
				p.stop()
				return
			}
			p.handle(v)
		case <-p.wake:
			p.mu.Lock()
			posts := p.posts
			p.posts = nil
			p.mu.Unlock()
			for _, f := range posts {
				f()
			}
		}
		p.ringAlarms()
		p.distribute()
		p.notify()
		for _, c := range p.chroniclers {
			c.look(time.Now())
		}
	}
}

// post runs f on the loop, or never when the PBX has stopped. It does not block.
func (p *PBX) post(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.posts = append(p.posts, f)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// after posts f in a while.
func (p *PBX) after(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(p.wait(d), func() { p.post(f) })
}

func (p *PBX) wait(d time.Duration) time.Duration { return d / time.Duration(p.cfg.hurry) }

// stop ends what the user agent did not live to see ended.
func (p *PBX) stop() {
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	for len(p.ends) > 0 {
		p.ends[0].gone(0)
	}
	p.mixer.close()
}

func (p *PBX) handle(v ua.Value) {
	switch v := v.(type) {
	case ua.Incoming:
		p.incoming(v)
		return
	case ua.Bound:
		if v.New {
			p.log.Info("phone registered", "user", v.User, "contact", v.Contact, "from", v.Source)
		}
		return
	case ua.Unbound:
		p.log.Info("phone gone", "user", v.User, "contact", v.Contact, "expired", v.Expired)
		return
	case ua.SubscribeAsked:
		p.subscribed(v)
		return
	case ua.SubscriptionEnded:
		delete(p.watchers, v.ID)
		return
	case ua.NotifyTaken:
		p.listTaken(v.ID)
		return
	case ua.SubscriptionRefreshed:
		p.listAgain(v.ID)
		return
	case ua.PublishAsked:
		p.published(v)
		return
	case ua.MessageReceived:
		p.relayText(v)
		return
	}
	id, ok := legOf(v)
	if !ok {
		return
	}
	e := p.legs[id]
	if ended, over := v.(ua.Ended); over {
		p.log.Info("leg over", "leg", id, "reason", ended.Reason.ID, "code", ended.Reason.Code)
		delete(p.legs, id)
	}
	if e != nil {
		e.handle(v)
	}
}

// legOf is the leg a value tells of.
func legOf(v ua.Value) (ua.LegID, bool) {
	switch v := v.(type) {
	case ua.Progress:
		return v.Leg, true
	case ua.Answered:
		return v.Leg, true
	case ua.Confirmed:
		return v.Leg, true
	case ua.Offered:
		return v.Leg, true
	case ua.OfferNeeded:
		return v.Leg, true
	case ua.OfferAnswered:
		return v.Leg, true
	case ua.OfferFailed:
		return v.Leg, true
	case ua.InfoReceived:
		return v.Leg, true
	case ua.ReferAsked:
		return v.Leg, true
	case ua.ReferStopped:
		return v.Leg, true
	case ua.Ended:
		return v.Leg, true
	}
	return "", false
}

// newLeg names an outgoing leg.
func (p *PBX) newLeg() ua.LegID {
	p.last++
	return ua.LegID("pbx-" + strconv.FormatUint(p.last, 10))
}
