package ua

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// SessionTimer is how a session is kept from outliving its peer (RFC 4028). The zero value is what the RFC recommends.
type SessionTimer struct {
	Interval time.Duration // asked for; 0 means 30 minutes. Whole seconds
	Least    time.Duration // of others' taken; 0 means 90 seconds
}

// expiredCause is told in the BYE that ends a session nobody has refreshed.
const expiredCause = "Session timer expired"

func (c SessionTimer) withDefaults() SessionTimer {
	return SessionTimer{Interval: cmp.Or(c.Interval, 30*time.Minute), Least: cmp.Or(c.Least, 90*time.Second)}
}

// session is the session timer of a leg. The leg's goroutine owns it.
type session struct {
	interval time.Duration // agreed; 0: there is no timer
	ours     bool          // we refresh
	least    time.Duration // what a 422 has asked for; 0: nothing
}

// sessionExpires reads Session-Expires: the interval and who refreshes, "uac", "uas" or empty. ok is false without a usable one.
func sessionExpires(m sip.Message) (interval time.Duration, refresher string, ok bool) {
	digits, params, _ := strings.Cut(headerValue(m, "Session-Expires"), ";")
	interval = seconds(digits)
	p := parseParams(";" + params)
	return interval, strings.ToLower(p.GetOr("refresher", "")), interval > 0
}

// leastOf reads Min-SE; 0 without one.
func leastOf(m sip.Message) time.Duration {
	digits, _, _ := strings.Cut(headerValue(m, "Min-SE"), ";")
	return seconds(digits)
}

// tokens reports whether a list header has a value.
func tokens(m sip.Message, name, value string) bool {
	for _, v := range headerValues(m, name) {
		if strings.EqualFold(v, value) {
			return true
		}
	}
	return false
}

func expiresHeader(interval time.Duration, refresher string) sip.Header {
	value := strconv.Itoa(int(interval / time.Second))
	if refresher != "" {
		value += ";refresher=" + refresher
	}
	return sip.NewHeader("Session-Expires", value)
}

// tooBrief reports whether a request asks for a shorter session than we take (RFC 4028 9). One that would not understand a
// 422 is not refused.
func (c SessionTimer) tooBrief(req *sip.Request) bool {
	interval, _, ok := sessionExpires(req)
	return ok && interval < c.Least && tokens(req, "Supported", "timer")
}

func (c SessionTimer) leastHeader() sip.Header {
	return sip.NewHeader("Min-SE", strconv.Itoa(int(c.Least/time.Second)))
}

// request is what a request of ours that makes or refreshes a session says (RFC 4028 7.1, 7.4). fresh: it makes one.
func (s session) request(c SessionTimer, fresh bool) []sip.Header {
	interval, refresher := s.interval, ""
	switch {
	case fresh:
		interval = c.Interval
	case interval == 0:
		return nil
	case s.ours:
		refresher = "uac"
	default:
		refresher = "uas"
	}
	out := []sip.Header{expiresHeader(max(interval, s.least), refresher)}
	if s.least > 0 {
		out = append(out, sip.NewHeader("Min-SE", strconv.Itoa(int(s.least/time.Second))))
	}
	return out
}

// raise takes a 422 (RFC 4028 7.3) and reports whether another try is worth it.
func (s *session) raise(res *sip.Response) bool {
	least := leastOf(res)
	if res.StatusCode != 422 || least <= max(s.least, s.interval) {
		return false
	}
	s.least = least
	if s.interval > 0 {
		s.interval = least
	}
	return true
}

// answered takes the 2xx to a request of ours (RFC 4028 7.2).
func (s *session) answered(res *sip.Response) {
	interval, refresher, ok := sessionExpires(res)
	if !ok {
		s.interval, s.ours = 0, false
		return
	}
	s.interval, s.ours = interval, refresher != "uas"
}

// answer takes a request of theirs and says what its 2xx has (RFC 4028 9). In a session without a timer only the INVITE that
// makes it (fresh), or one that asks, begins one. server: the phones do the work.
func (s *session) answer(c SessionTimer, req *sip.Request, fresh, server bool) []sip.Header {
	interval, refresher, asked := sessionExpires(req)
	supports := tokens(req, "Supported", "timer")
	switch {
	case !asked && (!supports || !fresh && s.interval == 0):
		s.interval, s.ours = 0, false
		return nil
	case !asked:
		interval = max(cmp.Or(s.interval, c.Interval), leastOf(req))
		if !fresh {
			refresher = map[bool]string{true: "uas", false: "uac"}[s.ours]
		} else if !server {
			refresher = "uas"
		}
	}
	switch {
	case !supports:
		refresher = "uas"
	case refresher != "uas":
		refresher = "uac"
	}
	s.interval, s.ours = interval, refresher == "uas"
	out := []sip.Header{expiresHeader(interval, refresher)}
	if !s.ours {
		out = append(out, sip.NewHeader("Require", "timer"))
	}
	return out
}

// times are when the session is refreshed by us, 0 for never, and when it is over, after an exchange (RFC 4028 10).
func (s session) times() (refresh, over time.Duration) {
	if s.interval == 0 {
		return 0, 0
	}
	if s.ours {
		return s.interval / 2, s.interval
	}
	return 0, s.interval - min(32*time.Second, s.interval/3)
}

// keepTime starts the leg's timers anew, after each exchange that has refreshed the session.
func (l *leg) keepTime() {
	l.stop(timerRefresh)
	l.stop(timerSession)
	refresh, over := l.session.times()
	if refresh > 0 {
		l.after(timerRefresh, refresh)
	}
	if over > 0 {
		l.after(timerSession, over)
	}
}

// sessionAnswer is the session timer's part of a 2xx of ours.
func (l *leg) sessionAnswer(req *sip.Request, fresh bool) []sip.Header {
	headers := l.session.answer(l.u.cfg.Session, req, fresh, l.u.server != nil)
	l.keepTime()
	return headers
}

// refreshSession refreshes the session: by UPDATE where they know it, else by a re-INVITE, which needs an offer.
func (l *leg) refreshSession() {
	if l.told || l.offer.phase != offerNone { // an offer on its way refreshes too
		return
	}
	if l.dialog.updates {
		l.sendUpdate()
		return
	}
	l.emit(OfferNeeded{Leg: l.id})
}

// expired ends a session that nobody has refreshed.
func (l *leg) expired() state {
	l.end(phone.Reason{ID: phone.ReasonSessionExpired}, false)
	l.abandonOffer()
	l.abandonRefer()
	l.because = []sip.Header{sip.NewHeader("Reason", `SIP;cause=408;text="`+expiredCause+`"`)}
	return l.bye()
}
