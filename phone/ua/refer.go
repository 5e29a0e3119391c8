package ua

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// referPhase is where a REFER of ours stands (RFC 3515 2.4).
//
//	waiting ─► sent ─(2xx or NOTIFY)─► active ─(NOTIFY terminated)─► over
//	             ├──(491)─► waiting
//	             └──────────────(refused)──────────────────────────► over
type referPhase int

const (
	referWaiting referPhase = iota
	referSent
	referActive
	referOver
)

// referral is a REFER of ours and the subscription it makes. The leg's goroutine owns it, but for numbers.
type referral struct {
	to      string // the Refer-To value
	phase   referPhase
	glares  int    // 491s so far
	last    int    // final code that has been told, or 0
	stopped bool   // StopRefer came before the answer
	heard   uint32 // CSeq of the newest NOTIFY; 0 none

	mu      sync.Mutex
	numbers []uint32 // CSeqs it went out with: the Event id of its NOTIFYs (RFC 3515 2.4.6)
}

// referTo is a Refer with what is known of the leg that the target's call is to replace.
type referTo struct {
	Refer
	with *dialogFacts
}

// maxGlares is how often a REFER is sent again after 491.
const maxGlares = 3

func (l *leg) referRefused(why phone.Reason) { l.emit(ReferRefused{Leg: l.id, Reason: why}) }

// refer takes up a Refer. settle sends it as soon as no offer of ours is on its way: exchanges take one thing at a time.
func (l *leg) refer(a referTo) {
	if l.told || l.referNext != nil || l.currentReferral(referWaiting, referSent) != nil {
		l.referRefused(phone.Reason{ID: phone.ReasonWrongState})
		return
	}
	to, err := l.referTarget(a)
	if err != nil {
		l.referRefused(phone.ReasonOf(err))
		return
	}
	l.referNext = &referral{to: to}
}

// referTarget makes the Refer-To value (RFC 3515 2.1, RFC 5589 7.3).
func (l *leg) referTarget(a referTo) (string, error) {
	var uri sip.Uri
	var err error
	switch {
	case a.Target != "":
		domain := l.dialog.peer.HostPort()
		if l.acct != nil {
			domain = l.acct.account().Domain
		}
		if uri, err = targetURI(a.Target, domain); err != nil {
			return "", err
		}
	case a.With == "":
		return "", phone.Refuse(phone.ReasonBadTarget, "")
	case a.with == nil || a.with.stage != stageConfirmed:
		return "", phone.Refuse(phone.ReasonWrongState, string(a.With))
	default:
		if uri, err = parseURI(a.with.target); err != nil {
			return "", phone.Refuse(phone.ReasonBadTarget, a.with.target)
		}
	}
	to := uri.String()
	if a.With != "" {
		if a.with == nil || a.with.stage != stageConfirmed {
			return "", phone.Refuse(phone.ReasonWrongState, string(a.With))
		}
		// The tags as the one sees them who gets the INVITE: our peer there.
		r := Replaces{CallID: a.with.callID, ToTag: a.with.remoteTags[0], FromTag: a.with.localTag}
		to += "?Replaces=" + escapeHeader(r.String())
	}
	return "<" + to + ">", nil
}

// escapeHeader escapes a header value for a URI (RFC 3261 19.1.1 hvalue).
func escapeHeader(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-_.!~*'()", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// sendRefer sends a REFER in the dialog (RFC 3515 2.2).
func (l *leg) sendRefer(r *referral) {
	if !slices.Contains(l.referrals, r) {
		if l.referrals = append(l.referrals, r); len(l.referrals) > 8 {
			l.referrals = slices.Delete(l.referrals, 0, 1)
		}
	}
	r.phase = referSent
	req := l.dialog.request(l.u, sip.REFER)
	req.AppendHeader(sip.NewHeader("Refer-To", r.to))
	req.AppendHeader(sip.NewHeader("Referred-By", "<"+l.referrer()+">"))
	appendAll(req, abilities())
	l.transact(req, func(s *sending) {
		s.contact = l.contact
		s.patience = l.u.clock.giveUp / 2
		s.onSent = func(req *sip.Request) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.numbers = append(r.numbers, req.CSeq().SeqNo)
		}
	})
}

// referrer is who we are for a Referred-By (RFC 3892): the account's address, without one ours in the dialog.
func (l *leg) referrer() string {
	if l.acct != nil {
		return l.acct.aor()
	}
	uri := l.dialog.local
	uri.UriParams, uri.Headers = nil, nil
	return uri.String()
}

// currentReferral is the newest REFER when it is in one of these phases, or nil.
func (l *leg) currentReferral(in ...referPhase) *referral {
	if len(l.referrals) == 0 {
		return nil
	}
	if r := l.referrals[len(l.referrals)-1]; slices.Contains(in, r.phase) {
		return r
	}
	return nil
}

// referAnswered deals with the response to our REFER (RFC 3515 2.4.2).
func (l *leg) referAnswered(in result) {
	r := l.currentReferral(referSent, referActive)
	switch {
	case r == nil:
	case in.err == nil && in.res.IsSuccess():
		l.takenUp(r)
		if strings.EqualFold(strings.TrimSpace(headerValue(in.res, "Refer-Sub")), "false") { // RFC 4488 4: no NOTIFY will come
			l.progress(r, 0, "", true)
		}
	case r.phase == referActive && in.err != nil: // the answer was lost, but there has been a NOTIFY: it was taken up
	case r.phase == referActive:
		l.progress(r, in.res.StatusCode, cleanText(in.res.Reason), true)
	case in.err == nil && in.res.StatusCode == 491 && r.glares < maxGlares && !l.told:
		r.glares++
		r.phase = referWaiting
		l.after(timerRefer, l.glareWait())
	default:
		r.phase = referOver
		why := phone.Reason{ID: phone.ReasonTransferRefused}
		if in.err != nil {
			why = phone.ReasonOf(in.err)
		} else {
			why.Code, why.Text = in.res.StatusCode, cleanText(in.res.Reason)
		}
		l.referRefused(why)
	}
}

// takenUp tells that a REFER was accepted, once.
func (l *leg) takenUp(r *referral) {
	if r.phase != referSent {
		return
	}
	r.phase = referActive
	l.emit(ReferAccepted{Leg: l.id})
	if r.stopped {
		l.unsubscribeRefer(r)
	}
}

// isOut reports whether the REFER has been sent: nothing can be known of it before.
func (r *referral) isOut() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.numbers) > 0
}

// progress tells of a referral, also after the end of the call (RFC 5057 4.2).
func (l *leg) progress(r *referral, code int, text string, over bool) {
	if r.phase == referOver {
		return
	}
	if code >= 200 {
		r.last = code
	}
	if over {
		r.phase = referOver
		if code < 200 {
			code = r.last
		}
	}
	if r == l.referrals[len(l.referrals)-1] && (code != 0 || over) {
		l.u.emit(ReferNotified{Leg: l.id, Code: code, Text: text, Over: over})
	}
}

// stopRefer ends the subscription of our REFER (RFC 3515 2.4.4).
func (l *leg) stopRefer() {
	if r := l.referNext; r != nil {
		l.referNext = nil
		l.referRefused(phone.Reason{ID: phone.ReasonTakenBack})
		return
	}
	switch r := l.currentReferral(referWaiting, referSent, referActive); {
	case r == nil:
	case r.phase == referWaiting:
		r.phase = referOver
		l.referRefused(phone.Reason{ID: phone.ReasonTakenBack})
	case r.phase == referSent:
		r.stopped = true
	default:
		l.unsubscribeRefer(r)
	}
}

func (l *leg) unsubscribeRefer(r *referral) {
	req := l.dialog.request(l.u, sip.SUBSCRIBE)
	r.mu.Lock()
	id := r.numbers[len(r.numbers)-1]
	r.mu.Unlock()
	req.AppendHeader(sip.NewHeader("Event", "refer;id="+strconv.FormatUint(uint64(id), 10)))
	req.AppendHeader(sip.NewHeader("Expires", "0"))
	req.AppendHeader(sip.NewHeader("Accept", "message/sipfrag"))
	l.transact(req, func(s *sending) { s.contact, s.patience = l.contact, l.u.clock.giveUp/4 })
}

// referNotified deals with a NOTIFY in the call's dialog: only REFERs make subscriptions there (RFC 3515 2.4.5).
//
// Exchanges send several at once, and a BYE with the last; on the way they overtake each other. RFC 3261 12.2.2 would have
// the late ones answered 500, and Asterisk ends the subscription for that. So NOTIFYs count among themselves, and a late
// one is accepted but says nothing.
func (l *leg) referNotified(in requestIn) {
	if !l.fromPeer(in) {
		return
	}
	newest := l.dialog.inOrder(in.req)
	event, id := eventOf(in.req)
	if event != "refer" {
		l.reply(in, 489, "", sip.NewHeader("Allow-Events", "refer"))
		return
	}
	r := l.referralOf(id)
	if r == nil {
		l.reply(in, 481, "")
		return
	}
	if newest {
		l.dialog.refresh(in.req)
	}
	l.reply(in, 200, "")
	if n := in.req.CSeq().SeqNo; n > r.heard {
		r.heard = n
	} else {
		return
	}
	l.takenUp(r) // it may overtake the 2xx (RFC 3515 2.4.4)
	state := subscriptionState(in.req)
	code, text := sipfrag(in.req.Body())
	l.progress(r, code, text, state.over || state.missing && code >= 200)
}

// referralOf finds the REFER that a NOTIFY is about, also one that is over: for a 481 to a late NOTIFY Asterisk hangs up the
// call. Without an id it is the newest.
func (l *leg) referralOf(id string) *referral {
	if id == "" {
		r := l.currentReferral(referSent, referActive, referOver)
		if r == nil || !r.isOut() {
			return nil
		}
		return r
	}
	n, err := strconv.ParseUint(id, 10, 32)
	if err != nil {
		return nil
	}
	for _, r := range l.referrals {
		r.mu.Lock()
		found := slices.Contains(r.numbers, uint32(n))
		r.mu.Unlock()
		if found {
			return r
		}
	}
	return nil
}

// sipfrag is the status line of a message/sipfrag body (RFC 3420); code 0 when there is none.
func sipfrag(body []byte) (code int, text string) {
	line, _, _ := strings.Cut(strings.TrimLeft(string(body), " \t\r\n"), "\n")
	fields := strings.Fields(line)
	if len(fields) < 2 || !strings.EqualFold(fields[0], "SIP/2.0") || len(fields[1]) != 3 {
		return 0, ""
	}
	code, err := strconv.Atoi(fields[1])
	if err != nil || code < 100 || code > 699 {
		return 0, ""
	}
	return code, cleanText(strings.Join(fields[2:], " "))
}

// referring deals with what belongs to REFERs, in whatever state the leg is. It reports whether it did.
func (l *leg) referring(in any) bool {
	switch in := in.(type) {
	case referTo:
		l.refer(in)
	case StopRefer:
		l.stopRefer()
	case AnswerRefer:
		l.answerRefer(in.ID, in.Code)
	case TellRefer:
		l.tellRefer(in)
	case replied:
		switch in.method {
		case sip.REFER:
			l.referAnswered(in.result)
		case sip.NOTIFY:
			l.notifyDone(in.result)
		case sip.SUBSCRIBE: // what became of StopRefer is told by the NOTIFY
		default:
			return false
		}
	case legTimer:
		switch in.kind {
		case timerRefer:
			if r := l.currentReferral(referWaiting); r != nil {
				l.sendRefer(r)
			}
		case timerReferAsked:
			l.referUnanswered()
		default:
			return false
		}
	default:
		return false
	}
	return true
}
