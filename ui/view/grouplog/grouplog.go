// Package grouplog draws the calls to the queues of the user's groups: filtered by what became of them, by queue, handler
// and day, searched, and taken care of (features.md G6).
package grouplog

import (
	"slices"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/history"
	"svara/ui/view/teamlist"
	"svara/ui/widget"
)

// The widths, in dp, from which there are columns, and from which the note has one.
const (
	wideFrom = 760
	noteFrom = 1080
)

// The columns that a row's second line is without, by their places.
const (
	careColumn = 3
	noteColumn = 4
)

// View is the group log.
type View struct {
	*teamlist.List[present.GroupChoice, phone.GroupCall, present.GroupRow]

	deps view.Deps
}

// New makes the view. It asks for the calls with the first scene. call dials, or answers what the face's field asks.
func New(deps view.Deps, call func(phone.Dial)) *View {
	v := &View{deps: deps}
	kind := teamlist.Kind[present.GroupChoice, phone.GroupCall, present.GroupRow]{
		Failed:   "grouplog.failed",
		Bars:     func(s present.Scene) []present.Bar { return present.TeamBars(s, phone.CareForCall{}.Verb()) },
		Revision: func(s *phone.Snapshot) uint64 { return s.Team.Log.Revision },
		Models:   present.GroupRows, More: present.MoreGroupRow, Empty: present.GroupLogEmpty, There: there,
		Head: teamlist.Head[present.GroupChoice]{
			Caption: "grouplog.title", Search: "grouplog.search", Open: present.GroupLogHead,
			OnlyOpen: present.GroupChoice{Kinds: string(phone.GroupMissed), Open: true}, Circles: present.GroupChoice.Circles,
			Toggle: func(c present.GroupChoice, kind string) present.GroupChoice {
				return c.Toggle(phone.GroupOutcome(kind))
			},
			Switches: []teamlist.Switch[present.GroupChoice]{
				{Icon: "list-checks", Words: "grouplog.only_open", At: func(c *present.GroupChoice) *bool { return &c.Open }},
			},
			Selects: []teamlist.Select[present.GroupChoice]{
				{
					Icon: "headset", Name: "grouplog.column_queue", Least: 160, Options: present.GroupQueues,
					Get: func(c present.GroupChoice) string { return string(c.Queue) },
					Set: func(c *present.GroupChoice, id string) { c.Queue = phone.QueueID(id) },
				}, {
					Icon: "users", Name: "grouplog.column_handler", Least: 190, Options: present.GroupHandlers,
					Get: func(c present.GroupChoice) string { return string(c.Handler) },
					Set: func(c *present.GroupChoice, id string) { c.Handler = phone.TeamPersonID(id) },
				}, {
					Icon: "calendar", Name: "grouplog.column_time", Least: 160,
					Options: func(present.Scene) []present.Choice { return present.GroupPeriods() },
					Get:     func(c present.GroupChoice) string { return string(c.Period) },
					Set:     func(c *present.GroupChoice, p string) { c.Period = present.Period(p) },
				},
			},
		},
		Rows: teamlist.Rows[present.GroupRow]{
			Caption: "grouplog.column_caller", Room: 212, Shown: "grouplog.shown", ShownMore: "grouplog.shown_more",
			Columns: []teamlist.Column{
				{Caption: "grouplog.column_time", Width: 92, From: wideFrom}, {Caption: "grouplog.column_queue", Width: 122, From: wideFrom},
				{Caption: "grouplog.column_waited", Width: 68, From: wideFrom}, {Caption: "grouplog.column_handler", Width: 148, From: wideFrom},
				{Caption: "grouplog.column_note", Width: 150, From: noteFrom},
			},
			Keys:   []teamlist.Key{{Key: "Enter", Words: "call.back"}, {Key: "M", Words: "grouplog.take"}, {Key: "D", Words: "grouplog.done"}, {Key: "N", Words: "history.note"}},
			Strong: func(present.GroupRow) bool { return true },
			Detail: detail,
			Enter:  func(m present.GroupRow) { v.CallBack(m) },
			Carers: v.carers,
			Last: func(m present.GroupRow) []widget.MenuItem {
				return []widget.MenuItem{{Text: text.T("history.note"), Icon: "notebook-pen", Disabled: m.Locked, Run: func() { v.note(m) }}}
			},
			Rune: func(m present.GroupRow, r rune) bool {
				if r != 'n' {
					return false
				}
				v.note(m)
				return true
			},
		},
	}
	if ask := deps.GroupLog; ask != nil {
		kind.Ask = func(s present.Scene, q teamlist.Question[present.GroupChoice], answer func(teamlist.Page[phone.GroupCall], error)) {
			ask(q.Choice.Query(s.Now, q.Words, q.After, q.Limit), func(p phone.GroupLogPage, err error) {
				answer(teamlist.Page[phone.GroupCall]{Items: p.Calls, Next: p.Next, Told: p.Told}, err)
			})
		}
	}
	v.List = teamlist.New(deps, kind, call)
	return v
}

// there is the choice without a queue that is gone.
func there(s present.Scene, c present.GroupChoice) present.GroupChoice {
	if !slices.ContainsFunc(s.Snap.Queues, func(q phone.QueueStatus) bool { return q.ID == c.Queue && q.Team != nil }) {
		c.Queue = ""
	}
	return c
}

func detail(m present.GroupRow, columns int) (line [][]widget.Span, cells []widget.Column) {
	note := []widget.Span{{Text: m.Note, Token: theme.Text}}
	if m.Note != "" {
		note[0].Text = "”" + m.Note + "”"
	}
	care := teamlist.Care(m.TeamRow)
	number := history.Spans(m.Number)
	if columns == 0 {
		return [][]widget.Span{{care}, note, {{Text: m.Place}}, number}, nil
	}
	line = [][]widget.Span{number}
	if columns <= noteColumn {
		line = append(line, note)
	}
	for _, words := range []string{m.When, m.Place, m.Waited, m.Care, m.Note} {
		cells = append(cells, widget.Column{Text: words})
	}
	cells[careColumn].Token, cells[noteColumn].Token = care.Token, theme.Text
	return line, cells
}

// carers is the way to the menu of who is to take care of a call.
func (v *View) carers(m present.GroupRow, under fyne.CanvasObject) []widget.MenuItem {
	assign := func() {
		var items []widget.MenuItem
		for _, c := range present.GroupAssignees(v.Scene, m.Call) {
			to := phone.TeamPersonID(c.Value)
			items = append(items, widget.MenuItem{Text: c.Text, Icon: "users", Chosen: to == m.Call.Handler.ID, Run: func() { v.Tell(m.Assign(to)) }})
		}
		items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("grouplog.nobody"), Icon: "minus", Chosen: !m.Held, Run: func() { v.Tell(m.Assign("")) }})
		widget.ShowMenuUnder(under, items)
	}
	return []widget.MenuItem{{Text: text.T("grouplog.assign"), Icon: "users", Disabled: m.Locked, Run: assign}}
}

// note opens the form of a note on a call.
func (v *View) note(m present.GroupRow) {
	if v.deps.GroupNote != nil && m.Locked == "" {
		v.deps.GroupNote(m.Call, m.Who.Name)
	}
}

// Levels is of the lists with sound: there is none here.
func (v *View) Levels(phone.Levels) bool { return false }

// Copy shows what another view shows.
func (v *View) Copy(from *View) { v.List.Copy(from.List) }
