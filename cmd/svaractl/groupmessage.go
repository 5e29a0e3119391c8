package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// groupMessages are the messages of the user's groups.
var groupMessages = group("group", map[string]runner{
	"list":      (*cli).groupMessageList,
	"show":      about((*cli).groupMessageShow),
	"play":      (*cli).groupMessagePlay,
	"stop":      alone("group", phone.StopPlaying{}),
	"sound":     (*cli).groupMessageSound,
	"pin":       about((*cli).groupMessagePin),
	"unpin":     about((*cli).groupMessageUnpin),
	"handle":    handling((*cli).groupMessageHandle),
	"delete":    about((*cli).groupMessageDelete),
	"send":      (*cli).groupMessageSend,
	"sendings":  shows("group", "snapshot", (*cli).showSendings),
	"senders":   shows("group", "snapshot", (*cli).showSenders),
	"templates": shows("group", "snapshot", (*cli).showGroupTemplates),
})

func (c *cli) groupMessageList(ctx context.Context, args []string) error {
	fs := c.flags("group")
	q := phone.GroupMessageQuery{OpenFirst: true}
	var in, kinds several
	fs.Var(&in, "group", "")
	fs.Var(&kinds, "kind", "")
	fs.BoolVar(&q.Mine, "mine", false, "")
	fs.StringVar(&q.Peer, "with", "", "")
	pageFlags(fs, &q.Text, &q.After, &q.Open, &q.Limit)
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	for _, g := range in {
		q.Groups = append(q.Groups, phone.TeamGroupID(g))
	}
	for _, k := range kinds {
		kind := phone.GroupMessageKind(k)
		if !slices.Contains([]phone.GroupMessageKind{phone.GroupVoice, phone.GroupCallback, phone.GroupText}, kind) {
			return &usageError{verb: "group", why: "--kind is voice, callback or text, not " + k}
		}
		q.Kinds = append(q.Kinds, kind)
	}
	if err := checkPage(q.Limit); err != nil {
		return err
	}
	return ask(ctx, c, "group-messages", q, c.showGroupMessages)
}

func (c *cli) showGroupMessages(p phone.GroupMessagePage) {
	c.told(p.Told)
	t := c.table()
	for _, m := range p.Messages {
		t.row(m.ID, m.At.Local().Format("2006-01-02 15:04"), string(m.Group), string(m.Kind), messageState(m), who(m.Remote), strings.Join(messageNotes(m), "; "))
	}
	t.flush()
	c.next(p.Next)
}

// messageState is what is to be done with a message, or how one's own went.
func messageState(m phone.GroupMessage) string {
	switch {
	case m.Direction == phone.Outgoing && m.Reason != nil:
		return string(m.State) + ": " + string(m.Reason.ID)
	case m.Direction == phone.Outgoing:
		return string(m.State)
	case m.Handled:
		return "handled"
	}
	return "open"
}

func messageNotes(m phone.GroupMessage) []string {
	var notes []string
	add := func(label, words string) {
		if words != "" {
			notes = append(notes, label+words)
		}
	}
	if m.LengthS > 0 {
		add("", clock(time.Duration(m.LengthS)*time.Second))
	}
	if m.Mine {
		add("pinned by ", "you")
	} else {
		add("pinned by ", m.Pinned.Name)
	}
	add("handled by ", m.HandledBy.Name)
	add("by ", m.By.Name)
	add("as ", m.Sender)
	add("", m.Text)
	if !m.Goes.IsZero() {
		add("deleted on ", m.Goes.Local().Format("2006-01-02"))
	}
	return notes
}

func (c *cli) groupMessageShow(ctx context.Context, id string) error {
	return ask(ctx, c, "group-messages", phone.GroupMessageQuery{ID: id}, c.showGroupMessages)
}

func (c *cli) groupMessagePlay(ctx context.Context, args []string) error {
	fs := c.flags("group")
	var command phone.PlayGroupMessage
	playFlags(fs, &command.From, &command.Speed)
	id, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if err := checkPlay("group", command.From, command.Speed); err != nil {
		return err
	}
	command.ID = id[0]
	return c.do(ctx, command)
}

func (c *cli) groupMessageSound(ctx context.Context, args []string) error {
	given, err := words(c.flags("group"), args, 2, 2)
	if err != nil {
		return err
	}
	path, err := file(given[1])
	if err != nil {
		return err
	}
	return askFor(ctx, c, filePatience, "group-sound", map[string]string{"id": given[0], "path": path}, func(f control.File) {
		c.printf(c.out, "%s\n", clean(f.Path))
	})
}

// messageNow is a message as it is.
func (c *cli) messageNow(ctx context.Context, id string) (phone.GroupMessage, phone.Snapshot, error) {
	return asItIs(ctx, c, "group-messages", id, phone.GroupMessageQuery{ID: id}, func(p phone.GroupMessagePage) []phone.GroupMessage { return p.Messages })
}

// careForMessage changes a message as it is now.
func (c *cli) careForMessage(ctx context.Context, id string, change func(*phone.CareForMessage, *phone.Snapshot)) error {
	m, now, err := c.messageNow(ctx, id)
	if err != nil {
		return err
	}
	command := phone.CareForMessage{ID: id, Seq: m.Seq}
	change(&command, &now)
	return c.change(ctx, command)
}

func (c *cli) groupMessagePin(ctx context.Context, id string) error {
	return c.careForMessage(ctx, id, func(cmd *phone.CareForMessage, now *phone.Snapshot) { cmd.Pinned = &now.Team.Me })
}

func (c *cli) groupMessageUnpin(ctx context.Context, id string) error {
	return c.careForMessage(ctx, id, func(cmd *phone.CareForMessage, _ *phone.Snapshot) { cmd.Pinned = new(phone.TeamPersonID) })
}

func (c *cli) groupMessageHandle(ctx context.Context, id string, handled bool) error {
	return c.careForMessage(ctx, id, func(cmd *phone.CareForMessage, _ *phone.Snapshot) { cmd.Handled = &handled })
}

func (c *cli) groupMessageDelete(ctx context.Context, id string) error {
	m, _, err := c.messageNow(ctx, id)
	if err != nil {
		return err
	}
	return c.change(ctx, phone.DeleteGroupMessage{ID: m.ID, Seq: m.Seq})
}

// groupMessageSend sends to one number, with commas between to many, or to all whom a search finds.
func (c *cli) groupMessageSend(ctx context.Context, args []string) error {
	fs := c.flags("group")
	of, sender, template := fs.String("group", "", ""), fs.String("sender", "", ""), fs.String("template", "", "")
	search, favourites := fs.String("search", "", ""), fs.Bool("favourites", false, "")
	given, err := words(fs, args, 0, -1)
	if err != nil {
		return err
	}
	found := *search != "" || *favourites
	var to []string
	if !found && len(given) > 0 {
		to, given = strings.Split(given[0], ","), given[1:]
	}
	switch {
	case !found && to == nil:
		return &usageError{verb: "group", why: "to whom?"}
	case (len(given) == 0) != (*template != ""):
		return &usageError{verb: "group", why: "a text or --template NAME"}
	}
	client, asking, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	var now phone.Snapshot
	if err := client.Call(asking, "snapshot", nil, &now); err != nil {
		return err
	}
	command := phone.SendGroupText{Group: phone.TeamGroupID(*of), To: to, Sender: *sender, Text: strings.Join(given, " ")}
	if command.Group == "" {
		if command.Group, err = onlyGroup(now.Team); err != nil {
			return err
		}
	}
	if *template != "" {
		i := slices.IndexFunc(now.Team.Messages.Templates, func(t phone.GroupTemplate) bool {
			return t.Group == command.Group && strings.EqualFold(t.Name, *template)
		})
		if i < 0 {
			return phone.Refuse(phone.ReasonNoItem, *template)
		}
		command.Text = now.Team.Messages.Templates[i].Text
	}
	if found {
		hits, err := hitsOf(asking, client, *search, *favourites)
		if err != nil {
			return err
		}
		without := 0
		if command.To, without = phone.MobilesOf(hits); len(command.To) == 0 {
			return phone.Refuse(phone.ReasonNoItem, *search)
		}
		if !c.json {
			c.printf(c.out, "to %d, left out %d without a mobile number\n", len(command.To), without)
		}
	}
	return c.change(ctx, command)
}

// hitsOf is whom a search finds, among the favourites only where those are asked for.
func hitsOf(ctx context.Context, client *control.Client, words string, favourites bool) ([]phone.Hit, error) {
	q := phone.SearchQuery{Text: words, Limit: phone.MaxGroupSend + 1} // one too many is refused
	if favourites {
		q.Mark = phone.MarkFavourite
	}
	var hits control.SearchResult
	err := client.Call(ctx, "search", q, &hits)
	return hits.Hits, err
}

// onlyGroup is the group that texts can be sent for, when there is one.
func onlyGroup(t phone.TeamState) (phone.TeamGroupID, error) {
	var ids []string
	for _, s := range t.Messages.Senders {
		if !slices.Contains(ids, string(s.Group)) {
			ids = append(ids, string(s.Group))
		}
	}
	if len(ids) == 1 {
		return phone.TeamGroupID(ids[0]), nil
	}
	return "", &usageError{verb: "group", why: fmt.Sprintf("--group is needed: %s", strings.Join(ids, ", "))}
}

func (c *cli) showSendings(s phone.Snapshot) {
	t := c.table()
	for _, v := range s.Team.Messages.Sendings {
		t.row(v.At.Local().Format("2006-01-02 15:04"), string(v.Group), v.Sender, fmt.Sprintf("%d of %d sent, %d failed", v.Sent, v.Total, len(v.Failed)), v.Text)
		for _, f := range v.Failed {
			t.row("", "", "", f.Number, reasonText(&f.Reason))
		}
	}
	t.flush()
}

func (c *cli) showSenders(s phone.Snapshot) {
	t := c.table()
	for _, v := range s.Team.Messages.Senders {
		note := ""
		if v.OneWay {
			note = "cannot be answered"
		}
		t.row(string(v.Group), v.As, note)
	}
	t.flush()
}

func (c *cli) showGroupTemplates(s phone.Snapshot) {
	t := c.table()
	for _, v := range s.Team.Messages.Templates {
		t.row(string(v.Group), v.Name, v.Text)
	}
	t.flush()
}
