package ua

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

func messageWith(lines ...string) *sip.Request {
	req := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", Host: "h"})
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		req.AppendHeader(sip.NewHeader(name, value))
	}
	return req
}

// What we answer to each kind of request, and who refreshes then (RFC 4028 section 9, table 2).
func TestSessionTimerAnswers(t *testing.T) {
	conf := SessionTimer{}.withDefaults()
	going := session{interval: 10 * time.Minute, ours: true}
	for _, c := range []struct {
		about  string
		before session
		lines  []string
		fresh  bool
		server bool
		want   string // Session-Expires and Require
		ours   bool
	}{
		{"nothing", session{}, nil, true, false, "", false},
		{"supported", session{}, []string{"Supported: replaces, timer"}, true, false, "1800;refresher=uas", true},
		{"supported, exchange", session{}, []string{"Supported: timer"}, true, true, "1800;refresher=uac timer", false},
		{"supported, longer minimum", session{}, []string{"Supported: timer", "Min-SE: 3600"}, true, false, "3600;refresher=uas", true},
		{"asked", session{}, []string{"Supported: timer", "Session-Expires: 600"}, true, false, "600;refresher=uac timer", false},
		{"asked of us", session{}, []string{"Supported: timer", "Session-Expires: 600;refresher=uas"}, true, false, "600;refresher=uas", true},
		{"a proxy asks", session{}, []string{"Session-Expires: 600;refresher=uac"}, true, false, "600;refresher=uas", true},
		{"malformed", session{}, []string{"Session-Expires: soon"}, true, false, "", false},
		{"refresh without a word", going, []string{"Supported: timer"}, false, false, "600;refresher=uas", true},
		{"no timer, later request", session{}, []string{"Supported: timer"}, false, false, "", false},
		{"they give it up", going, nil, false, false, "", false},
	} {
		s := c.before
		headers := s.answer(conf, messageWith(c.lines...), c.fresh, c.server)
		var got []string
		for _, h := range headers {
			got = append(got, h.Value())
		}
		if text := strings.Join(got, " "); text != c.want || s.ours != c.ours || (s.interval > 0) != (c.want != "") {
			t.Errorf("%s: %q, ours %v, interval %v", c.about, text, s.ours, s.interval)
		}
	}
}

// When a session is refreshed and when it is over (RFC 4028 section 10).
func TestSessionTimerTimes(t *testing.T) {
	for _, c := range []struct {
		s             session
		refresh, over time.Duration
	}{
		{session{}, 0, 0},
		{session{interval: 30 * time.Minute, ours: true}, 15 * time.Minute, 30 * time.Minute},
		{session{interval: 30 * time.Minute}, 0, 30*time.Minute - 32*time.Second},
		{session{interval: 90 * time.Second}, 0, 60 * time.Second},
	} {
		if refresh, over := c.s.times(); refresh != c.refresh || over != c.over {
			t.Errorf("%+v: %v and %v", c.s, refresh, over)
		}
	}
}

// A 422 is believed once it says more than we asked for, and no endless loop comes of one that does not.
func TestSessionTimerRefused(t *testing.T) {
	conf := SessionTimer{}.withDefaults()
	var s session
	refused := sip.NewResponse(422, "")
	refused.AppendHeader(sip.NewHeader("Min-SE", "7200"))
	if !s.raise(refused) || s.raise(refused) {
		t.Error("a 422 is taken never, or twice")
	}
	var got []string
	for _, h := range s.request(conf, true) {
		got = append(got, h.Name()+": "+h.Value())
	}
	if text := strings.Join(got, ", "); text != "Session-Expires: 7200, Min-SE: 7200" {
		t.Errorf("then asked %q", text)
	}
}

var brief = Config{AllowDirect: true, Session: SessionTimer{Interval: 2 * time.Second, Least: time.Second}}

// Our INVITE is refused for its interval, made again, and the session refreshed by us, with UPDATE or, where they have not
// got that, with an offer; when nobody answers it is over, and the BYE says why.
func TestSessionTimerOut(t *testing.T) {
	for _, update := range []bool{true, false} {
		t.Run(fmt.Sprint("update ", update), func(t *testing.T) {
			u, r := newUA(t, brief)
			p := newPeer(t)
			u.Do(Invite{Leg: "a", Target: p.uri("bob"), SDP: []byte(sdpA)})
			inv := p.request(sip.INVITE)
			if v := headerValue(inv, "Session-Expires"); v != "2" {
				t.Errorf("Session-Expires: %s", v)
			}
			p.respond(inv, 422, "Min-SE: 3")
			p.request(sip.ACK)
			inv = p.request(sip.INVITE)
			if se, least := headerValue(inv, "Session-Expires"), headerValue(inv, "Min-SE"); se != "3" || least != "3" {
				t.Errorf("then Session-Expires %q, Min-SE %q", se, least)
			}
			allow := "Allow: INVITE, ACK, BYE"
			if update {
				allow += ", UPDATE"
			}
			p.respond(inv, 200, allow, "Session-Expires: 3;refresher=uac", "Require: timer", sdpB)
			p.request(sip.ACK)
			next[Answered](t, r, nil)
			if update {
				refresh := p.request(sip.UPDATE)
				if v := headerValue(refresh, "Session-Expires"); v != "3;refresher=uac" || len(refresh.Body()) > 0 {
					t.Errorf("refreshed with %q, %d bytes", v, len(refresh.Body()))
				}
				p.respond(refresh, 200, "Session-Expires: 3;refresher=uac")
				p.request(sip.UPDATE) // and so on: nobody answers any more
			} else {
				next(t, r, func(v OfferNeeded) bool { return !v.Moved })
				u.Do(Offer{Leg: "a", SDP: []byte(sdpA)})
				refresh := p.request(sip.INVITE)
				if v := headerValue(refresh, "Session-Expires"); v != "3;refresher=uac" {
					t.Errorf("refreshed with %q", v)
				}
				p.respond(refresh, 200, "Session-Expires: 3;refresher=uac", sdpB)
				p.request(sip.ACK)
				next[OfferAnswered](t, r, nil)
			}
			bye := p.request(sip.BYE)
			if v := headerValue(bye, "Reason"); !strings.Contains(v, expiredCause) {
				t.Errorf("BYE with Reason %q", v)
			}
			p.respond(bye, 200)
			if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonSessionExpired || e.ByRemote {
				t.Errorf("%+v", e)
			}
		})
	}
}

// Their INVITE asks for too short a session, then for one that they refresh: while they do the call lives, then it ends.
func TestSessionTimerIn(t *testing.T) {
	u, r := newUA(t, Config{AllowDirect: true, Session: SessionTimer{Interval: 4 * time.Second, Least: 3 * time.Second}})
	p := newPeer(t)
	p.invite(u, "svara", sdpA, "Supported: timer", "Session-Expires: 2")
	if res := p.response(sip.INVITE, 422); headerValue(res, "Min-SE") != "3" {
		t.Errorf("422 with Min-SE %q", headerValue(res, "Min-SE"))
	}
	c := p.invite(u, "svara", sdpA, "Supported: timer", "Session-Expires: 3")
	in := next[Incoming](t, r, nil)
	u.Do(Answer{Leg: in.Leg, SDP: []byte(sdpB)})
	res := p.response(sip.INVITE, 200)
	if v, require := headerValue(res, "Session-Expires"), headerValue(res, "Require"); v != "3;refresher=uac" || require != "timer" {
		t.Errorf("answered with %q, Require %q", v, require)
	}
	c.learn(res)
	c.send("ACK", "")
	c.send("UPDATE", "", "Supported: timer", "Session-Expires: 2")
	p.response(sip.UPDATE, 422)
	begun := time.Now()
	c.send("UPDATE", "", "Supported: timer", "Session-Expires: 3;refresher=uac")
	if res := p.response(sip.UPDATE, 200); headerValue(res, "Session-Expires") != "3;refresher=uac" {
		t.Errorf("UPDATE answered with %q", headerValue(res, "Session-Expires"))
	}
	p.respond(p.request(sip.BYE), 200)
	if since := time.Since(begun); since < 2*time.Second { // interval less a third (section 10)
		t.Errorf("over after %v", since)
	}
	if e := next[Ended](t, r, nil); e.Reason.ID != phone.ReasonSessionExpired {
		t.Errorf("%+v", e)
	}
}
