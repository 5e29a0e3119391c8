package ua

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"svara/phone"
)

// reliably is a provisional response of ours that waits for its PRACK (RFC 3262 3). The leg's goroutine owns it.
type reliably struct {
	required bool               // the caller wants all of ours so
	number   uint32             // RSeq of the last one; 0: none yet
	waiting  *sip.Response      // not acknowledged yet; nil: none
	wait     time.Duration      // until it is repeated
	next     *sip.Response      // goes out after it
	answer   func(l *leg) state // the 2xx that waits: a session description on its way has to arrive first
}

// provide sends a provisional response: reliably where that is required.
func (l *leg) provide(res *sip.Response) {
	r := &l.incoming.reliable
	if !r.required {
		l.sendProvisional(res)
		return
	}
	if r.waiting != nil { // one at a time
		r.next = res
		return
	}
	if r.number == 0 {
		r.number = 1 + rand.Uint32N(1<<31-2) // RFC 3262 3
	} else {
		r.number++
	}
	res.AppendHeader(sip.NewHeader("Require", "100rel"))
	res.AppendHeader(sip.NewHeader("RSeq", strconv.FormatUint(uint64(r.number), 10)))
	r.waiting, r.wait = res, l.u.clock.t1
	l.sendProvisional(res)
	l.after(timerReliable, r.wait)
	l.after(timerNoPRACK, l.u.clock.giveUp)
}

func (l *leg) sendProvisional(res *sip.Response) {
	if err := l.respondInvite(res); err != nil {
		l.u.log.Debug("ringing not sent", "leg", l.id, "err", err)
	}
}

// repeatProvisional sends the response that waits once more.
func (l *leg) repeatProvisional() {
	if r := &l.incoming.reliable; r.waiting != nil {
		l.sendProvisional(r.waiting)
		r.wait *= 2
		l.after(timerReliable, r.wait)
	}
}

// noPRACK ends a call whose caller has never acknowledged what it wanted to (RFC 3262 3: 5xx).
func (l *leg) noPRACK() state {
	l.refuseInvite(504, "")
	l.end(phone.Reason{ID: phone.ReasonNoAck, Code: 504}, false)
	return nil
}

// pracked deals with a PRACK in any state: one for what waits is answered 200, all others 481 (RFC 3262 3). It reports
// whether it was the one.
func (l *leg) pracked(in requestIn) bool {
	inc := l.incoming
	if inc == nil {
		l.reply(in, 481, "")
		return false
	}
	r := &inc.reliable
	number, cseq, method, ok := rack(in.req)
	if !ok || r.waiting == nil || number != r.number || cseq != inc.req.CSeq().SeqNo || method != "INVITE" {
		l.reply(in, 481, "")
		return false
	}
	if len(in.req.Body()) > 0 { // an offer there would need an answer before the call has been let in
		l.reply(in, 488, "")
		return false
	}
	l.reply(in, 200, "")
	l.stop(timerReliable)
	l.stop(timerNoPRACK)
	r.waiting = nil
	return true
}

// afterPRACK goes on with what has waited for it.
func (l *leg) afterPRACK() state {
	r := &l.incoming.reliable
	if answer := r.answer; answer != nil {
		r.answer, r.next = nil, nil
		return answer(l)
	}
	if next := r.next; next != nil {
		r.next = nil
		l.provide(next)
	}
	return stateRinging
}

// rack reads RAck (RFC 3262 7.2).
func rack(req *sip.Request) (number, cseq uint32, method string, ok bool) {
	f := strings.Fields(headerValue(req, "RAck"))
	if len(f) != 3 {
		return 0, 0, "", false
	}
	n, err := strconv.ParseUint(f[0], 10, 32)
	c, err2 := strconv.ParseUint(f[1], 10, 32)
	return uint32(n), uint32(c), strings.ToUpper(f[2]), err == nil && err2 == nil
}

// acknowledge deals with the reliability of a provisional response to our INVITE (RFC 3262 4), and reports whether the
// response is to be looked at: one that comes again, or before one that is missing, is not. A PRACK goes out for each new
// one; it is repeated by its transaction, as the response is by theirs until it arrives.
func (l *leg) acknowledge(res *sip.Response, d *dialog) bool {
	if !tokens(res, "Require", "100rel") {
		return true
	}
	n, err := strconv.ParseUint(strings.TrimSpace(headerValue(res, "RSeq")), 10, 32)
	if err != nil || n == 0 || d == nil {
		return false
	}
	number, last := uint32(n), d.reliable
	if last != 0 && number != last+1 {
		return false
	}
	d.reliable = number
	d.refresh(res)
	req := d.request(l.u, sip.PRACK)
	req.AppendHeader(sip.NewHeader("RAck", strconv.FormatUint(n, 10)+" "+strconv.FormatUint(uint64(res.CSeq().SeqNo), 10)+" INVITE"))
	// Numbered now: the call may be answered before it is out, and its dialog goes on from here.
	d.order.Lock()
	first := d.nextCSeq()
	d.order.Unlock()
	l.transactIn(d, req, func(s *sending) {
		again := s.cseq
		s.cseq = func() uint32 {
			if n := first; n != 0 {
				first = 0
				return n
			}
			return again()
		}
	})
	return true
}
