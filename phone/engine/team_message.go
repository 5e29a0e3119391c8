package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/team"
)

// The messages of the user's groups (features.md H3, H4).
//
//	feed: message ──> open, revision ──> TeamState.Messages, EventGroup
//	feed: inbox, sending ──> senders, templates, how texts to many go
//	GroupMessages ──> the server, or what was read before; GroupSound ──> the server

// teamInbox is what the team server tells of messages. Maps are replaced, never changed in place.
type teamInbox struct {
	open     map[string]team.Versioned[team.Message]
	inboxes  map[team.GroupID]team.Inbox
	sendings map[string]team.Sending
	revision uint64
}

// again is as nothing had been told.
func (b teamInbox) again() teamInbox { return teamInbox{revision: b.revision + 1} }

// apply takes in an inbox or a sending.
func (b teamInbox) apply(i team.Item) (_ teamInbox, err error) {
	switch i.Kind {
	case team.KindInbox:
		b.inboxes, err = kept(maps.Clone(b.inboxes), team.GroupID(i.ID), i)
	case team.KindSending:
		b.sendings, err = kept(maps.Clone(b.sendings), i.ID, i)
	}
	return b, err
}

// teamMessage takes in a message, and tells of one that has just come.
func (t *turn) teamMessage(i team.Item) error {
	x := &t.s.team
	_, known := x.inbox.open[i.ID]
	open, now, err := applyOpen(x.inbox.open, i)
	if err != nil {
		return err
	}
	x.inbox.open = open
	x.inbox.revision++
	if i.Gone && t.s.playing.group == i.ID {
		t.stopPlaying(phone.StopPlaying{})
	}
	if x.link == phone.TeamLive && !i.Gone && !known && now.Value.Open() && now.Value.Pinned == "" {
		from := now.Value.From
		t.tell(phone.Event{Kind: phone.EventGroup, Key: i.ID, Value: string(now.Value.Group), State: "message", Remote: &from})
	}
	return nil
}

// mostSendings is how many of the user's own texts to many are shown.
const mostSendings = 20

// state is what guests see of it.
func (b teamInbox) state(groups []phone.TeamGroup, e teamEyes) phone.GroupMessageState {
	s := phone.GroupMessageState{Revision: b.revision, Open: len(b.open)}
	var newest *team.Versioned[team.Message]
	for _, v := range b.open {
		if v.Value.Pinned != "" && phone.TeamPersonID(v.Value.Pinned) == e.me {
			s.Mine++
		}
		if newest == nil || newerFirst(v, *newest) < 0 {
			newest = &v
		}
	}
	if newest != nil {
		m := groupMessage(*newest, e)
		s.Newest = &m
	}
	for _, g := range groups {
		if !g.Rights.Reaches(phone.TeamRightsAgent) {
			continue
		}
		if g.Number != "" {
			s.Senders = append(s.Senders, phone.GroupSender{Group: g.ID, As: g.Number})
		}
		in := b.inboxes[team.GroupID(g.ID)]
		for _, n := range in.Senders {
			s.Senders = append(s.Senders, phone.GroupSender{Group: g.ID, As: n, OneWay: true})
		}
		for _, t := range in.Templates {
			s.Templates = append(s.Templates, phone.GroupTemplate{Group: g.ID, Name: t.Name, Text: t.Text})
		}
	}
	for _, v := range b.sendings {
		if phone.TeamPersonID(v.By) != e.me || v.Over() && len(v.Failed) == 0 {
			continue
		}
		out := phone.GroupSending{ID: v.ID, Group: phone.TeamGroupID(v.Group), Sender: v.Sender, Text: v.Text, At: v.At, Total: v.Total, Sent: v.Sent}
		for _, f := range v.Failed {
			out.Failed = append(out.Failed, phone.GroupSendFail{Number: f.Number, Reason: f.Reason})
		}
		s.Sendings = append(s.Sendings, out)
	}
	slices.SortFunc(s.Sendings, func(a, b phone.GroupSending) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	s.Sendings = s.Sendings[:min(len(s.Sendings), mostSendings)]
	return s
}

// groupMessage is a message as guests see it.
func groupMessage(v team.Versioned[team.Message], e teamEyes) phone.GroupMessage {
	in := v.Value
	rights := e.rights(in.Group)
	deletes := phone.TeamRightsAgent
	if in.Kind == phone.GroupVoice {
		deletes = phone.TeamRightsAdmin
	}
	m := phone.GroupMessage{
		ID: in.ID, Seq: int64(v.Seq), Kind: in.Kind, Group: phone.TeamGroupID(in.Group), Direction: in.Direction, Peer: in.From.Number, Remote: in.From, At: in.At,
		Text: in.Text, LengthS: in.LengthS, Sender: in.Sender, State: in.State, Reason: in.Reason, Handled: in.Handled, HandledAt: in.HandledAt,
		Mine:      in.Pinned != "" && phone.TeamPersonID(in.Pinned) == e.me,
		MayCare:   in.Direction == phone.Incoming && rights.Reaches(phone.TeamRightsAgent),
		MayDelete: in.State != phone.TextSending && rights.Reaches(deletes),
	}
	who := func(p team.PersonID) phone.TeamName {
		if p == "" {
			return phone.TeamName{}
		}
		return e.name(p)
	}
	m.Goes = e.keep(in.Group).Until(in)
	m.By, m.Pinned, m.HandledBy = who(in.By), who(in.Pinned), who(in.HandledBy)
	return m
}

// messageQuery is a question as the team server is asked it.
func messageQuery(q phone.GroupMessageQuery, me phone.TeamPersonID, plan numbers.Plan) team.MessageQuery {
	out := team.MessageQuery{Kinds: q.Kinds, Open: q.Open, Peer: q.Peer, Text: strings.TrimSpace(q.Text), OpenFirst: q.OpenFirst, After: q.After, Limit: q.Limit}
	for _, g := range q.Groups {
		out.Groups = append(out.Groups, team.GroupID(g))
	}
	if q.Mine {
		out.Pinned = team.PersonID(me)
	}
	if e164, ok := plan.E164(q.Peer); ok {
		out.Peer = e164
	}
	return out
}

// selectsMessage reports whether a question asks for a message, as the team server would.
func selectsMessage(q team.MessageQuery, m team.Message, plan numbers.Plan) bool {
	switch {
	case len(q.Groups) > 0 && !slices.Contains(q.Groups, m.Group), len(q.Kinds) > 0 && !slices.Contains(q.Kinds, m.Kind):
		return false
	case q.Open && !m.Open(), q.Pinned != "" && m.Pinned != q.Pinned, q.Peer != "" && !plan.Same(q.Peer, m.From.Number):
		return false
	}
	all := strings.ToLower(m.From.Name + " " + m.From.Number + " " + m.Text)
	for _, w := range strings.Fields(strings.ToLower(q.Text)) {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// GroupMessages asks the team server for messages, or looks in those that were read before while it is away.
func (e *Engine) GroupMessages(ctx context.Context, q phone.GroupMessageQuery) (phone.GroupMessagePage, error) {
	var out phone.GroupMessagePage
	l := &e.runner.team
	now := l.now.Load()
	if now == nil {
		return out, phone.Refuse(phone.ReasonNoTeam, "")
	}
	plan := numberPlan(e.Snapshot().Settings)
	ask := messageQuery(q, now.eyes.me, plan)
	var found []team.Versioned[team.Message]
	if q.ID != "" { // who changes it has to have seen it as it is
		if !now.live || now.client == nil {
			return out, phone.Refuse(phone.ReasonTeamAway, "")
		}
		var v team.Versioned[team.Message]
		if err := now.client.Do(ctx, http.MethodGet, messagePath(q.ID), nil, &v); err != nil {
			return out, &phone.Error{Reason: teamReason(err)}
		}
		out.Messages = []phone.GroupMessage{groupMessage(v, now.eyes)}
		return out, nil
	}
	away := true
	if now.live && now.client != nil {
		var page team.MessagePage
		err := now.client.Do(ctx, http.MethodPost, "messages", ask, &page)
		var fault *team.Fault
		switch {
		case err == nil:
			away, found, out.Next = false, page.Messages, page.Next
			l.messages.see(time.Now(), found...)
		case errors.As(err, &fault) && fault.Status < http.StatusInternalServerError:
			return out, &phone.Error{Reason: teamReason(err)}
		case ctx.Err() != nil:
			return out, ctx.Err()
		}
	}
	if away {
		found, out.Next, out.Told = l.messages.pages(func(m team.Message) bool { return selectsMessage(ask, m, plan) }, ask.OpenFirst, ask.After, ask.Limit)
		if out.Told.IsZero() {
			return out, phone.Refuse(phone.ReasonTeamAway, "")
		}
	}
	out.Messages = make([]phone.GroupMessage, 0, len(found))
	for _, v := range found {
		out.Messages = append(out.Messages, groupMessage(v, now.eyes))
	}
	return out, nil
}

func messagePath(id string) string { return "messages/" + url.PathEscape(id) }

// GroupSound implements phone.GroupMessages.
func (e *Engine) GroupSound(ctx context.Context, id string) ([]byte, error) {
	return e.runner.groupSound(ctx, id)
}

var _ phone.GroupMessages = (*Engine)(nil)

func (r *runner) groupSound(ctx context.Context, id string) ([]byte, error) {
	now := r.team.now.Load()
	switch {
	case now == nil:
		return nil, phone.Refuse(phone.ReasonNoTeam, "")
	case !now.live || now.client == nil:
		return nil, phone.Refuse(phone.ReasonTeamAway, "")
	}
	data, err := now.client.Sound(ctx, messagePath(id)+"/sound")
	if err != nil {
		return nil, &phone.Error{Reason: teamReason(err)}
	}
	return data, nil
}

func (t *turn) careForMessage(cmd phone.CareForMessage) error {
	if _, err := t.liveTeam(); err != nil {
		return err
	}
	if cmd.ID == "" {
		return phone.Refuse(phone.ReasonBadCommand, "id")
	}
	in := team.MessageChange{Seq: team.Seq(cmd.Seq), Handled: cmd.Handled}
	if cmd.Pinned != nil {
		who := team.PersonID(*cmd.Pinned)
		in.Pinned = &who
	}
	t.askTeam(cmd.Verb(), cmd.ID, t.messageName(cmd.ID), http.MethodPatch, messagePath(cmd.ID), in)
	return nil
}

// messageName is who an open message is from, as far as that is known.
func (t *turn) messageName(id string) string {
	from := t.s.team.inbox.open[id].Value.From
	return cmp.Or(from.Name, from.Number)
}

func (t *turn) deleteGroupMessage(cmd phone.DeleteGroupMessage) error {
	if _, err := t.liveTeam(); err != nil {
		return err
	}
	if cmd.ID == "" {
		return phone.Refuse(phone.ReasonBadCommand, "id")
	}
	if t.s.playing.group == cmd.ID {
		t.stopPlaying(phone.StopPlaying{})
	}
	t.askTeam(cmd.Verb(), cmd.ID, t.messageName(cmd.ID), http.MethodDelete, messagePath(cmd.ID), nil)
	return nil
}

func (t *turn) playGroupMessage(cmd phone.PlayGroupMessage) error {
	if _, err := t.liveTeam(); err != nil {
		return err
	}
	if cmd.ID == "" {
		return phone.Refuse(phone.ReasonBadCommand, "id")
	}
	return t.playSound(sound{group: cmd.ID}, cmd.From, cmd.Speed)
}

// sendGroupText sends to each number once, however it is written.
func (t *turn) sendGroupText(cmd phone.SendGroupText) error {
	x, err := t.liveTeam()
	if err != nil {
		return err
	}
	g, there := x.groups[team.GroupID(cmd.Group)]
	switch {
	case !there:
		return phone.Refuse(phone.ReasonTeamGone, string(cmd.Group))
	case !x.people[x.me].In(team.GroupID(cmd.Group)).Reaches(team.RightsAgent):
		return phone.Refuse(phone.ReasonTeamNoRight, "")
	case strings.TrimSpace(cmd.Text) == "" || len([]rune(cmd.Text)) > phone.MaxGroupText:
		return phone.Refuse(phone.ReasonBadCommand, "text")
	case cmd.Sender != "" && cmd.Sender != g.Number && !slices.Contains(x.inbox.inboxes[team.GroupID(cmd.Group)].Senders, cmd.Sender), cmd.Sender == "" && g.Number == "":
		return phone.Refuse(phone.ReasonTeamNoSender, cmd.Sender)
	}
	plan := numberPlan(t.s.settings)
	var to []string
	for _, n := range cmd.To {
		n, err := cleanTarget(n)
		if err != nil {
			return err
		}
		if !looksLikeNumber(n) || strings.ContainsAny(n, "*#") {
			return phone.Refuse(phone.ReasonBadTarget, n)
		}
		if e164, ok := plan.E164(n); ok {
			n = e164
		}
		if !slices.Contains(to, n) {
			to = append(to, n)
		}
	}
	if len(to) == 0 || len(to) > phone.MaxGroupSend {
		return phone.Refuse(phone.ReasonBadCommand, "to")
	}
	name := ""
	if len(to) == 1 {
		name = to[0]
	}
	id := t.newSending()
	t.askTeam(cmd.Verb(), id, name, http.MethodPost, "groups/"+url.PathEscape(string(cmd.Group))+"/texts", team.NewTexts{ID: id, To: to, Sender: cmd.Sender, Text: cmd.Text})
	return nil
}

// newSending is a name for a sending that no other telephone gives.
func (t *turn) newSending() string {
	x := &t.s.team
	of := fnv.New32a()
	_, _ = of.Write([]byte(x.me))
	return fmt.Sprintf("%019d%08x%d", t.now.UnixNano(), of.Sum32(), x.last+1)
}
