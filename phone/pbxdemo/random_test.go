package pbxdemo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"svara/phone/sdp"
	"svara/phone/ua"
)

// clicker is a phone that takes every call, agrees to everything and is told what to do; nobody listens at it.
type clicker struct {
	*handset
	mu   sync.Mutex
	legs []ua.LegID // guarded by mu; those that are up or ring
}

func description(d sdp.Direction) []byte {
	return []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\na=" + string(d) + "\r\n")
}

func newClicker(t *testing.T, p *PBX, user string) *clicker {
	c := &clicker{handset: newHandset(t, p, user)}
	c.minded(func(v ua.Value) {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch v := v.(type) {
		case ua.Incoming:
			c.legs = append(c.legs, v.Leg)
			c.ua.Do(ua.Ring{Leg: v.Leg})
			time.AfterFunc(30*time.Millisecond, func() { c.ua.Do(ua.Answer{Leg: v.Leg, SDP: description(sdp.SendRecv)}) })
		case ua.Offered:
			c.ua.Do(ua.AnswerOffer{Leg: v.Leg, SDP: description(sdp.SendRecv)})
		case ua.Ended:
			c.legs = slices.DeleteFunc(c.legs, func(l ua.LegID) bool { return l == v.Leg })
		}
	})
	return c
}

// some is one of its calls, or none.
func (c *clicker) some(r *rand.Rand) ua.LegID {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.legs) == 0 {
		return "none"
	}
	return c.legs[r.IntN(len(c.legs))]
}

// Whatever three phones do in whatever order, every end is in one conversation at most, what is mixed is what is
// connected, and nothing is left when all have hung up.
func TestRandom(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			p := startPBX(t, Config{hurry: 60, People: 5, Seed: seed + 1})
			r := rand.New(rand.NewPCG(seed, 3))
			var phones []*clicker
			for _, user := range []string{"2100", "2198", "2199", "2100"} {
				phones = append(phones, newClicker(t, p, user))
			}
			targets := []string{"2100", "2198", "2199", "2101", "2114", "2122", "2147", "9001", "9002", "8000", "700", "701", "702", "*80*2198#", "*80*2101#", "*64*2100#", "*59*2101#", "4711",
				"9000", "9000", "9010", "*75*9000#", "#75*9000#", "*21*2199#", "#21#", "*67*9000#", "*61*2100#", "#61#", "*24*1#", "*24*5*0#", "#24#", "*98", "*90", "0701740611", "3001"}
			var done []string
			for step := range 150 {
				c := phones[r.IntN(len(phones))]
				leg, target := c.some(r), targets[r.IntN(len(targets))]
				what := r.IntN(8)
				done = append(done, fmt.Sprint(what, " ", leg, " ", target))
				switch what {
				case 0, 1:
					leg = ua.LegID(fmt.Sprint("leg", step))
					c.mu.Lock()
					c.legs = append(c.legs, leg)
					c.mu.Unlock()
					c.ua.Do(ua.Invite{Leg: leg, Account: "demo", Target: target, SDP: description(sdp.SendRecv)})
				case 2:
					c.ua.Do(ua.Hangup{Leg: leg})
				case 3:
					c.ua.Do(ua.Offer{Leg: leg, SDP: description([]sdp.Direction{sdp.SendOnly, sdp.SendRecv}[r.IntN(2)])})
				case 4:
					c.ua.Do(ua.Refer{Leg: leg, Target: target})
				case 5:
					c.ua.Do(ua.Refer{Leg: leg, With: c.some(r)})
				case 6:
					c.ua.Do(ua.StopRefer{Leg: leg})
				case 7:
					p.post([]func(){p.callQueue, p.agents, p.seekSomebody, func() { p.occupy("2126") }}[r.IntN(4)])
				}
				<-time.After(time.Duration(r.IntN(60)) * time.Millisecond)
				if wrong := p.check(); wrong != "" {
					t.Fatalf("%s after %q", wrong, done)
				}
			}
			for _, c := range phones {
				c.mu.Lock()
				for _, leg := range c.legs {
					c.ua.Do(ua.Hangup{Leg: leg})
				}
				c.mu.Unlock()
			}
			deadline := time.Now().Add(patience)
			for {
				left := make(chan string, 1)
				p.post(func() {
					s := ""
					for _, e := range p.ends {
						s += fmt.Sprintf("\n%s %s %s state %d, connected %t", e.id, e.number, e.leg, e.state, e.conv != nil)
					}
					left <- s
				})
				s := <-left
				if s == "" {
					return
				}
				if time.Now().After(deadline) {
					t.Fatalf("left: %s\nafter %q", s, done)
				}
				for _, c := range phones { // calls that have come since
					c.ua.Do(ua.Hangup{Leg: c.some(r)})
				}
				<-time.After(50 * time.Millisecond)
			}
		})
	}
}

// check finds what must not be.
func (p *PBX) check() string {
	found := make(chan string, 1)
	p.post(func() { found <- p.wrong() })
	return <-found
}

func (p *PBX) wrong() string {
	p.mixer.mu.Lock()
	defer p.mixer.mu.Unlock()
	mixed := 0
	for _, c := range p.mixer.circles {
		mixed += len(c.ports)
	}
	connected := 0
	for _, e := range p.ends {
		switch {
		case e.state == over:
			return "an end that is over: " + e.id
		case e.leg != "" && p.legs[e.leg] != e:
			return "a leg that is unknown: " + string(e.leg)
		case e.state == up && e.conv == nil:
			return "connected with nothing: " + e.id
		case e.asked != nil && (e.asked.by != e || e.asked.over), e.moving != nil && (e.moving.end != e || e.moving.over):
			return "a transfer that is over: " + e.id
		case e.try != nil && e.try.caller == e && e.try.over:
			return "a try that is over: " + e.id
		}
		if e.conv == nil {
			continue
		}
		connected++
		if i := slices.Index(e.conv.ends, e); i < 0 || slices.Contains(e.conv.ends[i+1:], e) || !slices.Contains(e.conv.circle.ports, e.sound) {
			return "not in its conversation once: " + e.id
		}
		if k := e.conv.parked; k != nil && (p.lot[k.slot] != e.conv || len(e.conv.ends) != 1) {
			return "not in its slot: " + e.id
		}
	}
	if mixed != connected {
		return fmt.Sprintf("%d ports mixed, %d ends connected", mixed, connected)
	}
	for _, q := range p.queues {
		for _, w := range q.calls {
			switch {
			case w.conv != nil && (w.conv.queued != w || len(w.conv.ends) != 1 || w.conv.ends[0] != w.e || w.by != nil):
				return "not in its place in the queue: " + w.e.id
			case len(w.offers) > 0 && (w.conv == nil || !slices.ContainsFunc(w.offers, func(o *offer) bool { return w.e.try == o.try })):
				return "an offer that is over: " + w.e.id
			}
			for _, o := range w.offers {
				if o.try.over || o.try.caller != w.e {
					return "one of the offers is over: " + w.e.id
				}
			}
		}
	}
	for slot, c := range p.lot {
		if c.parked == nil || c.parked.slot != slot {
			return "slot of nobody: " + slot
		}
	}
	return ""
}
