package ui

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/view/form"
	"svara/ui/view/groupmessages"
	"svara/ui/view/person"
	"svara/ui/widget"
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
	a.found(phone.SearchQuery{Mark: phone.MarkFavourite, Limit: phone.MaxGroupSend}, func(hits []phone.Hit) { a.textTo(hits, true) })
}

// textHits is the form of a text to all whom the list in front shows.
func (a *App) textHits() { a.hits(a.textTo) }

// hits finds whom the list in front shows: the hits for what is typed, else the favourites. One too many for a text is told
// of when it is sent.
func (a *App) hits(answer func(found []phone.Hit, favourites bool)) {
	typed := a.face().Field()
	sought := func(found []phone.Hit) { answer(found, false) }
	switch l, ok := a.face().(view.Sifting); {
	case a.asking():
		a.say(text.T("disabled.not_now")) // the field asks for somebody else
	case ok && l.Sifted(sought):
	case typed == "":
		a.found(phone.SearchQuery{Mark: phone.MarkFavourite, Limit: phone.MaxGroupSend}, func(found []phone.Hit) { answer(found, true) })
	case present.Dialable(typed):
		a.found(phone.SearchQuery{Text: present.DialText(typed), Limit: phone.MaxGroupSend + 1}, sought)
	default:
		a.found(phone.SearchQuery{Text: typed, Limit: phone.MaxGroupSend + 1}, sought)
	}
}

// found answers what a search finds, or says why not.
func (a *App) found(q phone.SearchQuery, answer func([]phone.Hit)) {
	if a.opts.People == nil {
		answer(nil)
		return
	}
	off(a, func(ctx context.Context) (phone.SearchResult, error) { return a.opts.People.Search(ctx, q) }, func(found phone.SearchResult, err error) {
		if err != nil {
			a.say(text.Refusal(err))
			return
		}
		answer(found.Hits)
	})
}

// textTo is the form of a text to those who were found, as far as they have mobile numbers.
func (a *App) textTo(found []phone.Hit, favourites bool) {
	numbers, _ := phone.MobilesOf(found)
	switch {
	case len(numbers) > 0:
		a.groupTextTo(found)
	case favourites:
		a.say(text.T("groupmessage.no_mobiles"))
	default:
		a.say(text.T("groupmessage.no_hits"))
	}
}

// mailHits begins a letter to all whom the list in front shows, in the user's mail program.
func (a *App) mailHits() {
	a.hits(func(found []phone.Hit, favourites bool) {
		addresses, without := phone.EmailsOf(found)
		switch {
		case len(addresses) > 0:
			if without > 0 {
				a.say(text.T("mail.without", "n", strconv.Itoa(without)))
			}
			c := a.main.Canvas()
			person.MailsToAll(a.deps(), addresses, func(ready []widget.MenuItem) {
				widget.ShowMenu(c, fyne.NewPos(c.Size().Width/4, c.Size().Height/6), ready)
			})
		case favourites:
			a.say(text.T("mail.no_favourites"))
		default:
			a.say(text.T("mail.no_hits"))
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
