package present

import (
	"strconv"
	"time"

	"svara/phone"
	"svara/phone/schedule"
	"svara/ui/text"
)

// ActivityMenu is what opens under the activity chip (ui.md 5.8).
type ActivityMenu struct {
	Note    string
	Warn    string        // an exchange that does not take what we tell
	Quick   []ActivityRow // a line for each kind, its lengths as rings
	Own     []ActivityRow // shortcuts with names of the user's own
	Next    string        // the next future activity
	Forward string        // what is forwarded
	Hours   bool          // working hours are needed and missing
}

// ActivityRow is a line of the menu. A press on it does Command; on one of its rings the ring's.
type ActivityRow struct {
	Status  Status
	Icon    string // in place of the lamp: a shortcut's own
	Tone    Tone
	Name    string
	Detail  string
	Chosen  bool // what the user does now
	Rings   []DurationRing
	Command phone.Command
}

// DurationRing is a length as a part of a ring: minutes of an hour, hours of four.
type DurationRing struct {
	Text    string
	Icon    string  // in place of the text
	Part    float64 // 0 to 1
	Running bool    // this is what the user does now: what is left of it
	Tip     string
	Command phone.Command
	Minutes int    // how long it is, 0 for other lengths; what is left when it is running
	Wrong   string // why it cannot be chosen
	Short   string // the same in a few words
}

// chipTail is until when the activity is, after its word on the chip.
func chipTail(s Scene, a phone.Activity) string {
	if a.Until.IsZero() || a.Until.Before(s.Now) {
		return ""
	}
	return " " + UntilWords(a.Until, s.Now)
}

// nowActivity is the present activity: available before anything was chosen.
func nowActivity(s Scene) phone.Activity {
	a := s.Snap.Me.Activity
	if a.Kind == "" {
		a.Kind, a.Rings = phone.ActivityAvailable, true
	}
	return a
}

// NotTaken says which exchange does not take what we tell of ourselves; empty when all do.
func NotTaken(s Scene) string {
	for _, p := range s.Snap.Me.Published {
		if p.State != phone.ConfirmRefused {
			continue
		}
		why := phone.Reason{ID: phone.ReasonNotSupported}
		if p.Reason != nil {
			why = *p.Reason
		}
		return text.T("activity.not_taken", "why", text.ReasonTitle(why))
	}
	return ""
}

// ActivityMenuOf makes the menu.
func ActivityMenuOf(s Scene) ActivityMenu {
	m := ActivityMenu{Note: s.Snap.Me.Note, Warn: NotTaken(s), Next: nextPlan(s), Forward: ForwardLine(s)}
	at := map[phone.ActivityKind]int{}
	for _, sc := range s.Snap.Me.Shortcuts {
		if needsHours(sc.Length) && !s.Snap.Me.Hours.Set() {
			m.Hours = true
		}
		if sc.Name != "" || sc.Icon != "" {
			m.Own = append(m.Own, ownRow(s, sc))
			continue
		}
		i, ok := at[sc.Kind]
		if !ok {
			i = len(m.Quick)
			at[sc.Kind] = i
			m.Quick = append(m.Quick, kindRow(s, sc.Kind))
		}
		addShortcut(s, &m.Quick[i], sc)
	}
	if a := nowActivity(s); !chosen(m.Quick) && !chosen(m.Own) {
		row := kindRow(s, a.Kind)
		row.Name = ActivityWord(a.Kind, a.Name)
		m.Quick = append([]ActivityRow{row}, m.Quick...)
	}
	for i := range m.Quick {
		finish(s, &m.Quick[i])
	}
	return m
}

func chosen(rows []ActivityRow) bool {
	for _, r := range rows {
		if r.Chosen {
			return true
		}
	}
	return false
}

// kindRow is the line of a kind: pressed, it is on until changed.
func kindRow(s Scene, k phone.ActivityKind) ActivityRow {
	a := nowActivity(s)
	row := ActivityRow{Status: ActivityStatus(k, k.Rings()), Tone: ActivityTone(k), Name: ActivityWord(k, ""), Command: phone.SetActivity{Kind: k}}
	if a.Kind == k && !fromOwn(s, a.From) {
		row.Chosen = true
		row.Detail = nowWords(s, a)
	}
	return row
}

// fromOwn reports whether an activity comes from a shortcut that stands on a line of its own.
func fromOwn(s Scene, from string) bool {
	for _, sc := range s.Snap.Me.Shortcuts {
		if from == "shortcut:"+sc.ID {
			return sc.Name != "" || sc.Icon != ""
		}
	}
	return false
}

// nowWords says how the present activity stands.
func nowWords(s Scene, a phone.Activity) string {
	means := text.T("rings.not")
	switch {
	case a.Divert != "":
		means = upperFirst(text.T("divert.to", "number", Clean(a.Divert, numberLimit)))
	case a.Rings:
		means = text.T("activity.rings_now")
	}
	if a.Until.IsZero() {
		return means
	}
	return upperFirst(UntilWords(a.Until, s.Now)) + " · " + lowerFirst(means)
}

func lowerFirst(s string) string {
	for i, r := range s {
		if i == 0 && r < 0x80 {
			return string(r|0x20) + s[1:]
		}
	}
	return s
}

// addShortcut puts a shortcut on its kind's line: as a ring when it has a length, else as the line itself.
func addShortcut(s Scene, row *ActivityRow, sc phone.Shortcut) {
	use := phone.UseShortcut{ID: sc.ID}
	ring := DurationRing{Command: use, Tip: ShortcutName(sc)}
	switch sc.Length.Kind {
	case phone.LengthMinutes:
		ring.Text, ring.Minutes = ringText(sc.Length.Minutes), sc.Length.Minutes
	case phone.LengthRestOfDay, phone.LengthNextWorkingDay:
		ring.Icon, ring.Part = "moon", 1
		if sc.Length.Kind == phone.LengthNextWorkingDay {
			ring.Icon = "sunrise"
		}
	default:
		row.Command = use
		return
	}
	end, err := schedule.Until(sc.Length, s.Snap.Me.Hours, s.Now, s.Now.Location())
	if err != nil {
		ring.Wrong, ring.Short = text.Refusal(err), text.ReasonTitle(phone.ReasonOf(err))
	} else {
		ring.Tip = text.T("activity.until", "name", ActivityWord(sc.Kind, ""), "until", UntilWords(end, s.Now))
	}
	if a := nowActivity(s); a.From == "shortcut:"+sc.ID {
		ring.Running = true
		if left := a.Until.Sub(s.Now); sc.Length.Kind == phone.LengthMinutes && left > 0 {
			minutes := int((left + time.Minute - 1) / time.Minute)
			ring.Text, ring.Minutes = ringText(minutes), minutes
		}
	}
	row.Rings = append(row.Rings, ring)
}

// ringText is a length in a ring: 15, 1 h, 1:30.
func ringText(minutes int) string {
	switch {
	case minutes < 60:
		return strconv.Itoa(minutes)
	case minutes%(24*60) == 0:
		return text.T("ring.days", "n", minutes/(24*60))
	case minutes%60 == 0:
		return text.T("duration.hours", "n", minutes/60)
	}
	return strconv.Itoa(minutes/60) + ":" + clockWords(minutes % 60)[3:]
}

// fillRings fills the rings of a line: of an hour while none of its lengths is longer, else of four hours.
func fillRings(s Scene, row *ActivityRow) {
	measure := 60
	for _, sc := range s.Snap.Me.Shortcuts {
		if use := (phone.UseShortcut{ID: sc.ID}); sc.Length.Minutes > 60 && hasRing(row, use) {
			measure = 4 * 60
		}
	}
	for i := range row.Rings {
		if n := row.Rings[i].Minutes; n > 0 {
			row.Rings[i].Part = min(1, float64(n)/float64(measure))
		}
	}
}

func hasRing(row *ActivityRow, use phone.UseShortcut) bool {
	for _, r := range row.Rings {
		if r.Command == phone.Command(use) {
			return true
		}
	}
	return false
}

// finish gives a line its words, and one that has only one length to choose that length's command.
func finish(s Scene, row *ActivityRow) {
	fillRings(s, row)
	if len(row.Rings) == 1 && row.Rings[0].Wrong == "" {
		if _, plain := row.Command.(phone.SetActivity); plain {
			row.Command = row.Rings[0].Command
		}
	}
	if row.Detail != "" {
		return
	}
	switch {
	case len(row.Rings) == 0:
		row.Detail = commandWords(row.Command)
	case len(row.Rings) == 1:
		row.Detail = ringEnd(s, row.Rings[0])
	default:
		row.Detail = unitWords(row.Rings)
	}
}

func commandWords(c phone.Command) string {
	if a, ok := c.(phone.SetActivity); ok && !a.Kind.Rings() {
		return upperFirst(text.T("length.until_changed"))
	}
	return text.T("rings.does")
}

// ringEnd is when the only length of a line ends, or why it cannot be chosen.
func ringEnd(s Scene, r DurationRing) string {
	if r.Wrong != "" {
		return r.Short
	}
	if use, ok := r.Command.(phone.UseShortcut); ok {
		if sc, found := findShortcut(s, use.ID); found {
			if end, err := schedule.Until(sc.Length, s.Snap.Me.Hours, s.Now, s.Now.Location()); err == nil {
				return UntilWords(end, s.Now)
			}
		}
	}
	return ""
}

// unitWords is what the figures in the rings are.
func unitWords(rings []DurationRing) string {
	hours := 0
	for _, r := range rings {
		if _, err := strconv.Atoi(r.Text); err != nil {
			hours++
		}
	}
	switch hours {
	case 0:
		return text.T("ring.minutes")
	case len(rings):
		return text.T("ring.hours")
	}
	return text.T("ring.mixed")
}

// ownRow is a shortcut of the user's own.
func ownRow(s Scene, sc phone.Shortcut) ActivityRow {
	row := ActivityRow{
		Icon: sc.Icon, Tone: ActivityTone(sc.Kind), Status: ActivityStatus(sc.Kind, rings(sc.Rings, sc.Kind)), Name: ShortcutName(sc),
		Detail: shortcutDetail(sc), Command: phone.UseShortcut{ID: sc.ID},
	}
	if a := nowActivity(s); a.From == "shortcut:"+sc.ID {
		row.Chosen, row.Detail = true, nowWords(s, a)
	}
	return row
}

// nextPlan is the next future activity, shortly; empty when there is none.
func nextPlan(s Scene) string {
	for _, p := range s.Snap.Me.Plans {
		if !p.Off && !p.Next.IsZero() {
			return text.T("plan.next", "name", ActivityWord(p.Kind, p.Name), "when", planTimes(s, p))
		}
	}
	return ""
}

// KindChoice is an activity until changed.
type KindChoice struct {
	Text    string
	Icon    string
	Chosen  bool
	Command phone.Command
}

// KindMenu is every activity, until changed.
func KindMenu(s Scene) []KindChoice {
	var out []KindChoice
	for _, k := range phone.ActivityKinds {
		out = append(out, KindChoice{Text: ActivityWord(k, ""), Icon: ActivityIcon(k), Chosen: nowActivity(s).Kind == k, Command: phone.SetActivity{Kind: k}})
	}
	return out
}
