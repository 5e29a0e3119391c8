package control

import (
	"slices"
	"strings"

	"svara/phone"
)

const aboutConference = "conference"

// number is something that a condition can count.
type number struct {
	of    func(*phone.Snapshot) int
	words string // what is counted, for how it stands
}

var counts = map[string]number{
	aboutConference: {func(s *phone.Snapshot) int { return len(conferenceOf(s).Calls) }, "in the conference"},
	"elsewhere":     {func(s *phone.Snapshot) int { return len(s.Elsewhere) }, "on other devices"},
	"voicemail":     {func(s *phone.Snapshot) int { return s.Voicemail.New() }, "new voice messages"},
	"group-message": {func(s *phone.Snapshot) int { return s.Team.Messages.Open }, "group messages not handled"},
	"group":         {func(s *phone.Snapshot) int { return s.Team.Log.Open }, "calls of the group log missed and not handled"},
	"messages":      {func(s *phone.Snapshot) int { return s.Texts.Unread }, "unread text messages"},
}

// thing is something beside calls that a condition can ask after.
type thing struct {
	named  bool // "queue:640=on"; else there is one an account, "profile=on"
	values []string
	kind   phone.EventKind // whose Value is the name and State a value; empty for none
	none   string          // how it stands when there is none of the name
	asked  bool            // the user asks for it once: refused, it is neither on nor off until asked for again
	now    func(*phone.Snapshot) []stance
}

// stance is how one thing stands.
type stance struct {
	name, value string
	account     phone.AccountID
	why         *phone.Reason
}

const (
	aboutActivity = "activity" // is written "activity:lunch"
	aboutForward  = "forward"
)

var (
	confirmStates = texts([]phone.ConfirmState{phone.ConfirmUnknown, phone.ConfirmAsking, phone.ConfirmOn, phone.ConfirmOff, phone.ConfirmRefused})
	forwardKinds  = texts([]phone.ForwardKind{phone.ForwardAll, phone.ForwardNoAnswer, phone.ForwardBusy})
)

func texts[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

func stances[T any](in []T, of func(T) stance) []stance {
	out := make([]stance, len(in))
	for i, t := range in {
		out[i] = of(t)
	}
	return out
}

var things = map[string]thing{
	"line": {
		named: true, kind: phone.EventLine, none: "not watched",
		values: texts([]phone.LineState{phone.LineUnknown, phone.LineIdle, phone.LineRinging, phone.LineBusy, phone.LineOffline}),
		now: func(s *phone.Snapshot) []stance {
			return stances(s.Lines, func(l phone.Line) stance { return stance{l.Number, string(l.State), l.Account, l.Reason} })
		},
	},
	"queue": {
		named: true, kind: phone.EventQueue, none: "no such queue", values: confirmStates, asked: true,
		now: func(s *phone.Snapshot) []stance {
			return stances(s.Queues, func(q phone.QueueStatus) stance { return stance{string(q.ID), string(q.Login), q.Account, q.Reason} })
		},
	},
	aboutForward: {
		named: true, kind: phone.EventForward, none: "the exchange has no way for it", values: confirmStates, asked: true,
		now: func(s *phone.Snapshot) []stance {
			return stances(s.Forwards, func(f phone.Forward) stance { return stance{string(f.Kind), string(f.State), f.Account, f.Reason} })
		},
	},
	"profile": {
		kind: phone.EventProfile, none: "the exchange has no way for it", values: confirmStates, asked: true,
		now: func(s *phone.Snapshot) []stance {
			return stances(s.Profile, func(p phone.ProfileStatus) stance { return stance{"profile", string(p.State), p.Account, p.Reason} })
		},
	},
	"published": {
		none: "no account tells", values: confirmStates,
		now: func(s *phone.Snapshot) []stance {
			return stances(s.Me.Published, func(p phone.Published) stance { return stance{string(p.Account), string(p.State), p.Account, p.Reason} })
		},
	},
	aboutActivity: {
		kind: phone.EventActivity, values: texts(append(slices.Clone(phone.ActivityKinds), phone.ActivityOther)),
		now: func(s *phone.Snapshot) []stance {
			return []stance{{name: aboutActivity, value: string(s.Me.Activity.Kind)}}
		},
	},
	"book": {
		named: true, kind: phone.EventBook, none: "no such address book",
		values: texts([]phone.BookState{phone.BookNever, phone.BookReading, phone.BookFresh, phone.BookFailed, phone.BookConsent}),
		now: func(s *phone.Snapshot) []stance {
			return stances(s.People.Books, func(b phone.BookStatus) stance { return stance{string(b.ID), string(b.State), "", b.Reason} })
		},
	},
}

// parseThing reads a condition on a thing.
func parseThing(text string) (Condition, bool) {
	about, rest, _ := strings.Cut(text, ":")
	c := Condition{about: about, value: rest}
	t, ok := things[about]
	switch {
	case !ok: // "profile=on"
		c.about, c.value, _ = strings.Cut(text, "=")
		if t, ok = things[c.about]; !ok || t.named || c.about == aboutActivity {
			return Condition{}, false
		}
	case t.named:
		at := strings.LastIndex(rest, "=") // an address may have one too
		if at < 1 {
			return Condition{}, false
		}
		c.name, c.value = rest[:at], rest[at+1:]
		if about == aboutForward && !slices.Contains(forwardKinds, c.name) {
			return Condition{}, false
		}
	case about != aboutActivity:
		return Condition{}, false
	}
	return c, slices.Contains(t.values, c.value)
}

func (t thing) write(c Condition) string {
	switch {
	case t.named:
		return c.about + ":" + c.name + "=" + c.value
	case c.about == aboutActivity:
		return c.about + ":" + c.value
	}
	return c.about + "=" + c.value
}

// metByThing is met for a condition on a thing: what happened, since it may have passed, then how things are now. What the
// exchange has refused does not come true.
func (c Condition) metByThing(t thing, u phone.Update) (*Waited, error) {
	for _, e := range u.Events {
		if e.Kind != t.kind || t.kind == "" {
			continue
		}
		came := e.State == c.value && (!t.named || e.Value == c.name)
		if c.about == aboutActivity {
			came = e.Value == c.value && e.State != "ended"
		}
		if came {
			return &Waited{Account: e.Account}, nil
		}
	}
	if u.Snapshot == nil {
		return nil, nil
	}
	var refused *phone.Reason
	left := false // it may still come true
	for _, s := range t.now(u.Snapshot) {
		switch {
		case t.named && s.name != c.name:
		case s.value == c.value:
			return &Waited{Account: s.account}, nil
		case s.value == string(phone.ConfirmRefused) && s.why != nil:
			refused = s.why
		default:
			left = true
		}
	}
	settled := c.value == string(phone.ConfirmOn) || c.value == string(phone.ConfirmOff)
	if t.asked && settled && refused != nil && !left {
		return nil, &phone.Error{Reason: *refused}
	}
	return nil, nil
}

func (c Condition) standingOfThing(t thing, s *phone.Snapshot) string {
	var parts []string
	for _, one := range t.now(s) {
		if !t.named || one.name == c.name {
			parts = append(parts, withReason(one.name+" is "+one.value, one.why))
		}
	}
	if len(parts) == 0 {
		return t.none
	}
	return strings.Join(parts, ", ")
}
