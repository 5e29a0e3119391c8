// Package signin is the form of an account: for the first start, for adding one more, and for changing one.
package signin

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/view/lay"
	"svara/ui/widget"
)

// Options is which form it is.
type Options struct {
	Title   string
	Button  string         // what signs in
	Stay    bool           // ask whether to stay signed in
	Account *phone.Account // an account to change; nil makes one
}

// State is what the user has put in.
type State struct {
	SignIn   present.SignIn
	Advanced bool
	NoStay   bool
	Trying   phone.AccountID
}

// Form is the form.
type Form struct {
	// OnSignedIn is called when the account is registered.
	OnSignedIn func()

	deps    view.Deps
	opts    Options
	scene   present.Scene
	fields  map[present.Field]*widget.Field
	name    *widget.Field
	carrier *widget.Select
	proof   *Certificate
	tls     *fyne.Container // what belongs to TLS alone
	stay    *widget.Check
	more    *widget.Link
	moreBox *fyne.Container
	submit  *widget.Button
	anyway  *widget.Link
	wrong   *widget.Paragraph
	kept    *widget.Paragraph
	object  fyne.CanvasObject

	trying phone.AccountID // put in the phone and not yet registered
	busy   bool            // the phone is at it
	since  uint64          // only snapshots after this one tell of the last press
}

// New makes a form.
func New(deps view.Deps, s present.Scene, opts Options, before State) *Form {
	f := &Form{deps: deps, opts: opts, scene: s, fields: map[present.Field]*widget.Field{}, trying: before.Trying}
	field := func(id present.Field, icon, key string) *widget.Field {
		w := widget.NewField(widget.FieldSpec{Label: text.T(key), Icon: icon})
		f.own(id, w)
		return w
	}
	user := field(present.FieldUser, "user", "signin.user")
	password := widget.NewPasswordField(widget.FieldSpec{Label: text.T("signin.password"), Icon: "key-round"}, text.T("signin.show_password"), text.T("signin.hide_password"))
	f.own(present.FieldPassword, password)
	if opts.Account != nil {
		spec := password.Spec()
		spec.Placeholder = text.T("signin.password_kept")
		password.Set(spec)
	}
	domain := field(present.FieldDomain, "server", "signin.domain")
	proxy := field(present.FieldProxy, "route", "signin.proxy")
	auth := field(present.FieldAuthUser, "id-card", "signin.auth_user")
	f.name = widget.NewField(widget.FieldSpec{Label: text.T("signin.name"), Icon: "pencil", Help: text.T("signin.name_help")})
	f.name.Entry().OnSubmit = func(string) { f.send() }
	pin := field(present.FieldPin, "key-round", "account.pin")
	pin.Set(func() widget.FieldSpec { s := pin.Spec(); s.Help = text.T("account.pin_help"); return s }())
	pin.Entry().OnChanged = func(typed string) {
		_, wrong := present.Pin(typed)
		spec := pin.Spec()
		spec.Error = wrong
		pin.Set(spec)
	}
	f.proof = NewCertificate(deps, func(string) { f.clear(present.FieldDomain) })
	f.tls = lay.Col(14, f.proof.Object(), pin)
	f.carrier = widget.NewSelect("waypoints", f.carry)
	f.carrier.SetName(text.T("signin.transport"))
	f.moreBox = lay.Col(14,
		f.name,
		lay.Col(theme.Half, widget.NewText(text.T("signin.transport"), widget.Style{Size: theme.DetailSize, Token: theme.Text2, Bold: true}), f.carrier,
			widget.NewParagraph(text.T("account.transport_help"), widget.Style{Size: theme.DetailSize, Token: theme.Text3})),
		f.tls, proxy, auth,
	)
	f.more = widget.NewLink("", func() { f.setAdvanced(!f.moreBox.Visible()) })
	f.stay = widget.NewCheck(text.T("signin.stay"), nil)
	f.stay.Set(!before.NoStay)
	f.submit = widget.NewButton(widget.ButtonSpec{}, f.send)
	f.anyway = widget.NewLink(text.T("signin.anyway"), func() { f.finish() })
	f.anyway.Hide()
	f.wrong = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.DangerText})
	f.wrong.Hide()
	f.kept = widget.NewParagraph(present.PasswordPlace(s), widget.Style{Size: theme.DetailSize, Token: theme.Text2})

	rows := []fyne.CanvasObject{user, password, domain}
	if opts.Title != "" {
		rows = append([]fyne.CanvasObject{widget.NewText(opts.Title, widget.Style{Size: theme.HeadingSize, Bold: true})}, rows...)
	}
	if opts.Stay {
		rows = append(rows, lay.Row(0, f.stay))
	}
	rows = append(rows,
		f.wrong,
		lay.Row(theme.WindowPadding, lay.Least(160, 0, f.submit), f.anyway),
		lay.Least(0, 0, container.NewWithoutLayout()),
		lay.RowTop(theme.Grid, widget.NewIcon("lock", theme.Text2, theme.IconSmall), lay.Fill(f.kept)),
		lay.Row(0, f.more),
		f.moreBox,
	)
	f.object = lay.Limit(464, lay.Col(14, rows...))
	f.fill(before)
	f.setAdvanced(before.Advanced)
	f.setBusy(false)
	return f
}

func (f *Form) own(id present.Field, w *widget.Field) {
	f.fields[id] = w
	w.Entry().OnSubmit = func(string) { f.send() }
	w.Entry().OnChanged = func(string) { f.clear(id) }
}

func transports() []widget.Option {
	var out []widget.Option
	for _, c := range present.TransportChoices("") {
		out = append(out, widget.Option{ID: c.Value, Text: c.Text})
	}
	return out
}

// carry shows what belongs to the transport that is chosen.
func (f *Form) carry(id string) {
	widget.SetVisible(f.tls, phone.Transport(id) == phone.TransportTLS)
	if f.object != nil {
		f.object.Refresh()
	}
}

func (f *Form) fill(before State) {
	in := before.SignIn
	if a := f.opts.Account; a != nil && in == (present.SignIn{}) {
		in = present.SignIn{User: a.User, Domain: a.Domain, Name: a.DisplayName, AuthUser: a.AuthUser, Proxy: a.Proxy, Transport: a.Transport, CAFile: a.CAFile, Pin: a.Pin}
	}
	f.fields[present.FieldUser].SetText(in.User)
	f.fields[present.FieldPassword].SetText(in.Password)
	f.fields[present.FieldDomain].SetText(in.Domain)
	f.fields[present.FieldProxy].SetText(in.Proxy)
	f.fields[present.FieldAuthUser].SetText(in.AuthUser)
	f.name.SetText(in.Name)
	f.carrier.Set(transports(), string(in.Transport))
	f.carry(string(in.Transport))
	f.proof.Set(in.CAFile)
	f.fields[present.FieldPin].SetText(in.Pin)
}

// Object is the form.
func (f *Form) Object() fyne.CanvasObject { return f.object }

// State is what the user has put in.
func (f *Form) State() State {
	return State{SignIn: f.signIn(), Advanced: f.moreBox.Visible(), NoStay: !f.stay.On(), Trying: f.trying}
}

func (f *Form) signIn() present.SignIn {
	in := present.SignIn{
		User: f.fields[present.FieldUser].Text(), Password: f.fields[present.FieldPassword].Text(), Domain: f.fields[present.FieldDomain].Text(),
		Name: f.name.Text(), AuthUser: f.fields[present.FieldAuthUser].Text(), Proxy: f.fields[present.FieldProxy].Text(),
		Transport: phone.Transport(f.carrier.Chosen()),
	}
	if in.Transport == phone.TransportTLS {
		in.CAFile, in.Pin = f.proof.Path(), f.fields[present.FieldPin].Text()
	}
	if a := f.opts.Account; a != nil {
		in.ID, in.KeepSecret, in.MakeDefault = a.ID, true, a.Default
	}
	return in
}

// Busy reports whether the phone is signing in.
func (f *Form) Busy() bool { return f.busy }

// Trying reports whether an account was put in the phone that is not yet registered.
func (f *Form) Trying() bool { return f.trying != "" }

// Focus puts the caret in the first empty field, else in the password.
func (f *Form) Focus(c fyne.Canvas) {
	for _, id := range []present.Field{present.FieldUser, present.FieldPassword, present.FieldDomain} {
		if w := f.fields[id]; w.Text() == "" {
			c.Focus(w.Entry())
			return
		}
	}
	c.Focus(f.fields[present.FieldPassword].Entry())
}

func (f *Form) setAdvanced(on bool) {
	if on {
		f.moreBox.Show()
		f.more.Set(text.T("signin.less"))
	} else {
		f.moreBox.Hide()
		f.more.Set(text.T("signin.advanced"))
	}
	f.object.Refresh()
}

// setBusy draws the button: it says what the phone is doing.
func (f *Form) setBusy(on bool) {
	f.busy = on
	spec := widget.ButtonSpec{Text: f.opts.Button, Look: widget.Primary, Size: widget.Large, Key: text.T("key.enter")}
	if on {
		spec.Text, spec.Key, spec.Icon = text.T("signin.signing_in"), "", "loader"
	}
	f.submit.Set(spec)
}

func (f *Form) clear(id present.Field) {
	w := f.fields[id]
	if spec := w.Spec(); spec.Error != "" {
		spec.Error = ""
		w.Set(spec)
	}
	f.wrong.Hide()
}

// fault shows what is wrong under its field and puts the caret there, or under the form.
func (f *Form) fault(e present.SignInError) {
	for id, w := range f.fields {
		spec := w.Spec()
		spec.Error = ""
		if id == e.Field {
			spec.Error = e.Text
		}
		w.Set(spec)
	}
	f.wrong.Hide()
	f.proof.Complain("")
	if e.Field == present.FieldCAFile {
		f.proof.Complain(e.Text)
	}
	if e.Field == present.FieldNone && e.Text != "" {
		f.wrong.Set(e.Text)
		f.wrong.Show()
	}
	switch e.Field {
	case present.FieldProxy, present.FieldAuthUser, present.FieldCAFile, present.FieldPin:
		f.setAdvanced(true)
	}
	if w := f.fields[e.Field]; w != nil {
		if c := fyne.CurrentApp().Driver().CanvasForObject(w); c != nil {
			c.Focus(w.Entry())
		}
	}
	f.object.Refresh()
}

// send puts the account in the phone. What comes of it is seen in the snapshots.
func (f *Form) send() {
	if f.busy {
		return
	}
	f.anyway.Hide()
	account, wrong := f.signIn().Check(f.scene)
	if wrong != nil {
		f.fault(*wrong)
		return
	}
	if a := f.opts.Account; a != nil { // what the form does not show stays
		account.Expires, account.DTMF, account.Dialect, account.Mobile = a.Expires, a.DTMF, a.Dialect, a.Mobile
		account.SRTP, account.Keying, account.Codecs = a.SRTP, a.Keying, a.Codecs
		account.ICE, account.STUN, account.TURN, account.TURNUser, account.Team = a.ICE, a.STUN, a.TURN, a.TURNUser, a.Team
	}
	if f.trying != account.ID { // the user name was wrong: that account is none
		f.Abandon()
	}
	f.fault(present.SignInError{})
	put := phone.PutAccount{
		Account: account, Password: phone.Secret(f.fields[present.FieldPassword].Text()), SessionOnly: f.opts.Stay && !f.stay.On(),
	}
	if err := f.deps.Do(put); err != nil {
		f.fault(present.SignInError{Text: text.Refusal(err)})
		return
	}
	f.trying, f.since = account.ID, f.deps.Snapshot().Seq
	f.setBusy(true)
}

// Abandon takes an account that did not work out of the phone again: the user begins in another way.
func (f *Form) Abandon() {
	if f.trying == "" {
		return
	}
	if err := f.deps.Do(phone.RemoveAccount{Account: f.trying}); err != nil {
		f.deps.Say(text.Refusal(err))
	}
	f.trying = ""
	f.setBusy(false)
	f.fault(present.SignInError{})
}

// Update follows the phone while it signs in.
func (f *Form) Update(s present.Scene) {
	f.scene = s
	f.kept.Set(present.PasswordPlace(s))
	if f.trying == "" || s.Snap.Seq <= f.since {
		return
	}
	for _, a := range s.Snap.Accounts {
		if a.ID != f.trying {
			continue
		}
		switch a.State {
		case phone.RegistrationRegistered:
			f.finish()
		case phone.RegistrationFailed:
			if f.busy {
				f.setBusy(false)
				f.fault(present.SignInFailed(s, a))
				if !a.RetryAt.IsZero() { // the phone goes on trying by itself
					f.anyway.Show()
				}
				f.object.Refresh()
			}
		}
	}
}

func (f *Form) finish() {
	f.trying = ""
	f.setBusy(false)
	if f.OnSignedIn != nil {
		f.OnSignedIn()
	}
}
