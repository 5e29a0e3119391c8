package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/text"
	"svara/ui/view/form"
	"svara/ui/view/meeting"
	"svara/ui/widget"
)

// inMeetings has two meetings to come: one of Elin's own, one she is invited to.
func inMeetings(s *phone.Snapshot) {
	own := phone.Meeting{ID: "m1", Seq: 3, Title: "Planering", Info: "Ta med siffror", Start: noon.Add(22 * time.Hour), Next: noon.Add(22 * time.Hour), LengthM: 45, Zone: "Europe/Stockholm", Repeat: phone.RepeatWeekly, Every: 2,
		RemindM: 15, Number: "08-123 45 00", Code: "123456", Own: true, By: phone.TeamName{ID: "elin", Name: "Elin Strandh"}, Failed: []string{"bo@example.com"},
		Invited: []phone.MeetingInvite{{Person: "salma", Name: "Salma Haddad"}, {Email: "bo@example.com", Name: "Bo Berg"}, {Number: "070-123 45 67"}}}
	other := phone.Meeting{ID: "m2", Seq: 1, Title: "Lunchmöte", Start: noon.Add(48 * time.Hour), Next: noon.Add(48 * time.Hour), LengthM: 60, Zone: "Europe/Stockholm", Number: "08-123 45 00", Code: "654321", By: phone.TeamName{ID: "salma", Name: "Salma Haddad"}}
	s.Team.Meetings = phone.MeetingState{Revision: 1, Next: &own, Upcoming: []phone.Meeting{own, other}}
	s.Team.Password = phone.TeamPasswordRule{Min: 6, Digit: true, Upper: true}
}

// inWindow opens one of the windows over the main one.
func inWindow(t *testing.T, v command.View, change func(*phone.Snapshot)) (*App, *fakePhone, *panelWindow) {
	t.Helper()
	a, p := open(t, registered())
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		inTeam(s)
		inMeetings(s)
		if change != nil {
			change(s)
		}
	}))
	a.show(v)
	w := a.panels[v]
	if w == nil {
		t.Fatal("there is no window")
	}
	w.window.Resize(fyne.NewSize(860, 900))
	return a, p, w
}

// typeIn types in the field that has the keyboard, in place of what is in it.
func typeIn(t *testing.T, w *panelWindow, words string) {
	t.Helper()
	e, ok := w.window.Canvas().Focused().(*widget.KeyEntry)
	if !ok {
		t.Fatalf("%T has the keyboard", w.window.Canvas().Focused())
	}
	e.SetText("")
	test.Type(e, words)
}

// tab goes to the next field: past the button that shows a password.
func tab(w *panelWindow) {
	for range 3 {
		w.window.Canvas().FocusNext()
		if _, ok := w.window.Canvas().Focused().(*widget.KeyEntry); ok {
			return
		}
	}
}

func TestAMeetingIsScheduledByKeys(t *testing.T) {
	_, p, w := inWindow(t, command.ViewMeetings, nil)
	v := w.view.(*meeting.View)
	if rows := v.Editor().Rows(); len(rows) != 2 || rows[0].Title != "Planering" || !strings.Contains(rows[0].Warn, "bo@example.com") || !strings.Contains(rows[1].Detail, "Salma Haddad") {
		t.Fatalf("%+v", rows)
	}
	v.Editor().Edit("")
	v.Focus(w.window.Canvas())
	typeIn(t, w, "Budget")
	form.Save(w.window.Canvas())
	put, ok := p.last().(phone.PutMeeting)
	if !ok || put.Meeting.Title != "Budget" || put.Meeting.Seq != 0 || put.Meeting.LengthM != 60 || put.Meeting.RemindM != 15 || !put.Meeting.Start.Equal(noon.Add(time.Hour)) || put.Meeting.Zone == "" {
		t.Fatalf("told %+v", p.last())
	}
}

func TestAMeetingOfOnesOwnIsChangedAndCanceled(t *testing.T) {
	_, p, w := inWindow(t, command.ViewMeetings, nil)
	v := w.view.(*meeting.View)
	v.Focus(w.window.Canvas())
	typeIn(t, w, "Planering igen")
	form.Save(w.window.Canvas())
	put, ok := p.last().(phone.PutMeeting)
	if m := put.Meeting; !ok || m.ID != "m1" || m.Seq != 3 || m.Title != "Planering igen" || m.Repeat != phone.RepeatWeekly || m.Every != 2 || m.LengthM != 45 || !m.Start.Equal(noon.Add(22*time.Hour)) ||
		len(m.Invited) != 3 || m.Invited[0].Person != "salma" || m.Invited[1].Name != "Bo Berg" || m.Invited[2].Number != "070-123 45 67" || m.Info != "Ta med siffror" {
		t.Fatalf("told %+v", p.last())
	}
	pressButton(t, w, text.T("meeting.join"))
	if p.last() != (phone.JoinMeeting{ID: "m1"}) {
		t.Errorf("told %+v", p.last())
	}
	pressButton(t, w, text.T("meeting.cancel"))
	pressButton(t, w, text.T("form.delete_ask", "name", "Planering"))
	if p.last() != (phone.CancelMeeting{ID: "m1"}) {
		t.Errorf("told %+v", p.last())
	}
	// Of another's there is nothing to change; it can be joined.
	v.Editor().Edit("m2")
	if b := buttonIn(w, text.T("meeting.cancel")); b != nil {
		t.Error("another's can be canceled")
	}
	if b := buttonIn(w, text.T("meeting.save")); b == nil || !strings.Contains(b.Spec().Disabled, "Salma Haddad") {
		t.Error("another's can be saved")
	}
	if buttonIn(w, text.T("meeting.join")) == nil {
		t.Error("another's cannot be joined")
	}
}

// button is the one with some words.
func buttonIn(w *panelWindow, words string) (found *widget.Button) {
	for _, o := range test.LaidOutObjects(w.window.Canvas().Content()) {
		if b, ok := o.(*widget.Button); ok && b.Visible() && b.Spec().Text == words {
			found = b
		}
	}
	return found
}

func pressButton(t *testing.T, w *panelWindow, words string) {
	t.Helper()
	b := buttonIn(w, words)
	if b == nil {
		t.Fatalf("no button %q", words)
	}
	test.Tap(b)
}

func TestThePasswordIsChangedAsTheRuleSays(t *testing.T) {
	a, p, w := inWindow(t, command.ViewPassword, nil)
	told := len(p.told)
	e := w.view.(*form.Editor)
	e.Focus()
	typeIn(t, w, "Gammalt1")
	tab(w)
	typeIn(t, w, "kort")
	form.Save(w.window.Canvas())
	if len(p.told) != told {
		t.Fatalf("a weak one is sent: %+v", p.last())
	}
	typeIn(t, w, "Nyare222")
	tab(w)
	typeIn(t, w, "Nyare22")
	form.Save(w.window.Canvas())
	if len(p.told) != told {
		t.Fatalf("what was mistyped is sent: %+v", p.last())
	}
	typeIn(t, w, "Nyare222")
	form.Save(w.window.Canvas())
	if p.last() != (phone.SetTeamPassword{Old: "Gammalt1", New: "Nyare222"}) {
		t.Fatalf("told %+v", p.last())
	}
	if a.panels.shown(command.ViewPassword) {
		t.Error("the window stays")
	}
}
