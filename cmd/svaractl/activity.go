package main

import (
	"context"
	"flag"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/schedule"
)

// activity shows or says what the user does now.
func (c *cli) activity(ctx context.Context, args []string) error {
	fs := c.flags("activity")
	command := phone.SetActivity{}
	fs.StringVar(&command.Name, "name", "", "")
	length, ring, divert := lengthFlags(fs), choice(fs, "rings", "silent"), divertFlag(fs)
	end, note := fs.String("until", "", ""), fs.String("note", "", "")
	given, err := words(fs, args, 0, 2)
	if err != nil {
		return err
	}
	switch {
	case len(given) == 0 && !saysMore(fs), len(given) == 1 && given[0] == "show":
		return ask(ctx, c, "me", nil, c.showMe)
	case len(given) == 2 && given[0] == "shortcut":
		return c.do(ctx, phone.UseShortcut{ID: given[1]})
	case len(given) == 0:
		return &usageError{verb: "activity", why: "which one?"}
	case len(given) == 2:
		return &usageError{verb: "activity", why: "too much: " + given[1]}
	}
	if command.Kind, err = kindOf("activity", given[0]); err != nil {
		return err
	}
	if command.Length, err = length(); err != nil {
		return err
	}
	if *end != "" {
		if command.Length != (phone.Length{}) {
			return &usageError{verb: "activity", why: "--until and another length"}
		}
		if command.Until, err = untilOf(*end, time.Now()); err != nil {
			return err
		}
	}
	if command.Rings, err = ring(); err != nil {
		return err
	}
	command.Divert, command.Number = divert()
	if !isSet(fs, "note") {
		return c.do(ctx, command)
	}
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	if _, err := client.Do(ctx, command); err != nil {
		return err
	}
	call, err := client.Do(ctx, phone.SetNote{Text: *note})
	if err != nil {
		return err
	}
	return c.printCall(call)
}

// saysMore reports whether flags are given that are not those of every verb.
func saysMore(fs *flag.FlagSet) (more bool) {
	fs.Visit(func(f *flag.Flag) { more = more || f.Name != "json" && f.Name != "profile" })
	return more
}

// kindOf reads an activity.
func kindOf(verb, word string) (phone.ActivityKind, error) {
	kind := phone.ActivityKind(word)
	if slices.Contains(phone.ActivityKinds, kind) || kind == phone.ActivityOther {
		return kind, nil
	}
	known := make([]string, len(phone.ActivityKinds))
	for i, k := range phone.ActivityKinds {
		known[i] = string(k)
	}
	return "", &usageError{verb: verb, why: "not an activity: " + word + "; " + strings.Join(known, ", ") + " or other"}
}

// lengthFlags are how long something lasts, by default until changed.
func lengthFlags(fs *flag.FlagSet) func() (phone.Length, error) {
	d := fs.Duration("for", 0, "")
	rest, next := fs.Bool("rest-of-day", false, ""), fs.Bool("next-working-day", false, "")
	return func() (phone.Length, error) {
		var lengths []phone.Length
		if isSet(fs, "for") {
			if *d < time.Minute || *d%time.Minute != 0 {
				return phone.Length{}, &usageError{verb: fs.Name(), why: "--for is whole minutes, as in 45m or 1h30m"}
			}
			lengths = append(lengths, phone.Length{Kind: phone.LengthMinutes, Minutes: int(*d / time.Minute)})
		}
		if *rest {
			lengths = append(lengths, phone.Length{Kind: phone.LengthRestOfDay})
		}
		if *next {
			lengths = append(lengths, phone.Length{Kind: phone.LengthNextWorkingDay})
		}
		switch len(lengths) {
		case 0:
			return phone.Length{}, nil
		case 1:
			return lengths[0], nil
		}
		return phone.Length{}, &usageError{verb: fs.Name(), why: "more than one length"}
	}
}

// untilOf reads a time of day, tomorrow's when today's has passed, a day, which is its beginning, or both.
func untilOf(text string, now time.Time) (time.Time, error) {
	if t, err := time.Parse("15:04", text); err == nil {
		return schedule.ProfileUntil(t.Format("1504"), now)
	}
	for _, form := range []string{time.DateOnly, "2006-01-02 15:04", phone.PlanTime} {
		if t, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &usageError{verb: "activity", why: "--until is as in 13:00, 2026-12-24 or 2026-12-24T13:00, not " + text}
}

// divertFlag is where calls go meanwhile: a number, or "ignore" for nowhere, whatever the activity's link says.
func divertFlag(fs *flag.FlagSet) func() (phone.DivertChoice, string) {
	number := fs.String("divert", "", "")
	return func() (phone.DivertChoice, string) {
		switch *number {
		case "":
			return phone.DivertLinked, ""
		case string(phone.DivertIgnore):
			return phone.DivertIgnore, ""
		}
		return phone.DivertNumber, *number
	}
}

func (c *cli) note(ctx context.Context, args []string) error {
	text, err := words(c.flags("note"), args, 1, -1)
	if err != nil {
		return err
	}
	return c.do(ctx, phone.SetNote{Text: strings.Join(text, " ")})
}

var shortcut = group("shortcut", map[string]runner{
	"list":   shows("shortcut", "me", func(c *cli, me phone.Me) { c.showShortcuts(me.Shortcuts) }),
	"put":    (*cli).shortcutPut,
	"remove": removes("shortcut", phone.ItemShortcut),
})

func (c *cli) shortcutPut(ctx context.Context, args []string) error {
	fs := c.flags("shortcut")
	var s phone.Shortcut
	fs.StringVar(&s.Name, "name", "", "")
	fs.StringVar(&s.Icon, "icon", "", "")
	fs.IntVar(&s.Place, "place", 0, "")
	length, ring, divert := lengthFlags(fs), choice(fs, "rings", "silent"), divertFlag(fs)
	given, err := words(fs, args, 2, 2)
	if err != nil {
		return err
	}
	s.ID = given[0]
	if s.Kind, err = kindOf("shortcut", given[1]); err != nil {
		return err
	}
	if s.Length, err = length(); err != nil {
		return err
	}
	if s.Rings, err = ring(); err != nil {
		return err
	}
	s.Divert, s.Number = divert()
	return c.put(ctx, s)
}

var link = group("link", map[string]runner{
	"list":   shows("link", "me", func(c *cli, me phone.Me) { c.showLinks(me.Links) }),
	"set":    (*cli).linkSet,
	"remove": removes("link", phone.ItemLink),
})

func (c *cli) linkSet(ctx context.Context, args []string) error {
	given, err := words(c.flags("link"), args, 2, 2)
	if err != nil {
		return err
	}
	kind, err := kindOf("link", given[0])
	if err != nil {
		return err
	}
	return c.put(ctx, phone.Link{Kind: kind, Number: given[1]})
}
