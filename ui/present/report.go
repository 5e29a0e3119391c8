package present

import (
	"fmt"
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// SoundReport is what is known of a call's sound, for who helps: figures, the path, what was found out. It holds no name
// or number of anybody. The labels are English and stable, so that it can be read and searched by a machine. ok is false
// when there is no such call.
func SoundReport(s Scene, id phone.CallID, version string) (report string, ok bool) {
	if id == 0 {
		id = mainCall(s.Snap)
	}
	c := s.Snap.Call(id)
	if c == nil {
		return "", false
	}
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%s: %s\n", name, Clean(fmt.Sprintf(format, args...), 400))
	}
	q, f := c.Quality, c.Quality.Facts
	b.WriteString(text.T("quality.report_title") + "\n")
	line("svara", "%s", version)
	line("time", "%s", s.Now.UTC().Format(time.RFC3339))
	line("call", "%d %s %s hold=%s muted=%v seconds=%d", c.ID, c.Direction, c.State, c.Hold, c.Muted, int(c.Duration(s.Now)/time.Second))
	if d := c.Diagnosis; d != nil {
		line("diagnosis", "leg=%s cause=%s since=%s tried=%s", d.Leg, d.Cause, d.Since.UTC().Format(time.RFC3339), d.Tried)
		line("words", "%s", text.T("doctor."+string(d.Cause)))
	}
	line("security", "lock=%s signalling=%s keying=%s suite=%s", c.Security.Lock(), c.Security.Signalling, c.Security.Keying, c.SRTP)
	line("codec", "%s", c.Codec)
	line("estimate", "in=%.2f out=%.2f", q.MOS, q.MOSOut)
	line("loss", "in=%.2f%% out=%.2f%% lost=%d", q.LossIn, q.LossOut, q.Lost)
	line("jitter", "in=%.1fms out=%.1fms", q.JitterMS, q.JitterOut)
	line("delay", "round_trip=%.1fms buffer=%.1fms target=%.1fms", q.RTTMS, q.BufferMS, q.TargetMS)
	line("packets", "sent=%d received=%d late=%d", q.Sent, q.Received, q.Late)
	line("repair", "concealed=%d recovered=%d concealing=%.2f%%", q.Concealed, q.Recovered, q.Concealing)
	line("device", "underruns=%d overruns=%d input=%s output=%s", q.Underruns, q.Overruns, deviceName(s, s.Snap.Audio.Input), deviceName(s, s.Snap.Audio.Output))
	line("path", "local=%s remote=%s agreed=%s source=%s stranger=%s", q.LocalRTP, q.RemoteRTP, f.Agreed, f.Source, f.Stranger)
	line("facts", "sends=%v receives=%v quiet=%dms arrived=%d strangers=%d unreadable=%d refused=%d reports=%d unheard=%v", f.Sends, f.Receives, f.QuietMS, f.Arrived, f.Strangers, f.Unreadable, f.Refused, f.Reports, f.Unheard)
	line("levels", "peak_in=%.0f peak_out=%.0f silent_in=%dms silent_out=%dms", f.PeakIn, f.PeakOut, f.SilentIn, f.SilentOut)
	return b.String(), true
}

// deviceName is what the system calls a device, empty when it is not there.
func deviceName(s Scene, id string) string {
	for _, d := range s.Snap.Audio.Devices {
		if d.ID == id {
			return Clean(d.Name, nameLimit)
		}
	}
	return ""
}
