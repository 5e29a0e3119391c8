package phone

import (
	"strings"
	"time"
)

// CallID names a call for as long as the phone runs. IDs start at 1 and are never used again; 0 is no call.
type CallID uint64

// Direction is who called whom.
type Direction string

// The directions.
const (
	Outgoing Direction = "out"
	Incoming Direction = "in"
)

// CallState is where a call stands as the user sees it.
type CallState string

// The call states. Outgoing: Dialing, Proceeding, Ringing, Early, Connected. Incoming: StateIncoming, Answering,
// Connected. All: Ending, Ended.
const (
	StateDialing    CallState = "dialing"    // the INVITE is on its way
	StateProceeding CallState = "proceeding" // the PBX works on it (100, 181, 182, 183 without sound)
	StateRinging    CallState = "ringing"    // it rings there; we play ringback
	StateEarly      CallState = "early"      // the PBX sends its own tones or announcement
	StateIncoming   CallState = "incoming"   // it rings here
	StateAnswering  CallState = "answering"  // the 200 is on its way
	StateConnected  CallState = "connected"
	StateEnding     CallState = "ending" // BYE or CANCEL is on its way
	StateEnded      CallState = "ended"
)

// Live reports whether a call in this state still holds a line.
func (s CallState) Live() bool { return s != StateEnded }

// Hold is who holds whom.
type Hold string

// The hold states.
const (
	HoldNone   Hold = "none"
	HoldLocal  Hold = "local"  // we hold them
	HoldRemote Hold = "remote" // they hold us
	HoldBoth   Hold = "both"
)

// Local reports whether we hold the call.
func (h Hold) Local() bool { return h == HoldLocal || h == HoldBoth }

// Remote reports whether the other side holds the call.
func (h Hold) Remote() bool { return h == HoldRemote || h == HoldBoth }

// HoldOf composes the two halves.
func HoldOf(local, remote bool) Hold {
	switch {
	case local && remote:
		return HoldBoth
	case local:
		return HoldLocal
	case remote:
		return HoldRemote
	}
	return HoldNone
}

// Party is somebody at the other end as the network describes them. Name is untrusted text: views clean it.
type Party struct {
	URI    string `json:"uri"`            // sip:2101@pbx.example.com
	Number string `json:"number"`         // what to show and dial: the user part, or the whole URI when it has none
	Name   string `json:"name,omitempty"` // display name
	// Group is the group-id suffix that Number ends with at exchanges that have them (features.md B14). Number is dialled
	// whole and shown without it.
	Group string `json:"group,omitempty"`
}

// Label is the name if there is one, else the number.
func (p Party) Label() string {
	if n := strings.TrimSpace(p.Name); n != "" {
		return n
	}
	return p.Number
}

// Quality is how a call sounds, measured over its last seconds and in total. Refreshed about once a second.
type Quality struct {
	Codec      string  `json:"codec,omitempty"`      // that we send: "opus", "G722", "PCMA", "PCMU"
	CodecIn    string  `json:"codec_in,omitempty"`   // that they send, where it is another
	Sent       uint64  `json:"sent"`                 // RTP packets
	Received   uint64  `json:"received"`             // RTP packets
	Lost       int64   `json:"lost"`                 // packets that never came, RFC 3550 6.4.1
	LossIn     float64 `json:"loss_in"`              // percent of the last interval, as we see it
	LossOut    float64 `json:"loss_out"`             // percent of the last interval, as the peer reports it
	JitterMS   float64 `json:"jitter_ms"`            // RFC 3550 6.4.1 interarrival jitter
	RTTMS      float64 `json:"rtt_ms,omitempty"`     // from RTCP; 0 while unknown
	BufferMS   float64 `json:"buffer_ms"`            // what the jitter buffer adds now
	Late       uint64  `json:"late"`                 // packets that came after their time
	Concealed  uint64  `json:"concealed"`            // frames filled in for missing ones
	Recovered  uint64  `json:"recovered"`            // frames repaired by in-band FEC
	MOS        float64 `json:"mos,omitempty"`        // how we hear them: estimate by ITU-T G.107, 1..4.5; 0 while unknown
	MOSOut     float64 `json:"mos_out,omitempty"`    // how they hear us, by their reports (RFC 3550, 3611); 0 while unknown
	JitterOut  float64 `json:"jitter_out,omitempty"` // ms, as they report it
	TargetMS   float64 `json:"target_ms,omitempty"`  // what the jitter buffer aims at
	Concealing float64 `json:"concealing"`           // percent of the last interval's sound that was filled in
	Encryption string  `json:"encryption,omitempty"` // SRTP suite, empty in clear
	RemoteRTP  string  `json:"remote_rtp,omitempty"` // where sound is sent
	LocalRTP   string  `json:"local_rtp,omitempty"`  // where sound is received
	Underruns  uint64  `json:"underruns"`            // times the speaker had nothing to play
	Overruns   uint64  `json:"overruns"`             // times microphone sound had to be dropped

	Facts SoundFacts `json:"facts"`
}

// Security is what protects a call as things really are, not as they were wished for.
type Security struct {
	Signalling Transport `json:"signalling,omitempty"` // how its SIP travels to us and from us: udp, tcp or tls
	Keying     Keying    `json:"keying,omitempty"`     // how the keys of its sound were agreed; empty while it is in clear
}

// Lock is how well nobody else can listen in.
type Lock string

// The locks. What the exchange does behind itself no phone can know.
const (
	LockOpen   Lock = "open"   // the sound is in clear
	LockWeak   Lock = "weak"   // the sound is encrypted, but its keys (SDES) or what proves them (DTLS) crossed the network in clear
	LockClosed Lock = "closed" // the sound is encrypted and the signalling too, all the way to the exchange
)

// Lock is how well a call is protected now.
func (s Security) Lock() Lock {
	switch {
	case s.Keying == "":
		return LockOpen
	case s.Signalling == TransportTLS:
		return LockClosed
	}
	return LockWeak
}

// SoundLeg is a direction of sound as the user says it.
type SoundLeg string

// The legs.
const (
	LegIn   SoundLeg = "in"   // we do not hear them
	LegOut  SoundLeg = "out"  // they do not hear us
	LegBoth SoundLeg = "both" // nobody hears anything
)

// SoundCause is why sound does not come through, as far as the phone can tell.
type SoundCause string

// The causes.
const (
	CauseNothing    SoundCause = "nothing"    // no packet comes although the exchange should send: a firewall or NAT between
	CausePrivate    SoundCause = "private"    // they gave an address that cannot be reached from here (RFC 1918, 6598, loopback)
	CauseStranger   SoundCause = "stranger"   // packets come, but from an address that was not agreed
	CauseUnreadable SoundCause = "unreadable" // packets come that cannot be decrypted or decoded
	CauseRefused    SoundCause = "refused"    // their address answers that nobody listens there (ICMP)
	CauseUnheard    SoundCause = "unheard"    // their reports say that nothing of ours arrives
	CauseMicrophone SoundCause = "microphone" // our own microphone gives silence
	CauseSilence    SoundCause = "silence"    // packets come, with silence in them: their microphone or the exchange
)

// Diagnosis is what the phone has found out about a call that is not heard as it should be.
type Diagnosis struct {
	Leg   SoundLeg   `json:"leg"`
	Cause SoundCause `json:"cause"`
	Since time.Time  `json:"since"`
	Tried string     `json:"tried,omitempty"` // where we send instead, or what else was tried; an address
}

// Call is a call as the user sees it.
type Call struct {
	ID        CallID     `json:"id"`
	Account   AccountID  `json:"account"`
	Direction Direction  `json:"direction"`
	State     CallState  `json:"state"`
	Hold      Hold       `json:"hold"`
	Muted     bool       `json:"muted"`
	Remote    Party      `json:"remote"`
	Codec     string     `json:"codec"` // empty until agreed
	SRTP      string     `json:"srtp"`  // SRTP suite, empty in clear
	Created   time.Time  `json:"created"`
	Started   time.Time  `json:"started,omitzero"` // when it was answered
	Ended     time.Time  `json:"ended,omitzero"`
	End       *Reason    `json:"end,omitempty"`     // why it ended
	Warning   *Reason    `json:"warning,omitempty"` // what is wrong with it now: no microphone, no sound from them
	Quality   Quality    `json:"quality"`
	Security  Security   `json:"security"`
	Diagnosis *Diagnosis `json:"diagnosis,omitempty"` // while it is not heard as it should be

	Transfer   *Transfer `json:"transfer,omitempty"` // its handing over to somebody else
	Consults   CallID    `json:"consults,omitempty"` // the held call that this one is the consultation for
	Inside     bool      `json:"inside,omitempty"`   // shares the line of Consults: the exchange switches between them by codes
	Camp       *Camp     `json:"camp,omitempty"`
	Asked      *Asked    `json:"asked,omitempty"`
	Recording  Recorder  `json:"recording"`
	Level      int       `json:"level"`                // how loud we hear it, percent 0..200
	Silenced   bool      `json:"silenced,omitempty"`   // nobody hears this party, in a conference or alone
	Conference bool      `json:"conference,omitempty"` // a member of Snapshot.Conference
	Recalled   bool      `json:"recalled,omitempty"`   // it came back from a transfer that nobody answered
	HeldSince  time.Time `json:"held_since,omitzero"`  // since when we hold it

	Caller Caller `json:"caller,omitzero"` // who is at the other end, as far as we know them
	// Tasks are earlier calls of the number to the groups' queues that nobody has taken care of, newest first, at most three
	// (features.md L1). They are never changed after they were published.
	Tasks  []GroupCall `json:"tasks,omitempty"`
	Origin *Origin     `json:"origin,omitempty"` // how an incoming call came here
	Role   RoleID      `json:"role,omitempty"`   // outgoing: the number that is shown; empty for the account's own
	Note   string      `json:"note,omitempty"`   // what the user wrote about it
}

// Duration is how long the call has been, or was, talked in at now.
func (c Call) Duration(now time.Time) time.Duration {
	switch {
	case c.Started.IsZero():
		return 0
	case !c.Ended.IsZero():
		return c.Ended.Sub(c.Started)
	}
	return max(0, now.Sub(c.Started))
}
