package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"svara/phone"
)

var plan = group("plan", map[string]runner{
	"list":   shows("plan", "me", func(c *cli, me phone.Me) { c.showPlans(me.Plans) }),
	"add":    (*cli).planAdd,
	"set":    (*cli).planSet,
	"remove": removes("plan", phone.ItemPlan),
})

// planFlags are the fields of a plan. Those given are put in place of what was there.
func planFlags(fs *flag.FlagSet) func(*phone.Plan) error {
	var given phone.Plan
	fs.StringVar(&given.Name, "name", "", "")
	fs.StringVar(&given.Note, "note", "", "")
	fs.StringVar(&given.From, "from", "", "")
	fs.StringVar(&given.To, "to", "", "")
	fs.StringVar(&given.Zone, "zone", "", "")
	fs.StringVar(&given.Until, "end", "", "")
	role, repeat, days := fs.String("role", "", ""), fs.String("repeat", "", ""), fs.String("days", "", "")
	ring, on, divert := choice(fs, "rings", "silent"), choice(fs, "on", "off"), divertFlag(fs)
	return func(p *phone.Plan) (err error) {
		given.Role = phone.RoleID(*role)
		if given.Rings, err = ring(); err != nil {
			return err
		}
		if given.Days, err = daysOf("plan", *days); err != nil {
			return err
		}
		if given.Repeat = phone.Repeat(*repeat); *repeat == "never" {
			given.Repeat = phone.RepeatNever
		}
		applied, err := on()
		if err != nil {
			return err
		}
		for name, change := range map[string]func(){
			"name":   func() { p.Name = given.Name },
			"note":   func() { p.Note = given.Note },
			"from":   func() { p.From = planTime(given.From) },
			"to":     func() { p.To = planTime(given.To) },
			"zone":   func() { p.Zone = given.Zone },
			"end":    func() { p.Until = given.Until },
			"role":   func() { p.Role = given.Role },
			"repeat": func() { p.Repeat = given.Repeat },
			"days":   func() { p.Days = given.Days },
			"rings":  func() { p.Rings = given.Rings },
			"silent": func() { p.Rings = given.Rings },
			"on":     func() { p.Off = !*applied },
			"off":    func() { p.Off = !*applied },
			"divert": func() { p.Divert, p.Number = divert() },
		} {
			if isSet(fs, name) {
				change()
			}
		}
		return nil
	}
}

// planTime lets a blank stand between day and time, as people write it.
func planTime(text string) string { return strings.Replace(strings.TrimSpace(text), " ", "T", 1) }

func (c *cli) planAdd(ctx context.Context, args []string) error {
	fs := c.flags("plan")
	fill := planFlags(fs)
	id := fs.String("id", "", "")
	given, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	p := phone.Plan{ID: *id}
	if p.Kind, err = kindOf("plan", given[0]); err != nil {
		return err
	}
	if err := fill(&p); err != nil {
		return err
	}
	if p.ID == "" {
		p.ID = strings.ToLower(rand.Text()[:8])
	}
	return c.putPlan(ctx, p)
}

func (c *cli) planSet(ctx context.Context, args []string) error {
	fs := c.flags("plan")
	fill := planFlags(fs)
	given, err := words(fs, args, 1, 2)
	if err != nil {
		return err
	}
	var kind phone.ActivityKind
	if len(given) == 2 {
		if kind, err = kindOf("plan", given[1]); err != nil {
			return err
		}
	}
	if err := fill(&phone.Plan{}); err != nil {
		return err
	}
	now, err := c.snapshotOf(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(now.Me.Plans, func(p phone.Planned) bool { return p.ID == given[0] })
	if at < 0 {
		return phone.Refuse(phone.ReasonNoItem, given[0])
	}
	p := now.Me.Plans[at].Plan
	if err := fill(&p); err != nil {
		return err
	}
	if kind != "" {
		p.Kind = kind
	}
	return c.putPlan(ctx, p)
}

func (c *cli) putPlan(ctx context.Context, p phone.Plan) error {
	if err := p.Validate(); err != nil {
		return err
	}
	return c.doThenPrint(ctx, phone.PutItem{Item: p}, "plan", p.ID)
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// daysOf reads "mon-fri,sun".
func daysOf(verb, text string) ([]time.Weekday, error) {
	var out []time.Weekday
	if text == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(strings.ToLower(text), ",") {
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
		if from < 0 || to < 0 {
			return nil, &usageError{verb: verb, why: "days are as in mon-fri or sat,sun, not " + text}
		}
		for d := from; ; d = (d + 1) % 7 {
			if !slices.Contains(out, time.Weekday(d)) {
				out = append(out, time.Weekday(d))
			}
			if d == to {
				break
			}
		}
	}
	return out, nil
}

var hours = group("hours", map[string]runner{
	"show":  shows("hours", "me", func(c *cli, me phone.Me) { c.showHours(me.Hours) }),
	"set":   (*cli).hoursSet,
	"clear": alone("hours", phone.RemoveItem{Kind: phone.ItemHours}),
})

// hoursSet reads "mon-fri 08:00-12:00 13:00-17:00", one text for days of the same hours.
func (c *cli) hoursSet(ctx context.Context, args []string) error {
	fs := c.flags("hours")
	w := phone.WorkingHours{Days: map[time.Weekday][]phone.HourSpan{}}
	fs.StringVar(&w.Zone, "zone", "", "")
	given, err := words(fs, args, 1, -1)
	if err != nil {
		return err
	}
	var days []time.Weekday
	for _, word := range strings.Fields(strings.Join(given, " ")) {
		if word[0] < '0' || word[0] > '9' {
			if days, err = daysOf("hours", word); err != nil {
				return err
			}
			continue
		}
		from, to, ok := spanOf(word)
		if !ok || days == nil {
			return &usageError{verb: "hours", why: `as in "mon-fri 08:00-12:00 13:00-17:00", not ` + word}
		}
		for _, d := range days {
			w.Days[d] = append(w.Days[d], phone.HourSpan{From: from, To: to})
		}
	}
	if !w.Set() {
		return &usageError{verb: "hours", why: "which hours?"}
	}
	return c.put(ctx, w)
}

// spanOf reads "08:00-12:00", as minutes after midnight; 24:00 is the next one.
func spanOf(text string) (from, to int, ok bool) {
	first, last, ok := strings.Cut(text, "-")
	if !ok {
		return 0, 0, false
	}
	if last == "24:00" {
		to = 24 * 60
	} else if t, err := time.Parse("15:04", last); err == nil {
		to = t.Hour()*60 + t.Minute()
	} else {
		return 0, 0, false
	}
	t, err := time.Parse("15:04", first)
	return t.Hour()*60 + t.Minute(), to, err == nil
}

func (c *cli) showHours(w phone.WorkingHours) {
	if !w.Set() {
		c.printf(c.out, "no working hours\n")
		return
	}
	t := c.table()
	for i := range weekdays {
		day := time.Weekday((i + 1) % 7) // Monday first
		var spans []string
		for _, s := range w.Days[day] {
			spans = append(spans, fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60))
		}
		if spans == nil {
			spans = []string{"free"}
		}
		t.row(weekdays[day], strings.Join(spans, " "))
	}
	if w.Zone != "" {
		t.row("zone", w.Zone)
	}
	t.flush()
}
