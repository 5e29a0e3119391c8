package ui

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/text"
	"svara/ui/widget"
)

// dragTo drags a card to the middle of another object and leaves it in the air.
func dragTo(d *widget.Drag, to fyne.CanvasObject) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(to).AddXY(to.Size().Width/2, to.Size().Height/2)
	d.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at}, Dragged: fyne.NewDelta(0, 40)})
}

func TestACallIsDroppedOnACall(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*App, *widget.Drag)
		want []phone.Command
	}{
		"join": {func(a *App, d *widget.Drag) {
			d.DragEnd()
			press(a, fyne.KeyReturn)
		}, []phone.Command{phone.Merge{Calls: []phone.CallID{6, 7}}, phone.LeaveConference{}}},
		"conference": {func(a *App, d *widget.Drag) {
			d.DragEnd()
			press(a, fyne.KeyDown)
			press(a, fyne.KeyReturn)
		}, []phone.Command{phone.Merge{Calls: []phone.CallID{6, 7}}}},
		"Escape": {func(a *App, d *widget.Drag) {
			press(a, fyne.KeyEscape)
			d.DragEnd()
		}, nil},
		"beside": {func(a *App, d *widget.Drag) {
			dragTo(d, d) // back where it was
			d.DragEnd()
		}, nil},
	} {
		a, p := open(t, registered())
		callScenes["incall-full"](a, p, "en")
		p.told = nil
		drags := find[*widget.Drag](a.main.Canvas())
		if len(drags) != 2 {
			t.Fatalf("%d cards", len(drags))
		}
		dragTo(drags[1], drags[0])
		c.do(a, drags[1])
		if !reflect.DeepEqual(p.told, c.want) {
			t.Errorf("%s: told %#v, want %#v", name, p.told, c.want)
		}
		if a.root.CancelDrag() {
			t.Errorf("%s: something is still being dragged", name)
		}
	}
}

func TestACallIsDroppedOnSomebody(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, switchboard(p.snap, 0, callOf(5, karin, heldFor(time.Minute), func(c *phone.Call) {
		c.Camp = &phone.Camp{Target: lena, Place: 1, Since: noon, Line: phone.LineBusy}
	})))
	p.told = nil
	rows := find[*widget.Row](a.main.Canvas())
	d := find[*widget.Drag](a.main.Canvas())[0]
	dragTo(d, rows[1])
	d.DragEnd()
	if want := (phone.TransferTo{Call: 5, Target: "2101", Kind: phone.TransferDirect}); p.last() != want {
		t.Errorf("told %#v, want %#v", p.last(), want)
	}
}

func TestACallThatIsHandedOverStaysWhereItIs(t *testing.T) {
	a, p := open(t, registered())
	p.show(a, switchboard(p.snap, 0, callOf(5, karin, heldFor(0), handed(phone.Transfer{Kind: phone.TransferDirect, State: phone.TransferRinging, Target: lena}))))
	p.told = nil
	d := find[*widget.Drag](a.main.Canvas())[0]
	dragTo(d, find[*widget.Row](a.main.Canvas())[0])
	d.DragEnd()
	if p.last() != nil {
		t.Errorf("told %#v", p.last())
	}
}

// TestACallIsDroppedOnThePark: the head of the strip takes it where the exchange chooses the slot.
func TestACallIsDroppedOnThePark(t *testing.T) {
	for _, slots := range []bool{false, true} {
		a, p := openAttendant(t, 0, []phone.Call{callOf(5, karin, heldFor(time.Minute))})
		if slots { // and is told which
			p.show(a, with(p.snap, func(s *phone.Snapshot) {
				s.Accounts[0].Features = slices.DeleteFunc(slices.Clone(s.Accounts[0].Features), func(f phone.Feature) bool { return f == phone.FeaturePark })
			}))
		}
		p.told = nil
		var head *widget.Text
		for _, w := range find[*widget.Text](a.main.Canvas()) {
			if at := fyne.CurrentApp().Driver().AbsolutePositionForObject(w); w.Text() == text.T("tab.calls") && at.X > a.main.Canvas().Size().Width/2 {
				head = w
			}
		}
		if head == nil {
			t.Fatal("the strip has no head")
		}
		i := slices.IndexFunc(find[*widget.Drag](a.main.Canvas()), func(d *widget.Drag) bool { return d.Visible() })
		d := find[*widget.Drag](a.main.Canvas())[i]
		dragTo(d, head)
		d.DragEnd()
		if parked := slices.Contains(p.told, phone.Command(phone.Park{Call: 5})); parked == slots {
			t.Errorf("with slots to choose %v: told %#v", slots, p.told)
		}
	}
}
