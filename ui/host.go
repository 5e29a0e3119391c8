package ui

import (
	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/view/form"
)

var _ command.Host = (*host)(nil)

// host is what commands act through.
type host struct{ a *App }

// Do sends a command to the phone. A refusal is told in words where the user looks: a call that could not be placed
// under the field, everything else in a line over the window.
func (h *host) Do(c phone.Command) {
	if err := h.a.do(c); err != nil {
		if _, ok := c.(phone.Dial); ok {
			h.a.face().DialFailed(text.Refusal(err))
			return
		}
		h.a.say(text.Refusal(err))
	}
}

func (h *host) Show(v command.View) { h.a.show(v) }

func (h *host) FocusSearch() { h.a.face().FocusSearch(h.a.main.Canvas()) }

func (h *host) DialTyped() { h.a.face().DialTyped() }

func (h *host) Reach(f phone.Feature) { h.a.face().Reach(f) }

func (h *host) ToggleKeypad() { h.a.face().ToggleKeypad() }

func (h *host) ReportSound(id phone.CallID) { h.a.reportSound(id) }

func (h *host) MoveCursor(rows int) { h.a.face().MoveCursor(rows) }

func (h *host) MoveAcross(columns int) { h.a.face().MoveAcross(columns) }

func (h *host) OpenMenu() { h.a.face().OpenRowMenu() }

func (h *host) TextHits() { h.a.textHits() }

func (h *host) MailHits() { h.a.mailHits() }

func (h *host) Save() { form.Save(nil) }

func (h *host) Back() { h.a.back() }

func (h *host) ChangeTextSize(percent int) {
	h.Do(phone.Set{Key: phone.KeyTextSize, Value: itoa(percent)})
}

func (h *host) Ask(q command.Question, id phone.CallID) { h.a.ask(q, id) }

func (h *host) HandOver(how command.Handing) { h.a.face().HandOver(how, h.a.main.Canvas()) }

func (h *host) Numbered(n int) command.Card { return h.a.numbers.card(n) }

func (h *host) Quit() { h.a.leave() }
