package present

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
)

// GroupMessageRow is a message of a group as the list shows it (features.md H3).
type GroupMessageRow struct {
	TeamRow
	Length  string // of a voice message
	Text    string
	Thread  bool   // it can be answered with a text
	Keep    string // why it cannot be deleted, empty when it can
	Plays   bool   // its sound is heard now
	Message phone.GroupMessage
}

// Same reports whether two rows look alike and do the same.
func (r GroupMessageRow) Same(o GroupMessageRow) bool {
	return r.Message == o.Message && r.Plays == o.Plays && r.TeamRow.same(o.TeamRow)
}

// Voice reports whether there is a sound to be heard.
func (r GroupMessageRow) Voice() bool { return r.Message.Kind == phone.GroupVoice && !r.More }

// Sound is a voice message as it is played.
func (r GroupMessageRow) Sound() Sound {
	return Sound{Group: r.ID, Length: time.Duration(r.Message.LengthS) * time.Second}
}

// GroupMessageRows makes rows of messages; query is what was searched for.
func GroupMessageRows(s Scene, messages []phone.GroupMessage, query string) []GroupMessageRow {
	out := make([]GroupMessageRow, 0, len(messages)+1)
	for _, m := range messages {
		out = append(out, groupMessageRow(s, m, query))
	}
	return out
}

// goesSoon is from when it is told that the team server deletes a message.
const goesSoon = 7 * 24 * time.Hour

// MoreGroupMessageRow is the row that asks for older messages.
func MoreGroupMessageRow() GroupMessageRow {
	return GroupMessageRow{TeamRow: moreTeamRow(text.T("groupmessage.more"))}
}

func groupMessageRow(s Scene, m phone.GroupMessage, query string) GroupMessageRow {
	r := GroupMessageRow{TeamRow: teamRow(s, m.Remote, m.At, query), Message: m, Text: Clean(strings.ReplaceAll(m.Text, "\n", " "), 500)}
	r.ID, r.Place, r.Cares, r.Open, r.Mine, r.Held, r.Handled = m.ID, groupName(s, m.Group), m.Direction == phone.Incoming, m.Open(), m.Mine, m.Pinned.ID != "", m.Handled
	r.Asking = teamAsking(s, phone.CareForMessage{}.Verb(), m.ID) || teamAsking(s, phone.DeleteGroupMessage{}.Verb(), m.ID)
	r.Plays = s.Snap.Playing != nil && s.Snap.Playing.Group == m.ID && !s.Snap.Playing.Paused
	r.Thread = m.Peer != "" && r.Dial != ""
	if m.LengthS > 0 {
		r.Length = text.Timer(time.Duration(m.LengthS) * time.Second)
	}
	if !m.MayCare {
		r.Locked = text.T("groupmessage.no_right")
	}
	if !m.MayDelete {
		r.Keep = text.T("groupmessage.keep")
	}
	switch {
	case m.Kind == phone.GroupVoice:
		r.Icon, r.Tone, r.Kind = "voicemail", ToneAccent, text.T("groupmessage.voice")
	case m.Kind == phone.GroupCallback:
		r.Icon, r.Tone, r.Kind = "phone-incoming", ToneAmber, text.T("groupmessage.callback")
	case m.Direction == phone.Outgoing:
		r.Icon, r.Kind = "send", text.T("groupmessage.sent")
	default:
		r.Icon, r.Tone, r.Kind = "message-square", ToneGreen, text.T("groupmessage.text")
	}
	r.Care, r.Caring = messageCare(s, m)
	if left := m.Goes.Sub(s.Now); !m.Goes.IsZero() && left < goesSoon {
		r.Care += " · " + text.T("groupmessage.goes", "n", max(1, int((left+24*time.Hour-1)/(24*time.Hour))))
	}
	return r
}

// messageCare is who has done, or does, something about a message.
func messageCare(s Scene, m phone.GroupMessage) (words string, tone Tone) {
	name := func(n phone.TeamName) string {
		if n.ID == s.Snap.Team.Me && n.ID != "" {
			return text.T("grouplog.me")
		}
		return teamNameOf(n)
	}
	switch {
	case m.State == phone.TextFailed:
		return text.T("message.failed"), ToneRed
	case m.State == phone.TextSending:
		return text.T("message.sending"), TonePlain
	case m.Direction == phone.Outgoing:
		return name(m.By), TonePlain
	}
	has := name(m.Pinned)
	if i := initials(m.Pinned); i != "" && !m.Mine {
		has = i + " · " + has
	}
	return careWords(s, m.Handled, name(m.HandledBy), m.HandledAt, has, text.T("groupmessage.nobody"))
}

// initials is a colleague's, made of the name where they have none of their own.
func initials(n phone.TeamName) string {
	if n.Initials != "" {
		return Clean(n.Initials, 4)
	}
	words := strings.Fields(Clean(n.Name, nameLimit))
	if len(words) == 0 {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	if len(words) == 1 {
		return strings.ToUpper(string(first))
	}
	return strings.ToUpper(string(first) + string(last))
}

func groupName(s Scene, id phone.TeamGroupID) string {
	for _, g := range s.Snap.Team.Groups {
		if g.ID == id {
			return Clean(g.Name, nameLimit)
		}
	}
	return Clean(string(id), nameLimit)
}

// Take is the command that makes a message the user's, or nobody's.
func (r GroupMessageRow) Take(me phone.TeamPersonID, on bool) phone.Command {
	if !on {
		me = ""
	}
	return phone.CareForMessage{ID: r.ID, Seq: r.Message.Seq, Pinned: &me}
}

// Handle is the command that says that something has been done about a message, or that it has not.
func (r GroupMessageRow) Handle(on bool) phone.Command {
	return phone.CareForMessage{ID: r.ID, Seq: r.Message.Seq, Handled: &on}
}

// Delete is the command that deletes a message.
func (r GroupMessageRow) Delete() phone.Command {
	return phone.DeleteGroupMessage{ID: r.ID, Seq: r.Message.Seq}
}

// NotDeleted reports whether a message that the user has deleted is still there: the team server said no, or is away.
func NotDeleted(s Scene, id string) bool {
	return slices.ContainsFunc(s.Snap.Team.Changes, func(c phone.TeamChange) bool {
		return c.Verb == phone.DeleteGroupMessage{}.Verb() && c.About == id && c.State != phone.TeamChangeAsking
	})
}

// GroupMessageChoice is which messages are shown. The zero value is all.
type GroupMessageChoice struct {
	Kinds string // the kinds that are on, as circles keeps them
	Group phone.TeamGroupID
	Open  bool // only those that somebody should still do something about
	Mine  bool // only those that the user has as theirs
}

// Toggle is the choice with a kind more, or less.
func (c GroupMessageChoice) Toggle(k phone.GroupMessageKind) GroupMessageChoice {
	c.Kinds = messageCircles.toggle(c.Kinds, k)
	return c
}

// Query is what the team server is asked: what is open comes first.
func (c GroupMessageChoice) Query(words, after string, limit int) phone.GroupMessageQuery {
	q := phone.GroupMessageQuery{Text: words, Open: c.Open, Mine: c.Mine, OpenFirst: true, After: after, Limit: limit, Kinds: messageCircles.chosen(c.Kinds)}
	if c.Group != "" {
		q.Groups = []phone.TeamGroupID{c.Group}
	}
	return q
}

var messageCircles = circles[phone.GroupMessageKind]{
	{phone.GroupVoice, "voicemail", ToneAccent, "groupmessage.kind_voice"},
	{phone.GroupCallback, "phone-incoming", ToneAmber, "groupmessage.kind_callback"},
	{phone.GroupText, "message-square", ToneGreen, "groupmessage.kind_text"},
}

// Circles are the kinds, in order of their keys.
func (c GroupMessageChoice) Circles() []Circle {
	return messageCircles.drawn(c.Kinds)
}

// MessageGroups are the groups whose messages can be shown alone.
func MessageGroups(s Scene) []Choice {
	out := []Choice{option("", text.T("groupmessage.all_groups"))}
	for _, g := range s.Snap.Team.Groups {
		out = append(out, option(string(g.ID), Clean(g.Name, nameLimit)))
	}
	return out
}

// GroupMessagesHead is the line over the messages: how many nobody has handled.
func GroupMessagesHead(s Scene) string {
	m := s.Snap.Team.Messages
	switch {
	case m.Open == 0:
		return ""
	case m.Mine > 0:
		return text.T("groupmessage.open_mine", "n", m.Open, "mine", text.Number(int64(m.Mine)))
	}
	return text.T("groupmessage.open", "n", m.Open)
}

// GroupMessagesWords is the way to the messages, with how many are open.
func GroupMessagesWords(s Scene) string {
	return withCount(text.T("groupmessage.title"), s.Snap.Team.Messages.Open)
}

// GroupMessagesEmpty is what the list says when there is nothing to show.
func GroupMessagesEmpty(s Scene, c GroupMessageChoice, query string) Empty {
	return teamEmpty(s, query, c == GroupMessageChoice{Open: true}, c != GroupMessageChoice{},
		Empty{Icon: "circle-check", Title: text.T("groupmessage.empty_open")}, Empty{Icon: "filter", Title: text.T("groupmessage.empty_filter")},
		Empty{Icon: "messages-square", Title: text.T("groupmessage.empty"), Text: text.T("groupmessage.empty_text")})
}

// failedShown is for how long is told whom a text did not reach.
const failedShown = time.Hour

// GroupMessageBars are the warnings over the messages: those of the team server, how the user's own texts to many go, and
// whom they did not reach.
func GroupMessageBars(s Scene) []Bar {
	out := TeamBars(s, phone.CareForMessage{}.Verb(), phone.DeleteGroupMessage{}.Verb(), phone.SendGroupText{}.Verb())
	for _, v := range s.Snap.Team.Messages.Sendings {
		switch {
		case !v.Over():
			out = append(out, Bar{ID: "sending." + v.ID, Icon: "send", Title: text.T("groupmessage.sending", "sent", text.Number(int64(v.Sent)), "n", v.Total), Text: Clean(v.Text, 60)})
		case s.Now.Sub(v.At) < failedShown:
			var failed []string
			for _, f := range v.Failed {
				failed = append(failed, Clean(s.WhoOf(phone.Party{Number: f.Number}).Name, nameLimit)+": "+text.ReasonTitle(f.Reason))
			}
			out = append(out, Bar{ID: "sending." + v.ID, Icon: "triangle-alert", Tone: ToneAmber, Title: text.T("groupmessage.failed", "failed", text.Number(int64(len(v.Failed))), "n", v.Total), Text: strings.Join(failed, "; ")})
		}
	}
	return out
}

// GroupMessageNote tells of a message to a group that has just come.
func GroupMessageNote(s Scene, e phone.Event) (Note, bool) {
	if e.Kind != phone.EventGroup || e.State != "message" || e.Remote == nil {
		return Note{}, false
	}
	note := Note{
		Key: "group." + e.Key, Kind: NoteMessage, Title: text.T("groupmessage.came", "group", groupName(s, phone.TeamGroupID(e.Value)), "name", s.WhoOf(*e.Remote).Name),
		Show: command.ViewGroupMessages,
	}
	if m := s.Snap.Team.Messages.Newest; m != nil && m.ID == e.Key {
		note.Text = Clean(m.Text, 200)
	}
	return note, true
}
