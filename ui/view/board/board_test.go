package board

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/theme"
	"svara/ui/widget"
)

func opened(t *testing.T) *house {
	h := newHouse(t, "en", theme.ModeLight, 100)
	h.staff()
	h.open(1020, 740)
	return h
}

func TestEverybodyIsAskedForOnce(t *testing.T) {
	h := opened(t)
	if n := h.board.Count(); n != 32 {
		t.Errorf("%d people", n)
	}
	if len(h.asked) != 2 || !h.asked[0].Colleagues || h.asked[1].Mark != phone.MarkFavourite {
		t.Errorf("asked %+v", h.asked)
	}
	h.update()
	h.board.SetQuery("berg")
	h.board.SetQuery("")
	if len(h.asked) != 3 || h.board.Count() != 32 {
		t.Errorf("emptying the field asks again: %+v", h.asked[2:])
	}
	h.snap.People.Revision++
	h.update()
	if len(h.asked) != 5 {
		t.Errorf("changed people are asked for: %+v", h.asked[3:])
	}
}

func TestContactsWhereThereAreNoColleagues(t *testing.T) {
	h := newHouse(t, "en", theme.ModeLight, 100)
	h.people = []phone.Person{{ID: "own:1", Name: "Erik Lindh", Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "070-1740671"}}}}
	h.open(1020, 740)
	if got := h.names(); !slices.Equal(got, []string{"Erik Lindh"}) {
		t.Errorf("%q", got)
	}
}

func TestHits(t *testing.T) {
	h := opened(t)
	h.board.SetQuery("sä")
	if got := h.names(); got[0] != "Elin Strandh" || h.board.Count() != 7 {
		t.Errorf("%q", got)
	}
	if target, name, ok := h.board.Chosen(); !ok || target != "2117" || name != "Elin Strandh" {
		t.Errorf("the best hit is meant: %s %s", target, name)
	}
	h.board.MoveCursor(1)
	if p, ok := h.board.Person(); !ok || p.Name != "Olof Tingvall" {
		t.Errorf("under the favourites is %s", p.Name)
	}
	if _, _, ok := h.board.Only(); ok {
		t.Error("there are several")
	}
	h.board.SetQuery("strandh")
	if target, _, ok := h.board.Only(); !ok || target != "2117" {
		t.Errorf("the only one: %s", target)
	}
	h.board.SetQuery("2117")
	if h.board.Highlighted() {
		t.Error("a number is dialled as it is typed")
	}
	h.board.SetQuery("")
	if h.board.Highlighted() || h.board.Count() != 32 {
		t.Error("everybody, and nobody highlighted")
	}
}

func TestSettledWaitsForTheAnswer(t *testing.T) {
	h := opened(t)
	h.hold = true
	ran := 0
	h.board.Settled(func() { ran++ })
	if ran != 1 {
		t.Fatal("everybody is there")
	}
	h.board.SetQuery("s")
	h.board.SetQuery("sä")
	h.board.Settled(func() {
		ran++
		if target, _, _ := h.board.Chosen(); target != "2117" {
			t.Errorf("the hit is %s", target)
		}
	})
	if ran != 1 {
		t.Error("the answer is not here")
	}
	h.release() // the first answer is to another question
	if ran != 2 {
		t.Errorf("ran %d times", ran)
	}
}

func TestOrderWaitsForThePointer(t *testing.T) {
	h := opened(t)
	before := h.names()
	h.board.MoveCursor(1) // Elin, the first favourite
	h.lines["2117"] = talks("Karin Alm", time.Second)
	h.lines["2117"].Account, h.lines["2117"].Number = "elin", "2117"
	h.changed()
	h.update()
	if !slices.Equal(h.names(), before) {
		t.Error("the order changed under the cursor")
	}
	if !h.board.Ticking() {
		t.Error("the new order is not waited for")
	}
	in, objects := h.board.board.InSight()
	if spec := objects[0].(*widget.PersonTile).Spec(); in[0] != 0 || spec.State != "In call 00:01 · Karin Alm" {
		t.Errorf("the lamp waits too: %q", spec.State)
	}
	h.clock = h.clock.Add(settle)
	h.update()
	if h.names()[0] != "Salma Haddad" {
		t.Errorf("the order after a while: %q", h.names()[:3])
	}
	if p, _ := h.board.Person(); p.Name != "Elin Strandh" {
		t.Errorf("the cursor is at %s", p.Name)
	}
}

func TestFiltersAndOrderByName(t *testing.T) {
	h := opened(t)
	press := func(b *widget.Button) { b.Tapped(&fyne.PointEvent{}) }
	if got := h.board.bar.free.Spec().Text; got != "Free now 14" {
		t.Errorf("the button says %q", got)
	}
	press(h.board.bar.free)
	if h.board.Count() != 14 || !h.board.bar.free.Spec().Chosen || h.board.bar.everyone.Spec().Chosen {
		t.Errorf("%d are free", h.board.Count())
	}
	h.board.setFilter(present.Filter{Department: "Service", Free: true})
	if h.board.Count() != 0 || !h.board.empty.object.Visible() || !h.board.empty.everyone.Visible() {
		t.Error("nobody of that department is free")
	}
	press(h.board.empty.everyone)
	if h.board.Count() != 32 || h.board.empty.object.Visible() {
		t.Error("everybody again")
	}
	h.board.bar.set(phone.KeyBoardSort, "name")
	if got := h.names(); got[0] != "Anna Berg" || got[6] != "Agnes Boman" || got[len(got)-1] != "Olof Tingvall" {
		t.Errorf("by name: %q", got)
	}
	press(h.board.bar.list)
	if h.snap.Settings[phone.KeyBoardLayout] != "list" || h.board.board.Look() != widget.BoardList {
		t.Error("the list is a setting")
	}
}

func TestTransferRows(t *testing.T) {
	h := opened(t)
	h.board.setFilter(present.Filter{Free: true})
	h.board.SetMode(true, ways)
	if h.board.Count() != 32 || h.board.bar.object.Visible() {
		t.Error("a filter that is not on screen works")
	}
	h.board.SetQuery("lind")
	_, objects := h.board.board.InSight()
	row := objects[0].(*widget.PersonRow)
	first := row.Actions()[0].Spec()
	if !row.Spec().Open || first.Text != "Kösätt" || first.Look != widget.Primary || first.Key != "+" {
		t.Errorf("the open row begins with %+v", first)
	}
	row.Actions()[2].Tapped(&fyne.PointEvent{})
	if !slices.Equal(h.ran, []command.ID{command.Announced}) {
		t.Errorf("ran %v", h.ran)
	}
	h.board.OnMenu(func(p phone.Person, _ fyne.Position) { h.edited = append(h.edited, p) })
	h.update()
	closed := objects[1].(*widget.PersonRow)
	if acts := closed.Actions(); len(acts) != 4 || acts[0].Spec().Key != "" || acts[2].Spec().Text != "" {
		t.Errorf("others have %d actions", len(acts))
	}
	closed.Actions()[3].Tapped(&fyne.PointEvent{})
	if len(h.edited) != 1 || h.edited[0].Name != "Lindö Maskin" {
		t.Errorf("the menu is of %+v", h.edited)
	}
	if p, _ := h.board.Person(); p.Name != "Lindö Maskin" {
		t.Errorf("its action highlights %s", p.Name)
	}
	h.board.SetMode(false, nil)
	h.board.SetQuery("")
	if h.board.Count() != 14 {
		t.Error("the filter works again")
	}
}

func TestHighlightWaitsForEverybody(t *testing.T) {
	h := newHouse(t, "en", theme.ModeLight, 100)
	h.staff()
	h.hold = true
	h.open(1020, 740)
	h.board.Highlight("2133")
	if h.board.Highlighted() {
		t.Fatal("nobody is there")
	}
	for range 3 {
		h.release()
	}
	if p, _ := h.board.Person(); p.Name != "Lena Östlund" {
		t.Errorf("highlighted is %q", p.Name)
	}
	h.board.ClearCursor()
	if h.board.Highlighted() || h.board.detail.object.Visible() {
		t.Error("the highlight stays")
	}
}

func TestTargetsAreThoseInSight(t *testing.T) {
	h := opened(t)
	targets := h.board.Targets(func(p phone.Person, lamp present.Lamp) (widget.Target, bool) {
		return widget.Target{Words: func(bool) string { return p.Name }}, lamp.Status == present.StatusAvailable
	})
	if len(targets) != 14 || targets[0].Words(false) != "Elin Strandh" || targets[0].Object.Size().Width < 206 {
		t.Errorf("%d targets", len(targets))
	}
}

func TestNobody(t *testing.T) {
	h := opened(t)
	h.board.SetQuery("xyz")
	if !h.board.empty.object.Visible() || h.board.empty.call.Visible() || h.board.empty.title.Text() != "No hits for “xyz”" {
		t.Errorf("says %q", h.board.empty.title.Text())
	}
	h.board.empty.add.Tapped(&fyne.PointEvent{})
	if len(h.edited) != 1 || h.edited[0].Name != "xyz" {
		t.Errorf("the form of %+v", h.edited)
	}
	h.board.SetQuery("0701740699")
	h.board.empty.call.Tapped(&fyne.PointEvent{})
	if !h.board.empty.call.Visible() || len(h.told) != 1 || h.told[0] != (phone.Dial{Target: "0701740699"}) {
		t.Errorf("told %+v", h.told)
	}
}

func TestTickingWhileSomebodyInSightTalks(t *testing.T) {
	h := opened(t)
	if !h.board.Ticking() {
		t.Error("three talk")
	}
	h.board.SetQuery("boman")
	if h.board.Ticking() {
		t.Error("nobody talks among the hits")
	}
}
