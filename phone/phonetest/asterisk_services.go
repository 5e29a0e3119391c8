package phonetest

import (
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"svara/phone/phonetest/sound"
)

// What the test PBX does for a switchboard.
const (
	NumberPark   = "700" // REFER here: parked in the first free slot, 701 to 709; dial the slot to retrieve
	NumberParkIn = "5"   // before a slot, 5701: parked there; busy when it is taken
	NumberQueue  = "640" // answers, plays HoldHz and calls AsteriskConfig.Queue
	NumberRoom   = "650" // a conference room; 651 to 659 are others
	NumberLate   = "660" // rings for three seconds, answers and plays its tone
	NumberPickup = "*8"  // answers what rings at anybody; before a number, *81002, what rings there
)

// HoldHz is the frequency of the music on hold.
const HoldHz = 1730

// Tones are the numbers that answer at once and play a tone of their own, so that each leg of a call is told by its sound.
// All frequencies in use, these, HoldHz, ToneHz and Microphones, are no harmonics or sums of each other.
var Tones = map[string]float64{"621": 1310, "622": 1460, "623": 1590, NumberLate: 1870}

// switchboard is the dial plan for the numbers above, hints of all users among them.
func (c AsteriskConfig) switchboard() string {
	var b strings.Builder
	b.WriteString("include => parkedcalls\n")
	for _, u := range c.Users {
		fmt.Fprintf(&b, "exten => %[1]s,hint,PJSIP/%[1]s\n", u.User)
	}
	for _, n := range slices.Sorted(maps.Keys(Tones)) {
		if n == NumberLate {
			fmt.Fprintf(&b, "exten => %s,1,Ringing()\n same => n,Wait(3)\n same => n,Answer()\n", n)
		} else {
			fmt.Fprintf(&b, "exten => %s,1,Answer()\n", n)
		}
		fmt.Fprintf(&b, " same => n,Playtones(%.0f)\n same => n,Wait(600)\n", Tones[n])
	}
	b.WriteString(`exten => 640,1,Answer()
 same => n,Queue(svara)
 same => n,Hangup()
exten => _65X,1,Answer()
 same => n,ConfBridge(${EXTEN},svara,svara)
exten => _570X,1,Set(PARKINGEXTEN=${EXTEN:1})
 same => n,Park()
 same => n,Hangup(17)
exten => _*8X.,1,Pickup(${EXTEN:2}@svara)
 same => n,Hangup(1)
`)
	return b.String()
}

// services is the files of parking, pickup, queues, conference rooms and music on hold.
func (a *Asterisk) services(c AsteriskConfig) map[string]string {
	parked := c.ParkedFor
	if parked == 0 {
		parked = 45
	}
	var members strings.Builder
	for _, m := range c.Queue {
		fmt.Fprintf(&members, "member => PJSIP/%s\n", m)
	}
	boxes := "[general]\nformat = wav\nsendvoicemail = no\nattach = no\n[default]\n"
	for _, u := range c.Users {
		boxes += fmt.Sprintf("%[1]s => 1234,User %[1]s\n", u.User)
	}
	music := a.dir + "/music"
	a.writeTone(music+"/hold", HoldHz)
	return map[string]string{
		"res_parking.conf": fmt.Sprintf(`[general]
parkeddynamic = no
[default]
parkext => 700
parkpos => 701-709
context => parkedcalls
parkinghints = yes
parkingtime => %d
comebacktoorigin = yes
findslot => first
parkedmusicclass = default
`, parked),
		"voicemail.conf": boxes,
		"features.conf":  "[general]\npickupexten = *8\n",
		"queues.conf": "[general]\npersistentmembers = no\n[svara]\nstrategy = ringall\ntimeout = 20\nretry = 1\nwrapuptime = 0\nringinuse = no\nannounce-frequency = 0\n" +
			members.String() + c.queueConf(),
		"confbridge.conf": `[general]
[svara]
type = bridge
internal_sample_rate = 16000
mixing_interval = 20
[svara]
type = user
quiet = yes
announce_join_leave = no
announce_only_user = no
music_on_hold_when_empty = no
`,
		"musiconhold.conf": "[general]\n[default]\nmode = files\ndirectory = " + music + "\n",
	}
}

// writeTone writes ten seconds of a tone that begins where it ends, as raw 16-bit samples at 8 kHz (Asterisk's "sln").
func (a *Asterisk) writeTone(file string, hz int) {
	a.t.Helper()
	file = filepath.Join(a.root, file+".sln")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		a.t.Fatal(err)
	}
	const down = sound.Rate / 8000
	fine := slices.Repeat(sound.Steady(hz, MicrophoneLevel), int(10*time.Second/time.Second))
	var raw []byte
	for i := 0; i < len(fine); i += down {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(fine[i]))
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// Channel is a line of the PBX as it sees it itself.
type Channel struct {
	Name   string // PJSIP/1001-00000001
	User   string // 1001; empty when it is no phone's
	State  string // Ring, Ringing, Up
	App    string // what it runs: Dial, Parked, Queue, empty for the one that was called
	Bridge string // the bridge it is in, or empty
}

// Lines is the PBX's own list of channels.
func (a *Asterisk) Lines() []Channel {
	a.t.Helper()
	var out []Channel
	for line := range strings.Lines(a.CLI("core show channels concise")) {
		f := strings.Split(strings.TrimSpace(line), "!")
		if len(f) < 14 {
			continue
		}
		c := Channel{Name: f[0], State: f[4], App: f[5], Bridge: f[12]}
		if name, ok := strings.CutPrefix(c.Name, "PJSIP/"); ok {
			if i := strings.LastIndex(name, "-"); i > 0 {
				c.User = name[:i]
			}
		}
		out = append(out, c)
	}
	return out
}

// LinesOf is how many lines each user has now.
func (a *Asterisk) LinesOf() map[string]int {
	a.t.Helper()
	out := map[string]int{}
	for _, c := range a.Lines() {
		if c.User != "" {
			out[c.User]++
		}
	}
	return out
}
