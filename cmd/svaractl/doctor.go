package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"svara/phone"
	"svara/phone/control"
	"svara/ui/text"
)

// legs are who does not hear whom.
var legs = map[phone.SoundLeg]string{
	phone.LegIn: "you do not hear them", phone.LegOut: "they do not hear you", phone.LegBoth: "nobody hears anything",
}

// diagnosisText is the leg, the cause and what was tried, in a line.
func diagnosisText(d phone.Diagnosis) string {
	out := legs[d.Leg] + ": " + string(d.Cause)
	if d.Tried != "" {
		out += ", sent to " + d.Tried + " instead"
	}
	return out
}

// doctor prints what is wrong with a call's sound, what to do about it, and the facts, in words and as JSON: a report to be
// kept. There are no secrets in it, and no names or numbers. With --json it is the JSON alone.
func (c *cli) doctor(ctx context.Context, call phone.CallID) error {
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	var s control.Stats
	if err := client.Call(ctx, "stats", callArgs{call}, &s); err != nil {
		return err
	}
	if c.json {
		return c.printJSON(s)
	}
	var language control.Setting
	if err := client.Call(ctx, "get", map[string]string{"key": phone.KeyLanguage}, &language); err != nil {
		return err
	}
	text.SetLanguage(language.Value)
	c.printf(c.out, "call %d, %s, %s\n", s.Call, s.State, clock(time.Duration(s.DurationMS)*time.Millisecond))
	if d := s.Diagnosis; d != nil {
		c.printf(c.out, "%s, since %s\n%s\n", clean(diagnosisText(*d)), d.Since.Local().Format(time.TimeOnly), clean(text.T("doctor."+string(d.Cause))))
	} else {
		c.printf(c.out, "nothing is wrong with the sound as far as can be told\n")
	}
	t := c.table()
	for _, row := range factRows(s) {
		t.row("  "+row[0], row[1])
	}
	t.flush()
	report, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	c.printf(c.out, "%s\n", report)
	return nil
}

// factRows are the facts in words.
func factRows(s control.Stats) [][2]string {
	f := s.Facts
	way := func(on bool) string {
		if on {
			return "yes"
		}
		return "no"
	}
	or := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	heard := "they have not reported"
	switch {
	case f.Unheard:
		heard = fmt.Sprintf("nothing, by the last of %d reports", f.Reports)
	case f.Reports > 0:
		heard = fmt.Sprintf("%.1f %% lost, by the last of %d reports", s.LossOut, f.Reports)
	}
	rows := [][2]string{
		{"sound goes out, comes in", way(f.Sends) + ", " + way(f.Receives)},
		{"we take sound at", or(s.LocalRTP, "nowhere")},
		{"they want sound at", or(f.Agreed, "nowhere")},
		{"theirs comes from", or(f.Source, "nowhere yet")},
		{"packets", fmt.Sprintf("%d sent, %d taken, the last %.1f s ago", s.Sent, f.Arrived, float64(f.QuietMS)/1000)},
		{"from strangers", fmt.Sprintf("%d, the last from %s", f.Strangers, or(f.Stranger, "nobody"))},
		{"not readable", fmt.Sprint(f.Unreadable)},
		{"refused there", fmt.Sprint(f.Refused)},
		{"they get", heard},
		{"loudest", fmt.Sprintf("theirs %.0f dBFS, ours %.0f dBFS", f.PeakIn, f.PeakOut)},
		{"silence only", fmt.Sprintf("theirs for %.0f s, ours for %.0f s", float64(f.SilentIn)/1000, float64(f.SilentOut)/1000)},
		{"quality", mosText(s.MOS, s.MOSOut)},
	}
	return rows
}
