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
	ID     string
	Icon   string
	Tone   Tone
	Kind   string // in words: voice message, call back, text message
	When   string
	Who    Who
	Name   []Span // the name in pieces, what was searched for marked
	Number []Span // likewise, empty when the name is the number
	Group  string
	Length string // of a voice message
	Text   string
	Care   string // who has it as theirs, who has handled it, how one's own went
	Caring Tone   // of Care: red where nobody cares, green when it is handled
	Dial   string // what calling back dials, empty when it cannot be done
	Thread bool   // it can be answered with a text
	Open   bool   // somebody should still do something
	Mine   bool
	Asking bool   // a change of the user's own is under way
	Locked string // why it cannot be cared for, empty when it can
	Keep   string // why it cannot be deleted, empty when it can
	Plays  bool   // its sound is heard now
	More   bool   // no row but a way to the next ones

	Message phone.GroupMessage
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
	return GroupMessageRow{More: true, Icon: "chevron-down", Name: []Span{{Text: text.T("groupmessage.more")}}}
}

func groupMessageRow(s Scene, m phone.GroupMessage, query string) GroupMessageRow {
	who := s.WhoOf(m.Remote)
	r := GroupMessageRow{
		ID: m.ID, Message: m, Who: who, When: text.When(m.At.Local(), s.Now), Name: Mark(who.Name, query), Group: groupName(s, m.Group), Dial: dialTarget(m.Remote), Open: m.Open(), Mine: m.Mine,
		Text: Clean(strings.ReplaceAll(m.Text, "\n", " "), 500), Asking: teamAsking(s, phone.CareForMessage{}.Verb(), m.ID) || teamAsking(s, phone.DeleteGroupMessage{}.Verb(), m.ID),
	}
	r.Plays = s.Snap.Playing != nil && s.Snap.Playing.Group == m.ID && !s.Snap.Playing.Paused
	r.Thread = m.Peer != "" && r.Dial != ""
	if who.Known {
		r.Number = Mark(who.Number, query)
	}
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
		who := Clean(n.Name, nameLimit)
		if who == "" {
			who = Clean(string(n.ID), nameLimit)
		}
		return who
	}
	switch {
	case m.State == phone.TextFailed:
		return text.T("message.failed"), ToneRed
	case m.State == phone.TextSending:
		return text.T("message.sending"), TonePlain
	case m.Direction == phone.Outgoing:
		return name(m.By), TonePlain
	case m.Handled && m.HandledBy.ID != "":
		return text.T("grouplog.done_by", "name", name(m.HandledBy), "when", text.When(m.HandledAt.Local(), s.Now)), ToneGreen
	case m.Handled:
		return text.T("grouplog.done"), ToneGreen
	case m.Pinned.ID != "":
		if i := initials(m.Pinned); i != "" && !m.Mine {
			return i + " · " + name(m.Pinned), TonePlain
		}
		return name(m.Pinned), TonePlain
	}
	return text.T("groupmessage.nobody"), ToneRed
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

// Pin is the command that makes a message the user's, or nobody's.
func (r GroupMessageRow) Pin(me phone.TeamPersonID, on bool) phone.Command {
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

// GroupMessageChoice is which messages are shown. The zero value is all.
type GroupMessageChoice struct {
	Kinds string // the kinds that are on, with commas between; none shows all
	Group phone.TeamGroupID
	Open  bool // only those that somebody should still do something about
	Mine  bool // only those that the user has as theirs
}

// Has reports whether a kind is chosen.
func (c GroupMessageChoice) Has(k phone.GroupMessageKind) bool {
	return slices.Contains(strings.Split(c.Kinds, ","), string(k))
}

// Toggle is the choice with a kind more, or less.
func (c GroupMessageChoice) Toggle(kind phone.GroupMessageKind) GroupMessageChoice {
	var on []string
	for _, k := range messageKinds {
		if c.Has(k.kind) != (k.kind == kind) {
			on = append(on, string(k.kind))
		}
	}
	c.Kinds = strings.Join(on, ",")
	return c
}

// Query is what the team server is asked: what is open comes first.
func (c GroupMessageChoice) Query(words, after string, limit int) phone.GroupMessageQuery {
	q := phone.GroupMessageQuery{Text: words, Open: c.Open, Mine: c.Mine, OpenFirst: true, After: after, Limit: limit}
	if c.Group != "" {
		q.Groups = []phone.TeamGroupID{c.Group}
	}
	for _, k := range messageKinds {
		if c.Has(k.kind) {
			q.Kinds = append(q.Kinds, k.kind)
		}
	}
	return q
}

var messageKinds = []struct {
	kind phone.GroupMessageKind
	icon string
	tone Tone
	text string
}{
	{phone.GroupVoice, "voicemail", ToneAccent, "groupmessage.kind_voice"},
	{phone.GroupCallback, "phone-incoming", ToneAmber, "groupmessage.kind_callback"},
	{phone.GroupText, "message-square", ToneGreen, "groupmessage.kind_text"},
}

// MessageKind is a kind of messages that can be shown alone or together with others.
type MessageKind struct {
	Kind phone.GroupMessageKind
	Icon string
	Tone Tone
	Text string
	Key  string // when the list has the keyboard
	On   bool
}

// MessageKinds are the kinds, in order of their keys.
func MessageKinds(c GroupMessageChoice) []MessageKind {
	out := make([]MessageKind, 0, len(messageKinds))
	for i, k := range messageKinds {
		out = append(out, MessageKind{Kind: k.kind, Icon: k.icon, Tone: k.tone, Text: text.T(k.text), Key: text.Number(int64(i + 1)), On: c.Has(k.kind)})
	}
	return out
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
	if n := s.Snap.Team.Messages.Open; n > 0 {
		return text.T("groupmessage.title") + " (" + text.Number(int64(n)) + ")"
	}
	return text.T("groupmessage.title")
}

// GroupMessagesEmpty is what the list says when there is nothing to show.
func GroupMessagesEmpty(s Scene, c GroupMessageChoice, query string) Empty {
	switch {
	case s.Snap.Team.Link == phone.TeamOff:
		r := phone.Reason{ID: phone.ReasonNoTeam}
		return Empty{Icon: "messages-square", Title: text.ReasonTitle(r), Text: text.Reason(r)}
	case query != "":
		return Empty{Icon: "search", Title: text.T("list.no_hits", "text", Clean(query, 30)), Text: text.T("list.no_hits_text")}
	case c == GroupMessageChoice{Open: true}:
		return Empty{Icon: "circle-check", Title: text.T("groupmessage.empty_open")}
	case c != GroupMessageChoice{}:
		return Empty{Icon: "filter", Title: text.T("groupmessage.empty_filter")}
	}
	return Empty{Icon: "messages-square", Title: text.T("groupmessage.empty"), Text: text.T("groupmessage.empty_text")}
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
