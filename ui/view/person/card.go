package person

import (
	"bytes"
	"image"
	_ "image/gif" // photos of address books
	_ "image/jpeg"
	_ "image/png"
	"reflect"
	"strings"

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

// View is somebody's card (features.md I3).
type View struct {
	deps   view.Deps
	scene  present.Scene
	id     phone.PersonID
	closed func()
	person *phone.Person
	gone   bool
	asked  uint64 // the revision of what is shown
	drawn  drawn

	avatar *widget.Avatar
	star   *widget.Button
	lamp   *widget.StatusShape
	state  *widget.Paragraph
	note   *widget.Paragraph
	lampUp *widget.Panel
	camp   *widget.Button
	body   *fyne.Container
	object fyne.CanvasObject
}

// drawn is what the card was drawn from, apart from the lamp.
type drawn struct {
	person  phone.Person
	known   bool
	canDial bool
	book    string
	around  []present.Trait
	may     phone.TeamPersonID // whose activity the user may set; empty: not this one's
}

// The avatar of the card, in dp.
const face = 72

// New makes the card of a person.
func New(deps view.Deps, s present.Scene, id phone.PersonID, closed func()) *View {
	v := &View{deps: deps, scene: s, id: id, closed: closed, body: lay.Col(14)}
	v.avatar = widget.NewAvatar("", widget.StatusNone, face)
	v.star = widget.NewButton(widget.ButtonSpec{}, func() {
		mark := phone.MarkFavourite
		if v.person.Mark == mark {
			mark = phone.MarkNone
		}
		Mark(deps, *v.person, mark)
	})
	v.lamp = widget.NewStatusShape(widget.StatusUnknown, 28)
	v.state = widget.NewParagraph("", widget.Style{Size: theme.NameSize, Bold: true})
	v.note = widget.NewParagraph("", widget.Style{Size: theme.BodySize, Token: theme.Text2})
	v.lampUp = widget.NewPanel(widget.PanelSpec{Radius: theme.RadiusField}, lay.Pad(12, 10, 12, 10, lay.Row(12, v.lamp, lay.Fill(lay.Col(2, v.state, v.note)))))
	v.camp = widget.NewButton(widget.ButtonSpec{}, v.campOn)
	v.object = widget.NewPanel(widget.PanelSpec{Fill: theme.Surface}, container.NewVScroll(lay.PadAll(theme.WindowPadding, v.body)))
	v.ask()
	return v
}

// Object is the card.
func (v *View) Object() fyne.CanvasObject { return v.object }

// Update follows the phone.
func (v *View) Update(s present.Scene) {
	v.scene = s
	if s.Snap.People.Revision != v.asked {
		v.ask()
		return
	}
	v.draw()
}

// Ticking reports whether the card counts.
func (v *View) Ticking() bool { return v.person != nil && present.LampOf(v.scene, *v.person).Ticks }

func (v *View) ask() {
	revision := v.scene.Snap.People.Revision
	v.asked = revision
	v.deps.Contacts.Person(v.id, func(p phone.Person, err error) {
		if v.asked != revision {
			return
		}
		if err != nil {
			if v.person != nil { // deleted while it was looked at
				v.closed()
			}
			v.person, v.gone = nil, true
			v.draw()
			return
		}
		had := v.person != nil && v.person.Photo
		v.person, v.gone = &p, false
		v.draw()
		if p.Photo {
			v.deps.Contacts.Photo(v.id, v.picture)
		} else if had {
			v.avatar.SetPhoto(nil)
		}
	})
}

// picture shows a photo; what is none leaves the initials.
func (v *View) picture(raw []byte) {
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return
	}
	v.avatar.SetPhoto(img)
}

func (v *View) draw() {
	now := drawn{known: v.person != nil}
	if v.person != nil {
		now.person = *v.person
		now.canDial, _ = present.CanDial(v.scene)
		now.around = present.Around(v.scene, *v.person)
		now.may = present.MaySet(v.scene, *v.person)
		for _, b := range v.scene.Snap.People.Books {
			if b.ID == v.person.ID.Book() {
				now.book = b.Name
			}
		}
	}
	if len(v.body.Objects) == 0 || !reflect.DeepEqual(now, v.drawn) {
		v.drawn = now
		v.compose()
	}
	v.follow()
	v.object.Refresh()
}

// follow draws what changes without the person having changed.
func (v *View) follow() {
	if v.person == nil {
		return
	}
	lamp := present.LampOf(v.scene, *v.person)
	v.avatar.Set(v.person.Name, widget.Status(lamp.Status))
	_, ink, soft := view.Colors(lamp.Tone)
	v.lamp.Set(widget.Status(lamp.Status))
	v.state.Set(lamp.Text)
	v.state.SetToken(ink)
	v.note.Set(lamp.Note)
	widget.SetVisible(v.note, lamp.Note != "")
	v.lampUp.Set(widget.PanelSpec{Fill: soft, Radius: theme.RadiusField})
	widget.SetVisible(v.lampUp, lamp.Status != "")
	spec := widget.ButtonSpec{Icon: "hourglass", Text: text.T("person.camp")}
	held := present.Held(v.scene)
	widget.SetVisible(v.camp, held != nil && lamp.Status == present.StatusInCall)
	if held != nil {
		spec.Tip = text.T("person.camp_tip", "caller", present.CallerName(v.scene, *held), "name", v.person.Label())
	}
	v.camp.Set(spec)
}

func (v *View) campOn() {
	held := present.Held(v.scene)
	if held == nil {
		v.deps.Say(text.T("person.no_held"))
		return
	}
	if err := v.deps.Do(phone.CampOn{Call: held.ID, Target: present.DialText(v.person.Line())}); err != nil {
		v.deps.Say(text.Refusal(err))
	}
}

// compose builds the card of the person.
func (v *View) compose() {
	v.body.Objects = nil
	if v.person == nil {
		if v.gone {
			v.body.Add(widget.NewParagraph(text.T("person.gone"), widget.Style{Size: theme.BodySize, Token: theme.Text2}))
		}
		return
	}
	p := *v.person
	v.body.Add(v.head(p))
	v.body.Add(v.lampUp)
	v.body.Add(v.actions(p))
	for _, n := range p.Numbers {
		v.body.Add(v.number(n))
	}
	for _, e := range p.Emails {
		v.body.Add(v.email(p, e))
	}
	fact := func(icon, words string) {
		if words != "" {
			v.body.Add(lay.RowTop(10, lay.Pad(0, 1, 0, 0, widget.NewIcon(icon, theme.Text2, theme.IconMedium)), lay.Fill(widget.NewParagraph(words, widget.Style{Size: theme.BodySize}))))
		}
	}
	for _, f := range v.drawn.around {
		fact(f.Icon, f.Text)
	}
	fact("sticky-note", present.Clean(p.Note, 1000))
	fact("search", present.Clean(strings.Join(p.Keywords, ", "), 300))
	fact("graduation-cap", present.Clean(strings.Join(p.Skills, ", "), 300))
	if p.SpeedDial != "" {
		fact("grip", text.T("person.speed")+" "+present.Clean(p.SpeedDial, 4))
	}
	if v.drawn.book != "" && !p.Own() {
		v.body.Add(widget.NewParagraph(text.T("person.from_book", "name", present.Clean(v.drawn.book, 60)), widget.Style{Size: theme.DetailSize, Token: theme.Text3}))
	}
	v.body.Add(widget.NewLine(false))
	v.body.Add(v.tools(p))
}

func (v *View) head(p phone.Person) fyne.CanvasObject {
	words := []fyne.CanvasObject{widget.NewParagraph(present.Clean(p.Label(), 60), widget.Style{Size: theme.HeadingSize, Bold: true})}
	work := func(parts ...string) {
		var there []string
		for _, s := range parts {
			if s = present.Clean(s, 60); s != "" && s != present.Clean(p.Label(), 60) {
				there = append(there, s)
			}
		}
		if len(there) > 0 {
			words = append(words, widget.NewParagraph(strings.Join(there, " · "), widget.Style{Size: theme.BodySize, Token: theme.Text2}))
		}
	}
	work(p.Title, p.Department)
	work(p.Company)
	if icon, mark, tone := present.MarkLook(p.Mark); mark != "" {
		_, ink, soft := view.Colors(tone)
		words = append(words, lay.Pad(0, 4, 0, 0, lay.Row(0, widget.NewChip(widget.ChipSpec{Text: mark, Icon: icon, Fill: soft, Ink: ink}, nil))))
	}
	spec := widget.ButtonSpec{Icon: "star", Look: widget.Quiet, Tip: text.T("mark.favourite_on")}
	if p.Mark == phone.MarkFavourite {
		spec.Chosen, spec.Tip = true, text.T("mark.favourite_off")
	}
	v.star.Set(spec)
	return lay.RowTop(14, v.avatar, lay.Fill(lay.Col(0, words...)), v.star)
}

// actions are the three ways to reach somebody, and to let a caller wait for them.
func (v *View) actions(p phone.Person) fyne.CanvasObject {
	to := To(p)
	call := widget.ButtonSpec{Icon: "phone", Text: text.T("person.call"), Look: widget.Go, Disabled: v.undialable(len(p.Numbers) > 0)}
	mail := widget.ButtonSpec{Icon: "mail", Text: text.T("person.mail")}
	if len(p.Emails) == 0 {
		mail.Disabled = text.T("person.no_email")
	}
	sms := widget.ButtonSpec{Icon: "message-square", Text: text.T("person.text")}
	if to.Number == "" {
		sms.Disabled = text.T("person.no_number")
	}
	dial := widget.NewButton(call, func() { v.call(p.Numbers[0].Number) })
	letter, message := widget.NewButton(mail, nil), widget.NewButton(sms, nil)
	letter.OnTap(func() { Mails(v.deps, letter, to) })
	message.OnTap(func() { Texts(v.deps, message, to) })
	return lay.Flow(theme.Grid, dial, letter, message, v.camp)
}

func (v *View) undialable(number bool) string {
	if !number {
		return text.T("person.no_number")
	}
	_, why := present.CanDial(v.scene)
	return why
}

func (v *View) call(number string) {
	if err := v.deps.Do(phone.Dial{Target: present.DialText(number)}); err != nil {
		v.deps.Say(text.Refusal(err))
		return
	}
	v.closed()
}

func (v *View) number(n phone.Number) fyne.CanvasObject {
	shown := present.Scene{Snap: v.deps.Snapshot()}.NumberText(n.Number)
	copying := widget.NewIconButton("copy", text.T("list.copy_number"), func() { fyne.CurrentApp().Clipboard().SetContent(n.Number) })
	call := widget.NewButton(widget.ButtonSpec{Icon: "phone", Look: widget.Go, Tip: text.T("person.call_number", "number", shown), Disabled: v.undialable(true)}, func() { v.call(n.Number) })
	return lay.Row(10, widget.NewIcon(present.NumberIcon(n.Kind), theme.Text2, theme.IconMedium), lay.Fill(lay.Col(0,
		widget.NewText(shown, widget.Style{Size: theme.NameSize, Cut: true}),
		widget.NewText(present.NumberWord(n.Kind), widget.Style{Size: theme.DetailSize, Token: theme.Text3, Cut: true}))), copying, call)
}

func (v *View) email(p phone.Person, address string) fyne.CanvasObject {
	to := To(p)
	to.Emails = []string{address}
	b := widget.NewIconButton("mail", text.T("person.mail"), nil)
	b.OnTap(func() { Mails(v.deps, b, to) })
	return lay.Row(10, widget.NewIcon("mail", theme.Text2, theme.IconMedium), lay.Fill(widget.NewText(present.Clean(address, 100), widget.Style{Size: theme.NameSize, Cut: true})), b)
}

// tools are what can be done with the entry itself.
func (v *View) tools(p phone.Person) fyne.CanvasObject {
	button := func(icon, words string, f func()) fyne.CanvasObject {
		return widget.NewButton(widget.ButtonSpec{Icon: icon, Text: words, Size: widget.Small}, f)
	}
	var tools []fyne.CanvasObject
	if p.Own() {
		tools = append(tools, button("pencil", text.T("person.edit"), func() { v.deps.Contacts.Edit(p, false) }),
			button("user", text.T("person.photo"), func() { v.deps.Contacts.Image(p) }))
		if p.Photo {
			tools = append(tools, button("x", text.T("person.photo_remove"), func() {
				if err := v.deps.Do(phone.SetPhoto{ID: p.ID}); err != nil {
					v.deps.Say(text.Refusal(err))
				}
			}))
		}
	}
	if may := v.drawn.may; may != "" {
		tools = append(tools, button("users", text.T("colleague.set"), func() { v.deps.Contacts.Activity(may, p) }))
		if v.deps.Contacts.Planning != nil {
			tools = append(tools, button("calendar-clock", text.T("me.schedule_menu"), func() { v.deps.Contacts.Planning(may, p) }))
		}
	}
	more := widget.NewButton(widget.ButtonSpec{Icon: "ellipsis", Text: text.T("person.more"), Size: widget.Small}, nil)
	more.OnTap(func() { widget.ShowMenuUnder(more, Marks(v.deps, p)) })
	return lay.Lines(theme.Grid, append(tools, more)...)
}
