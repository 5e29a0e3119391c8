// Package person draws what is known of somebody, and holds what can be done with them wherever they are shown.
package person

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/phone/template"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/widget"
)

// Numbers is the chooser of a person's numbers: arrow and Enter. It opens at the first one.
func Numbers(s present.Scene, p phone.Person, call func(number string)) []widget.MenuItem {
	var items []widget.MenuItem
	for _, n := range p.Numbers {
		items = append(items, widget.MenuItem{
			Text: s.NumberText(n.Number), Detail: present.NumberWord(n.Kind), Icon: present.NumberIcon(n.Kind), Run: func() { call(present.DialText(n.Number)) },
		})
	}
	return items
}

// Marks is the menu of what somebody is to the user, and of the contact itself.
func Marks(deps view.Deps, p phone.Person) []widget.MenuItem {
	toggle := func(mark phone.Mark, icon, on, off string) widget.MenuItem {
		words, to := text.T(on), mark
		if p.Mark == mark {
			words, to = text.T(off), phone.MarkNone
		}
		return widget.MenuItem{Text: words, Icon: icon, Run: func() { Mark(deps, p, to) }}
	}
	items := []widget.MenuItem{
		toggle(phone.MarkFavourite, "star", "mark.favourite_on", "mark.favourite_off"),
		toggle(phone.MarkVIP, "crown", "mark.vip_on", "mark.vip_off"),
		toggle(phone.MarkBlocked, "ban", "mark.block_on", "mark.block_off"),
	}
	if !p.Own() {
		return items
	}
	items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("person.edit"), Icon: "pencil", Run: func() { deps.Contacts.Edit(p, false) }})
	words := text.T("person.delete")
	if p.Photo {
		words = text.T("person.delete_ask", "name", present.Clean(p.Label(), 40))
	}
	return append(items, widget.MenuItem{Text: words, Icon: "trash-2", Danger: true, Run: func() { Delete(deps, p) }})
}

// Unknown is the menu of a number that nobody in the books has: added, made VIP, or blocked.
func Unknown(deps view.Deps, name, number string) []widget.MenuItem {
	marked := func(mark phone.Mark) func() {
		return func() {
			fresh := present.NewContact(name, number)
			fresh.Mark = mark
			if err := deps.Do(phone.PutPerson{Person: fresh}); err != nil {
				deps.Say(text.Refusal(err))
			}
		}
	}
	return []widget.MenuItem{
		{Text: text.T("person.add"), Icon: "user-plus", Run: func() { deps.Contacts.Edit(present.NewContact(name, number), true) }},
		{Text: text.T("mark.vip_on"), Icon: "crown", Run: marked(phone.MarkVIP)},
		{Text: text.T("mark.block_on"), Icon: "ban", Run: marked(phone.MarkBlocked)},
	}
}

// Mark makes somebody a favourite, VIP or blocked, or none of it.
func Mark(deps view.Deps, p phone.Person, mark phone.Mark) {
	if err := deps.Do(phone.MarkPerson{ID: p.ID, Mark: mark}); err != nil {
		deps.Say(text.Refusal(err))
	}
}

// Delete forgets a contact. For a while it can be undone, but for the photo: who has one is asked before.
func Delete(deps view.Deps, p phone.Person) {
	if err := deps.Do(phone.RemovePerson{ID: p.ID}); err != nil {
		deps.Say(text.Refusal(err))
		return
	}
	words := text.T("person.deleted", "name", present.Clean(p.Label(), 40))
	if p.Photo {
		deps.Say(words)
		return
	}
	deps.Offer(words, text.T("button.undo"), func() {
		if err := deps.Do(phone.PutPerson{Person: p}); err != nil {
			deps.Say(text.Refusal(err))
		}
	})
}

// Addressee is somebody a message goes to.
type Addressee struct {
	Name   string
	Number string // a text message's; empty when there is none
	Emails []string
	Fields template.Fields // for ready texts
}

// To is somebody of a book: text messages go to their mobile number before others.
func To(p phone.Person) Addressee {
	to := Addressee{Name: present.Clean(p.Label(), 60), Emails: p.Emails, Fields: template.Fields{Name: p.Label(), Company: p.Company, Note: p.Note}}
	for _, n := range p.Numbers {
		if to.Number == "" || n.Kind == phone.NumberMobile {
			to.Number = present.DialText(n.Number)
		}
		if n.Kind == phone.NumberMobile {
			break
		}
	}
	to.Fields.Number = to.Number
	return to
}

// Texts opens what can be written to somebody: the ready texts, and a line for a text of one's own. Without ready texts the
// form comes at once.
func Texts(deps view.Deps, under fyne.CanvasObject, to Addressee) {
	if to.Number == "" {
		deps.Say(text.T("person.no_number"))
		return
	}
	write := func(body string) { deps.Write(present.Message{To: to.Number, Name: to.Name, Text: body}) }
	ready := present.TemplatesOf(present.Scene{Snap: deps.Snapshot()}, phone.MessageSMS)
	if len(ready) == 0 {
		write("")
		return
	}
	var items []widget.MenuItem
	for _, t := range ready {
		body := template.Text(t.Text, to.Fields)
		items = append(items, widget.MenuItem{Text: present.Clean(t.Name, 40), Detail: present.Clean(body, 60), Icon: "message-square", Run: func() { write(body) }})
	}
	items = append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("message.own"), Icon: "pencil", Run: func() { write("") }})
	widget.ShowMenuUnder(under, items)
}

// Mails opens the user's mail program with a letter to somebody, by a ready text where there are any.
func Mails(deps view.Deps, under fyne.CanvasObject, to Addressee) {
	if len(to.Emails) == 0 {
		deps.Say(text.T("person.no_email"))
		return
	}
	letter(deps, to.Emails[:1], to.Fields, func(ready []widget.MenuItem) { widget.ShowMenuUnder(under, ready) })
}

// MailsToAll begins one letter to many: choose shows the ready texts where there are any.
func MailsToAll(deps view.Deps, to []string, choose func(ready []widget.MenuItem)) {
	letter(deps, to, template.Fields{}, choose)
}

// longest is what systems and mail programs take as a link, in bytes.
const longest = 2000

// letter begins a letter in the user's mail program, by a ready text where there are any. More addresses than fit in a link
// are copied, to be put into the letter by hand.
func letter(deps view.Deps, to []string, fields template.Fields, choose func(ready []widget.MenuItem)) {
	snap := deps.Snapshot()
	separator := ";"
	if snap.Settings.Get(phone.KeyMailSeparator) == "comma" {
		separator = ","
	}
	write := func(subject, body string) {
		subject, body = template.Text(subject, fields), template.Text(body, fields)
		link := template.Mailto(to, separator, subject, body)
		if len(link) > longest && len(to) > 1 {
			fyne.CurrentApp().Clipboard().SetContent(strings.Join(to, separator+" "))
			deps.Say(text.T("mail.copied", "n", strconv.Itoa(len(to))))
			link = template.Mailto(nil, separator, subject, body)
		}
		deps.Open(link)
	}
	ready := present.TemplatesOf(present.Scene{Snap: snap}, phone.MessageEmail)
	if len(ready) == 0 {
		write("", "")
		return
	}
	var items []widget.MenuItem
	for _, t := range ready {
		items = append(items, widget.MenuItem{Text: present.Clean(t.Name, 40), Detail: present.Clean(template.Text(t.Subject, fields), 60), Icon: "mail", Run: func() { write(t.Subject, t.Text) }})
	}
	choose(append(items, widget.MenuItem{}, widget.MenuItem{Text: text.T("message.own"), Icon: "pencil", Run: func() { write("", "") }}))
}
