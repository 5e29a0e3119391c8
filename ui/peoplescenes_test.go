package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view/call"
	"svara/ui/view/person"
	"svara/ui/view/settings"
)

// fakePeople answers from a list: whoever has every word typed in the name, the title or a number.
type fakePeople []phone.Person

func (f fakePeople) Search(_ context.Context, q phone.SearchQuery) (phone.SearchResult, error) {
	var r phone.SearchResult
	for _, p := range f {
		h := phone.Hit{Person: p}
		if q.Mark != "" && p.Mark != q.Mark {
			continue
		}
		all := true
		for _, word := range strings.Fields(strings.ToLower(q.Text)) {
			hit := false
			mark := func(field phone.Field, value string) {
				if i := strings.Index(strings.ToLower(value), word); i >= 0 {
					hit = true
					h.Spans = append(h.Spans, phone.Span{Field: field, From: i, To: i + len(word)})
				}
			}
			mark(phone.FieldName, p.Name)
			mark(phone.FieldTitle, p.Title)
			for i, n := range p.Numbers {
				mark(phone.FieldNumber+phone.Field("."+string(rune('0'+i))), n.Number)
			}
			all = all && hit
		}
		if all {
			r.Hits = append(r.Hits, h)
		}
	}
	slices.SortStableFunc(r.Hits, func(a, b phone.Hit) int { return strings.Compare(string(b.Person.Mark), string(a.Person.Mark)) })
	limit := q.Limit
	if limit == 0 {
		limit = 50
	}
	if len(r.Hits) > limit {
		r.Hits, r.More = r.Hits[:limit], true
	}
	return r, nil
}

func (f fakePeople) Person(_ context.Context, id phone.PersonID) (phone.Person, error) {
	for _, p := range f {
		if p.ID == id {
			return p, nil
		}
	}
	return phone.Person{}, phone.Refuse(phone.ReasonNoPerson, "")
}

func (f fakePeople) Match(_ context.Context, number string) ([]phone.Person, error) {
	var out []phone.Person
	for _, p := range f {
		for _, n := range p.Numbers {
			if present.DialText(n.Number) == number {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

func (f fakePeople) Photo(context.Context, phone.PersonID) ([]byte, error) { return nil, nil }

func colleague(name, number, title string, mark phone.Mark) phone.Person {
	return phone.Person{ID: phone.PersonOf("company", number), Name: name, Title: title, Mark: mark, Colleague: true,
		Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: number}}}
}

// staff are the people of the pictures in ui.md.
var staff = fakePeople{
	colleague("Tomas Öberg", "2151", "Lagerchef", phone.MarkFavourite),
	colleague("Anna Berg", "2101", "Inköpschef", phone.MarkFavourite),
	colleague("Johan Lindqvist", "2114", "Säljchef syd", phone.MarkFavourite),
	colleague("Kalle Brodin", "2124", "Säljare syd", phone.MarkFavourite),
	colleague("Lena Östlund", "2133", "Lönespecialist", phone.MarkFavourite),
	colleague("Mats Holmér", "2110", "Försäljningschef", phone.MarkFavourite),
	colleague("Per Sandin", "2150", "IT", phone.MarkFavourite),
	colleague("Ivar Stål", "2145", "Säljarkivet", ""),
	{ID: "own:ekdal", Name: "Tomas Ekdal", Company: "Ekdal Bygg", Mark: phone.MarkVIP, Emails: []string{"tomas@ekdal.example.com"}, Note: "Ring helst efter 10.", Keywords: []string{"takstolar", "offert"}, SpeedDial: "7",
		Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "070-1740618"}, {Kind: phone.NumberWork, Number: "08-465 004 50"}}},
	{ID: "own:rot", Name: "Robocall", Mark: phone.MarkBlocked, Numbers: []phone.Number{{Kind: phone.NumberOther, Number: "070-1740666"}}},
}

// peopled is a phone whose exchange tells of the staff's telephones.
func peopled(s *phone.Snapshot) *phone.Snapshot {
	return with(s, func(s *phone.Snapshot) {
		s.People = phone.PeopleState{Revision: 1, Count: len(staff)}
		line := func(number string, state phone.LineState, change ...func(*phone.Line)) {
			l := phone.Line{Account: "elin", Number: number, State: state, Told: noon.Add(-time.Minute)}
			for _, f := range change {
				f(&l)
			}
			s.Lines = append(s.Lines, l)
		}
		does := func(kind phone.ActivityKind, until time.Time) func(*phone.Line) {
			return func(l *phone.Line) { l.Presence = &phone.Presence{Activity: kind, Until: until} }
		}
		line("2101", phone.LineIdle, does(phone.ActivityLunch, noon.Add(time.Hour)))
		line("2114", phone.LineBusy, func(l *phone.Line) {
			l.Since, l.With = noon.Add(-252*time.Second), phone.Party{Name: "Ekdal Bygg", Number: "0701740618"}
		})
		line("2124", phone.LineIdle)
		line("2133", phone.LineRinging, func(l *phone.Line) { l.With = phone.Party{Name: "Karin Alm", Number: "0701740633"} })
		line("2110", phone.LineBusy, does(phone.ActivityMeeting, noon.Add(2*time.Hour)))
		line("2150", phone.LineIdle, does(phone.ActivityGone, noon.Add(20*time.Hour)))
		line("2145", phone.LineOffline)
	})
}

func sought(id phone.CallID) phone.Call {
	c := incoming(id)
	c.Caller = phone.Caller{Person: "own:ekdal", Name: "Maria Ekdal", Company: "Ekdal Bygg", Title: "Platschef", Mark: phone.MarkVIP,
		Last: []phone.HistoryEntry{{Begun: noon.Add(-3 * time.Hour), Duration: 6 * time.Minute, Note: "Offert 1180. Vill flytta leveransveckan."}}}
	c.Origin = &phone.Origin{Queue: "700", Name: "Växeln", Waited: noon.Add(-72 * time.Second),
		Path: []phone.Diversion{{By: phone.Party{Name: "Anna Berg", Number: "2101"}, Reason: "away"}, {By: phone.Party{Name: "Mats Holmér", Number: "2110"}, Reason: "no-answer"}},
		Sought: &phone.Sought{Party: phone.Party{Name: "Anna Berg", Number: "2101"}, Emails: []string{"anna@example.com"}, Mobile: "0701740601", Line: phone.LineIdle,
			Presence: &phone.Presence{Activity: phone.ActivityLunch, Until: noon.Add(time.Hour)}, Reason: "away"}}
	return c
}

func lookups(s *phone.Snapshot) {
	s.Lookups = []phone.Lookup{{ID: "crm", Name: "Kundregister", URL: "https://kund.example.com/?nr={e164}"}}
}

func peopleScene(do func(*App, *fakePhone)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		a.opts.People = staff
		p.show(a, peopled(speak(p.snap, language)))
		a.build()
		a.draw()
		if do != nil {
			do(a, p)
		}
		return a.face().Object()
	}
}

// peopleScenes are the screens about people that have a master in both languages.
var peopleScenes = map[string]func(a *App, p *fakePhone, language string) fyne.CanvasObject{
	"favourites":  peopleScene(nil),
	"contacts":    peopleScene(func(a *App, _ *fakePhone) { a.show(command.ViewContacts) }),
	"hits":        peopleScene(func(a *App, _ *fakePhone) { a.face().SetField("sälj") }),
	"hits-number": peopleScene(func(a *App, _ *fakePhone) { a.face().SetField("1740") }),
	"caller-call": peopleScene(func(a *App, p *fakePhone) {
		p.show(a, with(p.snap, func(s *phone.Snapshot) {
			lookups(s)
			c := sought(7)
			c.State, c.Started, c.Codec, c.Note = phone.StateConnected, noon.Add(-167*time.Second), "opus", "Vill ha ny offert"
			s.Calls, s.Active = []phone.Call{c}, 7
		}))
	}),
	"caller-card": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		peopleScene(func(a *App, p *fakePhone) {
			p.show(a, with(p.snap, func(s *phone.Snapshot) {
				lookups(s)
				s.Calls = []phone.Call{sought(7)}
			}))
		})(a, p, language)
		c := call.NewIncoming(a.deps())
		c.Update(present.CallsOf(a.scene()).Ringing[0])
		return container(c.Object())
	},
	"person":           personScene("own:ekdal"),
	"person-colleague": personScene("company:2114"),
	"person-edit": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		peopleScene(nil)(a, p, language)
		own := staff[8]
		return editor(func() present.Editor { return present.PersonForm(own, false) })(a.deps(), a.scene(), func() {}).Object()
	},
	"settings-contacts": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		peopleScene(nil)(a, p, language)
		p.show(a, with(p.snap, func(s *phone.Snapshot) {
			s.People.Books = []phone.BookStatus{
				{Book: phone.Book{ID: "ad", Name: "Katalogen", Kind: phone.BookLDAP, Colleagues: true}, State: phone.BookFresh, Count: 412, Read: noon.Add(-10 * time.Minute)},
				{Book: phone.Book{ID: "dav", Name: "Kunder", Kind: phone.BookCardDAV}, State: phone.BookFailed, Count: 80, Read: noon.Add(-26 * time.Hour), Reason: &phone.Reason{ID: phone.ReasonWrongPassword}},
				{Book: phone.Book{ID: "ms", Name: "Microsoft 365", Kind: phone.BookMicrosoft}, State: phone.BookConsent, Code: &phone.DeviceCode{URL: "https://login.example.com/device", Code: "QX7K-29FD"}},
			}
		}))
		return settings.New(a.deps(), a.scene(), "0.1.0", settings.Contacts).Object()
	},
}

func personScene(id phone.PersonID) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		peopleScene(nil)(a, p, language)
		return person.New(a.deps(), a.scene(), id, func() {}).Object()
	}
}
