package engine

import (
	"time"

	"svara/phone"
	"svara/phone/media"
	"svara/phone/ua"
)

// warn says what is wrong with a connected call now, in the order a user can do something about it.
func (t *turn) warn(c *call) {
	var w *phone.Reason
	if c.State == phone.StateConnected {
		mic := t.s.micTrouble()
		if c.holding || t.s.muted(c) || t.s.away(c) { // nobody is meant to hear it
			mic = nil
		}
		silent := !c.held() && (c.silent || t.unheard(c, silenceWarning))
		switch {
		case t.s.trouble.input != nil && !c.holding:
			w = t.s.trouble.input
		case t.s.trouble.output != nil && !c.holding:
			w = t.s.trouble.output
		case mic != nil && (mic.ID == phone.ReasonMicMuted || mic.ID == phone.ReasonMicSilent):
			w = mic
		case silent:
			w = &phone.Reason{ID: phone.ReasonNoSound}
		case mic != nil:
			w = mic
		}
	}
	if (w == nil) == (c.Warning == nil) && (w == nil || *w == *c.Warning) {
		return
	}
	c.Warning = w
	if w != nil {
		t.tell(phone.Event{Kind: phone.EventCallWarning, Call: c.ID, Account: c.Account, Reason: w})
	}
}

// onQuality takes the streams' figures, and ends a call in which nothing has ever been heard.
func (t *turn) onQuality(in inQuality) {
	for i := range t.s.calls {
		c := &t.s.calls[i]
		q, ok := in.by[c.ID]
		if !ok || c.State != phone.StateConnected && c.State != phone.StateEarly {
			continue
		}
		before := c.Quality.Facts
		c.Quality, c.Codec = q, q.Codec
		if c.State == phone.StateConnected && !c.held() {
			c.measured.add(q)
		}
		t.diagnose(c, before)
		if c.State == phone.StateConnected && !c.held() && t.unheard(c, silenceEnd) {
			t.end(c, phone.Reason{ID: phone.ReasonLost})
		}
	}
}

// held reports whether either side holds the call: silence means nothing then.
func (c *call) held() bool { return c.holding || c.remoteHold }

// unheard reports whether nothing has ever come in a call that has been up for some time. The stream's own watch begins
// when it has agreed, which for an incoming call is while it rings: what it said then tells nothing of the call.
func (t *turn) unheard(c *call, after time.Duration) bool {
	return !c.heard && t.now.Sub(c.Started) > after
}
func (t *turn) onStream(in inStream) {
	c := t.s.call(in.call)
	if c == nil || !c.State.Live() {
		return
	}
	switch e := in.event.(type) {
	case media.DigitReceived:
		t.tell(phone.Event{Kind: phone.EventCallDTMF, Call: c.ID, Account: c.Account, Value: string(e.Digit)})
	case media.Silent:
		c.silent = true
		if c.Account != "" && c.State == phone.StateConnected && !c.held() {
			t.do(fxSIP{ua.RegisterNow{ID: c.Account}}) // a translator may have forgotten us: the answer tells (RFC 3581)
		}
	case media.Flowing:
		c.heard, c.silent = true, false
	case media.Secured:
		c.secured(e.Keying, e.Suite)
	case media.Insecure:
		t.end(c, e.Reason)
	case media.Lost:
		t.seek(c, e.Gone)
	case media.Dead: // thirty seconds without RTP and RTCP: the other side has gone without a word
		if c.State == phone.StateConnected && !c.held() {
			t.end(c, phone.Reason{ID: phone.ReasonLost})
		}
	}
}
