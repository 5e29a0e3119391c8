package start

import (
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// codePane signs in with a mobile number and the code that comes to it.
type codePane struct {
	deps   view.Deps
	done   func()
	server *widget.Field
	mobile *widget.Field
	code   *widget.Field
	ask    *widget.Button
	sign   *widget.Button
	note   *widget.Paragraph
	wrong  *widget.Paragraph
	object fyne.CanvasObject

	state   present.Activation
	redeems string // the server that a code is being redeemed at; empty: none is
}

// codeState is what was typed, and whether a code is on its way, to survive a change of language.
type codeState struct {
	server, mobile, code string
	sent                 bool
}

func newCodePane(deps view.Deps, done func(), before codeState) *codePane {
	p := &codePane{deps: deps, done: done}
	p.server = widget.NewField(widget.FieldSpec{Label: text.T("code.server"), Icon: "server", Placeholder: text.T("code.server_holder"), Help: text.T("code.server_help")})
	p.mobile = widget.NewField(widget.FieldSpec{Label: text.T("code.mobile"), Icon: "smartphone", Placeholder: "+46 70 123 45 67"})
	p.code = widget.NewField(widget.FieldSpec{Label: text.T("code.code"), Icon: "key-round"})
	p.server.SetText(before.server)
	p.mobile.SetText(before.mobile)
	p.code.SetText(before.code)
	p.state.Sent = before.sent
	p.ask = widget.NewButton(widget.ButtonSpec{}, p.request)
	p.sign = widget.NewButton(widget.ButtonSpec{}, p.redeem)
	p.note = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2})
	p.wrong = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.DangerText})
	for _, f := range []*widget.Field{p.server, p.mobile} {
		f.Entry().OnSubmit = func(string) { p.request() }
	}
	p.code.Entry().OnSubmit = func(string) { p.redeem() }
	p.object = lay.Col(theme.WindowPadding,
		widget.NewText(text.T("start.code"), widget.Style{Size: theme.HeadingSize, Bold: true}),
		p.server, p.mobile, lay.Row(0, p.ask), p.note, p.code, lay.Row(0, p.sign), p.wrong)
	p.draw()
	return p
}

func (p *codePane) typed() codeState {
	return codeState{p.server.Text(), p.mobile.Text(), p.code.Text(), p.state.Sent}
}

// focus puts the caret in the first empty field.
func (p *codePane) focus(c fyne.Canvas) {
	at := p.code
	for _, f := range []*widget.Field{p.mobile, p.server} {
		if f.Text() == "" {
			at = f
		}
	}
	c.Focus(at.Entry())
}

// onward is focus where the pane is on screen.
func (p *codePane) onward() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.object); c != nil {
		p.focus(c)
	}
}

// fields is where and who, when both can be used; what is wrong is said under each.
func (p *codePane) fields() (server, mobile string, ok bool) {
	server, wrongServer := present.CodeServer(p.server.Text())
	mobile = strings.TrimSpace(p.mobile.Text())
	wrongMobile := present.MobileWrong(mobile)
	complain(p.server, wrongServer)
	complain(p.mobile, wrongMobile)
	return server, mobile, wrongServer == "" && wrongMobile == ""
}

func complain(f *widget.Field, words string) {
	spec := f.Spec()
	spec.Error = words
	f.Set(spec)
}

func (p *codePane) request() {
	server, mobile, ok := p.fields()
	if !ok || p.state.Asking {
		return
	}
	p.state.Asking, p.state.Wrong = true, ""
	if !p.do(phone.RequestCode{URL: server, Mobile: mobile}) {
		p.state.Asking = false
	}
	p.draw()
}

func (p *codePane) redeem() {
	server, mobile, ok := p.fields()
	code := strings.TrimSpace(p.code.Text())
	missing := ""
	if code == "" {
		missing = text.T("code.need_code")
	}
	complain(p.code, missing)
	if !ok || code == "" || p.redeems != "" {
		return
	}
	if p.redeems = server; !p.do(phone.RedeemCode{URL: server, Mobile: mobile, Code: phone.Secret(code)}) {
		p.redeems = ""
	}
}

func (p *codePane) do(c phone.Command) bool {
	if err := p.deps.Do(c); err != nil {
		p.state.Wrong = text.Refusal(err)
		p.draw()
		return false
	}
	return true
}

// update follows the phone.
func (p *codePane) update(s present.Scene) {
	was := p.state
	p.state = present.ActivationOf(s, was)
	for _, a := range s.Snap.Accounts {
		if p.redeems != "" && a.Team == p.redeems && !p.state.Signing {
			p.redeems = ""
			p.done()
			return
		}
	}
	if p.state.Wrong != "" {
		p.redeems = ""
	}
	if p.state != was {
		p.draw()
	}
	if p.state.Sent && !was.Sent {
		p.onward() // to the code
	}
}

func (p *codePane) draw() {
	ask := widget.ButtonSpec{Icon: "send", Text: text.T("code.send"), Look: widget.Primary}
	if p.state.Sent {
		ask.Text, ask.Look = text.T("code.send_again"), widget.Plain
	}
	if p.state.Asking {
		ask.Disabled = text.T("code.sending")
	}
	p.ask.Set(ask)
	sign := widget.ButtonSpec{Icon: "log-in", Text: text.T("signin.sign_in"), Size: widget.Large}
	if p.state.Sent {
		sign.Look = widget.Primary
	}
	if p.state.Signing {
		sign.Disabled = text.T("code.signing")
	}
	p.sign.Set(sign)
	note := text.T("code.help")
	if p.state.Sent {
		note = text.T("code.sent")
	}
	p.note.Set(note)
	p.wrong.Set(p.state.Wrong)
	widget.SetVisible(p.wrong, p.state.Wrong != "")
	p.object.Refresh()
}
