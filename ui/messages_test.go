package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view/messages"
)

// fakeTexts is the text messages of one number, the newest first, and threads.
type fakeTexts struct {
	texts []phone.Text
	asked []phone.TextQuery
}

func (f *fakeTexts) Texts(_ context.Context, q phone.TextQuery) ([]phone.Text, error) {
	f.asked = append(f.asked, q)
	var out []phone.Text
	for _, m := range f.texts {
		if m.Remote.Number == q.With {
			out = append(out, m)
		}
	}
	return out, nil
}

func (f *fakeTexts) TextThreads(context.Context) ([]phone.TextThread, error) {
	var out []phone.TextThread
	at := map[string]int{}
	for _, m := range f.texts {
		i, there := at[m.Remote.Number]
		if !there {
			i = len(out)
			at[m.Remote.Number] = i
			out = append(out, phone.TextThread{Peer: m.Remote.Number, Name: m.Remote.Name, Last: m})
		}
		out[i].Count++
		if !m.Read {
			out[i].Unread++
		}
	}
	return out, nil
}

func letters() *fakeTexts {
	anna, maria := phone.Party{Name: "Anna Berg", Number: "2101"}, phone.Party{Name: "Maria Ekdal", Number: "0701740612"}
	message := func(id int64, with phone.Party, mine bool, ago time.Duration, body string, state phone.TextState) phone.Text {
		m := phone.Text{ID: id, Key: string(rune('a' + id)), Peer: with.Number, Direction: phone.Incoming, Remote: with, At: noon.Add(-ago), Body: body, State: state, Read: id != 7}
		if mine {
			m.Direction = phone.Outgoing
		}
		if state == phone.TextFailed {
			m.Reason = &phone.Reason{ID: phone.ReasonUnavailable, Code: 480}
		}
		return m
	}
	return &fakeTexts{texts: []phone.Text{
		message(7, anna, false, time.Minute, "Ja, ring mig efter två.\nJag sitter i möte nu.", phone.TextReceived),
		message(6, anna, true, 3*time.Minute, "Har du tid i eftermiddag?", phone.TextFailed),
		message(5, anna, true, 4*time.Minute, "Hej!", phone.TextSent),
		message(4, maria, true, 26*time.Hour, "Fakturan är skickad.", phone.TextSending),
		message(3, anna, false, 30*time.Hour, "Lunch på torsdag? \u202eevil\u202c", phone.TextReceived),
	}}
}

func written(s *phone.Snapshot) {
	f := letters()
	s.Texts = phone.TextsState{Revision: 3, Unread: 1, Newest: &f.texts[0]}
}

func messagesScene(with present.Message) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		a.opts.Texts = letters()
		p.show(a, withTexts(speak(p.snap, language)))
		return messages.New(a.deps(), a.scene(), with).Object()
	}
}

func withTexts(s *phone.Snapshot) *phone.Snapshot { return with(s, written) }

// messageScenes are the screens of text messages that have a master in both languages.
var messageScenes = map[string]func(a *App, p *fakePhone, language string) fyne.CanvasObject{
	"messages":     messagesScene(present.Message{}),
	"conversation": messagesScene(present.Message{To: "2101", Name: "Anna Berg", Text: "Då ringer jag"}),
	"messages-unread": func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		p.show(a, withTexts(speak(p.snap, language)))
		return a.face().Object()
	},
}

// conversationOf is the open window of messages.
func conversationOf(t *testing.T, a *App) *messages.View {
	t.Helper()
	w := a.panels[command.ViewMessages]
	if w == nil || !w.shown {
		t.Fatal("the window of messages is not open")
	}
	v, ok := w.view.(*messages.View)
	if !ok {
		t.Fatalf("%T", w.view)
	}
	return v
}

// A message that comes is told, read in its conversation and answered there.
func TestConversation(t *testing.T) {
	a, p := open(t, registered())
	desk := &fakeTeller{}
	a.notices.teller = desk
	f := letters()
	a.opts.Texts = f
	p.snap = withTexts(p.snap)
	came := phone.Event{Kind: phone.EventMessage, Value: "2101", Key: f.texts[0].Key, State: "received", Remote: &f.texts[0].Remote}
	a.notices.event(came)
	if len(desk.told) != 1 || !strings.Contains(a.root.ToastText(), "Anna Berg") {
		t.Errorf("told %v, the window says %q", desk.told, a.root.ToastText())
	}
	a.run(command.GoMessages, 0)
	v := conversationOf(t, a)
	if q := f.asked[len(f.asked)-1]; q.With != "2101" {
		t.Errorf("it does not open the conversation with the newest: %+v", q)
	}
	if p.last() != (phone.ReadTexts{With: "2101"}) {
		t.Errorf("%+v", p.last())
	}
	canvas := a.panels[command.ViewMessages].window.Canvas()
	v.Focus(canvas)
	for _, r := range " Då ringer jag " {
		canvas.Focused().TypedRune(r)
	}
	canvas.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if p.last() != (phone.SendText{Target: "2101", Text: "Då ringer jag"}) {
		t.Errorf("%+v", p.last())
	}
	sent := p.last()
	canvas.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if p.last() != sent {
		t.Errorf("an empty message: %+v", p.last())
	}
	asked := len(f.asked)
	a.panels.update(a.scene())
	if len(f.asked) != asked {
		t.Error("asked again although nothing has changed")
	}
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Texts.Revision++ }))
	if len(f.asked) != asked+1 {
		t.Error("a change is not asked for")
	}
	told := len(desk.told)
	a.focused = true
	if a.notices.event(came); len(desk.told) != told {
		t.Errorf("told of what is being read: %v", desk.told)
	}
}
