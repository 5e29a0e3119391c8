package present

import (
	"svara/phone"
	"svara/ui/text"
)

// LockSign says how well nobody else can listen in on a call: each degree has its own shape, colour and words.
type LockSign struct {
	Lock phone.Lock // empty: there is no sound yet, and nothing is said
	Icon string
	Tone Tone
	Word string
	Why  string // a sentence or two: what is open to whom
}

// lockOf is the lock of a call as things really are. While no sound is agreed there is none.
func lockOf(c phone.Call) LockSign {
	if c.Codec == "" || !c.State.Live() {
		return LockSign{}
	}
	switch c.Security.Lock() {
	case phone.LockClosed:
		return LockSign{phone.LockClosed, "lock", ToneGreen, text.T("lock.closed"), text.T("lock.closed_why")}
	case phone.LockWeak:
		why := text.T("lock.weak_sdes")
		if c.Security.Keying == phone.KeyingDTLS {
			why = text.T("lock.weak_dtls")
		}
		return LockSign{phone.LockWeak, "shield-alert", ToneAmber, text.T("lock.weak"), why}
	}
	why := text.T("lock.open_clear")
	if c.Security.Signalling == phone.TransportTLS {
		why = text.T("lock.open_tls")
	}
	return LockSign{phone.LockOpen, "lock-open", ToneQuiet, text.T("lock.open"), why}
}

// weakest is the sign of several calls that hear each other: what one of them lacks, all lack.
func weakest(signs []LockSign) LockSign {
	rank := map[phone.Lock]int{"": 0, phone.LockClosed: 1, phone.LockWeak: 2, phone.LockOpen: 3}
	var out LockSign
	for _, l := range signs {
		if rank[l.Lock] > rank[out.Lock] {
			out = l
		}
	}
	return out
}

// signallingOf says how an account's signalling travels, and warns of keys of sound that travel along with it in clear.
func signallingOf(a phone.Account) (icon, words string, tone Tone) {
	tls := a.OverTLS()
	sdes := a.Keying == "" || a.Keying == phone.KeyingSDES
	switch {
	case !tls && a.SRTP != phone.SRTPOff && sdes:
		return "shield-alert", text.T("account.sdes_in_clear"), ToneAmber
	case !tls && a.SRTP != phone.SRTPOff:
		return "shield-alert", text.T("account.dtls_in_clear"), ToneAmber
	case tls && a.SRTP == phone.SRTPRequired:
		return "lock", text.T("account.tls_required"), ToneGreen
	case tls && a.SRTP == phone.SRTPOptional:
		return "lock", text.T("account.tls_optional"), ToneGreen
	case tls:
		return "lock-open", text.T("account.tls_only"), ToneQuiet
	}
	return "lock-open", text.T("account.in_clear"), ToneQuiet
}
