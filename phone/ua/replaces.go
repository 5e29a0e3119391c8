package ua

import (
	"fmt"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// stage is how far a leg's dialog is, for those who want to take its place.
type stage int

const (
	stageEarly stage = iota
	stageConfirmed
	stageOver
)

// dialogFacts is what others may know of a leg's dialogs. Never changed once it is published.
type dialogFacts struct {
	leg              LegID
	stage            stage
	ours             bool // our INVITE made it
	direct           bool // no account vouches for the peer
	callID, localTag string
	remoteTags       []string // the confirmed one, or those of every early dialog
	target           string   // the peer's Contact
}

// publish shows the leg's dialogs to the other goroutines. The leg's goroutine calls it before it tells a change.
func (l *leg) publish() {
	f := &dialogFacts{leg: l.id, direct: l.acct == nil}
	switch d := l.dialog; {
	case d != nil:
		f.callID, f.localTag, f.remoteTags, f.target = d.callID, d.localTag, []string{d.remoteTag}, d.target.String()
		f.ours = l.outgoing != nil
		if l.confirmed {
			f.stage = stageConfirmed
		}
	case l.outgoing != nil:
		f.ours, f.callID, f.localTag = true, l.outgoing.callID, l.outgoing.tag
		for tag := range l.outgoing.early {
			f.remoteTags = append(f.remoteTags, tag)
		}
		slices.Sort(f.remoteTags)
	}
	if l.told {
		f.stage = stageOver
	}
	l.facts.Store(f)
}

// names reports whether a Replaces means this dialog (RFC 3891 3: a tag of 0 also means none).
func (f *dialogFacts) names(r Replaces) bool {
	same := func(have, want string) bool { return have == want || want == "0" && have == "" }
	return f.callID == r.CallID && f.localTag == r.ToTag && slices.ContainsFunc(f.remoteTags, func(tag string) bool { return same(tag, r.FromTag) })
}

// maxGone is how many dialogs that are over are remembered, to tell them from those that never were.
const maxGone = 64

// findDialog finds what a Replaces names among the dialogs that are and those that were lately; nil is none.
func (u *UA) findDialog(r Replaces) *dialogFacts {
	u.mu.Lock()
	defer u.mu.Unlock()
	if l := u.dialogs[dialogKey{r.CallID, r.ToTag}]; l != nil {
		if f := l.facts.Load(); f != nil && f.names(r) {
			return f
		}
	}
	for _, f := range u.gone {
		if f.names(r) {
			return f
		}
	}
	return nil
}

// findNamed is findDialog; on a server also with the tags as the phone at the other end sees them: who picks a call up
// by a phone's dialog event (RFC 4235) sends the INVITE to us, who hold the dialog's other end.
func (u *UA) findNamed(r Replaces) *dialogFacts {
	f := u.findDialog(r)
	if f == nil && u.server != nil {
		f = u.findDialog(Replaces{CallID: r.CallID, ToTag: r.FromTag, FromTag: r.ToTag})
	}
	return f
}

// remember keeps what a leg was. u.mu is held.
func (u *UA) remember(f *dialogFacts) {
	if f == nil || f.callID == "" {
		return
	}
	over := *f
	over.stage = stageOver
	if u.gone = append(u.gone, &over); len(u.gone) > maxGone {
		u.gone = slices.Delete(u.gone, 0, len(u.gone)-maxGone)
	}
}

// Dialog is how the other side of a leg would be told of it in a Replaces: a server puts it into its dialog events. ok is
// false before there is a dialog and when it is over.
func (u *UA) Dialog(id LegID) (r Replaces, ok bool) {
	u.mu.Lock()
	l := u.legs[id]
	u.mu.Unlock()
	if l == nil {
		return Replaces{}, false
	}
	f := l.facts.Load()
	if f == nil || f.stage == stageOver || len(f.remoteTags) == 0 {
		return Replaces{}, false
	}
	return Replaces{CallID: f.callID, ToTag: f.localTag, FromTag: f.remoteTags[0]}, true
}

// replaced deals with the Replaces of an INVITE (RFC 3891 3): the leg whose place is asked for, or the code to refuse with.
// known tells that the INVITE came from an account's proxy or an authenticated user.
func (u *UA) replaced(req *sip.Request, known bool) (id LegID, code int) {
	all := req.GetHeaders("Replaces")
	if len(all) == 0 {
		return "", 0
	}
	if len(all) > 1 || len(req.GetHeaders("Join")) > 0 { // RFC 3911 7.1: one or the other
		return "", 400
	}
	r, err := parseReplaces(all[0].Value())
	if err != nil {
		return "", 400
	}
	f := u.findNamed(r)
	switch {
	case f == nil:
		return "", 481
	case !known && !f.direct: // a stranger may take the place of strangers only
		return "", 403
	case f.stage == stageOver:
		return "", 603
	case f.stage == stageConfirmed && r.EarlyOnly:
		return "", 486
	case f.stage == stageEarly && !f.ours:
		return "", 481
	}
	return f.leg, 0
}

// parseReplaces reads a Replaces value (RFC 3891 6.1).
func parseReplaces(s string) (Replaces, error) {
	bad := func() (Replaces, error) { return Replaces{}, fmt.Errorf("bad Replaces %q", s) }
	parts := strings.Split(s, ";")
	r := Replaces{CallID: strings.TrimSpace(parts[0])}
	if !isCallID(r.CallID) {
		return bad()
	}
	for _, p := range parts[1:] {
		name, value, _ := strings.Cut(p, "=")
		value = strings.TrimSpace(value)
		var tag *string
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "to-tag":
			tag = &r.ToTag
		case "from-tag":
			tag = &r.FromTag
		case "early-only":
			r.EarlyOnly = true
			continue
		default:
			continue
		}
		if *tag != "" || !isToken(value) {
			return bad()
		}
		*tag = value
	}
	if r.ToTag == "" || r.FromTag == "" {
		return bad()
	}
	return r, nil
}

// isCallID is RFC 3261 25.1 callid: a word, or two with an @ between.
func isCallID(s string) bool {
	if s == "" || len(s) > 256 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-.!%*_+`'~()<>:\\\"/[]?{}@", c) >= 0 {
			continue
		}
		return false
	}
	return true
}

// valid reports whether a Replaces given by our user may be sent as it is.
func (r Replaces) valid() bool { return isCallID(r.CallID) && isToken(r.ToTag) && isToken(r.FromTag) }

// String is the header's value.
func (r Replaces) String() string {
	s := r.CallID + ";to-tag=" + r.ToTag + ";from-tag=" + r.FromTag
	if r.EarlyOnly {
		s += ";early-only"
	}
	return s
}

// replacing is what an INVITE says of the dialog it takes the place of, and of who asked for it (RFC 3891, RFC 3892).
func (a Invite) replacing() []sip.Header {
	var out []sip.Header
	if a.Replaces != nil {
		out = append(out, sip.NewHeader("Replaces", a.Replaces.String()), sip.NewHeader("Require", "replaces"))
	}
	if uri, err := parseURI(a.ReferredBy); err == nil {
		out = append(out, sip.NewHeader("Referred-By", "<"+uri.String()+">"))
	}
	return out
}
