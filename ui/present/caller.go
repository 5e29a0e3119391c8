package present

import (
	"strings"
	"time"

	"svara/phone"
	"svara/phone/template"
	"svara/ui/text"
)

// Caller is what is known of the one at the other end, beside name and number. What is not known is empty, and is left
// out.
type Caller struct {
	Person  phone.PersonID
	Work    string // company, title
	Icon    string // of the mark
	Badge   string
	Tone    Tone
	Route   string // the queue, and how long they have waited
	Path    string // which way a diverted call came
	Sought  *Sought
	Last    string // the last call with this number
	Note    string // what was written then, or about the person
	Others  string // more people have the number
	Tasks   []Task // earlier calls that nobody has taken care of
	Lookups []Lookup
}

// Sought is the person a diverted call was meant for.
type Sought struct {
	Name    string
	Lamp    Lamp
	Why     string // why the call came here instead
	Emails  []string
	Mobile  string
	Number  string
	Mailing Button
	Texting Button
}

// Task is an earlier call to a queue that somebody should still do something about (features.md L1). What can be done
// comes when the call has been taken: before that there is one thing to do.
type Task struct {
	Words string // when, which queue, who takes care of it
	Note  string
	Take  phone.Command // nil where it is the user's already, or cannot be taken
	Done  phone.Command // nil while it rings, or where it cannot be done
}

// Lookup is a button that asks an outside page about the caller.
type Lookup struct {
	Name string
	URL  string // filled in; empty when it cannot be
	Why  string // why not
}

// whoOfCall is the other party of a call, by the name the user's books have before the one the network gives.
func (s Scene) whoOfCall(c phone.Call) Who {
	p := c.Remote
	if c.Caller.Name != "" {
		p.Name = c.Caller.Name
	} else if p.Name == "" && c.Caller.Company != "" {
		p.Name = c.Caller.Company
	}
	return s.WhoOf(p)
}

func callerOf(s Scene, c phone.Call) Caller {
	k := c.Caller
	out := Caller{Person: k.Person}
	var work []string
	if k.Company != "" && k.Name != "" {
		work = append(work, Clean(k.Company, nameLimit))
	}
	if k.Title != "" {
		work = append(work, Clean(k.Title, nameLimit))
	}
	out.Work = strings.Join(work, " · ")
	out.Icon, out.Badge, out.Tone = MarkLook(k.Mark)
	if k.Others > 0 {
		out.Others = text.T("caller.others", "n", k.Others)
	}
	if len(k.Last) > 0 {
		out.Last = lastWords(k.Last[0], s.Now)
		out.Note = Clean(k.Last[0].Note, 200)
	}
	if out.Note == "" {
		out.Note = Clean(k.Note, 200)
	}
	out.Tasks = tasksOf(s, c)
	if o := c.Origin; o != nil {
		out.Route = routeWords(s, c)
		out.Path = pathWords(s, *o)
		out.Sought = soughtOf(s, *o)
	}
	if c.State.Live() {
		for _, l := range s.Snap.Lookups {
			look := Lookup{Name: Clean(l.Name, 30)}
			if url, err := template.Expand(l.URL, FieldsOf(s, c)); err != nil {
				look.Why = text.Refusal(err)
			} else {
				look.URL = url
			}
			out.Lookups = append(out.Lookups, look)
		}
	}
	return out
}

func tasksOf(s Scene, c phone.Call) []Task {
	var out []Task
	for _, g := range c.Tasks {
		r := groupRow(s, g, "")
		t := Task{Words: text.T("grouplog.task", "when", r.When, "queue", r.Place, "handler", r.Care), Note: r.Note}
		if c.State == phone.StateConnected && r.Locked == "" && !r.Asking {
			t.Done = r.Handle(true)
			if me := s.Snap.Team.Me; me != "" && !r.Mine {
				t.Take = r.Take(me, true)
			}
		}
		out = append(out, t)
	}
	return out
}

// FieldsOf is what takes the placeholders' places in templates about a call.
func FieldsOf(s Scene, c phone.Call) template.Fields {
	f := template.Of(c, s.Now, s.Now.Location())
	if e164, ok := s.plan().E164(c.Remote.Number); ok {
		f.E164 = e164
	}
	if o := c.Origin; o != nil && o.Sought != nil && o.Sought.Presence != nil {
		f.Activity = ActivityWord(o.Sought.Presence.Activity, o.Sought.Presence.Name)
	}
	return f
}

// routeWords is the queue a call came through, and how long the caller has waited.
func routeWords(s Scene, c phone.Call) string {
	o := *c.Origin
	var words []string
	name := Clean(o.Name, nameLimit)
	switch {
	case o.Queue != "" && name != "":
		words = append(words, text.T("caller.queue", "name", name))
	case o.Queue != "":
		words = append(words, text.T("caller.queue", "name", Clean(string(o.Queue), numberLimit)))
	case name != "":
		words = append(words, name)
	case o.Dialled != "":
		words = append(words, text.T("caller.dialled", "number", Clean(o.Dialled, numberLimit)))
	}
	return joinWords(append(words, waitedWords(s, c))...)
}

// waitedWords is how long the caller has waited in a queue: until the call was answered, or ended.
func waitedWords(s Scene, c phone.Call) string {
	if c.Origin == nil || c.Origin.Waited.IsZero() {
		return ""
	}
	until := s.Now
	switch {
	case !c.Started.IsZero():
		until = c.Started
	case !c.Ended.IsZero():
		until = c.Ended
	}
	return text.T("caller.waited", "time", text.Timer(until.Sub(c.Origin.Waited)))
}

// pathWords is who did not take the call, when there is more to tell than the person sought.
func pathWords(s Scene, o phone.Origin) string {
	steps := o.Path
	if o.Sought != nil && len(steps) > 0 {
		steps = steps[1:]
	}
	var words []string
	for _, d := range steps {
		step := s.WhoOf(d.By).Name
		if why := divertedWords(d.Reason); why != "" {
			step += " (" + why + ")"
		}
		words = append(words, step)
	}
	if len(words) == 0 {
		return ""
	}
	return text.T("caller.by_way", "path", strings.Join(words, " → "))
}

// divertedWords is why a call was diverted (RFC 5806), in words.
func divertedWords(reason string) string {
	switch reason {
	case "user-busy":
		return text.T("diverted.busy")
	case "no-answer":
		return text.T("diverted.no_answer")
	case "unavailable", "out-of-service":
		return text.T("diverted.unavailable")
	case "unconditional", "follow-me":
		return text.T("diverted.always")
	case "time-of-day":
		return text.T("diverted.time")
	case "do-not-disturb":
		return text.T("diverted.dnd")
	case "deflection":
		return text.T("diverted.deflected")
	case "away":
		return text.T("diverted.away")
	}
	return ""
}

func soughtOf(s Scene, o phone.Origin) *Sought {
	if o.Sought == nil {
		return nil
	}
	p := *o.Sought
	out := &Sought{Name: s.WhoOf(p.Party).Name, Why: divertedWords(p.Reason), Emails: p.Emails, Mobile: p.Mobile, Number: p.Number}
	line := phone.Line{Number: p.Number, State: p.Line, Presence: p.Presence}
	if l := s.LineOf(p.Number); l != nil {
		line = *l
	}
	out.Lamp = lineLamp(s, line)
	out.Mailing = Button{Command: "sought.mail", Icon: "mail", Text: text.T("person.mail_to", "name", out.Name), Enabled: len(p.Emails) > 0, Reason: text.T("person.no_email")}
	to := p.Mobile
	if to == "" {
		to = p.Number
	}
	out.Mobile = to
	out.Texting = Button{Command: "sought.sms", Icon: "message-square", Text: text.T("person.text_to", "name", out.Name), Enabled: to != "", Reason: text.T("person.no_number")}
	return out
}

// takenFor is how long the card stays that says who answered instead.
const takenFor = 2 * time.Second

// IncomingCard is what the card of a ringing call shows: the one that has rung longest, else one that somebody else has
// answered a moment ago. It reports whether there is any.
func IncomingCard(s Scene) (Incoming, bool) {
	if ringing := CallsOf(s).Ringing; len(ringing) > 0 {
		return ringing[0], true
	}
	for _, c := range s.Snap.Calls {
		if c.State != phone.StateEnded || c.Direction != phone.Incoming || c.End == nil || c.End.ID != phone.ReasonElsewhere || s.Now.Sub(c.Ended) >= takenFor {
			continue
		}
		by := takenBy(s, c)
		return Incoming{ID: c.ID, Status: StatusCallEnded, Title: by, Over: by, Who: s.whoOfCall(c), Account: accountLabel(s, c.Account), Caller: Caller{Work: callerOf(s, c).Work}}, true
	}
	return Incoming{}, false
}

// takenBy is who has answered a call instead of us. The exchange says only that somebody has (RFC 3326, cause 200); the
// watched lines and our other telephones tell who talks to the caller now.
func takenBy(s Scene, c phone.Call) string {
	if c.Remote.Number != "" {
		for _, l := range s.Snap.Lines {
			if l.State == phone.LineBusy && l.With.Number == c.Remote.Number {
				return text.T("call.taken_by", "name", s.WhoOf(phone.Party{Number: l.Number}).Name)
			}
		}
		for _, r := range s.Snap.Elsewhere {
			if r.Remote.Number == c.Remote.Number {
				return text.T("call.taken_own")
			}
		}
	}
	return text.T("call.taken")
}

// Held is the call that has been on hold longest and waits for nobody yet: one that can be camped on. Nil when there is
// none.
func Held(s Scene) *phone.Call {
	var found *phone.Call
	for i := range s.Snap.Calls {
		c := &s.Snap.Calls[i]
		if c.State != phone.StateConnected || !c.Hold.Local() || c.Camp != nil || c.Conference || c.Transfer != nil && c.Transfer.State.Pending() {
			continue
		}
		if found == nil || c.HeldSince.Before(found.HeldSince) {
			found = c
		}
	}
	return found
}
