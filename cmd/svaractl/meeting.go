package main

import (
	"context"
	"flag"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"svara/phone"
)

// meetings is the verb of scheduled conference calls, at the team server.
var meetings = group("meeting", map[string]runner{
	"list":   (*cli).meetingList,
	"add":    (*cli).meetingAdd,
	"change": (*cli).meetingChange,
	"cancel": (*cli).meetingCancel,
	"join":   (*cli).meetingJoin,
})

func (c *cli) meetingList(ctx context.Context, args []string) error {
	if _, err := words(c.flags("meeting"), args, 0, 0); err != nil {
		return err
	}
	return ask(ctx, c, "meetings", nil, func(all []phone.Meeting) {
		t := c.table()
		for _, m := range all {
			var notes []string
			if m.Repeat != phone.RepeatNever {
				notes = append(notes, repeatOf(m))
			}
			if m.Own {
				notes = append(notes, "yours")
			} else {
				notes = append(notes, "by "+m.By.Name)
			}
			for _, f := range m.Failed {
				notes = append(notes, "not reached: "+f)
			}
			t.row(m.ID, m.Next.Local().Format("2006-01-02 15:04"), strconv.Itoa(m.LengthM)+" min", m.Title, m.Number, m.Code, strings.Join(notes, "; "))
		}
		t.flush()
	})
}

// repeats is how a meeting comes again, in words.
var repeats = map[string]struct {
	repeat phone.Repeat
	every  int
}{"never": {}, "daily": {phone.RepeatDaily, 0}, "weekly": {phone.RepeatWeekly, 1}, "every-other-week": {phone.RepeatWeekly, 2}, "monthly": {phone.RepeatMonthly, 0}}

func repeatOf(m phone.Meeting) string {
	if m.Repeat == phone.RepeatWeekly && m.Every == 2 {
		return "every-other-week"
	}
	return string(m.Repeat)
}

// meetingFlags are a meeting's fields; each but the title as it is unless it is given.
type meetingFlags struct {
	at, until, zone, repeat, info string
	length, remind                int
	invite, leave                 several
}

func (f *meetingFlags) on(fs *flag.FlagSet) {
	fs.StringVar(&f.at, "at", "", "")
	fs.StringVar(&f.until, "until", "", "")
	fs.StringVar(&f.zone, "zone", "", "")
	fs.StringVar(&f.repeat, "repeat", "", "")
	fs.StringVar(&f.info, "info", "", "")
	fs.IntVar(&f.length, "length", 0, "")
	fs.IntVar(&f.remind, "remind", -1, "")
	fs.Var(&f.invite, "invite", "")
	fs.Var(&f.leave, "uninvite", "")
}

// into changes a meeting as the flags say.
func (f *meetingFlags) into(m *phone.Meeting, now time.Time) error {
	bad := func(why string) error { return &usageError{verb: "meeting", why: why} }
	loc := now.Location()
	if f.zone != "" {
		m.Zone = f.zone
	}
	if m.Zone != "" {
		var err error
		if loc, err = time.LoadLocation(m.Zone); err != nil {
			return bad("--zone is as in Europe/Stockholm, not " + m.Zone)
		}
	}
	read := func(flag, text string) (time.Time, error) {
		for _, form := range []string{"2006-01-02 15:04", phone.PlanTime} {
			if t, err := time.ParseInLocation(form, text, loc); err == nil {
				return t, nil
			}
		}
		return time.Time{}, bad(flag + " is as in 2026-12-24T13:00, not " + text)
	}
	var err error
	switch f.at {
	case "":
	case "now":
		m.Start = now.Truncate(time.Minute)
	default:
		if m.Start, err = read("--at", f.at); err != nil {
			return err
		}
	}
	if f.length != 0 {
		m.LengthM = f.length
	}
	if f.until != "" {
		end, err := read("--until", f.until)
		if err != nil {
			return err
		}
		m.LengthM = int(end.Sub(m.Start) / time.Minute)
	}
	if m.Start.IsZero() || m.LengthM < 5 || m.LengthM > 1440 {
		return bad("--at and --length (5 to 1440 minutes) or --until say when it is")
	}
	if f.repeat != "" {
		r, known := repeats[f.repeat]
		if !known {
			return bad("--repeat is never, daily, weekly, every-other-week or monthly, not " + f.repeat)
		}
		m.Repeat, m.Every = r.repeat, r.every
	}
	if f.info != "" {
		m.Info = f.info
	}
	if f.remind >= 0 {
		m.RemindM = f.remind
	}
	for _, text := range f.invite {
		i := invited(text)
		m.Invited = append(m.Invited, i)
	}
	for _, text := range f.leave {
		out := invited(text)
		kept := m.Invited[:0:0]
		for _, i := range m.Invited {
			if i.Person == out.Person && strings.EqualFold(i.Email, out.Email) && i.Number == out.Number {
				continue
			}
			kept = append(kept, i)
		}
		if len(kept) == len(m.Invited) {
			return bad(text + " is not invited")
		}
		m.Invited = kept
	}
	return nil
}

// invited reads who is invited: an address, with a name or without, a number, or a colleague by their ID at the team server.
func invited(text string) phone.MeetingInvite {
	if a, err := netmail.ParseAddress(text); err == nil {
		return phone.MeetingInvite{Name: a.Name, Email: a.Address}
	}
	if strings.Trim(text, "+0123456789 -()") == "" {
		if person := strings.Trim(text, "0123456789"); person != "" || len(text) > 5 {
			return phone.MeetingInvite{Number: text}
		}
	}
	return phone.MeetingInvite{Person: phone.TeamPersonID(text)}
}

func (c *cli) meetingAdd(ctx context.Context, args []string) error {
	fs := c.flags("meeting")
	var f meetingFlags
	f.on(fs)
	title, err := words(fs, args, 1, -1)
	if err != nil {
		return err
	}
	m := phone.Meeting{Title: strings.Join(title, " ")}
	if err := f.into(&m, time.Now()); err != nil {
		return err
	}
	return c.change(ctx, phone.PutMeeting{Meeting: m})
}

// meetingOf is a meeting to come, by its ID.
func (c *cli) meetingOf(ctx context.Context, id string) (found phone.Meeting, err error) {
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return found, err
	}
	defer done()
	var all []phone.Meeting
	if err := client.Call(ctx, "meetings", nil, &all); err != nil {
		return found, err
	}
	for _, m := range all {
		if m.ID == id {
			return m, nil
		}
	}
	return found, phone.Refuse(phone.ReasonTeamGone, id)
}

func (c *cli) meetingChange(ctx context.Context, args []string) error {
	fs := c.flags("meeting")
	var f meetingFlags
	f.on(fs)
	title := fs.String("title", "", "")
	given, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	m, err := c.meetingOf(ctx, given[0])
	if err != nil {
		return err
	}
	if *title != "" {
		m.Title = *title
	}
	if err := f.into(&m, time.Now()); err != nil {
		return err
	}
	return c.change(ctx, phone.PutMeeting{Meeting: m})
}

func (c *cli) meetingCancel(ctx context.Context, args []string) error {
	given, err := words(c.flags("meeting"), args, 1, 1)
	if err != nil {
		return err
	}
	m, err := c.meetingOf(ctx, given[0])
	if err != nil {
		return err
	}
	return c.change(ctx, phone.CancelMeeting{ID: m.ID, Seq: m.Seq})
}

func (c *cli) meetingJoin(ctx context.Context, args []string) error {
	fs := c.flags("meeting")
	via := fs.String("via", "", "")
	given, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	return c.do(ctx, phone.JoinMeeting{ID: given[0], Via: *via})
}
