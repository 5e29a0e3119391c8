package present

import (
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// GroupRow is a call to a queue as the group log shows it (features.md G6).
type GroupRow struct {
	ID      string
	Icon    string
	Tone    Tone
	Outcome string // in words: missed, redirected, answered
	When    string // 12:14, yesterday 12:14, 18 Nov
	Who     Who
	Name    []Span // the name in pieces, what was searched for marked
	Number  []Span // likewise, empty when the name is the number
	Queue   string
	Waited  string
	Handler string // who takes care of it, who answered, where it went
	Care    Tone   // of Handler: red where nobody takes care, green when it is done
	Note    string
	Dial    string // what calling back dials, empty when it cannot be done
	Open    bool   // somebody should still do something
	Mine    bool
	Asking  bool   // a change of the user's own is under way
	Locked  string // why it cannot be taken care of, empty when it can
	More    bool   // no row but a way to the next ones

	Call phone.GroupCall
}

// GroupRows makes rows of entries; query is what was searched for.
func GroupRows(s Scene, calls []phone.GroupCall, query string) []GroupRow {
	out := make([]GroupRow, 0, len(calls)+1)
	for _, c := range calls {
		out = append(out, groupRow(s, c, query))
	}
	return out
}

// MoreGroupRow is the row that asks for older calls.
func MoreGroupRow() GroupRow {
	return GroupRow{More: true, Icon: "chevron-down", Name: []Span{{Text: text.T("grouplog.more")}}}
}

func groupRow(s Scene, c phone.GroupCall, query string) GroupRow {
	who := s.WhoOf(c.From)
	r := GroupRow{
		ID: c.ID, Call: c, Who: who, When: text.When(c.Began.Local(), s.Now), Name: Mark(who.Name, query), Queue: Clean(c.Name, nameLimit),
		Waited: text.Timer(time.Duration(c.WaitS) * time.Second), Note: Clean(strings.ReplaceAll(c.Note, "\n", " "), 500), Dial: dialTarget(c.From), Open: c.Open(), Mine: c.Mine,
		Asking: teamAsking(s, phone.CareForCall{}.Verb(), c.ID),
	}
	if r.Queue == "" {
		r.Queue = Clean(string(c.Queue), numberLimit)
	}
	if who.Known {
		r.Number = Mark(who.Number, query)
	}
	if !c.MayCare {
		r.Locked = text.T("grouplog.no_right")
	}
	switch c.Outcome {
	case phone.GroupMissed:
		r.Icon, r.Tone, r.Outcome = "phone-missed", ToneRed, text.T("history.missed")
	case phone.GroupRedirected:
		r.Icon, r.Tone, r.Outcome = "phone-forwarded", ToneAmber, text.T("grouplog.redirected")
	case phone.GroupAnswered:
		r.Icon, r.Tone, r.Outcome = "phone-incoming", ToneGreen, text.T("history.answered")
	default:
		r.Icon, r.Tone, r.Outcome = "bell", ToneAccent, text.T("grouplog.waiting")
	}
	r.Handler, r.Care = handlerWords(s, c)
	return r
}

// handlerWords is who has done, or does, something about a call.
func handlerWords(s Scene, c phone.GroupCall) (words string, tone Tone) {
	by := Clean(c.Handler.Name, nameLimit)
	switch {
	case c.Mine:
		by = text.T("grouplog.me")
	case by == "":
		by = Clean(string(c.Handler.ID), nameLimit)
	}
	switch c.Outcome {
	case phone.GroupRedirected:
		if to := Clean(c.To, nameLimit); to != "" {
			return text.T("grouplog.redirected_to", "to", to), TonePlain
		}
		return "", TonePlain
	case phone.GroupAnswered:
		who := Clean(c.AnsweredBy.Name, nameLimit)
		if c.Talking && who != "" {
			return text.T("grouplog.talking", "name", who), TonePlain
		}
		return who, TonePlain
	case phone.GroupWaiting:
		return "", TonePlain
	}
	switch {
	case c.Handled && by != "":
		return text.T("grouplog.done_by", "name", by, "when", text.When(c.HandledAt.Local(), s.Now)), ToneGreen
	case c.Handled:
		return text.T("grouplog.done"), ToneGreen
	case by != "":
		return by, TonePlain
	}
	return text.T("grouplog.nobody"), ToneRed
}

// Take is the command that makes the user the handler of a call, or nobody again.
func (r GroupRow) Take(me phone.TeamPersonID, on bool) phone.Command {
	if !on {
		me = ""
	}
	return r.Assign(me)
}

// Assign is the command that makes somebody the handler of a call; empty is nobody.
func (r GroupRow) Assign(to phone.TeamPersonID) phone.Command {
	return phone.CareForCall{ID: r.ID, Seq: r.Call.Seq, Handler: &to}
}

// Handle is the command that says that something has been done about a call, or that it has not.
func (r GroupRow) Handle(on bool) phone.Command {
	return phone.CareForCall{ID: r.ID, Seq: r.Call.Seq, Handled: &on}
}

// GroupNoteForm is what the user writes about a call to a queue, for all who see it.
func GroupNoteForm(c phone.GroupCall, name string) Editor {
	e := noteForm(name, c.Note, func(words string) phone.Command {
		return phone.CareForCall{ID: c.ID, Seq: c.Seq, Note: &words}
	})
	e.Help = text.T("grouplog.note_help")
	return e
}

// GroupLogHead is the line over the group log: how many nobody has taken care of.
func GroupLogHead(s Scene) (words string, tone Tone) {
	l := s.Snap.Team.Log
	switch {
	case l.Open == 0:
		return "", TonePlain
	case l.Mine > 0:
		return text.T("grouplog.open_mine", "n", l.Open, "mine", text.Number(int64(l.Mine))), ToneRed
	}
	return text.T("grouplog.open", "n", l.Open), ToneRed
}

// GroupLogEmpty is what the group log says when there is nothing to show.
func GroupLogEmpty(s Scene, c GroupChoice, query string) Empty {
	switch {
	case s.Snap.Team.Link == phone.TeamOff:
		r := phone.Reason{ID: phone.ReasonNoTeam}
		return Empty{Icon: "list-checks", Title: text.ReasonTitle(r), Text: text.Reason(r)}
	case query != "":
		return Empty{Icon: "search", Title: text.T("list.no_hits", "text", Clean(query, 30)), Text: text.T("list.no_hits_text")}
	case c == GroupChoice{Kinds: string(phone.GroupMissed), Open: true}:
		return Empty{Icon: "circle-check", Title: text.T("grouplog.empty_open")}
	case c != GroupChoice{}:
		return Empty{Icon: "filter", Title: text.T("history.empty_filter")}
	}
	return Empty{Icon: "list-checks", Title: text.T("grouplog.empty"), Text: text.T("grouplog.empty_text")}
}

// GroupLogWords is the way to the group log, with how many calls are open.
func GroupLogWords(s Scene) string {
	if n := s.Snap.Team.Log.Open; n > 0 {
		return text.T("grouplog.title") + " (" + text.Number(int64(n)) + ")"
	}
	return text.T("grouplog.title")
}

// TeamShown reports whether there is a team server: what it shares has its places on screen.
func TeamShown(s Scene) bool { return s.Snap.Team.Link != phone.TeamOff }
