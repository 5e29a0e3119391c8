package ua

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
	"svara/phone/ua/resolve"
)

// Config is how a user agent is set up.
type Config struct {
	UserAgent   string // User-Agent and Server header; empty means "Svara"
	Log         *slog.Logger
	Bind        netip.Addr        // local address to listen on; zero means all interfaces, IPv4 and IPv6
	Port        int               // UDP and TCP port to listen on; 0 means any
	Resolver    *resolve.Resolver // nil means the system's
	AllowDirect bool              // accept INVITEs that do not come from an account's proxy or registrar
	Server      *ServerConfig     // nil for a phone; the practice PBX sets it
	// Trace is shown every message as it is on the wire, in clear, with what is secret in it; nil for nobody. It may not wait
	// and may not keep message.
	Trace func(out bool, network string, local, remote netip.AddrPort, message []byte)
	// SubscribeRate is how many new or refreshing SUBSCRIBEs a second an account sends at most; 0 means 20.
	SubscribeRate int
	Session       SessionTimer
}

// UA is one SIP user agent: its sockets, its accounts and its legs.
type UA struct {
	cfg      Config
	log      *slog.Logger
	resolver *resolve.Resolver
	net      *network
	server   serverSide // nil on a phone; set once by New
	clock    timers     // set once by New
	direct   atomic.Bool
	turns    turns // of subscriptions without an account
	pace     *pace // likewise

	life   context.Context // of messages on their way; ended by Close
	die    context.CancelFunc
	group  group // everything that runs, legs and accounts included
	out    *mailbox[Value]
	values chan Value
	pump   group

	mu       sync.Mutex
	closing  bool
	accounts map[phone.AccountID]*account
	legs     map[LegID]*leg
	dialogs  map[dialogKey]*leg // by Call-ID and our tag, early and confirmed
	invites  map[inviteKey]*leg // INVITEs being answered, to find merged ones (RFC 3261 8.2.2.2)
	refused  map[inviteKey]int  // INVITEs refused without a connection, and how
	gone     []*dialogFacts     // dialogs that are over, the newest last
	subs     map[SubID]*usage
	pubs     map[PubID]*publishing
	texts    texts
	usages   map[dialogKey]*usage // subscriptions and publications by Call-ID and our tag
	lastIn   uint64
	lastSub  uint64
}

// dialogKey finds the leg of a request inside a dialog. The remote tag is checked by the leg, which may have forks.
type dialogKey struct{ callID, localTag string }

// inviteKey names an INVITE however it travelled.
type inviteKey struct {
	callID, fromTag string
	cseq            uint32
}

// New opens the sockets and starts to serve them.
func New(cfg Config) (*UA, error) {
	cfg.UserAgent = cmp.Or(cfg.UserAgent, "Svara")
	cfg.Session = cfg.Session.withDefaults()
	cfg.SubscribeRate = cmp.Or(max(cfg.SubscribeRate, 0), defaultSubscribeRate)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	u := &UA{
		cfg:      cfg,
		log:      cfg.Log.With("room", "ua"),
		resolver: cfg.Resolver,
		out:      newMailbox[Value](),
		values:   make(chan Value),
		accounts: map[phone.AccountID]*account{},
		legs:     map[LegID]*leg{},
		dialogs:  map[dialogKey]*leg{},
		invites:  map[inviteKey]*leg{},
		refused:  map[inviteKey]int{},
		subs:     map[SubID]*usage{},
		pubs:     map[PubID]*publishing{},
		usages:   map[dialogKey]*usage{},
		turns:    newTurns(),
		pace:     newPace(cfg.SubscribeRate),
	}
	u.life, u.die = context.WithCancel(context.Background())
	setSIPLimits()
	u.clock = timersFromSIP()
	if u.resolver == nil {
		u.resolver = resolve.New(resolve.Config{})
	}
	u.direct.Store(cfg.AllowDirect)
	if cfg.Server != nil {
		s, err := newServer(u, *cfg.Server)
		if err != nil {
			return nil, fmt.Errorf("set up the server side: %w", err)
		}
		u.server = s
	}
	n, err := openNetwork(networkConfig{
		bind: cfg.Bind, port: cfg.Port, log: u.log,
		trusted:   u.trusted,
		demands:   u.demandsOf,
		trace:     cfg.Trace,
		unlimited: cfg.Server != nil,
		onRequest: func(req *sip.Request, tx *sip.ServerTx) {
			u.net.arrived(req)
			if !u.group.Run(func() { u.receive(req, tx) }) {
				tx.Terminate()
			}
		},
		onStray:    u.stray,
		onFlowLost: u.flowLost,
	})
	if err != nil {
		if u.server != nil {
			u.server.close()
		}
		return nil, err
	}
	u.net = n
	u.net.start()
	u.watchAddresses()
	u.pump.Go(u.pumpValues)
	return u, nil
}

// Values is where everything that happens is told. It must be drained; Close closes it.
func (u *UA) Values() <-chan Value { return u.values }

// Port is the UDP and TCP port the user agent listens on.
func (u *UA) Port() int { return u.net.port }

// emit tells a value. It never blocks.
func (u *UA) emit(v Value) { u.out.put(v) }

func (u *UA) pumpValues() {
	defer close(u.values)
	for {
		v, ok, more := u.out.take()
		switch {
		case ok:
			select {
			case u.values <- v:
			case <-u.net.halted: // Close ran out of time: nobody may be reading any more
				return
			}
		case more:
			<-u.out.wake
		default:
			return
		}
	}
}

// Do carries out an action. It never blocks; failures come back as values.
func (u *UA) Do(a Action) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closing {
		why := phone.Reason{ID: phone.ReasonShutdown}
		switch a := a.(type) {
		case Invite:
			u.emit(Ended{Leg: a.Leg, Reason: why})
		case Publish:
			u.emit(PublishDone{ID: a.ID, Reason: &why})
		case SendMessage:
			u.emit(MessageDone{ID: a.ID, Reason: &why})
		}
		return
	}
	switch a := a.(type) {
	case PutAccount:
		if old := u.accounts[a.Account.ID]; old != nil {
			old.box.put(accountReplace{a})
			return
		}
		u.accounts[a.Account.ID] = u.startAccount(a)
	case DropAccount:
		if acct := u.accounts[a.ID]; acct != nil {
			delete(u.accounts, a.ID)
			acct.box.put(accountStop{})
			u.tellSubscribers(acct, accountGone{})
		}
	case RegisterNow:
		for id, acct := range u.accounts {
			if a.ID == "" || a.ID == id {
				acct.box.put(accountNow{})
			}
		}
	case SetAllowDirect:
		u.direct.Store(a.On)
	case Invite:
		if u.legs[a.Leg] != nil || a.Leg == "" {
			u.log.Error("leg exists already", "leg", a.Leg)
			return
		}
		u.legs[a.Leg] = u.startOutgoing(a, u.accounts[a.Account])
	case Refer:
		if l := u.legs[a.Leg]; l != nil {
			to := referTo{Refer: a}
			if with := u.legs[a.With]; with != nil {
				to.with = with.facts.Load()
			}
			l.box.put(to)
		}
	case Subscribe:
		if u.subs[a.ID] != nil || a.ID == "" {
			u.log.Error("subscription exists already", "subscription", a.ID)
			return
		}
		u.startSubscription(a, u.accounts[a.Account])
	case Publish:
		u.publish(a)
	case Unpublish:
		if s := u.pubs[a.ID]; s != nil {
			s.box.put(a)
		}
	case SendMessage:
		u.message(a)
	case AnswerText:
		u.answerText(a)
	case AcceptPublication:
		if s, ok := u.server.(*server); ok {
			s.published.accept(a.ID)
		}
	case RejectPublication:
		if s, ok := u.server.(*server); ok {
			s.published.reject(a.ID, a.Code)
		}
	case subAction:
		if s := u.subs[a.sub()]; s != nil {
			s.box.put(a)
		}
	case legAction:
		if l := u.legs[a.leg()]; l != nil {
			l.box.put(a)
		}
	}
}

// LocalAddr is our address towards the account's proxy or registrar, or towards target when the account is empty or the
// target is elsewhere: the one to put into a session description.
func (u *UA) LocalAddr(ctx context.Context, id phone.AccountID, target string) (netip.Addr, error) {
	u.mu.Lock()
	acct := u.accounts[id]
	u.mu.Unlock()
	hops, err := u.hopsForCall(ctx, acct, target, "")
	if err != nil {
		return netip.Addr{}, err
	}
	return u.net.localAddr(hops[0].addr.Addr())
}

// Close ends all legs, un-registers all accounts and stops. The context bounds the goodbyes; Close returns when
// everything has ended.
func (u *UA) Close(ctx context.Context) error {
	u.mu.Lock()
	if u.closing {
		u.mu.Unlock()
		return nil
	}
	u.closing = true
	legs := make([]*leg, 0, len(u.legs))
	for _, l := range u.legs {
		legs = append(legs, l)
	}
	accounts := make([]*account, 0, len(u.accounts))
	for _, a := range u.accounts {
		accounts = append(accounts, a)
	}
	usages := make([]*usage, 0, len(u.usages))
	for _, s := range u.usages {
		usages = append(usages, s)
	}
	u.mu.Unlock()

	for _, l := range legs {
		l.box.put(shutdown{})
	}
	for _, s := range usages {
		s.box.put(shutdown{})
	}
	for _, l := range legs {
		select {
		case <-l.done:
		case <-ctx.Done():
		}
	}
	u.awaitUsages(ctx, usages)
	for _, a := range accounts {
		a.box.put(accountStop{})
	}
	for _, a := range accounts {
		select {
		case <-a.done:
		case <-ctx.Done():
		}
	}
	var err error
	if ctx.Err() != nil {
		err = fmt.Errorf("say goodbye: %w", ctx.Err())
	}
	for _, l := range legs {
		l.cancel()
	}
	for _, a := range accounts {
		a.cancel()
	}
	u.die()
	u.net.close()
	u.group.Close()
	if u.server != nil {
		u.server.close()
	}
	u.out.close()
	drained := make(chan struct{})
	stop := context.AfterFunc(ctx, u.net.halt)
	go func() { // ends with the pump, which halt ends at the latest
		u.pump.Close()
		close(drained)
	}()
	<-drained
	stop()
	u.net.halt()
	return err
}

// awaitUsages waits for the goodbyes of subscriptions and publications, not for long: hundreds of lamps at a PBX that is away must leave
// time to un-register elsewhere.
func (u *UA) awaitUsages(ctx context.Context, usages []*usage) {
	ctx, cancel := context.WithTimeout(ctx, u.clock.register/2)
	defer cancel()
	for _, s := range usages {
		select {
		case <-s.done:
		case <-ctx.Done():
			s.cancel()
		}
	}
}

// forget removes a leg that is over.
func (u *UA) forget(l *leg) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.legs, l.id)
	u.remember(l.facts.Load())
	for key, other := range u.dialogs {
		if other == l {
			delete(u.dialogs, key)
		}
	}
	if l.invite != (inviteKey{}) {
		delete(u.invites, l.invite)
	}
	u.retire(l.acct)
}

// nextIncoming is the next ID for an incoming leg. u.mu must be held.
func (u *UA) nextIncoming() LegID {
	u.lastIn++
	return LegID("in-" + strconv.FormatUint(u.lastIn, 10))
}

// sortedAccounts is the accounts by ID, so that choices among them are repeatable.
func (u *UA) sortedAccounts() []*account {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := make([]*account, 0, len(u.accounts))
	for _, a := range u.accounts {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *account) int { return cmp.Compare(a.id, b.id) })
	return out
}
