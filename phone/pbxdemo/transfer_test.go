package pbxdemo

import (
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/sdp"
	"svara/phone/ua"
)

// How a test tells its handsets apart by ear, in Hz.
const hzA, hzB, hzC = 600, 900, 1500

// hears waits until k hears the one tone and none of the others.
func (k *talk) hears(t *testing.T, who string, tone float64, not ...float64) {
	t.Helper()
	k.hear(t, who, k.now(), only(tone, not...))
}

// hearsMusic waits until k hears the music on hold: something, but nobody's tone.
func (k *talk) hearsMusic(t *testing.T) {
	t.Helper()
	tones := []float64{hzA, hzB, hzC}
	k.hear(t, "music", k.now(), func(pcm []int16) bool {
		return len(pcm) > samples(time.Second) && heard(pcm, func(piece []int16) bool {
			return rms(piece) < -15 && !slices.ContainsFunc(tones, func(f float64) bool { return share(piece, f) > 0.5 })
		}, func(piece []int16) bool {
			return slices.ContainsFunc(tones, func(f float64) bool { return share(piece, f) > 0.9 })
		})
	})
}

// says makes a talk say a tone.
func (k *talk) says(hz float64) *talk {
	k.player.play(sineOf(hz))
	return k
}

// reoffer holds (sdp.SendOnly) or resumes.
func (h *handset) reoffer(leg ua.LegID, k *talk, d sdp.Direction) {
	h.t.Helper()
	h.ua.Do(ua.Offer{Leg: leg, SDP: h.offer(k, d)})
	if err := k.Accept(await(h, func(v ua.OfferAnswered) bool { return v.Leg == leg }).SDP); err != nil {
		h.t.Fatal(err)
	}
}

// mind answers what the PBX offers on a call, until the test is over: a phone that is told of holding and resuming.
func (h *handset) mind(leg ua.LegID, k *talk) {
	h.minded(func(v ua.Value) {
		if o, ok := v.(ua.Offered); ok && o.Leg == leg {
			if body, err := k.Answer(o.SDP, sdp.SendRecv); err == nil {
				h.ua.Do(ua.AnswerOffer{Leg: leg, SDP: body})
			}
		}
	})
}

// told waits for a code of a transfer's progress.
func (h *handset) told(leg ua.LegID, code int) ua.ReferNotified {
	h.t.Helper()
	return await(h, func(v ua.ReferNotified) bool { return v.Leg == leg && v.Code == code })
}

// three is a caller at 2198 who talks with the switchboard at 2100, and a third phone at 2199.
type three struct {
	p                   *PBX
	caller, desk, other *handset
	kc, kd              *talk // caller's and desk's sound
}

// startThree connects caller and desk; deskLeg is the desk's leg of their call.
func startThree(t *testing.T, cfg Config) (s three, deskLeg ua.LegID) {
	t.Helper()
	t.Parallel()
	p := startPBX(t, cfg)
	s = three{p: p, caller: newHandset(t, p, "2198"), desk: newHandset(t, p, "2100"), other: newHandset(t, p, "2199")}
	s.kc = s.caller.open()
	s.caller.mind("c", s.kc)
	s.caller.ua.Do(ua.Invite{Leg: "c", Account: "demo", Target: "2100", SDP: s.caller.offer(s.kc, sdp.SendRecv)})
	in, kd := s.desk.take()
	s.kd = kd
	s.desk.mind(in.Leg, kd)
	if err := s.kc.Accept(await[ua.Answered](s.caller, nil).SDP); err != nil {
		t.Fatal(err)
	}
	await[ua.Confirmed](s.desk, nil)
	s.kc.says(hzA)
	s.kd.says(hzB)
	s.kd.hears(t, "the caller at the desk", hzA)
	s.kc.hears(t, "the desk at the caller", hzB)
	return s, in.Leg
}

// A direct transfer to a phone: the caller hears music until it is answered, then each hears the other, and the desk is
// free.
func TestTransferDirect(t *testing.T) {
	s, leg := startThree(t, Config{})
	s.desk.reoffer(leg, s.kd, sdp.SendOnly)
	s.kc.hearsMusic(t)
	if !s.kc.Agreed().RemoteHold {
		t.Error("the caller is not told that it is held")
	}
	s.desk.ua.Do(ua.Refer{Leg: leg, Target: "2199"})
	await[ua.ReferAccepted](s.desk, nil)
	in := await[ua.Incoming](s.other, nil)
	if in.From.Number != "2198" {
		t.Errorf("called by %+v", in.From)
	}
	ko := s.other.open()
	s.other.mind(in.Leg, ko)
	s.other.ua.Do(ua.Ring{Leg: in.Leg})
	s.desk.told(leg, 180)
	s.kc.hearsMusic(t)
	body, err := ko.Answer(in.SDP, sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	s.other.ua.Do(ua.Answer{Leg: in.Leg, SDP: body})
	if v := s.desk.told(leg, 200); !v.Over {
		t.Errorf("%+v", v)
	}
	if e := await[ua.Ended](s.desk, nil); e.Leg != leg || !e.ByRemote {
		t.Errorf("%+v", e)
	}
	ko.says(hzC)
	s.kc.hears(t, "the other at the caller", hzC, hzB)
	ko.hears(t, "the caller at the other", hzA, hzB)
	if s.kc.Agreed().RemoteHold {
		t.Error("the caller still thinks that it is held")
	}
	s.caller.hangup("c")
	await[ua.Ended](s.other, nil)
}

// A target that is busy, declines, refuses transfers, does not exist or is our own: the desk is told and has its caller.
func TestTransferFails(t *testing.T) {
	s, leg := startThree(t, Config{hurry: 60})
	for _, c := range []struct {
		target string
		code   int
	}{{"9002", 486}, {"9004", 603}, {"2122", 603}, {"4711", 404}, {"2199", 603}, {"2100", 480}, {"9003", 480}, {"*80*2199#", 404}} {
		s.desk.reoffer(leg, s.kd, sdp.SendOnly)
		s.desk.ua.Do(ua.Refer{Leg: leg, Target: c.target})
		if c.target == "2199" {
			s.other.ua.Do(ua.Reject{Leg: await[ua.Incoming](s.other, nil).Leg, Code: 603})
		}
		v := await(s.desk, func(v ua.ReferNotified) bool { return v.Leg == leg && v.Over })
		if v.Code != c.code {
			t.Errorf("%s: %+v", c.target, v)
		}
		s.desk.reoffer(leg, s.kd, sdp.SendRecv)
	}
	s.kd.hears(t, "the caller at the desk", hzA)
	s.kc.hears(t, "the desk at the caller", hzB)
}

// Taking back while it rings: by ending the REFER's subscription, and by resuming the call.
func TestTransferTakenBack(t *testing.T) {
	s, leg := startThree(t, Config{})
	for _, how := range []string{"stop", "resume"} {
		s.desk.reoffer(leg, s.kd, sdp.SendOnly)
		s.desk.ua.Do(ua.Refer{Leg: leg, Target: "2199"})
		in := await[ua.Incoming](s.other, nil)
		s.other.ua.Do(ua.Ring{Leg: in.Leg})
		s.desk.told(leg, 180)
		if how == "stop" {
			s.desk.ua.Do(ua.StopRefer{Leg: leg})
		}
		if how == "resume" {
			s.desk.reoffer(leg, s.kd, sdp.SendRecv)
		}
		if e := await(s.other, func(e ua.Ended) bool { return e.Leg == in.Leg }); e.Reason.ID != phone.ReasonMissed {
			t.Errorf("%s: %+v", how, e)
		}
		if how == "stop" {
			s.desk.reoffer(leg, s.kd, sdp.SendRecv)
		}
		s.kd.hears(t, "the caller at the desk", hzA)
		s.kc.hears(t, "the desk at the caller", hzB)
	}
}

// The desk hangs up before the target answers: the caller gets through all the same.
func TestTransferLeftAlone(t *testing.T) {
	s, leg := startThree(t, Config{})
	s.desk.ua.Do(ua.Refer{Leg: leg, Target: "2199"})
	in := await[ua.Incoming](s.other, nil)
	s.desk.hangup(leg)
	s.kc.hearsMusic(t)
	ko := s.other.open()
	s.other.mind(in.Leg, ko)
	body, err := ko.Answer(in.SDP, sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	s.other.ua.Do(ua.Answer{Leg: in.Leg, SDP: body})
	ko.says(hzC)
	s.kc.hears(t, "the other at the caller", hzC)
	ko.hears(t, "the caller at the other", hzA)
	s.other.hangup(in.Leg)
	await[ua.Ended](s.caller, nil)
}

// The caller hangs up while it rings at the target: the target stops, the desk is told and let go.
func TestTransferCallerGivesUp(t *testing.T) {
	s, leg := startThree(t, Config{})
	s.desk.reoffer(leg, s.kd, sdp.SendOnly)
	s.desk.ua.Do(ua.Refer{Leg: leg, Target: "2199"})
	in := await[ua.Incoming](s.other, nil)
	s.caller.hangup("c")
	await(s.other, func(e ua.Ended) bool { return e.Leg == in.Leg })
	await(s.desk, func(e ua.Ended) bool { return e.Leg == leg })
}

// An announced transfer: the desk talks with the target, then brings the two together.
func TestTransferAnnounced(t *testing.T) {
	s, leg := startThree(t, Config{})
	s.desk.reoffer(leg, s.kd, sdp.SendOnly)
	k2 := s.desk.open()
	s.desk.mind("consult", k2)
	s.desk.ua.Do(ua.Invite{Leg: "consult", Account: "demo", Target: "2199", SDP: s.desk.offer(k2, sdp.SendRecv)})
	in, ko := s.other.take()
	s.other.mind(in.Leg, ko)
	if err := k2.Accept(await[ua.Answered](s.desk, nil).SDP); err != nil {
		t.Fatal(err)
	}
	k2.says(hzB)
	ko.says(hzC)
	k2.hears(t, "the other at the desk", hzC, hzA)
	ko.hears(t, "the desk at the other", hzB, hzA)
	s.kc.hearsMusic(t)
	s.desk.ua.Do(ua.Refer{Leg: leg, With: "consult"})
	s.desk.told(leg, 200)
	over := map[ua.LegID]bool{}
	for len(over) < 2 {
		over[await[ua.Ended](s.desk, nil).Leg] = true
	}
	ko.hears(t, "the caller at the other", hzA, hzB)
	s.kc.hears(t, "the other at the caller", hzC, hzB)
	s.other.hangup(in.Leg)
	await[ua.Ended](s.caller, nil)
}

// The caller is a colleague, or the target is: simulated people are transferred like phones.
func TestTransferOfColleagues(t *testing.T) {
	t.Parallel()
	p := startPBX(t, Config{hurry: 20})
	desk, other := newHandset(t, p, "2100"), newHandset(t, p, "2199")
	k := desk.call("a", "2101")
	k.hear(t, "Anna", 0, speech)
	desk.ua.Do(ua.Refer{Leg: "a", Target: "2199"})
	in, ko := other.take()
	if in.From.Number != "2101" || in.From.Name != "Anna Berg" {
		t.Errorf("called by %+v", in.From)
	}
	desk.told("a", 200)
	await[ua.Ended](desk, nil)
	ko.hear(t, "Anna", 0, speech)
	other.ua.Do(ua.Refer{Leg: in.Leg, Target: "2114"}) // two simulated people: they talk a while and hang up
	other.told(in.Leg, 200)
	await[ua.Ended](other, nil)
	k = desk.call("b", "2126")
	desk.mind("b", k)
	desk.ua.Do(ua.Refer{Leg: "b", Target: "*59*2135#"})
	desk.told("b", 200)
	await[ua.Ended](desk, nil)
	for {
		left := make(chan int, 1)
		p.post(func() { left <- len(p.ends) })
		if <-left == 0 {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
}

// An announced transfer while the target still rings, as some phones ask for it: the caller takes the desk's place.
func TestTransferWhileItRings(t *testing.T) {
	s, leg := startThree(t, Config{})
	s.desk.reoffer(leg, s.kd, sdp.SendOnly)
	k2 := s.desk.open()
	s.desk.ua.Do(ua.Invite{Leg: "consult", Account: "demo", Target: "2199", SDP: s.desk.offer(k2, sdp.SendRecv)})
	in := await[ua.Incoming](s.other, nil)
	s.other.ua.Do(ua.Ring{Leg: in.Leg})
	await(s.desk, func(v ua.Progress) bool { return v.Leg == "consult" && v.Code == 180 })
	s.p.post(func() { // our own user agent sends no such REFER
		desk := s.p.ends[slices.IndexFunc(s.p.ends, func(e *end) bool { return e.user == "2100" && !e.dialled })]
		consult := s.p.ends[slices.IndexFunc(s.p.ends, func(e *end) bool { return e.user == "2100" && e.dialled })]
		s.p.referred(desk, ua.ReferAsked{Leg: desk.leg, Replaces: &ua.Replaces{}, ReplacesLeg: consult.leg})
	})
	if e := await[ua.Ended](s.desk, nil); e.Leg != "consult" || e.Reason.Code != 487 {
		t.Errorf("%+v", e)
	}
	ko := s.other.open()
	s.other.mind(in.Leg, ko)
	body, err := ko.Answer(in.SDP, sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	s.other.ua.Do(ua.Answer{Leg: in.Leg, SDP: body})
	if e := await[ua.Ended](s.desk, nil); e.Leg != leg {
		t.Errorf("%+v", e)
	}
	ko.says(hzC)
	s.kc.hears(t, "the other at the caller", hzC, hzB)
	ko.hears(t, "the caller at the other", hzA, hzB)
	s.caller.hangup("c")
	await[ua.Ended](s.other, nil)
}
