// Package groupmessages draws the messages of the user's groups: voice messages, numbers to call back and texts in one list,
// played, pinned, handled and answered, and the window in which one writes with somebody for a group (features.md H3, H4).
package groupmessages

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/bin"
	"svara/ui/view/history"
	"svara/ui/view/lay"
	"svara/ui/view/sounds"
	"svara/ui/view/teamlist"
	"svara/ui/widget"
)

// wideFrom is the width, in dp, from which there are columns; careColumn the place of who cares.
const (
	wideFrom   = 820
	careColumn = 2
)

// View is the messages. Beside the list it holds the sound in the player and what is being deleted.
type View struct {
	*teamlist.List[present.GroupMessageChoice, phone.GroupMessage, present.GroupMessageRow]

	deps    view.Deps
	write   *widget.Button
	player  *sounds.Player
	heard   *widget.Text  // whose message is in the player
	sound   *widget.Panel // the player and what is over it
	playing string        // the message in the player
	bin     *bin.Bin[string]
	doomed  map[string]phone.Command // how what is in the bin is deleted
}

// New makes the view. It asks for the messages with the first scene. call dials, or answers what the face's field asks.
func New(deps view.Deps, call func(phone.Dial)) *View {
	v := &View{deps: deps, doomed: map[string]phone.Command{}}
	v.bin = bin.New(v.delete, func() { v.Redraw() })
	v.bin.Brought = func(id string) { v.Point(id) }
	v.write = widget.NewButton(widget.ButtonSpec{}, v.whom)
	v.player = sounds.NewPlayer(func(c phone.Command) bool { return v.Tell(c) }, deps.Meters, deps.Say, text.T("voicemail.position"), 120, nil, nil)
	v.heard = widget.NewText("", widget.Style{Size: theme.BodySize, Bold: true, Cut: true})
	v.sound = widget.NewPanel(widget.PanelSpec{Fill: theme.Raised, Border: theme.Border, Top: true}, lay.Col(0,
		lay.Pad(16, 8, 8, 4, lay.Row(theme.Grid, lay.Fill(v.heard), widget.NewIconButton("x", text.T("groupmessage.close_player"), v.unload))), v.player.Object()))
	v.sound.Hide()
	kind := teamlist.Kind[present.GroupMessageChoice, phone.GroupMessage, present.GroupMessageRow]{
		Failed: "groupmessage.unread", Bars: present.GroupMessageBars,
		Revision: func(s *phone.Snapshot) uint64 { return s.Team.Messages.Revision },
		Models:   v.models, More: present.MoreGroupMessageRow, Empty: present.GroupMessagesEmpty, There: there,
		Head: v.header(), Rows: v.rows(), Foot: v.sound, Drawn: v.drawPlayer,
	}
	if ask := deps.GroupMessages; ask != nil {
		kind.Ask = func(_ present.Scene, q teamlist.Question[present.GroupMessageChoice], answer func(teamlist.Page[phone.GroupMessage], error)) {
			ask(q.Choice.Query(q.Words, q.After, q.Limit), func(p phone.GroupMessagePage, err error) {
				answer(teamlist.Page[phone.GroupMessage]{Items: p.Messages, Next: p.Next, Told: p.Told}, err)
			})
		}
	}
	v.List = teamlist.New(deps, kind, call)
	return v
}

// there is the choice without a group that one is in no more.
func there(s present.Scene, c present.GroupMessageChoice) present.GroupMessageChoice {
	if !slices.ContainsFunc(s.Snap.Team.Groups, func(g phone.TeamGroup) bool { return g.ID == c.Group }) {
		c.Group = ""
	}
	return c
}

func (v *View) header() teamlist.Head[present.GroupMessageChoice] {
	return teamlist.Head[present.GroupMessageChoice]{
		Caption: "groupmessage.title", Search: "groupmessage.search", Open: present.GroupMessagesHead, OnlyOpen: present.GroupMessageChoice{Open: true},
		Circles: present.GroupMessageChoice.Circles,
		Toggle: func(c present.GroupMessageChoice, kind string) present.GroupMessageChoice {
			return c.Toggle(phone.GroupMessageKind(kind))
		},
		Switches: []teamlist.Switch[present.GroupMessageChoice]{
			{Icon: "list-checks", Words: "grouplog.only_open", At: func(c *present.GroupMessageChoice) *bool { return &c.Open }},
			{Icon: "hand", Words: "groupmessage.only_mine", At: func(c *present.GroupMessageChoice) *bool { return &c.Mine }},
		},
		Selects: []teamlist.Select[present.GroupMessageChoice]{{
			Icon: "users", Name: "groupmessage.group", Least: 170, Options: present.MessageGroups,
			Get: func(c present.GroupMessageChoice) string { return string(c.Group) },
			Set: func(c *present.GroupMessageChoice, id string) { c.Group = phone.TeamGroupID(id) },
		}},
		Tail: v.write,
		Draw: func(s present.Scene) {
			v.write.Set(widget.ButtonSpec{Icon: "send", Text: text.T("groupmessage.new"), Menu: true, Disabled: present.CannotGroupText(s)})
		},
	}
}

func (v *View) rows() teamlist.Rows[present.GroupMessageRow] {
	return teamlist.Rows[present.GroupMessageRow]{
		Caption: "groupmessage.column_from", Room: 246, Shown: "groupmessage.shown", ShownMore: "groupmessage.shown_more",
		Columns: []teamlist.Column{
			{Caption: "grouplog.column_time", Width: 108, From: wideFrom}, {Caption: "groupmessage.group", Width: 100, From: wideFrom},
			{Caption: "grouplog.column_handler", Width: 150, From: wideFrom},
		},
		Keys: []teamlist.Key{
			{Key: "Enter", Words: "groupmessage.open_it"}, {Key: "R", Words: "call.back"}, {Key: "M", Words: "grouplog.take"}, {Key: "D", Words: "grouplog.done"},
		},
		Strong: func(m present.GroupMessageRow) bool { return m.Open },
		Detail: detail, Button: v.button, Enter: v.open,
		First: func(m present.GroupMessageRow) []widget.MenuItem {
			if !m.Voice() {
				return nil
			}
			return []widget.MenuItem{{Text: text.T("recordings.play"), Icon: "play", Run: func() { v.play(m) }}}
		},
		Ways: func(m present.GroupMessageRow) []widget.MenuItem {
			answer := widget.MenuItem{Text: text.T("groupmessage.answer"), Icon: "message-square", Run: func() { v.answer(m) }}
			if !m.Thread {
				answer.Disabled = text.T("history.no_number")
			}
			return []widget.MenuItem{answer}
		},
		Last: func(m present.GroupMessageRow) []widget.MenuItem {
			return []widget.MenuItem{{Text: text.T("recordings.delete"), Icon: "trash-2", Disabled: m.Keep, Run: func() { v.remove(m) }}}
		},
		Rune: v.rune, Key: v.key,
	}
}

// models are the rows without those in the bin.
func (v *View) models(s present.Scene, messages []phone.GroupMessage, query string) []present.GroupMessageRow {
	for id := range v.bin.Gone {
		if _, waits := v.doomed[id]; !waits && present.NotDeleted(s, id) {
			delete(v.bin.Gone, id)
		}
	}
	kept := slices.DeleteFunc(slices.Clone(messages), func(m phone.GroupMessage) bool { return v.bin.Gone[m.ID] })
	return present.GroupMessageRows(s, kept, query)
}

func detail(m present.GroupMessageRow, columns int) (line [][]widget.Span, cells []widget.Column) {
	care := teamlist.Care(m.TeamRow)
	length, words, number := []widget.Span{{Text: m.Length}}, []widget.Span{{Text: m.Text, Token: theme.Text}}, history.Spans(m.Number)
	if columns == 0 {
		return [][]widget.Span{length, {care}, words, {{Text: m.Place}}, number}, nil
	}
	cells = []widget.Column{{Text: m.When}, {Text: m.Place}, {Text: m.Care}}
	cells[careColumn].Token = care.Token
	return [][]widget.Span{length, words, number}, cells
}

// button plays a voice message and answers the others.
func (v *View) button(m present.GroupMessageRow) (widget.ButtonSpec, func()) {
	spec := widget.ButtonSpec{Icon: "message-square", Tip: text.T("groupmessage.answer")}
	switch {
	case m.Voice() && m.Plays:
		spec = widget.ButtonSpec{Icon: "pause", Tip: text.T("recordings.pause")}
	case m.Voice():
		spec = widget.ButtonSpec{Icon: "play", Tip: text.T("recordings.play")}
	case !m.Thread:
		spec.Disabled = text.T("history.no_number")
	}
	return spec, func() { v.open(m) }
}

// whom asks whom a text is for.
func (v *View) whom() {
	to := func(favourites bool) func() {
		return func() {
			if v.deps.GroupText != nil {
				v.deps.GroupText(favourites)
			}
		}
	}
	widget.ShowMenuUnder(v.write, []widget.MenuItem{
		{Text: text.T("groupmessage.to_numbers"), Icon: "pencil", Run: to(false)}, {Text: text.T("groupmessage.to_favourites"), Icon: "star", Run: to(true)},
	})
}

// open does what Enter means: a voice message is played or paused, the others are answered.
func (v *View) open(m present.GroupMessageRow) {
	switch {
	case m.Voice():
		v.play(m)
	case !m.Thread:
		v.deps.Say(text.T("history.no_number"))
	default:
		v.answer(m)
	}
}

// answer opens the thread that a message is in.
func (v *View) answer(m present.GroupMessageRow) {
	if v.deps.GroupThread != nil && m.Thread {
		v.deps.GroupThread(present.ThreadOf(m))
	}
}

// remove takes a message out of the list at once and out of the group when the time for undoing is over.
func (v *View) remove(m present.GroupMessageRow) {
	if m.Keep != "" {
		v.deps.Say(m.Keep)
		return
	}
	if v.playing == m.ID {
		v.unload()
	}
	v.doomed[m.ID] = m.Delete()
	v.bin.Put(v.Object(), m.ID, text.T("groupmessage.deleted", "name", m.Who.Name))
}

// delete has the team server delete a message.
func (v *View) delete(id string) bool {
	c := v.doomed[id]
	delete(v.doomed, id)
	return c != nil && v.Tell(c)
}

// rune does what the keys of messages say.
func (v *View) rune(m present.GroupMessageRow, r rune) bool {
	switch {
	case r == 'r':
		v.CallBack(m)
	case r == ' ' && m.Voice():
		v.play(m)
	default:
		return false
	}
	return true
}

func (v *View) key(m present.GroupMessageRow, key fyne.KeyName) bool {
	switch {
	case key == fyne.KeyDelete:
		v.remove(m)
	case (key == fyne.KeyLeft || key == fyne.KeyRight) && m.ID == v.playing && m.Voice():
		v.player.Step(map[fyne.KeyName]int{fyne.KeyLeft: -1, fyne.KeyRight: 1}[key])
	default:
		return false
	}
	return true
}

// drawPlayer draws the message that was chosen to be heard; one that is gone leaves.
func (v *View) drawPlayer() {
	if v.playing == "" || v.Scene.Snap == nil {
		return
	}
	models := v.Models()
	i := slices.IndexFunc(models, func(m present.GroupMessageRow) bool { return m.ID == v.playing })
	on := v.Scene.Snap.Playing
	if i < 0 && (on == nil || on.Group != v.playing) {
		v.unload()
		return
	}
	if i >= 0 {
		v.heard.Set(models[i].Who.Name)
		away := ""
		if v.Scene.Snap.Team.Link != phone.TeamLive {
			away = text.T("team.away")
		}
		v.player.Update(v.Scene, models[i].Sound(), sounds.Facts{Locked: away})
	}
	widget.SetVisible(v.sound, true)
}

// play plays a message, or pauses it.
func (v *View) play(m present.GroupMessageRow) {
	if v.playing != m.ID {
		v.playing = m.ID
		v.drawPlayer()
		lay.Again(v.Object())
	}
	v.player.Press()
}

// unload puts the player away.
func (v *View) unload() {
	if p := v.Scene.Snap.Playing; p != nil && p.Group == v.playing && v.playing != "" {
		v.Tell(phone.StopPlaying{})
	}
	v.playing = ""
	widget.SetVisible(v.sound, false)
	lay.Again(v.Object())
}

// Levels moves the position of what is played. It reports whether that is on screen.
func (v *View) Levels(phone.Levels) bool {
	return v.playing != "" && v.player.Tick(v.Scene, time.Now())
}

// Copy shows what another view shows.
func (v *View) Copy(from *View) {
	v.playing = from.playing
	v.List.Copy(from.List)
}
