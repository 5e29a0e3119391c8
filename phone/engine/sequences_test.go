package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/ua"
)

// TestRandomSequences drives the state by whatever a person and an exchange may do, in any order, and checks what must
// always be true.
func TestRandomSequences(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			s := newScript(t)
			s.exchange([]string{sipExchange, supervisedExchange, codeExchange}[seed%3])
			legs := 0
			anyCall := func() phone.CallID {
				if len(s.s.calls) == 0 {
					return 0
				}
				return s.s.calls[r.IntN(len(s.s.calls))].ID
			}
			for range 120 {
				id := anyCall()
				command := func(cmd phone.Command) { s.in(inCommand{cmd}) }
				var leg ua.LegID
				if c := s.s.call(id); c != nil {
					leg = c.leg
				}
				switch r.IntN(32) {
				case 0, 1:
					legs++
					s.sip(ua.Incoming{Leg: ua.LegID(fmt.Sprintf("in-%d", legs)), Account: "work", From: phone.Party{Number: "07"}, SDP: []byte("o"), Own: true})
					s.in(inOpened{call: s.s.lastCall, sdp: []byte("a"), agreed: &opus})
				case 2, 3:
					command(phone.Answer{})
				case 4:
					command(phone.Dial{Target: "2101", Join: r.IntN(3) == 0})
				case 5:
					command(phone.Hangup{Call: id})
				case 6:
					command(phone.SetHold{Call: id, On: r.IntN(2) == 0})
				case 7:
					command(phone.Swap{})
				case 8:
					command(phone.TransferTo{Call: id, Target: "2114"})
				case 9, 10:
					command(phone.Consult{Call: id, Target: "2126"})
				case 11, 12:
					command(phone.Complete{Call: id})
				case 13, 14:
					command(phone.TakeBack{Call: id})
				case 15:
					command(phone.Merge{})
				case 16:
					command(phone.Split{Call: id})
				case 17:
					command(phone.LeaveConference{})
				case 18:
					command(phone.CampOn{Call: id, Target: "2133"})
				case 19:
					command(phone.PutBack{Call: id})
				case 20:
					command(phone.Record{Call: id, On: r.IntN(2) == 0})
				case 21:
					command(phone.Park{Call: id, Slot: "701"})
				case 22, 23, 24:
					for _, c := range slices.Clone(s.s.calls) {
						if c.Direction == phone.Outgoing && c.State == phone.StateDialing && !c.opened {
							s.in(inOpened{call: c.ID, sdp: []byte("offer")})
						}
						if c.offering {
							s.in(inOffer{call: c.ID, sdp: []byte("o"), hold: c.holding})
							s.in(inAgreed{call: c.ID, agreed: opus})
						}
					}
				case 25:
					s.sip(ua.Progress{Leg: leg, Code: 180})
				case 26, 27:
					if c := s.s.call(id); c != nil && c.invited {
						if c.Direction == phone.Outgoing {
							s.sip(ua.Answered{Leg: leg, SDP: []byte("a")})
						} else {
							s.sip(ua.Confirmed{Leg: leg})
						}
					}
				case 28:
					if c := s.s.call(id); c != nil && c.invited {
						s.sip(ua.Ended{Leg: leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteHangup}})
					}
				case 29:
					s.sip(ua.ReferNotified{Leg: leg, Code: []int{100, 180, 200, 486, 0}[r.IntN(5)], Over: r.IntN(2) == 0})
				case 30:
					s.sip(ua.ReferAccepted{Leg: leg})
				case 31:
					s.now = s.now.Add(time.Duration(r.IntN(20000)) * time.Millisecond)
					s.in(inClock{})
				}
				s.check()
			}
		})
	}
}

// check is what is true of every state.
func (s *script) check() {
	s.t.Helper()
	talking := map[bool]int{}
	for i := range s.s.calls {
		c := &s.s.calls[i]
		if k := s.s.call(c.Consults); c.Consults != 0 && c.State != phone.StateEnded && (k == nil || k.State == phone.StateEnded) {
			s.t.Fatalf("call %d consults about %d, which is gone", c.ID, c.Consults)
		}
		if c.State == phone.StateConnected && c.Transfer != nil && c.Transfer.State == phone.TransferConsulting {
			if k := s.s.call(c.Transfer.Consult); k == nil || k.State == phone.StateEnded {
				s.t.Fatalf("call %d is in a consultation with nobody", c.ID)
			}
		}
		if c.Conference && c.holding && c.State == phone.StateConnected {
			s.t.Fatalf("call %d is in the conference and on hold", c.ID)
		}
		if line := s.s.call(c.Consults); c.Inside && c.State.Live() && (line == nil || line.State != phone.StateConnected) {
			s.t.Fatalf("call %d shares the line of call %d, which is not up: %+v", c.ID, c.Consults, line)
		}
		if c.insideHold && c.State.Live() && !c.Inside {
			found := false
			for j := range s.s.calls {
				found = found || s.s.calls[j].Inside && s.s.calls[j].Consults == c.ID && s.s.calls[j].State.Live()
			}
			if !found {
				s.t.Fatalf("call %d is held for nobody", c.ID)
			}
		}
	}
	for _, p := range s.s.sound.parties {
		if p.listen {
			talking[p.group == 1]++
		}
	}
	if talking[false] > 1 || talking[false] == 1 && talking[true] > 0 {
		s.t.Fatalf("we hear several calls at once outside a conference: %+v", s.s.sound.parties)
	}
	in, coming := s.s.members()
	if s.s.conference.on() && in+coming < 2 || !s.s.conference.on() && in > 0 {
		s.t.Fatalf("conference %v with %d members and %d coming", s.s.conference.on(), in, coming)
	}
	s.s.snapshot(1, s.now)
	for range 3 { // what is due is done; a deadline that stays due would spin the loop
		if at := s.s.wake(s.now); at.IsZero() || at.After(s.now) {
			return
		}
		s.in(inClock{})
	}
	s.t.Fatalf("the clock never rests: %+v", s.s.calls)
}
