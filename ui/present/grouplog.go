package present

import (
	"strings"
	"time"

	"svara/phone"
	"svara/ui/text"
)

// GroupRow is a call to a queue as the group log shows it (features.md G6).
type GroupRow struct {
	TeamRow
	Waited string
	Note   string
	Call   phone.GroupCall
}

// Same reports whether two rows look alike and do the same.
func (r GroupRow) Same(o GroupRow) bool {
	return r.Call == o.Call && r.Waited == o.Waited && r.TeamRow.same(o.TeamRow)
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
func MoreGroupRow() GroupRow { return GroupRow{TeamRow: moreTeamRow(text.T("grouplog.more"))} }

func groupRow(s Scene, c phone.GroupCall, query string) GroupRow {
	r := GroupRow{
		TeamRow: teamRow(s, c.From, c.Began, query), Call: c,
		Waited: text.Timer(time.Duration(c.WaitS) * time.Second), Note: Clean(strings.ReplaceAll(c.Note, "\n", " "), 500),
	}
	r.ID, r.Place, r.Cares, r.Open, r.Mine, r.Held, r.Handled = c.ID, Clean(c.Name, nameLimit), c.Outcome == phone.GroupMissed, c.Open(), c.Mine, c.Handler.ID != "", c.Handled
	r.Asking = teamAsking(s, phone.CareForCall{}.Verb(), c.ID)
	if r.Place == "" {
		r.Place = Clean(string(c.Queue), numberLimit)
	}
	if !c.MayCare {
		r.Locked = text.T("grouplog.no_right")
	}
	switch c.Outcome {
	case phone.GroupMissed:
		r.Icon, r.Tone, r.Kind = "phone-missed", ToneRed, text.T("history.missed")
	case phone.GroupRedirected:
		r.Icon, r.Tone, r.Kind = "phone-forwarded", ToneAmber, text.T("grouplog.redirected")
	case phone.GroupAnswered:
		r.Icon, r.Tone, r.Kind = "phone-incoming", ToneGreen, text.T("history.answered")
	default:
		r.Icon, r.Tone, r.Kind = "bell", ToneAccent, text.T("grouplog.waiting")
	}
	r.Care, r.Caring = handlerWords(s, c)
	return r
}

// handlerWords is who has done, or does, something about a call.
func handlerWords(s Scene, c phone.GroupCall) (words string, tone Tone) {
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
	by := teamNameOf(c.Handler)
	if c.Mine {
		by = text.T("grouplog.me")
	}
	return careWords(s, c.Handled, by, c.HandledAt, by, text.T("grouplog.nobody"))
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
func GroupLogHead(s Scene) string {
	l := s.Snap.Team.Log
	switch {
	case l.Open == 0:
		return ""
	case l.Mine > 0:
		return text.T("grouplog.open_mine", "n", l.Open, "mine", text.Number(int64(l.Mine)))
	}
	return text.T("grouplog.open", "n", l.Open)
}

// GroupLogEmpty is what the group log says when there is nothing to show.
func GroupLogEmpty(s Scene, c GroupChoice, query string) Empty {
	return teamEmpty(s, query, c == GroupChoice{Kinds: string(phone.GroupMissed), Open: true}, c != GroupChoice{},
		Empty{Icon: "circle-check", Title: text.T("grouplog.empty_open")}, Empty{Icon: "filter", Title: text.T("history.empty_filter")},
		Empty{Icon: "list-checks", Title: text.T("grouplog.empty"), Text: text.T("grouplog.empty_text")})
}

// GroupLogWords is the way to the group log, with how many calls are open.
func GroupLogWords(s Scene) string { return withCount(text.T("grouplog.title"), s.Snap.Team.Log.Open) }

// TeamShown reports whether there is a team server: what it shares has its places on screen.
func TeamShown(s Scene) bool { return s.Snap.Team.Link != phone.TeamOff }
