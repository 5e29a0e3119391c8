package sdp

import (
	"errors"
	"slices"
	"strings"
)

// ErrNotEncrypted is a stream in clear where only an encrypted one will do, or one whose keys cannot be used.
var ErrNotEncrypted = errors.New("sdp: no encryption in common")

// Keying is how the keys of SRTP are agreed.
type Keying string

// The keyings.
const (
	SDES Keying = "sdes" // a=crypto, RFC 4568
	DTLS Keying = "dtls" // a=fingerprint, RFC 5763
)

// Security is what we can do and want of a stream's encryption. The zero value is sound in clear and nothing else.
//
// Where encryption is not required it is offered as RFC 8643 has it: in the profile of clear sound, with the keys as
// attributes that a peer without them passes over.
type Security struct {
	Accept       bool          // an encrypted stream is taken; without it nothing else here counts
	Required     bool          // and one in clear is not
	Keying       Keying        // what is offered, and taken first where a peer offers both
	Profile      string        // what is offered: that of the encrypted stream in force; empty when there is none
	Keys         []Crypto      // SDES: ours, one a suite, with the tags we offer
	Fingerprints []Fingerprint // DTLS: of our certificate
	Role         Setup         // DTLS: ours in the association in force; empty when there is none
}

// Protection is how an agreed stream is encrypted. The zero value is not at all.
type Protection struct {
	Keying       Keying        // empty: in clear
	Profile      string        // of the m-line
	Local        Crypto        // SDES: what we send with
	Remote       Crypto        // SDES: what the peer sends with
	Fingerprints []Fingerprint // DTLS: the peer's certificate has one of them
	Active       bool          // DTLS: we begin
	Renewed      bool          // DTLS: the peer takes it for a new association, even if nothing else has changed
}

// The transport profiles (RFC 3551, 3711, 4585, 5124, 5764).
const (
	profileClear = "RTP/AVP"
	profileSDES  = "RTP/SAVP"
	profileDTLS  = "UDP/TLS/RTP/SAVP"
)

// profileOf sorts a profile: the base it has without feedback (AVPF), empty when it is none of ours.
func profileOf(proto string) string {
	base := strings.TrimSuffix(strings.ToUpper(proto), "F")
	switch base {
	case profileClear, profileSDES, profileDTLS:
		return base
	}
	return ""
}

// offer puts what we offer into our stream.
func (s Security) offer(m *Media) {
	if !s.Accept {
		return
	}
	secure := profileSDES
	switch s.Keying {
	case DTLS:
		secure = profileDTLS
		m.Fingerprints, m.Setup = s.Fingerprints, SetupActPass
	default:
		m.Crypto = s.Keys
	}
	switch {
	case s.Profile != "":
		m.Proto = s.Profile
	case s.Required:
		m.Proto = secure
	}
}

// answer finds how a stream offered to us is encrypted, and writes that into ours. ok is false when it cannot be.
func (s Security) answer(theirs *Media, fingerprints []Fingerprint, setup Setup) (p Protection, write func(*Media), ok bool) {
	if !s.Accept {
		return Protection{}, nil, false
	}
	keyings := []Keying{SDES, DTLS}
	if s.Keying == DTLS {
		slices.Reverse(keyings)
	}
	for _, k := range keyings {
		switch k {
		case SDES:
			p, write, ok = s.answerSDES(theirs)
		case DTLS:
			p, write, ok = s.answerDTLS(theirs, fingerprints, setup)
		}
		if ok {
			return p, write, true
		}
	}
	return Protection{}, nil, false
}

// answerSDES takes the first line that we can do: the offerer's order counts (RFC 4568 5.1.2).
func (s Security) answerSDES(theirs *Media) (Protection, func(*Media), bool) {
	if profileOf(theirs.Proto) == profileDTLS {
		return Protection{}, nil, false
	}
	for _, remote := range theirs.Crypto {
		i := slices.IndexFunc(s.Keys, func(c Crypto) bool { return c.Suite == remote.Suite })
		if i < 0 {
			continue
		}
		local := s.Keys[i]
		local.Tag = remote.Tag
		p := Protection{Keying: SDES, Profile: theirs.Proto, Local: local, Remote: remote}
		return p, func(m *Media) { m.Crypto = []Crypto{local} }, true
	}
	return Protection{}, nil, false
}

// answerDTLS chooses who begins: we do where we may (RFC 5763 5), except that the roles of an association in force
// stay (RFC 8842 5.3).
func (s Security) answerDTLS(theirs *Media, fingerprints []Fingerprint, setup Setup) (Protection, func(*Media), bool) {
	if len(fingerprints) == 0 || len(s.Fingerprints) == 0 {
		return Protection{}, nil, false
	}
	ours := SetupActive
	switch setup {
	case SetupActPass:
		if s.Role != "" {
			ours = s.Role
		}
	case SetupActive, "": // RFC 4145 4: who says nothing in an offer begins
		ours = SetupPassive
	case SetupHoldConn:
		return Protection{}, nil, false
	}
	p := Protection{Keying: DTLS, Profile: theirs.Proto, Fingerprints: fingerprints, Active: ours == SetupActive, Renewed: theirs.Renewed}
	return p, func(m *Media) { m.Fingerprints, m.Setup, m.RTCPMux = s.Fingerprints, ours, theirs.RTCPMux }, true
}

// accept works out what the answer to our offer says of encryption. Keys that cannot be used are never taken for a
// stream in clear: the peer will send with them.
func accept(ours, theirs *Media, fingerprints []Fingerprint, setup Setup) (Protection, error) {
	if len(ours.Crypto) > 0 {
		for _, remote := range theirs.Crypto {
			for _, local := range ours.Crypto {
				if local.Tag == remote.Tag && local.Suite == remote.Suite {
					return Protection{Keying: SDES, Profile: theirs.Proto, Local: local, Remote: remote}, nil
				}
			}
		}
	}
	if len(ours.Fingerprints) > 0 && len(fingerprints) > 0 && setup != SetupHoldConn {
		return Protection{Keying: DTLS, Profile: theirs.Proto, Fingerprints: fingerprints, Active: setup != SetupActive, Renewed: theirs.Renewed}, nil
	}
	if profileOf(theirs.Proto) != profileClear || profileOf(ours.Proto) != profileClear ||
		(len(ours.Crypto) > 0 || len(ours.Fingerprints) > 0) && theirs.Keyed {
		return Protection{}, ErrNotEncrypted
	}
	return Protection{}, nil
}

// keys are the fingerprints and the setup that hold for a stream: its own before the description's.
func (s *Session) keys(m *Media) ([]Fingerprint, Setup) {
	fingerprints, setup := m.Fingerprints, m.Setup
	if len(fingerprints) == 0 {
		fingerprints = s.Fingerprints
	}
	if setup == "" {
		setup = s.Setup
	}
	return fingerprints, setup
}
