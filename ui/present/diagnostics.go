package present

import (
	"runtime"
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// Fact is a line of the diagnostics.
type Fact struct {
	Label string
	Value string
	Tone  Tone
}

// FactGroup is facts under a heading.
type FactGroup struct {
	Title string
	Facts []Fact
}

// Diagnostics is what somebody who helps will ask for: versions, how accounts and devices stand, how good calls in
// progress are. There are no passwords, numbers of others or names in it. log is the log file, empty for none.
func Diagnostics(s Scene, version, log string) []FactGroup {
	program := FactGroup{Title: text.T("app.name"), Facts: []Fact{
		{Label: text.T("diagnostics.version"), Value: version},
		{Label: text.T("diagnostics.system"), Value: runtime.GOOS + " " + runtime.GOARCH + ", " + runtime.Version()},
	}}
	if log != "" {
		program.Facts = append(program.Facts, Fact{Label: text.T("diagnostics.log"), Value: Clean(log, 400)})
	}
	out := []FactGroup{program}
	accounts := FactGroup{Title: text.T("settings.accounts")}
	for _, a := range s.Snap.Accounts {
		row := AccountRowOf(s, a)
		accounts.Facts = append(accounts.Facts, Fact{Label: row.Address, Value: joinWords(row.State, row.Lock), Tone: row.Tone})
	}
	out = append(out, accounts, soundFacts(s))
	calls := FactGroup{Title: text.T("diagnostics.calls")}
	for _, c := range s.Snap.Calls {
		if q := qualityOf(s, c); q.Word != "" {
			parts := []string{q.Word}
			for _, d := range q.Plain {
				parts = append(parts, d.Name+" "+d.Value)
			}
			calls.Facts = append(calls.Facts, Fact{Label: q.Codec, Value: strings.Join(parts, " · "), Tone: q.Tone})
		}
	}
	out = append(out, calls)
	faults := FactGroup{Title: text.T("diagnostics.faults")}
	for _, r := range s.Snap.Faults {
		faults.Facts = append(faults.Facts, Fact{Label: text.ReasonTitle(r), Value: text.Reason(r), Tone: ToneRed})
	}
	var whole []FactGroup
	for _, g := range append(out, faults) {
		if len(g.Facts) > 0 {
			whole = append(whole, g)
		}
	}
	return whole
}

func soundFacts(s Scene) FactGroup {
	g := FactGroup{Title: text.T("settings.sound")}
	name := func(id string) string {
		for _, d := range s.Snap.Audio.Devices {
			if d.ID == id {
				return Clean(d.Name, nameLimit)
			}
		}
		return ""
	}
	inUse := map[string]string{phone.KeyOutput: s.Snap.Audio.Output, phone.KeyInput: s.Snap.Audio.Input, phone.KeyRing: s.Snap.Audio.Ring}
	for _, k := range SoundKinds(s) {
		value := k.Chosen
		if n := name(inUse[k.Setting]); n != "" && n != k.Chosen {
			value += " → " + n
		}
		g.Facts = append(g.Facts, Fact{Label: k.Title, Value: value})
	}
	return g
}

// DiagnosticText is the diagnostics as plain text, to be copied or sent.
func DiagnosticText(groups []FactGroup) string {
	var b strings.Builder
	for _, g := range groups {
		b.WriteString(g.Title + "\n")
		for _, f := range g.Facts {
			b.WriteString("  " + f.Label + ": " + f.Value + "\n")
		}
	}
	return b.String()
}
