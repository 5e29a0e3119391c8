package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"svara/phone"
	"svara/phone/control"
)

// clean makes text from the network harmless on a terminal: no control characters or escape sequences, nothing that
// turns the direction of writing.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
}

func (c *cli) printJSON(v any) error { return json.NewEncoder(c.out).Encode(v) }

// table prints aligned columns; cells are cleaned.
type table struct {
	c     *cli
	lines *bytes.Buffer
	w     *tabwriter.Writer
}

func (c *cli) table() table {
	var lines bytes.Buffer
	return table{c, &lines, tabwriter.NewWriter(&lines, 0, 0, 2, ' ', 0)}
}

func (t table) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = strings.TrimRight(clean(cell), " ")
	}
	_, _ = fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

// flush prints the table without the blanks that fill its empty last cells.
func (t table) flush() {
	_ = t.w.Flush()
	for line := range strings.Lines(t.lines.String()) {
		t.c.printf(t.c.out, "%s\n", strings.TrimRight(line, " \n"))
	}
}

func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// who is name and number, the number always visible.
func who(p phone.Party) string {
	number := p.Number
	if number == "" {
		number = p.URI
	}
	if name := strings.TrimSpace(p.Name); name != "" && name != number {
		return name + " <" + number + ">"
	}
	return number
}

func (c *cli) showStatus(s control.Status) {
	c.printf(c.out, "Svara %s, up %s, ready after %d ms\n", clean(s.Version), clock(time.Duration(s.UptimeMS)*time.Millisecond), s.StartupMS)
	c.showAccounts(s.Accounts)
	c.showCalls(s.Calls)
	if s.Missed > 0 {
		c.printf(c.out, "missed calls: %d\n", s.Missed)
	}
	if s.Unseen > 0 {
		c.printf(c.out, "new recordings: %d\n", s.Unseen)
	}
	if s.Voicemail > 0 {
		c.printf(c.out, "new voice messages: %d\n", s.Voicemail)
	}
	if s.Texts > 0 {
		c.printf(c.out, "unread messages: %d\n", s.Texts)
	}
	if s.Activity.Kind != "" {
		c.printf(c.out, "activity: %s\n", clean(activityText(s.Activity)))
	}
	if s.Playing != nil {
		c.showPlaying(*s.Playing)
	}
	for _, f := range s.Faults {
		c.printf(c.out, "fault: %s\n", clean(reasonText(&f)))
	}
}

func (c *cli) showAccounts(accounts []phone.AccountStatus) {
	if len(accounts) == 0 {
		c.printf(c.out, "no account\n")
	}
	t := c.table()
	for _, a := range accounts {
		note := ""
		switch {
		case a.Reason != nil:
			note = reasonText(a.Reason)
			if !a.RetryAt.IsZero() {
				note += ", next try " + a.RetryAt.Local().Format(time.TimeOnly)
			}
		case !a.Until.IsZero():
			note = "until " + a.Until.Local().Format(time.TimeOnly)
		}
		name := string(a.ID)
		if a.Default {
			name += " (default)"
		}
		t.row("account "+name, string(a.State), a.AddressOfRecord(), a.Dialect, note)
	}
	t.flush()
}

func (c *cli) showStats(s control.Stats) {
	t := c.table()
	t.row("call", fmt.Sprintf("%d, %s, %s", s.Call, s.State, clock(time.Duration(s.DurationMS)*time.Millisecond)))
	codec := s.Codec
	if s.CodecIn != "" {
		codec += " out, " + s.CodecIn + " in"
	}
	t.row("codec", codec)
	t.row("packets", fmt.Sprintf("%d sent, %d received, %d lost, %d late", s.Sent, s.Received, s.Lost, s.Late))
	t.row("loss", fmt.Sprintf("%.1f %% in, %.1f %% out", s.LossIn, s.LossOut))
	t.row("jitter", fmt.Sprintf("%.1f ms in, %.1f ms out, buffer %.0f ms for %.0f ms", s.JitterMS, s.JitterOut, s.BufferMS, s.TargetMS))
	t.row("round trip", fmt.Sprintf("%.0f ms", s.RTTMS))
	t.row("repaired", fmt.Sprintf("%d concealed (%.1f %% now), %d recovered", s.Concealed, s.Concealing, s.Recovered))
	t.row("device", fmt.Sprintf("%d underruns, %d overruns", s.Underruns, s.Overruns))
	t.row("quality", mosText(s.MOS, s.MOSOut))
	t.row("sound", fmt.Sprintf("%s to %s", s.LocalRTP, s.RemoteRTP))
	if s.Encryption != "" {
		t.row("encryption", s.Encryption)
	}
	if s.Diagnosis != nil {
		t.row("trouble", diagnosisText(*s.Diagnosis))
	}
	if s.Levels != nil {
		t.row("level", fmt.Sprintf("microphone %.0f dBFS, speaker %.0f dBFS", s.Levels.Microphone, s.Levels.Speaker))
	}
	t.flush()
}

func (c *cli) showDevices(a phone.AudioStatus) {
	t := c.table()
	for _, d := range a.Devices {
		var kind, use []string
		if d.Input {
			kind = append(kind, "input")
		}
		if d.Output {
			kind = append(kind, "output")
		}
		if d.Default {
			use = append(use, "system's choice")
		}
		if d.Input && d.ID == a.Input || d.Output && d.ID == a.Output {
			use = append(use, "in use")
		}
		if d.Output && d.ID == a.Ring {
			use = append(use, "rings")
		}
		if d.Muted {
			use = append(use, "muted in the system")
		}
		t.row(d.ID, d.Name, strings.Join(kind, ", "), strings.Join(use, ", "))
	}
	t.flush()
	c.printf(c.out, "%s\n", cleaningWords(a.Cleaning))
}

// cleaningWords is what is done to the microphone, and by what.
func cleaningWords(c phone.Cleaning) string {
	switch {
	case c.Library == "":
		return "The microphone is sent as it is: this build has nothing to clean it with."
	case !c.Room:
		return "The microphone is sent as it is: it is no real one."
	}
	var on []string
	for _, part := range []struct {
		name string
		on   bool
	}{{"echo", c.Echo}, {"noise (" + c.Noise + ")", c.Noise != "off"}, {"level", c.AutoLevel}, {"hum", c.HighPass}} {
		if part.on {
			on = append(on, part.name)
		}
	}
	if len(on) == 0 {
		return "The microphone is sent as it is: echo, noise, level and hum are switched off."
	}
	words := "Microphone processing (" + c.Library + "): " + strings.Join(on, ", ")
	switch {
	case !c.Running:
		return words + "; during calls."
	case c.ERLE > 0:
		words += fmt.Sprintf("; the echo is %.0f dB down", c.ERLE)
		if c.DelayMS >= 0 {
			words += fmt.Sprintf(", it came after %d ms", c.DelayMS)
		}
	}
	return words + "."
}

func (c *cli) showSettings(s map[string]string) {
	t := c.table()
	for _, key := range slices.Sorted(maps.Keys(s)) {
		t.row(key, s[key])
	}
	t.flush()
}
