package present

import (
	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// Quality is how a call sounds, in a word and in figures.
type Quality struct {
	Icon   string
	Word   string // empty while not known
	Codec  string
	Tone   Tone
	Rows   []QualityRow // both directions
	Facts  []Detail     // of the call as a whole
	Graph  *Graph       // its last minute; nil while nothing is known
	Lock   LockSign
	Plain  []Detail // rows and facts as lines
	Number string   // the estimate, 1 to 4.5, as figures
}

// QualityRow is a figure in both directions.
type QualityRow struct {
	Name string
	In   string // how we hear them
	Out  string // how they hear us
}

// Detail is a name and a value.
type Detail struct{ Name, Value string }

// soundStep is an estimate in plain words. The steps are those of ITU-T G.107 annex B.
func soundStep(mos float64) (word, icon string, tone Tone) {
	switch {
	case mos == 0:
		return "", "signal", TonePlain
	case mos >= 4.0:
		return text.T("quality.good"), "signal", TonePlain
	case mos >= 3.6:
		return text.T("quality.fair"), "signal-high", TonePlain
	case mos >= badMOS:
		return text.T("quality.weak"), "signal-medium", ToneAmber
	}
	return text.T("quality.bad"), "signal-low", ToneRed
}

// qualityOf says how a call sounds. The word is that of the worse direction: a call is as good as both hear it.
func qualityOf(s Scene, c phone.Call) Quality {
	q := c.Quality
	worse := q.MOS
	if q.MOSOut > 0 && (worse == 0 || q.MOSOut < worse) {
		worse = q.MOSOut
	}
	out := Quality{Codec: codecName(c.Codec), Graph: graphOf(s, c.ID), Lock: lockOf(c)}
	out.Word, out.Icon, out.Tone = soundStep(worse)
	if worse > 0 {
		out.Number = text.Decimal(worse, 1)
	}
	const unknown = "–"
	ms := func(v float64) string { return text.T("unit.ms", "n", int(v+0.5)) }
	maybe := func(v float64) string {
		if v <= 0 {
			return unknown
		}
		return ms(v)
	}
	percent := func(v float64) string { return text.Decimal(v, decimals(v)) + "\u00a0%" }
	sound := func(mos float64) string {
		word, _, _ := soundStep(mos)
		if word == "" {
			return unknown
		}
		return word + " " + text.Decimal(mos, 1)
	}
	out.Rows = []QualityRow{
		{text.T("quality.sound"), sound(q.MOS), sound(q.MOSOut)},
		{text.T("quality.loss"), percent(q.LossIn), percent(q.LossOut)},
		{text.T("quality.jitter"), ms(q.JitterMS), maybe(q.JitterOut)},
	}
	buffer := ms(q.BufferMS)
	if q.TargetMS > 0 {
		buffer = text.T("quality.buffer_aims", "now", buffer, "target", ms(q.TargetMS))
	}
	out.Facts = []Detail{{text.T("quality.round_trip"), maybe(q.RTTMS)}, {text.T("quality.buffer"), buffer}, {text.T("quality.filled"), percent(q.Concealing)}}
	if q.Encryption != "" {
		out.Facts = append(out.Facts, Detail{text.T("quality.cipher"), Clean(q.Encryption, nameLimit)})
	}
	for _, r := range out.Rows {
		out.Plain = append(out.Plain, Detail{r.Name, text.T("quality.both", "in", r.In, "out", r.Out)})
	}
	out.Plain = append(out.Plain, out.Facts...)
	return out
}

// decimals is how many decimals a share deserves: none for 0 and for what is 10 or more.
func decimals(v float64) int {
	if v < 0.05 || v >= 10 {
		return 0
	}
	return 1
}

// codecName is a codec as people write it.
func codecName(c string) string {
	switch c {
	case "opus":
		return "Opus"
	case "PCMA":
		return "G.711 A"
	case "PCMU":
		return "G.711 µ"
	case "G722":
		return "G.722"
	}
	return c
}

// soundNotices are what is wrong with a call's sound: what the phone has found out about sound that does not come through,
// else, where the user wants to be told, why it sounds bad.
func soundNotices(s Scene, c phone.Call) []Notice {
	if c.State != phone.StateConnected {
		return nil
	}
	report := Act{Button: Button{Command: string(command.SoundReport), Icon: "copy", Text: text.T("call.report"), Enabled: true}}
	if d := c.Diagnosis; d != nil && !(d.Cause == phone.CauseMicrophone && c.Warning != nil && micIcons[c.Warning.ID] != "") { // the card's warning names the microphone
		return []Notice{{Icon: legIcon(d.Leg), Tone: ToneAmber, Text: diagnosisWords(s, c), Acts: []Act{report}}}
	}
	if x := s.Heard[c.ID]; x != nil && x.hint != hintNone && s.Snap.Settings.Bool(phone.KeyQualityHint) {
		return []Notice{{Icon: "activity", Tone: ToneAmber, Text: text.T("hint."+string(x.hint), "name", s.whoOfCall(c).Name)}}
	}
	return nil
}

func legIcon(l phone.SoundLeg) string {
	if l == phone.LegOut {
		return "mic-off"
	}
	return "volume-x"
}

// diagnosisWords is who does not hear whom, why as far as can be told, and what was done about it.
func diagnosisWords(s Scene, c phone.Call) string {
	d := c.Diagnosis
	words := text.T("hint.leg_"+string(d.Leg), "name", s.whoOfCall(c).Name) + " " + text.T("doctor."+string(d.Cause))
	if d.Tried != "" {
		words += " " + text.T("hint.tried", "address", Clean(d.Tried, numberLimit))
	}
	return words
}

// QualityInFront is how the call in front sounds, and with whom it is; ok is false while there is none.
func QualityInFront(s Scene) (name string, q Quality, ok bool) {
	c := s.Snap.Call(mainCall(s.Snap))
	if c == nil || c.State != phone.StateConnected {
		return "", Quality{}, false
	}
	return s.whoOfCall(*c).Name, qualityOf(s, *c), true
}
