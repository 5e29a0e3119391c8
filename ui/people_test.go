package ui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/view/form"
	"svara/ui/widget"
)

// openPeople is the window of a phone with people.
func openPeople(t *testing.T) (*App, *fakePhone) {
	t.Helper()
	a, p := open(t, registered())
	a.opts.People = staff
	p.show(a, peopled(p.snap))
	a.build()
	a.setPage(command.ViewCall)
	a.draw()
	a.focus()
	return a, p
}

func rowsOf(a *App) []string {
	var out []string
	for _, r := range find[*widget.Row](a.main.Canvas()) {
		out = append(out, r.AccessibilityLabel())
	}
	return out
}

func TestFavouritesStandInSwedishOrder(t *testing.T) {
	a, _ := openPeople(t)
	var names []string
	for _, r := range find[*widget.Row](a.main.Canvas()) {
		names = append(names, r.Spec().Name)
	}
	want := []string{"Anna Berg", "Johan Lindqvist", "Kalle Brodin", "Lena Östlund", "Mats Holmér", "Per Sandin", "Tomas Öberg"}
	if len(names) < len(want) || fmt.Sprint(names[:len(want)]) != fmt.Sprint(want) {
		t.Errorf("the list begins with %v, want %v", names, want)
	}
}

func TestEnterDialsTheHit(t *testing.T) {
	a, p := openPeople(t)
	write(a, "sälj")
	press(a, fyne.KeyDown)
	press(a, fyne.KeyReturn)
	if want := (phone.Dial{Target: "2124"}); p.last() != want {
		t.Errorf("told %#v, want %#v; rows %q", p.last(), want, rowsOf(a))
	}
}

// TestSeveralNumbersAreChosenFrom presses Enter on somebody with two numbers, an arrow, and Enter.
func TestSeveralNumbersAreChosenFrom(t *testing.T) {
	a, p := openPeople(t)
	write(a, "tomas ek")
	press(a, fyne.KeyReturn)
	if p.last() != nil {
		t.Fatalf("told %#v before a number was chosen", p.last())
	}
	press(a, fyne.KeyDown)
	press(a, fyne.KeyReturn)
	if want := (phone.Dial{Target: "0846500450"}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

func TestANumberThatWasTypedIsDialled(t *testing.T) {
	a, p := openPeople(t)
	write(a, "08-465 004 50")
	press(a, fyne.KeyReturn)
	if want := (phone.Dial{Target: "0846500450"}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

func TestMenuMakesAFavourite(t *testing.T) {
	a, p := openPeople(t)
	write(a, "ivar")
	a.host.OpenMenu()
	m, ok := a.main.Canvas().Focused().(*widget.Menu)
	if !ok {
		t.Fatal("no menu")
	}
	for i, item := range m.Items() {
		if item.Text == text.T("mark.favourite_on") {
			m.Choose(i)
		}
	}
	if want := (phone.MarkPerson{ID: "company:2145", Mark: phone.MarkFavourite}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

// TestRowsStayUnderThePointer changes the people while a row is highlighted.
func TestRowsStayUnderThePointer(t *testing.T) {
	a, p := openPeople(t)
	press(a, fyne.KeyDown)
	before := rowsOf(a)
	a.opts.People = fakePeople{}
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.People.Revision++ }))
	if now := rowsOf(a); fmt.Sprint(now) != fmt.Sprint(before) {
		t.Errorf("the rows moved at once: %q", now)
	}
}

// TestLampsFollowTheLines changes a line: its row says so, without people being asked again.
func TestLampsFollowTheLines(t *testing.T) {
	a, p := openPeople(t)
	a.opts.People = nil
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Lines = append([]phone.Line(nil), s.Lines...)
		s.Lines[0].State, s.Lines[0].Since = phone.LineBusy, noon.Add(-5*time.Second)
	}))
	row := find[*widget.Row](a.main.Canvas())[0]
	if row.Spec().Status != widget.StatusInCall || row.Spec().Detail[0].Text != "In call 00:05 · Lunch until 13:00" {
		t.Errorf("the row shows %+v", row.Spec())
	}
}

func TestContactIsMadeOfACall(t *testing.T) {
	a, p := openPeople(t)
	a.editPerson(staff[8], false)
	e, ok := a.panels[viewEdit].view.(*form.Editor)
	if !ok {
		t.Fatal("no form")
	}
	for _, f := range find[*widget.Field](a.panels[viewEdit].window.Canvas()) {
		if f.Text() == "Ekdal Bygg" {
			f.SetText("Ekdal Bygg AB")
		}
	}
	e.Save()
	put, ok := p.last().(phone.PutPerson)
	if !ok || put.Person.Company != "Ekdal Bygg AB" || len(put.Person.Numbers) != 2 || put.Person.Numbers[1].Kind != phone.NumberWork || put.Person.ID != "own:ekdal" {
		t.Errorf("told %#v", p.last())
	}
}

// TestBurstOfLamps changes 500 lines at once, as a PBX does after a restart, and draws what is in sight.
func TestBurstOfLamps(t *testing.T) {
	a, p := openPeople(t)
	many := make(fakePeople, 500)
	lines := make([]phone.Line, 500)
	for i := range many {
		number := fmt.Sprint(3000 + i)
		many[i] = colleague(fmt.Sprintf("Person %03d", i), number, "Tjänst", "")
		lines[i] = phone.Line{Account: "elin", Number: number, State: phone.LineIdle}
	}
	a.opts.People = many
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.People.Revision, s.Lines = 9, lines }))
	a.show(command.ViewContacts)
	a.root.SetContent(nothing())
	c := software.NewCanvas()
	c.SetContent(a.face().Object())
	c.Resize(fyne.NewSize(400, 720))
	var worst time.Duration
	for round := range 5 {
		fresh := make([]phone.Line, len(lines))
		for i, l := range lines {
			if l.State = phone.LineIdle; round%2 == 0 {
				l.State = phone.LineRinging
			}
			fresh[i] = l
		}
		s := with(p.snap, func(s *phone.Snapshot) { s.Lines = fresh })
		begun := time.Now()
		p.show(a, s)
		worst = max(worst, time.Since(begun))
	}
	t.Logf("500 changed lines are taken up in %v at worst", worst)
	if worst > 33*time.Millisecond {
		t.Errorf("a burst takes %v", worst)
	}
	if got := len(find[*widget.Row](c)); got == 0 || got > 20 {
		t.Errorf("%d rows are drawn", got)
	}
}
