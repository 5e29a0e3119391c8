package phone

import (
	"context"
	"time"
)

// SoundFacts is what is known of the path a call's sound takes, for the doctor and its report. Addresses are host:port,
// empty where there is none.
type SoundFacts struct {
	Sends      bool    `json:"sends"`              // sound of ours is to go out
	Receives   bool    `json:"receives"`           // sound of theirs is to come in
	Agreed     string  `json:"agreed,omitempty"`   // where they want sound, by their description
	Source     string  `json:"source,omitempty"`   // where theirs comes from
	Stranger   string  `json:"stranger,omitempty"` // an address that was not agreed and that RTP comes from
	QuietMS    int64   `json:"quiet_ms"`           // since their last RTP packet, or since the agreement when none has come
	Arrived    uint64  `json:"arrived"`            // RTP packets that were taken
	Strangers  uint64  `json:"strangers"`          // RTP packets from addresses that were not agreed
	Unreadable uint64  `json:"unreadable"`         // RTP packets of theirs that cannot be decrypted or decoded
	Refused    uint64  `json:"refused"`            // times their host told that nobody listens there (ICMP)
	Reports    uint64  `json:"reports"`            // reports of theirs on what arrives of ours (RFC 3550 6.4)
	Unheard    bool    `json:"unheard,omitempty"`  // the last reports say that nothing of ours arrives, or they have stopped to speak of it
	PeakIn     float64 `json:"peak_in"`            // loudest of theirs in the last second, dBFS, -96 for digital silence
	PeakOut    float64 `json:"peak_out"`           // loudest of ours, likewise
	SilentIn   int64   `json:"silent_in_ms"`       // packets come and have had nothing but silence in them for so long
	SoundIn    int64   `json:"sound_in_ms"`        // how much of theirs was anything else, in all
	SilentOut  int64   `json:"silent_out_ms"`      // our microphone has given nothing but silence for so long
}

// CallQuality is how a finished call sounded, as the history keeps it: averages over the time talked.
type CallQuality struct {
	Codec     string     `json:"codec"`
	Device    string     `json:"device,omitempty"`  // microphone, and " / " speaker when that is another; as the system calls them
	Network   string     `json:"network,omitempty"` // kind and name of the interface: "wifi wlan0", "cable eth0", "vpn tun0"
	LossIn    float64    `json:"loss_in"`           // percent that never came to us
	LossOut   float64    `json:"loss_out"`          // percent that never came to them, as they report it
	JitterMS  float64    `json:"jitter_ms"`         //
	RTTMS     float64    `json:"rtt_ms,omitempty"`  // 0: unknown
	Concealed float64    `json:"concealed"`         // percent of their sound that was filled in
	MOS       float64    `json:"mos,omitempty"`     // how we heard them (ITU-T G.107), 1..4.5; 0: unknown
	MOSOut    float64    `json:"mos_out,omitempty"` // how they heard us; 0: unknown
	Cause     SoundCause `json:"cause,omitempty"`   // the last that was wrong with its sound
}

// QualityBy is what a [QualityQuery] takes together.
type QualityBy string

// The ways to take calls together.
const (
	QualityByContact QualityBy = "contact" // the number at the other end
	QualityByDevice  QualityBy = "device"
	QualityByNetwork QualityBy = "network"
)

// QualityQuery asks for averages over finished calls.
type QualityQuery struct {
	By     QualityBy `json:"by"`
	Number string    `json:"number,omitempty"` // only calls with this number, however it is written
	Since  time.Time `json:"since,omitzero"`   // begun then or later
	Limit  int       `json:"limit,omitempty"`  // 0 means 50
}

// QualityAverage is how the calls of one contact, device or network sounded, weighted by the time talked. Percentages,
// milliseconds and MOS as in [CallQuality].
type QualityAverage struct {
	Key       string        `json:"key"`             // number, device or network; empty: not known
	Label     string        `json:"label,omitempty"` // of a contact: the name last seen
	Calls     int           `json:"calls"`
	Duration  time.Duration `json:"duration"` // talked in all; nanoseconds in JSON
	Last      time.Time     `json:"last"`     // when the newest began
	LossIn    float64       `json:"loss_in"`
	LossOut   float64       `json:"loss_out"`
	JitterMS  float64       `json:"jitter_ms"`
	RTTMS     float64       `json:"rtt_ms,omitempty"`
	Concealed float64       `json:"concealed"`
	MOS       float64       `json:"mos,omitempty"`
	MOSOut    float64       `json:"mos_out,omitempty"`
	Worst     float64       `json:"worst,omitempty"` // the lowest MOS of a call, in either direction
}

// Qualities answers how calls have sounded, the worst first. Like [History] it is read beside the snapshot.
type Qualities interface {
	Qualities(context.Context, QualityQuery) ([]QualityAverage, error)
}
