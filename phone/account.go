package phone

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// AccountID names an account within a profile: short, stable, chosen by the user or made from the user name.
type AccountID string

// Transport is how SIP travels to the registrar (RFC 3261 section 18).
type Transport string

// The transports an account can ask for. TransportAuto leaves the choice to RFC 3263 and falls back to UDP.
const (
	TransportAuto Transport = ""
	TransportUDP  Transport = "udp"
	TransportTCP  Transport = "tcp"
	TransportTLS  Transport = "tls" // RFC 5246, 8446; never falls back to another
)

// SRTPMode is whether the sound of an account's calls is encrypted (RFC 3711).
type SRTPMode string

// The SRTP modes.
const (
	SRTPOff      SRTPMode = ""         // neither offered nor accepted
	SRTPOptional SRTPMode = "optional" // offered in a way that peers without it can answer in clear
	SRTPRequired SRTPMode = "required" // a call without it fails
)

// Keying is how the keys of SRTP are agreed.
type Keying string

// The keyings. Either is accepted in an offer whatever the account offers itself.
const (
	KeyingSDES Keying = "sdes" // in the session description (RFC 4568): as secret as the signalling
	KeyingDTLS Keying = "dtls" // in a handshake on the media path (RFC 5763, 5764)
)

// DTMFMethod is how digits are sent during a call.
type DTMFMethod string

// DTMFAuto sends RFC 4733 events when the peer offered telephone-event and SIP INFO otherwise.
const (
	DTMFAuto DTMFMethod = ""
	DTMFRTP  DTMFMethod = "rtp"  // RFC 4733 telephone-event
	DTMFInfo DTMFMethod = "info" // SIP INFO, application/dtmf-relay
	// DTMFInband sends the tones themselves in the sound (ITU-T Q.23), for exchanges that listen for nothing else. In a call
	// with Opus, RFC 4733 events are sent instead where the peer takes them.
	DTMFInband DTMFMethod = "inband"
)

// Account is who the user is at a registrar. It is configuration and holds no state; the password lives in the secret
// store under the account's ID.
type Account struct {
	ID          AccountID  `json:"id"`
	User        string     `json:"user"`                   // user part of the address of record
	Domain      string     `json:"domain"`                 // host[:port] of the address of record
	AuthUser    string     `json:"auth_user,omitempty"`    // digest user name when it differs from User
	DisplayName string     `json:"display_name,omitempty"` // shown to those called
	Transport   Transport  `json:"transport,omitempty"`
	Proxy       string     `json:"proxy,omitempty"`   // outbound proxy: host[:port] or sip: URI
	Expires     int        `json:"expires,omitempty"` // seconds asked for at REGISTER; 0 means DefaultExpires
	DTMF        DTMFMethod `json:"dtmf,omitempty"`
	Dialect     string     `json:"dialect,omitempty"` // what its exchange is like; empty means DefaultDialect
	Mobile      string     `json:"mobile,omitempty"`  // number of the user's other telephone, for Move and Dial.Via
	Default     bool       `json:"default,omitempty"` // the account calls go out on when none is named

	CAFile   string   `json:"ca_file,omitempty"`   // PEM file of authorities trusted for TLS besides the system's
	Pin      string   `json:"pin,omitempty"`       // SHA-256 of the server's SubjectPublicKeyInfo, 64 hex digits (as RFC 7469): nobody else's certificate will do
	SRTP     SRTPMode `json:"srtp,omitempty"`      // whether sound is encrypted
	Keying   Keying   `json:"keying,omitempty"`    // what is offered; empty means KeyingSDES
	ICE      bool     `json:"ice,omitempty"`       // offer candidates (RFC 8445, 8839)
	STUN     string   `json:"stun,omitempty"`      // host[:port] of a STUN server (RFC 8489), for ICE
	TURN     string   `json:"turn,omitempty"`      // host[:port] of a TURN server (RFC 8656), for ICE; with turns: before it, by TLS only
	TURNUser string   `json:"turn_user,omitempty"` // its user name; its password lies in the secret store beside the account's
	Team     string   `json:"team,omitempty"`      // URL of a team server ("https://team.example.com"); its token lies in the secret store beside the account's password
	Codecs   string   `json:"codecs,omitempty"`    // names, comma-separated, in order of preference; empty means the setting call.codecs
}

// DefaultExpires is the binding lifetime in seconds asked for when the account names none.
const DefaultExpires = 600

// Host is the host of the account's domain without a port.
func (a Account) Host() string {
	if h, _, err := net.SplitHostPort(a.Domain); err == nil {
		return h
	}
	return strings.Trim(a.Domain, "[]")
}

// OverTLS reports whether its SIP goes over TLS and in no other way: it asks for that, or the address of its proxy does (RFC
// 3261 19.1.2 and 26.2.2).
func (a Account) OverTLS() bool {
	if a.Transport == TransportTLS {
		return true
	}
	proxy := strings.ToLower(strings.TrimSpace(a.Proxy))
	if _, inside, ok := strings.Cut(proxy, "<"); ok {
		proxy, _, _ = strings.Cut(inside, ">")
	}
	if strings.HasPrefix(proxy, "sips:") {
		return true
	}
	params := strings.Split(proxy, ";")
	return a.Transport == TransportAuto && strings.HasPrefix(proxy, "sip:") && slices.Contains(params[1:], "transport=tls")
}

// AddressOfRecord is the account's public address, sip:user@domain.
func (a Account) AddressOfRecord() string { return "sip:" + a.User + "@" + a.Domain }

// Username is the name used in digest authentication.
func (a Account) Username() string {
	if a.AuthUser != "" {
		return a.AuthUser
	}
	return a.User
}

// Validate says what is wrong with the account as a refusal, or nil.
func (a Account) Validate() error {
	bad := func(field string) error { return Refuse(ReasonBadAccount, field) }
	switch {
	case a.ID == "" || strings.ContainsAny(string(a.ID), " \t\r\n/\\"):
		return bad("id")
	case a.User == "" || strings.ContainsAny(a.User, " \t\r\n<>\"@"):
		return bad("user")
	case a.Host() == "" || strings.ContainsAny(a.Domain, " \t\r\n<>\"@/;?"):
		return bad("domain")
	case strings.ContainsAny(a.DisplayName+a.AuthUser+a.Proxy, "\r\n\x00"):
		return bad("display_name")
	case !slices.Contains([]Transport{TransportAuto, TransportUDP, TransportTCP, TransportTLS}, a.Transport):
		return bad("transport")
	case !slices.Contains([]DTMFMethod{DTMFAuto, DTMFRTP, DTMFInfo, DTMFInband}, a.DTMF):
		return bad("dtmf")
	case strings.ContainsAny(a.Dialect, " \t\r\n/\\"):
		return bad("dialect")
	case len(a.Mobile) > 64 || strings.ContainsAny(a.Mobile, "\r\n\x00<>\""):
		return bad("mobile")
	case !slices.Contains([]SRTPMode{SRTPOff, SRTPOptional, SRTPRequired}, a.SRTP):
		return bad("srtp")
	case !slices.Contains([]Keying{"", KeyingSDES, KeyingDTLS}, a.Keying):
		return bad("keying")
	case len(a.CAFile) > 1000 || strings.ContainsAny(a.CAFile, "\r\n\x00"):
		return bad("ca_file")
	case a.Pin != "" && (len(a.Pin) != 64 || strings.Trim(strings.ToLower(a.Pin), "0123456789abcdef") != ""):
		return bad("pin")
	case strings.ContainsAny(a.STUN, " \t\r\n<>\"@/;?"):
		return bad("stun")
	case strings.ContainsAny(a.TURN, " \t\r\n<>\"@/;?"):
		return bad("turn")
	case a.Codecs != "" && !codecList(a.Codecs):
		return bad("codecs")
	case a.Team != "" && !webAddress(a.Team):
		return bad("team")
	case a.Expires < 0 || a.Expires > 86400:
		return bad("expires")
	}
	return nil
}

// webAddress reports whether a team server may be written so: a scheme, a host, perhaps a path, and nothing secret.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" && len(s) <= 500
}

// RegistrationState is where an account stands with its registrar.
type RegistrationState string

// The registration states.
const (
	RegistrationOff           RegistrationState = "off"
	RegistrationRegistering   RegistrationState = "registering"
	RegistrationRegistered    RegistrationState = "registered"
	RegistrationFailed        RegistrationState = "failed"
	RegistrationUnregistering RegistrationState = "unregistering"
)

// Registration is the live binding of an account.
type Registration struct {
	State   RegistrationState `json:"state"`
	Until   time.Time         `json:"until,omitzero"`    // Registered: when the binding lapses
	RetryAt time.Time         `json:"retry_at,omitzero"` // Failed: when the next try goes out; zero when only the user can help
	Reason  *Reason           `json:"reason,omitempty"`  // Failed: why
}

// Secret is a password. It prints, logs and marshals as a placeholder, so that it reaches no log or snapshot by mistake.
type Secret string

const redacted = "[secret]"

// String hides the secret.
func (Secret) String() string { return redacted }

// GoString hides the secret.
func (Secret) GoString() string { return redacted }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON hides the secret. Commands that carry one are sent by svaractl as a plain string field instead.
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// Reveal is the one way to the secret itself.
func (s Secret) Reveal() string { return string(s) }

var _ fmt.Stringer = Secret("")
