package ui

import (
	"context"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/view"
	"svara/ui/view/messages"
)

// conversation is the window of text messages, at the conversation with somebody or, with nobody, at all of them.
func conversation(with present.Message) panelKind {
	return panelKind{"message.window", 440, 560, func(deps view.Deps, s present.Scene, _ func()) panel {
		return messages.New(deps, s, with)
	}}
}

// showMessages opens the conversation that has the newest message not read, else all of them.
func (a *App) showMessages() {
	if a.opts.Texts == nil {
		return
	}
	with := present.Message{}
	if m := a.snap.Texts.Newest; m != nil {
		with = present.TextWith(a.scene(), *m)
	}
	a.writeMessage(with)
}

// texts asks for text messages off the UI goroutine.
func (a *App) texts(q phone.TextQuery, answer func([]phone.Text, error)) {
	off(a, func(ctx context.Context) ([]phone.Text, error) { return a.opts.Texts.Texts(ctx, q) }, answer)
}

func (a *App) threads(answer func([]phone.TextThread, error)) {
	off(a, func(ctx context.Context) ([]phone.TextThread, error) { return a.opts.Texts.TextThreads(ctx) }, answer)
}
