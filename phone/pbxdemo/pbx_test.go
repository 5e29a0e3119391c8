package pbxdemo

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/codec/g711"
	"svara/audio/codec/g722"
	"svara/audio/codec/opus"
	"svara/phone"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// All who answer ring, answer and speak, in both languages and every codec.
func TestColleagues(t *testing.T) {
	codecs := []audio.Codec{opus.Codec(), g711.PCMA(), g711.PCMU()}
	for i, c := range colleagues {
		if c.manner != answers && c.manner != refuses {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			p := startPBX(t, Config{hurry: 5, Language: func() string { return []string{"sv", "en"}[i%2] }})
			h := newHandset(t, p, "2100")
			k := h.open(codecs[i%3])
			h.ua.Do(ua.Invite{Leg: "a", Account: "demo", Target: c.Number, SDP: h.offer(k, sdp.SendRecv)})
			await(h, func(v ua.Progress) bool { return v.Code == 180 })
			if err := k.Accept(await[ua.Answered](h, nil).SDP); err != nil {
				t.Fatal(err)
			}
			if got := k.Agreed().Codec; got != codecs[i%3].Name() {
				t.Errorf("speaks %s", got)
			}
			pcm := k.hear(t, "speech", 0, func(pcm []int16) bool {
				loud := 0
				for at := 0; at+packetSize <= len(pcm); at += packetSize {
					if rms(pcm[at:at+packetSize]) > -35 {
						loud++
					}
				}
				return loud >= 40 // 0.8 s above -35 dBFS
			})
			if share(pcm, 1004) > 0.2 {
				t.Error("that is a tone")
			}
			h.hangup("a")
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 60})
	h := newHandset(t, p, "2100")
	for _, c := range []struct {
		target string
		rings  bool
		code   int
		want   phone.ReasonID
	}{
		{"9002", false, 486, phone.ReasonBusy},
		{"9003", true, 480, phone.ReasonNoAnswer},
		{"9004", true, 603, phone.ReasonRemoteDeclined},
		{"9999", false, 404, phone.ReasonUnknownNumber},
		{"12345", false, 404, phone.ReasonUnknownNumber},
		{"2198", false, 480, phone.ReasonUnavailable}, // nobody signed in
		{"2100", false, 486, phone.ReasonBusy},        // oneself
	} {
		k := h.open()
		leg := ua.LegID(c.target)
		h.ua.Do(ua.Invite{Leg: leg, Account: "demo", Target: c.target, SDP: h.offer(k, sdp.SendRecv)})
		rang := false
		var ended ua.Ended
		for ended.Leg != leg {
			switch v := await[ua.Value](h, nil).(type) {
			case ua.Progress:
				rang = rang || v.Code == 180
			case ua.Ended:
				ended = v
			}
		}
		if rang != c.rings || ended.Reason.Code != c.code || ended.Reason.ID != c.want {
			t.Errorf("%s: rang %t, %+v", c.target, rang, ended.Reason)
		}
	}
	// No codec in common.
	h.ua.Do(ua.Invite{Leg: "g729", Account: "demo", Target: "9001", SDP: []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n")})
	if e := await[ua.Ended](h, nil); e.Reason.ID != phone.ReasonNoCodec {
		t.Errorf("G.729 alone: %+v", e.Reason)
	}
}

// A caller who gives up while it rings leaves nothing behind.
func TestGiveUp(t *testing.T) {
	over := make(chan struct{}, 10)
	p := startPBX(t, Config{Log: slog.New(logged{slog.DiscardHandler, "leg over", over})})
	h := newHandset(t, p, "2100")
	k := h.open()
	h.ua.Do(ua.Invite{Leg: "a", Account: "demo", Target: "9003", SDP: h.offer(k, sdp.SendRecv)})
	await(h, func(v ua.Progress) bool { return v.Code == 180 })
	h.hangup("a")
	select {
	case <-over:
	case <-time.After(patience):
		t.Fatal("the PBX still has the call")
	}
	left := make(chan int, 1)
	p.post(func() { left <- len(p.legs) })
	if n := <-left; n != 0 {
		t.Errorf("%d legs left", n)
	}
}

// logged signals lines with a message.
type logged struct {
	slog.Handler
	message string
	seen    chan struct{}
}

// Handle implements slog.Handler.
func (l logged) Handle(_ context.Context, r slog.Record) error {
	if r.Message == l.message {
		l.seen <- struct{}{}
	}
	return nil
}

// Enabled implements slog.Handler.
func (l logged) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs implements slog.Handler.
func (l logged) WithAttrs([]slog.Attr) slog.Handler { return l }

// A tone sent to the echo comes back at its level, with every codec.
func TestEcho(t *testing.T) {
	for _, codec := range []audio.Codec{opus.Codec(), g722.Codec(), g711.PCMA(), g711.PCMU()} {
		t.Run(codec.Name(), func(t *testing.T) {
			t.Parallel()
			p := startPBX(t, Config{hurry: 5})
			h := newHandset(t, p, "2100")
			k := h.call("a", "9001", codec)
			k.player.play(sineOf(700))
			k.hear(t, "our tone", 0, between(700, -18, -13))
			h.hangup("a")
		})
	}
}

// Keys are read back as their tones, in order, whether they came as RTP events or as SIP INFO.
func TestKeys(t *testing.T) {
	pairs := map[rune][2]float64{'1': {697, 1209}, '5': {770, 1336}, '9': {852, 1477}, '#': {941, 1477}}
	for _, how := range []string{"rtp", "info"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			p := startPBX(t, Config{})
			h := newHandset(t, p, "2100")
			k := h.call("a", "9006")
			k.hear(t, "the announcement", 0, speech)
			const digits = "159#"
			from := k.now()
			if how == "rtp" {
				if err := k.SendDigits(digits); err != nil {
					t.Fatal(err)
				}
			} else {
				for _, d := range digits {
					h.ua.Do(ua.Info{Leg: "a", ContentType: "application/dtmf-relay", Body: []byte("Signal=" + string(d) + "\r\nDuration=160\r\n")})
				}
			}
			// A key's tone lasts 250 ms: what 40 ms windows show, without repetitions, is what was played.
			read := func(pcm []int16) string {
				var out []rune
				const window = 2 * packetSize
				for at := 0; at+window <= len(pcm); at += packetSize {
					for d, f := range pairs {
						w := pcm[at : at+window]
						low, high := share(w, f[0]), share(w, f[1])
						if rms(w) > -30 && low > 0.3 && high > 0.3 && low+high > 0.85 && (len(out) == 0 || out[len(out)-1] != d) {
							out = append(out, d)
						}
					}
				}
				return string(out)
			}
			pcm := k.hear(t, "the keys", from, func(pcm []int16) bool { return strings.HasSuffix(read(pcm), "#") })
			if got := read(pcm); got != digits && !deaf {
				t.Errorf("read back %q", got)
			}
			h.hangup("a")
		})
	}
}

func TestMilliwatt(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 5})
	h := newHandset(t, p, "2100")
	k := h.call("a", "9007")
	k.hear(t, "1004 Hz at -19 dBFS rms", 0, between(1004, -20, -18))
	h.hangup("a")
}

// The same over IPv6, and signalling over TCP.
func TestIPv6AndTCP(t *testing.T) {
	if c, err := net.Listen("tcp6", "[::1]:0"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no IPv6 on this machine: ", err)
		}
		t.Skip("no IPv6 on this machine:", err)
	} else {
		c.Close()
	}
	p := startPBX(t, Config{hurry: 5, Bind: netip.IPv6Loopback()})
	h := newHandset(t, p, "2100")
	account := p.Account()
	account.Transport = phone.TransportTCP
	h.ua.Do(ua.PutAccount{Account: account, Password: p.Password()})
	await(h, func(r ua.RegistrationChanged) bool { return r.Registration.State == phone.RegistrationRegistered })
	k := h.call("a", "9007")
	k.hear(t, "the tone", 0, only(1004))
	if r := k.Agreed().Remote; !r.Addr().Is6() {
		t.Errorf("sound comes from %v", r)
	}
	h.hangup("a")
}

// 9005 says that it will call, hangs up, calls, speaks and hangs up.
func TestCallBack(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 5, Language: func() string { return "sv" }})
	h := newHandset(t, p, "2100")
	k := h.call("a", "9005")
	k.hear(t, "the announcement", 0, speech)
	if e := await[ua.Ended](h, nil); e.Leg != "a" || !e.ByRemote {
		t.Errorf("ended %+v", e)
	}
	in, back := h.take()
	if in.From.Number != "9005" || in.From.Name != "Ringer upp dig" || in.Account != "demo" {
		t.Errorf("called by %+v on %q", in.From, in.Account)
	}
	back.hear(t, "speech", 0, speech)
	if e := await[ua.Ended](h, nil); e.Leg != in.Leg || !e.ByRemote {
		t.Errorf("ended %+v", e)
	}
}

// Somebody on hold hears nothing, and goes on when taken back.
func TestHold(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 5})
	h := newHandset(t, p, "2100")
	k := h.call("a", "9007")
	k.hear(t, "the tone", 0, only(1004))
	reoffer := func(d sdp.Direction) {
		t.Helper()
		h.ua.Do(ua.Offer{Leg: "a", SDP: h.offer(k, d)})
		if err := k.Accept(await[ua.OfferAnswered](h, nil).SDP); err != nil {
			t.Fatal(err)
		}
	}
	reoffer(sdp.SendOnly)
	if d := k.Agreed().RemoteDirection; d != sdp.RecvOnly {
		t.Errorf("the held side says %q", d)
	}
	k.hear(t, "silence", k.now(), func(pcm []int16) bool { return len(pcm) > audio.Rate && rms(tail(pcm, 300*time.Millisecond)) < -60 })
	reoffer(sdp.SendRecv)
	k.hear(t, "the tone again", k.now(), only(1004))
	h.hangup("a")
}

// An INVITE without an offer gets the PBX's.
func TestLateOffer(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 5})
	h := newHandset(t, p, "2100")
	k := h.open()
	h.ua.Do(ua.Invite{Leg: "a", Account: "demo", Target: "9007"})
	body, err := k.Answer(await[ua.Answered](h, nil).SDP, sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	h.ua.Do(ua.AnswerOffer{Leg: "a", SDP: body})
	k.hear(t, "the tone", 0, only(1004))
	h.hangup("a")
}

// A PBX that stops ends its calls.
func TestCloseEndsCalls(t *testing.T) {
	p, err := Start(Config{hurry: 5})
	if err != nil {
		t.Fatal(err)
	}
	h := newHandset(t, p, "2100")
	h.call("a", "9007")
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if e := await[ua.Ended](h, nil); e.Leg != "a" || !e.ByRemote {
		t.Errorf("ended %+v", e)
	}
}

func TestDirectory(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Directory() {
		if seen[e.Number] || e.Number == "" || e.ID == "" || e.Title("sv") == "" || e.Title("en") == "" {
			t.Errorf("%+v", e)
		}
		seen[e.Number] = true
		if e.ID == "colleague" && e.Title("sv") != e.Title("en") {
			t.Errorf("a person with two names: %+v", e)
		}
	}
	for _, number := range []string{"2101", "2114", "2126", "2133", "2110", "2142", "9001", "9002", "9003", "9004", "9005", "9006", "9007"} {
		if !seen[number] {
			t.Errorf("%s is missing", number)
		}
	}
}
