package form

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view"
	"svara/ui/widget"
)

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// fake is a phone that keeps shortcuts.
type fake struct {
	snap *phone.Snapshot
	told []phone.Command
	deny error
	said string
}

func (f *fake) deps() view.Deps {
	return view.Deps{
		Do: func(c phone.Command) error {
			if f.deny != nil {
				return f.deny
			}
			f.told = append(f.told, c)
			s := *f.snap
			switch c := c.(type) {
			case phone.PutItem:
				if sc, ok := c.Item.(phone.Shortcut); ok {
					s.Me.Shortcuts = append(without(s.Me.Shortcuts, sc.ID), sc)
				}
			case phone.RemoveItem:
				s.Me.Shortcuts = without(s.Me.Shortcuts, c.Key)
			}
			f.snap = &s
			return nil
		},
		Snapshot: func() *phone.Snapshot { return f.snap },
		Say:      func(s string) { f.said = s },
	}
}

func without(all []phone.Shortcut, id string) (out []phone.Shortcut) {
	for _, s := range all {
		if s.ID != id {
			out = append(out, s)
		}
	}
	return out
}

func (f *fake) scene() present.Scene { return present.Scene{Snap: f.snap, Now: noon} }

func open(t *testing.T, inline bool) (*Editor, *fake) {
	t.Helper()
	app := test.NewTempApp(t)
	text.SetLanguage("en")
	theme.Apply(app, theme.ModeLight, 100)
	f := &fake{snap: &phone.Snapshot{Me: phone.Me{Shortcuts: []phone.Shortcut{
		{ID: "lunch", Kind: phone.ActivityLunch, Length: phone.Length{Kind: phone.LengthMinutes, Minutes: 60}},
		{ID: "busy", Kind: phone.ActivityBusy, Length: phone.Length{Kind: phone.LengthMinutes, Minutes: 15}},
	}}}}
	var e *Editor
	if inline {
		e = NewInline(f.deps(), f.scene(), present.ShortcutEditor())
	} else {
		e = NewWindow(f.deps(), f.scene(), present.ShortcutEditor(), func() {})
	}
	w := test.NewTempWindow(t, widget.NewRoot(e.Object()))
	w.Resize(fyne.NewSize(760, 560))
	return e, f
}

func (e *Editor) typed(t *testing.T, field, value string) {
	t.Helper()
	f := e.form.fields[field]
	if f == nil || f.line == nil {
		t.Fatalf("no line %q", field)
	}
	f.line.SetText(value)
}

func TestSaveWaitsOnlyForAChange(t *testing.T) {
	e, f := open(t, false)
	if e.save.Spec().Disabled == "" {
		t.Error("there is nothing to save")
	}
	e.typed(t, "name", "Long lunch")
	if e.save.Spec().Disabled != "" {
		t.Error("a changed form cannot be saved")
	}
	e.Save()
	put, ok := f.told[0].(phone.PutItem)
	if !ok || put.Item.Key() != "lunch" {
		t.Fatalf("told %#v", f.told)
	}
	if e.save.Spec().Disabled == "" {
		t.Error("what is saved is saved")
	}
	if e.Rows()[1].Title != "Long lunch" {
		t.Errorf("rows %+v", e.Rows())
	}
}

func TestWhatIsWrongIsSaidUnderItsField(t *testing.T) {
	e, f := open(t, false)
	e.form.set("divert", string(phone.DivertNumber))
	if e.form.fields["number"].line.Spec().Error != "" {
		t.Error("an untouched field complains")
	}
	e.Save()
	if len(f.told) != 0 || e.form.fields["number"].line.Spec().Error == "" {
		t.Errorf("told %#v, error %q", f.told, e.form.fields["number"].line.Spec().Error)
	}
	e.typed(t, "number", "2100")
	if e.form.fields["number"].line.Spec().Error != "" {
		t.Error("a mended field complains")
	}
	f.deny = phone.Refuse(phone.ReasonBadItem, "number")
	e.Save()
	if e.form.fields["number"].line.Spec().Error == "" {
		t.Error("the phone's refusal is not under its field")
	}
	f.deny = errors.New("disk on fire")
	e.Save()
	if !e.form.summary.warned.Visible() {
		t.Error("a refusal of the whole is not told")
	}
	if e.form.fields["number"].line.Text() != "2100" {
		t.Error("what was typed is lost")
	}
}

func TestNewDeleteAndOrder(t *testing.T) {
	e, f := open(t, false)
	e.Edit("")
	e.typed(t, "name", "Focus")
	e.Save()
	if len(e.Rows()) != 3 || e.at == "" {
		t.Fatalf("rows %+v", e.Rows())
	}
	fresh := e.at
	e.remove()
	if len(e.Rows()) != 3 {
		t.Fatal("deleted without being asked")
	}
	e.remove()
	if len(e.Rows()) != 2 || f.told[len(f.told)-1] != (phone.RemoveItem{Kind: phone.ItemShortcut, Key: fresh}) {
		t.Errorf("rows %+v, told %#v", e.Rows(), f.told)
	}
	e.Edit("busy")
	f.told = nil
	e.move(-1)
	if len(f.told) == 0 {
		t.Error("nothing moved")
	}
}

func TestUpdateKeepsWhatIsTyped(t *testing.T) {
	e, f := open(t, true)
	e.Edit("busy")
	e.typed(t, "name", "Deep work")
	s := *f.snap
	s.Me.Shortcuts = append(s.Me.Shortcuts, phone.Shortcut{ID: "new", Kind: phone.ActivityBreak})
	f.snap = &s
	e.Update(f.scene())
	if e.form.values["name"] != "Deep work" || len(e.Rows()) != 3 {
		t.Errorf("%v %+v", e.form.values, e.Rows())
	}
	s.Me.Shortcuts = without(s.Me.Shortcuts, "busy")
	e.Update(present.Scene{Snap: &s, Now: noon})
	if e.open {
		t.Error("what was deleted elsewhere is still edited")
	}
}

func TestNarrowWindowShowsOneOfBoth(t *testing.T) {
	e, _ := open(t, false)
	c := fyne.CurrentApp().Driver().CanvasForObject(e.Object())
	e.Object().Resize(fyne.NewSize(400, 560))
	if !e.tight || e.front {
		t.Fatalf("tight %v, form in front %v", e.tight, e.front)
	}
	e.Edit("busy")
	if !e.front || !e.Back() || e.front || c == nil {
		t.Error("the form cannot be left")
	}
}
