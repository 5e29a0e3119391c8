package board

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/widget"
)

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// house is a phone with colleagues, whose address books answer at once unless held.
type house struct {
	t      testing.TB
	snap   *phone.Snapshot
	people []phone.Person
	lines  map[string]*phone.Line
	told   []phone.Command
	ran    []command.ID
	edited []phone.Person
	asked  []phone.SearchQuery
	held   []func() // answers that wait, when hold is set
	hold   bool
	board  *View
	clock  time.Time
	canvas interface {
		fyne.Canvas
		SetPadded(bool)
	}
}

func newHouse(t testing.TB, language string, mode theme.Mode, percent int) *house {
	t.Helper()
	app := test.NewApp()
	t.Cleanup(func() { test.NewApp() })
	text.SetLanguage(language)
	t.Cleanup(func() { text.SetLanguage("en") })
	theme.Apply(app, mode, percent)
	h := &house{t: t, lines: map[string]*phone.Line{}, clock: noon}
	h.snap = &phone.Snapshot{
		Seq: 1, Time: noon, Settings: phone.Settings{phone.KeyLanguage: language},
		Accounts: []phone.AccountStatus{{Account: phone.Account{ID: "elin", User: "2100", Domain: "vaxel.example.com", Default: true}, Registration: phone.Registration{State: phone.RegistrationRegistered}}},
	}
	return h
}

func (h *house) scene() present.Scene {
	return present.Scene{Snap: h.snap, Now: noon, Line: func(n string) *phone.Line { return h.lines[n] }}
}

func (h *house) deps() view.Deps {
	return view.Deps{
		Run: func(id command.ID, _ phone.CallID) { h.ran = append(h.ran, id) },
		Do: func(c phone.Command) error {
			h.told = append(h.told, c)
			if s, ok := c.(phone.Set); ok {
				h.snap.Settings[s.Key] = s.Value
			}
			return nil
		},
		Snapshot: func() *phone.Snapshot { return h.snap },
		Say:      func(words string) { h.t.Log(words) },
		Contacts: &view.Contacts{Search: h.search, Edit: func(p phone.Person, _ bool) { h.edited = append(h.edited, p) }, Show: func(phone.PersonID) {}},
	}
}

func (h *house) search(q phone.SearchQuery, _ bool, answer func(phone.SearchResult, error)) {
	h.asked = append(h.asked, q)
	give := func() { answer(h.find(q), nil) }
	if h.hold {
		h.held = append(h.held, give)
		return
	}
	give()
}

// release gives the answers that wait.
func (h *house) release() {
	held := h.held
	h.held = nil
	for _, give := range held {
		give()
	}
}

func (h *house) find(q phone.SearchQuery) phone.SearchResult {
	var r phone.SearchResult
	for _, p := range h.people {
		hit := phone.Hit{Person: p}
		found := q.Text == ""
		for field, value := range map[phone.Field]string{phone.FieldName: p.Name, phone.FieldTitle: p.Title} {
			if i := strings.Index(strings.ToLower(value), strings.ToLower(q.Text)); q.Text != "" && i >= 0 {
				found = true
				hit.Spans = append(hit.Spans, phone.Span{Field: field, From: i, To: i + len(q.Text)})
			}
		}
		if !found || q.Colleagues && !p.Colleague || q.Mark != "" && p.Mark != q.Mark {
			continue
		}
		r.Hits = append(r.Hits, hit)
		if len(r.Hits) == cmp.Or(q.Limit, 50) {
			r.More = true
			break
		}
	}
	return r
}

func (h *house) add(name, number, title, department string, mark phone.Mark, l *phone.Line) {
	h.people = append(h.people, phone.Person{ID: phone.PersonOf("company", number), Name: name, Title: title, Department: department, Mark: mark, Colleague: true,
		Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: number}}})
	if l != nil {
		l.Account, l.Number, l.Told = "elin", number, noon
		h.lines[number] = l
	}
	h.snap.People.Revision++
	h.changed()
}

// changed makes the snapshot's lines anew.
func (h *house) changed() {
	h.snap.Lines = make([]phone.Line, 0, len(h.lines))
	for _, l := range h.lines {
		h.snap.Lines = append(h.snap.Lines, *l)
	}
	slices.SortFunc(h.snap.Lines, func(a, b phone.Line) int { return strings.Compare(a.Number, b.Number) })
}

func idle() *phone.Line { return &phone.Line{State: phone.LineIdle} }

func talks(with string, for_ time.Duration) *phone.Line {
	return &phone.Line{State: phone.LineBusy, Since: noon.Add(-for_), With: phone.Party{Name: with, Number: "0701740612"}}
}

func does(kind phone.ActivityKind, until time.Time) *phone.Line {
	return &phone.Line{State: phone.LineIdle, Presence: &phone.Presence{Activity: kind, Until: until, Open: kind.Rings()}}
}

// staff are people in every state.
func (h *house) staff() {
	at := func(hour, minute int) time.Time {
		return noon.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	star := phone.MarkFavourite
	h.add("Anna Berg", "2101", "Inköpschef", "Inköp", star, does(phone.ActivityLunch, at(1, 0)))
	h.add("Johan Lindqvist", "2114", "Säljchef syd", "Försäljning", star, talks("Ekdal Bygg", 252*time.Second))
	h.add("Elin Strandh", "2117", "Innesäljare", "Försäljning", star, &phone.Line{State: phone.LineIdle, Presence: &phone.Presence{Activity: phone.ActivityAvailable, Open: true, Note: "Tar Johans samtal i dag"}})
	h.add("Mats Holmér", "2110", "Försäljningschef", "Försäljning", star, does(phone.ActivityMeeting, at(2, 0)))
	h.add("Lena Östlund", "2133", "Lönespecialist", "Ekonomi", star, &phone.Line{State: phone.LineRinging, With: phone.Party{Name: "Karin Alm"}})
	h.add("Salma Haddad", "2142", "Gruppchef kundtjänst", "Kundtjänst", star, idle())
	for i, name := range []string{"Agnes Boman", "Albin Creutz", "Alva Dovner", "Arvid Enqvist", "Astrid Forsman", "Axel Gerdin", "Berit Hallin", "Bo Isaksson", "Cecilia Jarl", "Daniel Kihl", "Ebba Lannér", "Edvin Morell"} {
		h.add(name, fmt.Sprint(2201+3*i), []string{"Inköpare", "Ekonom", "Planerare", "HR-partner"}[i%4], []string{"Inköp", "Ekonomi", "Logistik", "HR"}[i%4], "", idle())
	}
	open := does(phone.ActivityMeeting, at(1, 0))
	open.Presence.Open = true
	h.add("Olof Tingvall", "2125", "Säljare väst", "Försäljning", "", open)
	h.add("Hugo Vinge", "2261", "Planerare", "Logistik", "", talks("Lena Hult", 80*time.Second))
	h.add("Isak Yng", "2267", "Ekonom", "Ekonomi", "", talks("08-465 004 71", 542*time.Second))
	h.add("Jakob Zander", "2270", "Tekniker", "Service", "", does(phone.ActivityBusy, at(0, 50)))
	h.add("Julia Åkerlund", "2273", "Inköpare", "Inköp", "", does(phone.ActivityLunch, at(1, 0)))
	h.add("Klara Öman", "2279", "Planerare", "Logistik", "", does(phone.ActivityMeeting, at(2, 0)))
	h.add("Disa Kvarn", "2136", "Säljtrainee", "Försäljning", "", does(phone.ActivityTraining, at(4, 0)))
	h.add("Lisa Bäck", "2285", "Utvecklare", "IT", "", does(phone.ActivityTravel, at(4, 0)))
	h.add("Love Carle", "2288", "Tekniker", "Service", "", does(phone.ActivityVacation, at(16*24, 0)))
	h.add("Maja Dyrén", "2291", "Inköpare", "Inköp", "", does(phone.ActivityGone, at(20, 0)))
	h.add("Gabriel Ohls", "2139", "Säljare syd", "Försäljning", "", does(phone.ActivitySick, time.Time{}))
	h.add("Jenny Palm", "2146", "Säljstöd", "Försäljning", "", does(phone.ActivityParental, at(103*24, 0)))
	h.add("Malin Eneroth", "2294", "Ekonom", "Ekonomi", "", &phone.Line{State: phone.LineOffline})
	h.add("Kim Salqvist", "2147", "Vaktmästare", "Fastighet", "", nil)
	h.people[2].Skills, h.people[1].Skills = []string{"Offert", "Export"}, []string{"Export"}
	h.people = append(h.people, phone.Person{ID: "own:lindo", Name: "Lindö Maskin", Numbers: []phone.Number{{Kind: phone.NumberWork, Number: "08-465 004 31"}}})
}

// crowd is many people, a third of whom talk.
func (h *house) crowd(n int) {
	for i := range n {
		name := fmt.Sprintf("%s %s%d", []string{"Anna", "Bo", "Cecilia", "David", "Åsa", "Örjan"}[i%6], []string{"Berg", "Lind", "Salén", "Ek"}[i%4], i)
		l := idle()
		switch i % 6 {
		case 1:
			l = talks("Ekdal Bygg", time.Duration(i)*time.Second)
		case 2:
			l = does(phone.ActivityLunch, noon.Add(time.Duration(i)*time.Minute))
		}
		number := fmt.Sprint(10000 + i)
		l.Account, l.Number = "elin", number
		h.people = append(h.people, phone.Person{ID: phone.PersonOf("company", number), Name: name, Title: "Säljare", Department: "Försäljning", Colleague: true,
			Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: number}}})
		h.lines[number] = l
	}
	h.snap.People.Revision++
	h.changed()
}

func (h *house) open(width, height float32) *View {
	h.board = New(h.deps(), h.scene())
	h.board.now = func() time.Time { return h.clock }
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(widget.NewRoot(h.board.Object()))
	c.Resize(fyne.NewSize(width, height))
	h.canvas = c
	return h.board
}

// update shows a snapshot that is one newer.
func (h *house) update() {
	s := *h.snap
	s.Seq++
	h.snap = &s
	h.board.Update(h.scene())
}

// names is who is on the board, in order.
func (h *house) names() []string {
	var out []string
	for i := range h.board.arranged.Order {
		out = append(out, h.board.hit(i).Person.Label())
	}
	return out
}
