package pbxdemo

import (
	"context"
	"flag"
	"math"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/opus"
	"svara/phone"
	"svara/phone/dialoginfo"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// TestMain runs more tests side by side than there are cores: they wait for sound most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("3"); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// patience is how long a test waits for what should happen.
const patience = time.Minute

// startPBX starts a PBX whose waiting times are short.
func startPBX(t *testing.T, cfg Config) *PBX {
	t.Helper()
	p, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return p
}

// handset is a phone of the test: a user agent, and a stream with a mouth and ears for the call that is up.
type handset struct {
	t     *testing.T
	ua    *ua.UA
	local netip.Addr
	end   chan struct{}

	mu     sync.Mutex
	cond   *sync.Cond
	values []ua.Value
	read   int
	minds  []func(ua.Value)                 // guarded by mu; called for every value that comes
	seen   map[ua.SubID][]dialoginfo.Dialog // guarded by mu; what watch was told last
}

// minded calls f for every value that comes from now on.
func (h *handset) minded(f func(ua.Value)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.minds = append(h.minds, f)
}

// newHandset signs a user in.
func newHandset(t *testing.T, p *PBX, user string) *handset {
	t.Helper()
	agent, err := ua.New(ua.Config{Bind: p.Addr().Addr()})
	if err != nil {
		t.Fatal(err)
	}
	h := &handset{t: t, ua: agent, local: p.Addr().Addr(), end: make(chan struct{}), seen: map[ua.SubID][]dialoginfo.Dialog{}}
	h.cond = sync.NewCond(&h.mu)
	go func() {
		defer close(h.end)
		for v := range agent.Values() {
			h.mu.Lock()
			h.values = append(h.values, v)
			minds := slices.Clone(h.minds)
			h.cond.Broadcast()
			h.mu.Unlock()
			for _, f := range minds {
				f(v)
			}
		}
	}()
	t.Cleanup(h.close)
	account := p.Account()
	account.User = user
	agent.Do(ua.PutAccount{Account: account, Password: p.Password()})
	await(h, func(r ua.RegistrationChanged) bool { return r.Registration.State == phone.RegistrationRegistered })
	return h
}

func (h *handset) close() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	h.ua.Close(ctx)
	<-h.end
}

// await waits for the next value of a type that matches, passing over others.
func await[V ua.Value](h *handset, match func(V) bool) V {
	h.t.Helper()
	deadline := time.Now().Add(patience)
	wake := time.AfterFunc(patience, func() { h.mu.Lock(); h.cond.Broadcast(); h.mu.Unlock() })
	defer wake.Stop()
	h.mu.Lock()
	defer h.mu.Unlock()
	from := h.read
	for {
		for h.read < len(h.values) {
			v, ok := h.values[h.read].(V)
			h.read++
			if ok && (match == nil || match(v)) {
				return v
			}
		}
		if time.Now().After(deadline) {
			var want V
			h.t.Fatalf("no %T; got %+v", want, h.values[from:])
		}
		h.cond.Wait()
	}
}

// player is a voice with a clock of its own: the mouth and ears of a handset.
type player struct {
	voice
	quit, done chan struct{}
}

func newPlayer(s audio.Stream) *player {
	p := &player{voice: voice{empty: func() {}}, quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		var heard, said [audio.BlockSize]int16
		next := time.Now()
		timer := time.NewTimer(0)
		defer timer.Stop()
		for {
			select {
			case <-p.quit:
				return
			case <-timer.C:
			}
			s.Read(heard[:])
			p.speak(heard[:], said[:])
			s.Write(said[:])
			next = next.Add(audio.BlockTime)
			if late := time.Since(next); late > 200*time.Millisecond {
				next = next.Add(late)
			}
			timer.Reset(time.Until(next))
		}
	}()
	return p
}

func (p *player) close() {
	close(p.quit)
	<-p.done
}

// talk is the sound of a call at the handset.
type talk struct {
	*media.Stream
	player *player

	mu    sync.Mutex
	heard []int16 // guarded by mu
}

// Read records what is heard.
func (k *talk) Read(block []int16) bool {
	sound := k.Stream.Read(block)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.heard = append(k.heard, block...)
	return sound
}

// open opens the sound of a call.
func (h *handset) open(codecs ...audio.Codec) *talk {
	h.t.Helper()
	if len(codecs) == 0 {
		codecs = []audio.Codec{opus.Codec(), g711.PCMA(), g711.PCMU()}
	}
	s, err := media.Open(media.Config{Local: h.local, Codecs: codecs})
	if err != nil {
		h.t.Fatal(err)
	}
	k := &talk{Stream: s}
	k.player = newPlayer(k)
	h.t.Cleanup(func() {
		k.player.close()
		s.Close()
	})
	return k
}

// offer is the talk's offer.
func (h *handset) offer(k *talk, d sdp.Direction) []byte {
	h.t.Helper()
	body, err := k.Offer(d)
	if err != nil {
		h.t.Fatal(err)
	}
	return body
}

// call dials and waits for the answer.
func (h *handset) call(leg ua.LegID, target string, codecs ...audio.Codec) *talk {
	h.t.Helper()
	k := h.open(codecs...)
	h.ua.Do(ua.Invite{Leg: leg, Account: "demo", Target: target, SDP: h.offer(k, sdp.SendRecv)})
	answered := await(h, func(a ua.Answered) bool { return a.Leg == leg })
	if err := k.Accept(answered.SDP); err != nil {
		h.t.Fatal(err)
	}
	return k
}

// take answers an incoming call.
func (h *handset) take() (ua.Incoming, *talk) {
	h.t.Helper()
	in := await[ua.Incoming](h, nil)
	k := h.open()
	body, err := k.Answer(in.SDP, sdp.SendRecv)
	if err != nil {
		h.t.Fatal(err)
	}
	h.ua.Do(ua.Ring{Leg: in.Leg})
	h.ua.Do(ua.Answer{Leg: in.Leg, SDP: body})
	return in, k
}

func (h *handset) hangup(leg ua.LegID) {
	h.t.Helper()
	h.ua.Do(ua.Hangup{Leg: leg})
	await(h, func(e ua.Ended) bool { return e.Leg == leg })
}

// since is what was heard after the first n samples.
func (k *talk) since(n int) []int16 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.heard[min(n, len(k.heard)):])
}

// now is how much was heard so far.
func (k *talk) now() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.heard)
}

// hear waits until what was heard after the first n samples satisfies a condition, and returns it. See deaf.
func (k *talk) hear(t *testing.T, what string, n int, ok func([]int16) bool) []int16 {
	t.Helper()
	deadline := time.Now().Add(patience)
	if deaf {
		deadline = time.Now().Add(patience / 6)
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if pcm := k.since(n); ok(pcm) {
			return pcm
		} else if time.Now().After(deadline) {
			if deaf {
				return pcm
			}
			t.Fatalf("%s was not heard in %d samples at %.1f dBFS", what, len(pcm), rms(pcm))
		}
		<-tick.C
	}
}

// tail is the last part of a recording.
func tail(pcm []int16, d time.Duration) []int16 { return pcm[max(0, len(pcm)-samples(d)):] }

// share is the part of a sound's energy that a frequency has, 0 to 1 (Goertzel).
func share(pcm []int16, freq float64) float64 {
	if len(pcm) == 0 {
		return 0
	}
	c := 2 * math.Cos(2*math.Pi*freq/audio.Rate)
	var s1, s2, energy float64
	for _, v := range pcm {
		x := float64(v)
		s1, s2 = x+c*s1-s2, s1
		energy += x * x
	}
	if energy == 0 {
		return 0
	}
	return (s1*s1 + s2*s2 - c*s1*s2) * 2 / (energy * float64(len(pcm)))
}

// sineOf is a tone to say: -15.3 dBFS rms.
func sineOf(freq float64) *sine { return &sine{step: 2 * math.Pi * freq / audio.Rate, amplitude: 8000} }
