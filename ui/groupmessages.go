package ui

import (
	"context"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/view/form"
	"svara/ui/view/groupmessages"
)

// The windows that no command opens: with somebody for a group, a text to many.
const (
	viewGroupThread command.View = "group-thread"
	viewGroupText   command.View = "group-text"
)

// groupMessages asks the team server off the UI goroutine.
func (a *App) groupMessages(q phone.GroupMessageQuery, answer func(phone.GroupMessagePage, error)) {
	if a.opts.sync {
		answer(a.opts.GroupMessages.GroupMessages(a.group.ctx, q))
		return
	}
	off(a, func(ctx context.Context) (phone.GroupMessagePage, error) {
		return a.opts.GroupMessages.GroupMessages(ctx, q)
	}, answer)
}

// groupThread is the window in which one writes with somebody for a group.
func (a *App) groupThread(with present.GroupThread) {
	a.panels.show(a, viewGroupThread, panelKind{"groupmessage.thread", 460, 600, func(deps view.Deps, s present.Scene, _ func()) panel {
		return groupmessages.NewThread(deps, s, with)
	}}, true)
}

// groupText is the form of a text to many, begun with the user's favourites or nobody.
func (a *App) groupText(favourites bool) {
	if !favourites {
		a.groupTextTo(nil)
		return
	}
	a.groupTextFound(phone.SearchQuery{Mark: phone.MarkFavourite, Limit: phone.MaxGroupSend})
}

// textHits is the form of a text to all whom the list in front shows: the hits for what is typed, else the favourites.
func (a *App) textHits() {
	typed := a.face().Field()
	switch l, ok := a.face().(view.Sifting); {
	case a.asking():
		a.say(text.T("disabled.not_now")) // the field asks for somebody else
	case ok && l.Sifted(a.groupTextTo):
	case typed == "":
		a.groupText(true)
	case present.Dialable(typed):
		a.groupTextFound(phone.SearchQuery{Text: present.DialText(typed), Limit: phone.MaxGroupSend + 1})
	default:
		a.groupTextFound(phone.SearchQuery{Text: typed, Limit: phone.MaxGroupSend + 1}) // one too many is told of
	}
}

func (a *App) groupTextFound(q phone.SearchQuery) {
	if a.opts.People == nil {
		a.groupTextTo(nil)
		return
	}
	off(a, func(ctx context.Context) (phone.SearchResult, error) { return a.opts.People.Search(ctx, q) }, func(found phone.SearchResult, err error) {
		if err != nil {
			a.say(text.Refusal(err))
			return
		}
		numbers, _ := phone.MobilesOf(found.Hits)
		switch {
		case len(numbers) > 0:
			a.groupTextTo(found.Hits)
		case q.Mark == phone.MarkFavourite:
			a.say(text.T("groupmessage.no_mobiles"))
		default:
			a.say(text.T("groupmessage.no_hits"))
		}
	})
}

// groupTextTo is the form. When its text has been given to the server, how it goes is shown among the messages.
func (a *App) groupTextTo(to []phone.Hit) {
	a.panels.show(a, viewGroupText, panelKind{"groupmessage.new", 520, 620, func(deps view.Deps, s present.Scene, closed func()) panel {
		do := deps.Do
		deps.Do = func(c phone.Command) error {
			err := do(c)
			if _, sent := c.(phone.SendGroupText); sent && err == nil {
				a.show(command.ViewGroupMessages)
			}
			return err
		}
		return form.NewWindow(deps, s, present.GroupTextForm(to), closed)
	}}, true)
}

// groupMessage tells of a message to a group that has come: in the window, and outside of it when the user works elsewhere.
func (n *notices) groupMessage(e phone.Event) {
	n.a.catchUp()
	s := n.a.scene()
	note, ok := present.GroupMessageNote(s, e)
	if !ok || n.a.quitting {
		return
	}
	if !n.a.panels.shown(command.ViewGroupMessages) && n.a.page != command.ViewGroupMessages {
		n.a.offerLink(note.Title, text.T("message.show"), func() { n.a.show(command.ViewGroupMessages) })
	}
	if !n.a.focused && n.teller != nil && note.Wanted(s) {
		n.teller.tell(note)
	}
}
