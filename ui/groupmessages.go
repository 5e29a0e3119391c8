package ui

import (
	"context"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
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
	if !favourites || a.opts.People == nil {
		a.groupTextTo("")
		return
	}
	off(a, func(ctx context.Context) (phone.SearchResult, error) {
		return a.opts.People.Search(ctx, phone.SearchQuery{Mark: phone.MarkFavourite, Limit: phone.MaxGroupSend})
	}, func(found phone.SearchResult, err error) {
		to := present.MobilesOf(found.Hits)
		switch {
		case err != nil:
			a.say(text.Refusal(err))
		case to == "":
			a.say(text.T("groupmessage.no_mobiles"))
		default:
			a.groupTextTo(to)
		}
	})
}

func (a *App) groupTextTo(to string) {
	a.panels.show(a, viewGroupText, panelKind{"groupmessage.new", 520, 620, editor(func() present.Editor { return present.GroupTextForm(to) })}, true)
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
