package engine

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"svara/audio"
	"svara/audio/echo"
	"svara/audio/mix"
	"svara/audio/record"
	"svara/audio/tone"
	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
)

// runner does the effects. Its exported face is perform, called by the loop only; everything slow is posted to a lane
// and comes back through input.
type runner struct {
	opt   Options
	ctx   context.Context
	group *group
	input func(input) // hands an input to the loop; returns at once when the loop has ended

	calls map[phone.CallID]*callLane // loop only
	store lane
	keep  lane // accounts and passwords: a key store may ask the user and must not hold up the history

	played         tonePlan    // loop only: what the console plays now
	turns          turnSecrets // passwords of TURN servers
	team           teamLinks
	hasPlayed      bool           // loop only: a recording has been played
	player         lane           // playing recordings, in order
	playing        *record.Player // player's lane
	echoing        *echo.Echo     // loop only: the party of the last echo test
	echoBegun      time.Time      // loop only: and when that began
	playingRings   bool           // player's lane: it is on the ring device
	mailbox        lane           // marking and deleting messages, in order
	letters        lane           // recordings on their way to a mail server, in order
	favouritesOnly atomic.Bool    // whose lines are watched

	unsaved atomic.Pointer[error] // why the last write failed; nil when it did not
}

// callLane is the media work of one call, in order.
type callLane struct {
	lane
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex
	stream   Stream    // lane writes, loop reads for the mix and for measuring
	recorder *recorder // likewise
}

func (c *callLane) get() Stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stream
}

func (c *callLane) set(s Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stream = s
}

// tonePlan is what tone and ring sources are playing, to start one only when it changes.
type tonePlan struct {
	tone    toneKind
	digit   byte
	ring    bool
	country string
}

var errNoStream = errors.New("engine: the call has no stream")

// perform does one effect. It never waits.
func (r *runner) perform(fx effect) {
	switch fx := fx.(type) {
	case fxSIP:
		r.opt.SIP.Do(fx.action)
	case fxOpen:
		r.open(fx)
	case fxAccept:
		r.onStream(fx.call, func(s Stream) input {
			if s == nil {
				return inAgreed{call: fx.call, err: errNoStream}
			}
			err := s.Accept(fx.sdp)
			return inAgreed{fx.call, s.Agreed(), err}
		})
	case fxMoved:
		r.moved(fx)
	case fxPropose:
		r.onStream(fx.call, func(s Stream) input {
			if s == nil {
				return inOpened{call: fx.call, err: errNoStream}
			}
			s.Propose(fx.proposal)
			body, err := s.Offer(sdp.SendRecv)
			return inOpened{call: fx.call, sdp: body, err: err}
		})
	case fxOffer:
		l := r.lane(fx.call)
		r.onStream(fx.call, func(s Stream) input {
			if s == nil {
				return inOffer{call: fx.call, reply: fx.reply, err: errNoStream}
			}
			if fx.seek && !s.Restart() {
				return inOffer{call: fx.call, err: errNoWay}
			}
			if fx.move != nil {
				if err := r.move(l.ctx, s, *fx.move); err != nil {
					return inOffer{call: fx.call, err: err}
				}
			}
			body, err := s.Offer(fx.dir)
			return inOffer{fx.call, body, fx.hold, fx.reply, err}
		})
	case fxReply:
		r.onStream(fx.call, func(s Stream) input {
			if s == nil {
				return inReply{call: fx.call, err: errNoStream}
			}
			body, err := s.Answer(fx.offer, fx.dir)
			return inReply{fx.call, body, s.Agreed(), err}
		})
	case fxDigit:
		r.onStream(fx.call, func(s Stream) input {
			if s == nil {
				return nil
			}
			send := s.SendDigits
			if fx.tone {
				send = s.SendTones
			}
			if err := send(string(rune(fx.digit))); err != nil {
				return inDigitsFailed{fx.call, err}
			}
			return nil
		})
	case fxCloseMedia:
		r.closeMedia(fx.call)
	case fxMeasure:
		r.measure()
	case fxSound:
		r.sound(fx.plan)
	case fxHistory:
		r.save(savedHistory, func(ctx context.Context) error {
			id, err := r.opt.Store.AddHistory(ctx, fx.entry)
			if err == nil {
				r.input(inHistory{fx.call, id})
			}
			return err
		})
	case fxRecord:
		r.record(fx)
	case fxStopRecording:
		r.stopRecording(fx)
	case fxPlay:
		r.hasPlayed = true
		r.play(fx)
	case fxStopPlaying:
		r.stopPlaying()
	case fxDeleteRecording:
		r.deleteRecording(fx.id)
	case fxSeen:
		r.save(savedSeen, r.opt.Store.SeeMissed)
	case fxSetting:
		r.save(savedSetting, func(ctx context.Context) error { return r.opt.Store.PutSetting(ctx, fx.key, fx.value) })
	case fxKeepAccount:
		r.keepAccount(fx)
	case fxCredentials:
		r.credentials(fx.account, "")
	case fxWriteAccount:
		r.save(savedAccount, func(ctx context.Context) error { return r.opt.Store.PutAccount(ctx, fx.account) })
	case fxForgetAccount:
		r.save(savedAccount, func(ctx context.Context) error { return r.opt.Store.RemoveAccount(ctx, fx.account) })
		r.keep.post(r.group, "secrets", func() {
			if err := r.opt.Secrets.Remove(fx.account); err != nil {
				r.opt.Log.Warn("forget password", "account", fx.account, "err", err)
			}
		})
		r.forgetTURN(fx.account)
		r.forgetTeam(fx.account)
	default:
		if !r.performTeam(fx) {
			r.serve(fx)
		}
	}
}

func (r *runner) lane(id phone.CallID) *callLane {
	l := r.calls[id]
	if l == nil {
		l = &callLane{}
		l.ctx, l.cancel = context.WithCancel(r.ctx)
		r.calls[id] = l
	}
	return l
}

// onStream runs work in the call's lane; its result, if any, is an input.
func (r *runner) onStream(id phone.CallID, work func(Stream) input) {
	l := r.lane(id)
	l.post(r.group, fmt.Sprintf("call %d", id), func() {
		if in := work(l.get()); in != nil {
			r.input(in)
		}
	})
}

// open opens a call's stream and makes what the SIP message needs of it.
func (r *runner) open(fx fxOpen) {
	l := r.lane(fx.call)
	l.post(r.group, fmt.Sprintf("call %d", fx.call), func() {
		local := fx.local
		if !local.IsValid() {
			var err error
			if local, err = r.opt.SIP.LocalAddr(l.ctx, fx.account, fx.target); err != nil {
				r.input(inOpened{call: fx.call, err: err})
				return
			}
		}
		r.input(r.opened(l, fx, local))
	})
}

func (r *runner) opened(l *callLane, fx fxOpen, local netip.Addr) input {
	if fx.path.TURN != "" {
		fx.path.Password = r.turnSecret(fx.account)
	}
	stream, err := r.opt.OpenStream(media.Config{
		Local: local, Public: r.opt.SIP.PublicAddr(fx.account), Codecs: r.codecs(fx.codecs), Security: fx.security, ICE: fx.path,
		Log:    r.opt.Log.With("call", fx.call),
		Notify: func(e media.Event) { r.input(inStream{fx.call, e}) },
		Tone:   tone.DTMFLine,
	})
	if err != nil {
		return inOpened{call: fx.call, err: &phone.Error{Reason: phone.Reason{ID: phone.ReasonNoMedia, Text: err.Error()}}}
	}
	in := inOpened{call: fx.call, network: networkOf(local)}
	if fx.incoming && fx.path.Enabled {
		if len(fx.offer) == 0 || stream.Consider(fx.offer) == nil {
			r.input(inOpened{call: fx.call, early: true})
		}
	}
	if fx.incoming && len(fx.offer) > 0 {
		in.sdp, in.err = stream.Answer(fx.offer, sdp.SendRecv)
		agreed := stream.Agreed()
		in.agreed = &agreed
	} else {
		in.sdp, in.err = stream.Offer(sdp.SendRecv)
	}
	l.set(stream)
	return in
}

// codecs are those the user wants, in that order.
func (r *runner) codecs(names []string) []audio.Codec {
	var out []audio.Codec
	for _, name := range names {
		i := slices.IndexFunc(r.opt.Codecs, func(c audio.Codec) bool { return strings.EqualFold(c.Name(), name) })
		if i >= 0 {
			out = append(out, r.opt.Codecs[i])
		}
	}
	return out
}

// closeMedia ends the call's lane. The mix no longer has the stream: the plan of the same turn came first or follows
// at once, and a closed stream reads as silence.
func (r *runner) closeMedia(id phone.CallID) {
	l := r.calls[id]
	if l == nil {
		return
	}
	delete(r.calls, id)
	l.cancel()
	l.post(r.group, fmt.Sprintf("call %d", id), func() {
		r.endRecording(l, nil)
		s := l.get()
		if s == nil {
			return
		}
		if err := s.Close(); err != nil {
			r.opt.Log.Warn("close stream", "call", id, "err", err)
		}
	})
}

// closeAll closes what is left when the loop has ended.
func (r *runner) closeAll() {
	for id := range r.calls {
		r.closeMedia(id)
	}
	if r.hasPlayed {
		r.stopPlaying()
	}
}

func (r *runner) measure() {
	by := make(map[phone.CallID]phone.Quality, len(r.calls))
	counters := r.opt.Console.Counters()
	for id, l := range r.calls {
		if s := l.get(); s != nil {
			q := s.Quality()
			q.Underruns, q.Overruns = counters.Underruns, counters.Overruns
			by[id] = q
		}
	}
	// The loop is the caller: the input must not wait for it.
	mic := inMicrophone{r.opt.Console.Microphone(), r.opt.Console.Cleaning()}
	r.group.start("measure", func() {
		r.input(inQuality{by})
		r.input(mic)
	})
}

// sound tells the console what is planned.
func (r *runner) sound(p soundPlan) {
	con := r.opt.Console
	con.Select(mix.Selection{Input: p.input, Output: p.output, Ring: p.ringOn})
	con.Clean(p.clean)
	con.SetVolumes(mix.Volumes{
		Speaker: float64(p.volumes[0]) / 100, Microphone: float64(p.volumes[1]) / 100, Ring: float64(p.volumes[2]) / 100,
	})
	var g mix.Graph
	for _, party := range p.parties {
		l := r.calls[party.call]
		if l == nil {
			continue
		}
		if s := l.get(); s != nil {
			g.Parties = append(g.Parties, mix.Party{
				Stream: s, Gain: float64(party.level) / 100, MicOff: party.micOff, Listen: party.listen, Silent: party.silent,
				Group: party.group, Beep: party.beep, Tap: l.tap(party.tap), Key: party.call,
			})
		}
	}
	if !p.echo.IsZero() {
		g.Parties = append(g.Parties, mix.Party{Stream: r.echo(p.echo), Gain: 1, Listen: true})
	}
	con.SetGraph(g)
	r.tones(p)
	if p.prepare {
		con.Prepare() // holds until the next SetGraph
	}
}

// tones starts and stops what is not a party.
func (r *runner) tones(p soundPlan) {
	want := tonePlan{p.tone, p.digit, p.ring, p.country}
	was := r.played
	if want == was {
		return
	}
	r.played = want
	plan := tone.Plan(p.country)
	if want.tone != was.tone || want.digit != was.digit || want.country != was.country {
		var src audio.Source
		switch p.tone {
		case toneRingback:
			src = plan.Ringback()
		case toneBusy:
			src = plan.Busy()
		case toneCongestion:
			src = plan.Congestion()
		case toneSpecial:
			src = plan.SpecialInfo()
		case toneWaiting:
			src = plan.Waiting()
		case toneDigit:
			src = tone.DTMF(rune(p.digit))
		case toneReturned:
			src = tone.Returned()
		case toneTest:
			src = plan.Ring()
		}
		r.opt.Console.Tone(src)
	}
	if want.ring != was.ring {
		var src audio.Source
		if want.ring {
			src = plan.Ring()
		}
		r.opt.Console.Ring(src)
	}
}

// wrote notes how the last write went.
func (r *runner) wrote(err error) {
	if err == nil {
		r.unsaved.Store(nil)
		return
	}
	r.unsaved.Store(&err)
	r.opt.Log.Error("write", "err", err)
}

// saved waits for the lanes that write.
func (r *runner) saved(ctx context.Context) error {
	for name, l := range map[string]*lane{"store": &r.store, "secrets": &r.keep} {
		done := make(chan struct{})
		l.post(r.group, name, func() { close(done) })
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := r.unsaved.Load(); err != nil {
		return *err
	}
	return nil
}

func (r *runner) save(what saved, write func(context.Context) error) {
	r.store.post(r.group, "store", func() {
		// Written even while the phone is closing: what the user did must not be lost.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), goodbye)
		defer cancel()
		err := write(ctx)
		r.wrote(err)
		r.input(inSaved{what: what, err: err})
	})
}

// keepAccount writes the password first: an account without one would ask for it at every start.
func (r *runner) keepAccount(fx fxKeepAccount) {
	r.keepTURN(fx)
	if !fx.sessionOnly {
		if fx.password != "" {
			r.keep.post(r.group, "secrets", func() {
				err := r.opt.Secrets.Put(fx.account.ID, fx.password)
				r.wrote(err)
				r.input(inSaved{what: savedAccount, err: err})
			})
		}
		r.save(savedAccount, func(ctx context.Context) error { return r.opt.Store.PutAccount(ctx, fx.account) })
	}
	r.credentials(fx.account, fx.password)
}

// credentials gives the account its password, read from the secret store when none is at hand.
func (r *runner) credentials(a phone.Account, password phone.Secret) {
	if password != "" {
		r.group.start("credentials", func() { r.input(inCredentials{account: a, password: password}) })
		return
	}
	r.keep.post(r.group, "secrets", func() {
		secret, err := r.opt.Secrets.Get(a.ID)
		if err != nil {
			r.opt.Log.Warn("read password", "account", a.ID, "err", err)
		}
		r.input(inCredentials{account: a, password: secret, err: err})
	})
}
