package ua

import (
	"fmt"
	"strconv"

	"github.com/emiago/sipgo/sip"
)

// referred is a REFER of the peer and the subscription it makes (RFC 3515 2.4). The leg's goroutine owns it.
type referred struct {
	id       string // as we tell it; "refer-<CSeq>"
	event    string // Event value of our NOTIFYs
	in       requestIn
	answered bool // the REFER has had its response
	decided  bool // our user has said what becomes of it
	quiet    bool // no NOTIFYs wanted (RFC 4488)
	queue    []fragment
	busy     bool     // a NOTIFY is under way
	last     fragment // that was told
	over     bool     // the last NOTIFY is out, or none will be
}

// fragment is a NOTIFY to send: the progress and what becomes of the subscription.
type fragment struct {
	code  int
	text  string
	state string // Subscription-State
}

// final reports whether it ends the subscription.
func (f fragment) final() bool { return f.state != stateActive && f.state != statePending }

// Subscription-State values (RFC 6665 4.1.3). A refer subscription's lifetime is ours to choose.
const (
	stateActive  = "active;expires=180"
	statePending = "pending;expires=180"
	stateDone    = "terminated;reason=noresource"
	stateRefused = "terminated;reason=rejected"
	stateStopped = "terminated;reason=timeout"
)

// alive reports whether there is something left to tell or to answer.
func (r *referred) alive() bool { return r != nil && !r.over }

// referAsked deals with a REFER in the dialog (RFC 3515 2.4.2). The user is asked; one at a time.
func (l *leg) referAsked(in requestIn) {
	if l.referred.alive() {
		l.reply(in, 491, "")
		return
	}
	to, code := readReferTo(in.req)
	if code != 0 {
		l.u.log.Info("REFER refused", "leg", l.id, "code", code)
		l.reply(in, code, "")
		return
	}
	l.dialog.refresh(in.req)
	n := strconv.FormatUint(uint64(in.req.CSeq().SeqNo), 10)
	r := &referred{id: "refer-" + n, event: "refer;id=" + n, in: in, last: fragment{100, "", stateActive}}
	r.quiet = headerValue(in.req, "Refer-Sub") == "false"
	l.referred = r
	v := ReferAsked{Leg: l.id, ID: r.id, Target: to.uri, Party: to.party, Replaces: to.replaces}
	if by := referredBy(in.req); by != nil {
		v.By = *by
	} else {
		v.By = nameAddr{name: unescape(l.dialog.peerName), uri: l.dialog.peer.String()}.party()
	}
	if to.replaces != nil {
		if f := l.u.findNamed(*to.replaces); f != nil && f.stage != stageOver {
			v.ReplacesLeg = f.leg
		}
	}
	l.after(timerReferAsked, l.u.clock.giveUp/4)
	l.emit(v)
}

// referUnanswered: our user takes longer than the transaction lives. The REFER is taken up as pending (RFC 3515 2.4.2,
// 2.4.7), and what the user says goes into a NOTIFY.
func (l *leg) referUnanswered() {
	if r := l.referred; r.alive() && !r.answered {
		l.acceptRefer(r)
		l.tell(r, fragment{100, "", statePending})
	}
}

// acceptRefer sends the 202.
func (l *leg) acceptRefer(r *referred) {
	l.stop(timerReferAsked)
	r.answered = true
	headers := []sip.Header{sip.NewHeader("Contact", l.contact(l.dialog.via))}
	if r.quiet {
		headers = append(headers, sip.NewHeader("Refer-Sub", "false"))
	}
	l.reply(r.in, 202, "", headers...)
}

// answerRefer is what our user says to a REFER.
func (l *leg) answerRefer(id string, code int) {
	r := l.referred
	if !r.alive() || r.id != id || r.decided {
		return
	}
	r.decided = true
	switch {
	case code >= 200 && code < 300:
		if !r.answered {
			l.acceptRefer(r)
		}
		l.tell(r, fragment{100, "", stateActive}) // at once (RFC 3515 2.4.4)
		return
	case code < 300 || code > 699:
		code = 603
	}
	if r.answered {
		l.tell(r, fragment{code, "", stateRefused})
		return
	}
	l.stop(timerReferAsked)
	l.reply(r.in, code, "")
	r.over = true
}

// tellRefer reports the progress of what the peer asked for.
func (l *leg) tellRefer(a TellRefer) {
	r := l.referred
	if !r.alive() || r.id != a.ID || a.Code < 100 || a.Code > 699 {
		return
	}
	if !r.decided {
		l.answerRefer(a.ID, 202)
	}
	f := fragment{a.Code, cleanText(a.Text), stateActive}
	if a.Code >= 200 {
		f.state = stateDone
	}
	l.tell(r, f)
}

// maxFragments is how many NOTIFYs wait for a peer that does not answer; then the newest replaces the one before it.
const maxFragments = 20

// tell queues a NOTIFY.
func (l *leg) tell(r *referred, f fragment) {
	r.last = f
	if r.quiet {
		r.over = r.over || f.final()
		return
	}
	n := len(r.queue)
	if r.over || n > 0 && r.queue[n-1].final() {
		return
	}
	if n == maxFragments {
		r.queue = r.queue[:n-1]
	}
	r.queue = append(r.queue, f)
	l.sendFragment(r)
}

// sendFragment sends the next NOTIFY when the one before has been answered.
func (l *leg) sendFragment(r *referred) {
	if r.busy || len(r.queue) == 0 || r.over {
		return
	}
	f := r.queue[0]
	r.queue, r.busy, r.over = r.queue[1:], true, f.final()
	if f.text == "" {
		f.text = statusText(f.code)
	}
	req := l.dialog.request(l.u, sip.NOTIFY)
	req.AppendHeader(sip.NewHeader("Event", r.event))
	req.AppendHeader(sip.NewHeader("Subscription-State", f.state))
	setBody(req, "message/sipfrag;version=2.0", fmt.Appendf(nil, "SIP/2.0 %d %s\r\n", f.code, f.text))
	l.transact(req, func(s *sending) { s.contact, s.patience = l.contact, l.u.clock.giveUp/2 })
}

// notifyDone deals with the response to a NOTIFY of ours.
func (l *leg) notifyDone(in result) {
	r := l.referred
	if r == nil || !r.busy || in.req != nil && headerValue(in.req, "Event") != r.event { // the last one of another REFER
		return
	}
	r.busy = false
	switch {
	case r.over:
	case in.err == nil && in.res.IsSuccess():
		l.sendFragment(r)
	default: // RFC 6665 4.2.2: the subscription is gone
		r.over = true
		// Who says so while the call lives has thought better of it. Many phones forget the dialog with their BYE, though,
		// right after the 202, and want to be rid of us.
		if in.err == nil && (in.res.StatusCode == 481 || in.res.StatusCode == 489) {
			l.emit(ReferStopped{Leg: l.id, ID: r.id})
		}
	}
}

// resubscribed deals with a SUBSCRIBE in the dialog: the peer refreshes or ends what its REFER made (RFC 3515 2.4.4).
func (l *leg) resubscribed(in requestIn) {
	event, id := eventOf(in.req)
	r := l.referred
	switch {
	case event != "refer":
		l.reply(in, 489, "", sip.NewHeader("Allow-Events", "refer"))
		return
	case !r.alive() || !r.answered || r.quiet || id != "" && "refer;id="+id != r.event:
		l.reply(in, 481, "")
		return
	}
	contact := sip.NewHeader("Contact", l.contact(l.dialog.via))
	if headerValue(in.req, "Expires") != "0" {
		l.reply(in, 200, "", contact, sip.NewHeader("Expires", "180"))
		if len(r.queue) == 0 && !r.busy {
			l.tell(r, r.last)
		}
		return
	}
	l.reply(in, 200, "", contact, sip.NewHeader("Expires", "0"))
	l.tell(r, fragment{r.last.code, r.last.text, stateStopped})
	l.u.emit(ReferStopped{Leg: l.id, ID: r.id}) // also after the end of the call
}

// abandonRefer lets go of a REFER that nobody has answered when the call ends (RFC 3261 15.1.2), and of ours that waits.
func (l *leg) abandonRefer() {
	l.stop(timerReferAsked)
	l.referNext = nil
	if r := l.referred; r.alive() && !r.answered {
		l.reply(r.in, 487, "")
		r.over = true
	}
	if r := l.referred; r.alive() && !r.decided { // told as pending: now nobody will decide
		l.answerRefer(r.id, 603)
	}
}
