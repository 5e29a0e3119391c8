package ua

import (
	"time"

	"github.com/emiago/sipgo/sip"
)

// afterwardsFor is how long the subscriptions of REFERs outlive the call's BYE (RFC 5057 4.2).
const afterwardsFor = 3 * time.Minute

// afterwards is the state after the call: the end, or waiting for what REFERs left behind.
func (l *leg) afterwards() state {
	if l.closing || !l.lingers() {
		return nil
	}
	for kind := range l.timers {
		l.stop(kind)
	}
	l.after(timerAfterwards, afterwardsFor)
	return stateAfterwards
}

// lingers reports whether a subscription of a REFER is alive.
func (l *leg) lingers() bool {
	return l.currentReferral(referSent, referActive) != nil || l.referred.alive() || l.referred != nil && l.referred.busy
}

// stateAfterwards: the call is over, but its dialog lives on for the NOTIFYs of a REFER (RFC 5057 4.2).
func stateAfterwards(l *leg, in any) state {
	switch in := in.(type) {
	case requestIn:
		l.lateRequest(in)
	case shutdown:
		return nil
	case legTimer:
		if in.kind == timerAfterwards {
			if r := l.currentReferral(referSent, referActive); r != nil {
				l.progress(r, 0, "", true)
			}
			return nil
		}
		l.referring(in)
	default:
		l.referring(in)
	}
	if !l.lingers() {
		return nil
	}
	return stateAfterwards
}

// lateRequest deals with a request after the BYE.
func (l *leg) lateRequest(in requestIn) {
	switch in.req.Method {
	case sip.NOTIFY:
		if l.lingers() {
			l.referNotified(in)
			return
		}
	case sip.SUBSCRIBE:
		if l.lingers() && l.peers(in) {
			l.resubscribed(in)
			return
		}
	}
	l.afterEnd(in)
}
