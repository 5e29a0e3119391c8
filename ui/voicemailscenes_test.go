package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/view/history"
	"svara/ui/widget"
)

// fakeMail answers from a list of messages and remembers what was saved.
type fakeMail struct {
	messages []phone.VoiceMessage
	fail     error
	saved    []string
}

func (f *fakeMail) VoiceMessages(_ context.Context, q phone.VoiceMessageQuery) ([]phone.VoiceMessage, error) {
	var out []phone.VoiceMessage
	for _, m := range f.messages {
		if strings.Contains(strings.ToLower(m.From.Name+" "+m.From.Number), strings.ToLower(q.Text)) {
			out = append(out, m)
		}
	}
	return out, f.fail
}

func (f *fakeMail) SaveVoiceMessage(_ context.Context, id, folder string) (string, error) {
	if folder == "" {
		return "", errors.New("no folder")
	}
	f.saved = append(f.saved, id)
	return folder + "/Maria Ekdal.wav", f.fail
}

// voices are the messages of the pictures in ui.md.
func voices() *fakeMail {
	message := func(id, name, number string, ago, length time.Duration, played bool) phone.VoiceMessage {
		return phone.VoiceMessage{ID: "vm/1/" + id, Box: "vm", From: phone.Party{Name: name, Number: number}, Received: noon.Add(-ago), Duration: length, Played: played}
	}
	strange := message("2", "Nils Granat", "0701740641", 97*time.Hour, 35*time.Second, true)
	strange.Reason = &phone.Reason{ID: phone.ReasonBadSound, Text: "audio/amr"}
	return &fakeMail{messages: []phone.VoiceMessage{
		message("6", "Maria Ekdal", "0701740612", 2*time.Minute, 41*time.Second, false),
		message("5", "Oskar Wiik", "0701740627", 100*time.Minute, 23*time.Second, false),
		message("4", "Lindö Maskin", "08-46500431", 26*time.Hour, 68*time.Second, false),
		message("3", "Per Sandin", "2150", 50*time.Hour, 12*time.Second, true),
		strange,
		message("1", "", "0701740633", 200*time.Hour, 0, true),
	}}
}

// mailed is a phone with a mailbox whose messages can be listed, and that its exchange has a number for.
func mailed(s *phone.Snapshot) {
	s.Accounts[0].Features = append(s.Accounts[0].Features, phone.FeatureMailbox)
	s.Voicemail = phone.VoicemailState{Revision: 1,
		Servers: []phone.MailServer{{ID: "vm", Name: "Röstbrevlådan", Account: "elin"}},
		Boxes: []phone.Mailbox{
			{ID: "mwi:elin", Account: "elin", New: 3, Old: 3, Known: true},
			{ID: "vm", Account: "elin", New: 3, Old: 3, Known: true, Visual: true},
		}}
}

// toldOnly is a phone whose exchange tells how many messages wait and no more.
func toldOnly(s *phone.Snapshot) {
	s.Accounts[0].Features = append(s.Accounts[0].Features, phone.FeatureMailbox)
	s.Voicemail = phone.VoicemailState{Revision: 1, Boxes: []phone.Mailbox{{ID: "mwi:elin", Account: "elin", New: 2, Old: 5, Known: true}}}
}

func mailScene(change func(*phone.Snapshot), do func(*App, *fakePhone)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		a.opts.Voicemail = voices()
		a.opts.People = staff
		p.show(a, with(peopled(speak(p.snap, language)), change))
		a.build()
		a.draw()
		a.show(command.ViewVoicemail)
		if do != nil {
			do(a, p)
		}
		return a.face().Object()
	}
}

// openFirst opens the first message and plays it.
func openFirst(a *App, p *fakePhone) {
	press(a, fyne.KeyDown)
	press(a, fyne.KeyReturn)
	p.show(a, with(p.snap, func(s *phone.Snapshot) {
		s.Playing = &phone.Playing{Message: "vm/1/6", Speed: 1.5, Position: 16 * time.Second, Since: noon, Length: 41 * time.Second}
	}))
}

// called is calls that came through queues, with notes.
var called = func() fakeHistory {
	list := fakeHistory{
		{ID: 9, Direction: phone.Incoming, Outcome: phone.OutcomeMissed, Remote: phone.Party{Name: "Lindö Maskin", Number: "08-46500431"}, Begun: noon.Add(-6 * time.Minute), Queue: "700"},
		{ID: 8, Direction: phone.Incoming, Outcome: phone.OutcomeAnswered, Remote: phone.Party{Name: "Havsö Redovisning", Number: "08-46500452"}, Begun: noon.Add(-29 * time.Minute), Duration: 312 * time.Second, Queue: "710", Sought: "2101", Note: "Vill ha fakturan skickad igen", Recordings: []int64{3}},
	}
	return append(list, entries...)
}()

func queued(s *phone.Snapshot) {
	s.Queues = []phone.QueueStatus{{Queue: phone.Queue{ID: "700", Name: "Växeln"}}, {Queue: phone.Queue{ID: "710", Name: "Kundtjänst"}}}
}

func historyScene(do func(*App, *fakePhone)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		a.opts.History, a.opts.People = called, staff
		p.show(a, with(peopled(speak(p.snap, language)), queued))
		a.build()
		a.draw()
		a.show(command.ViewHistory)
		if do != nil {
			do(a, p)
		}
		return a.face().Object()
	}
}

func wideHistory(a *App, p *fakePhone, language string) fyne.CanvasObject {
	historyScene(nil)(a, p, language)
	v := history.New(a.deps(), history.Host{
		Call: func(string) {}, Edit: func(string) {}, Ways: func(string, string) []widget.MenuItem { return nil }, Asking: func() command.Question { return "" }, Search: true,
	})
	v.Choose(v.Choice().Toggle(phone.HistoryMissed).Toggle(phone.HistoryAnswered))
	v.Update(a.scene())
	return v.Object()
}

func compact(a *App, p *fakePhone) {
	p.show(a, with(p.snap, func(s *phone.Snapshot) { s.Settings[phone.KeyCompact] = "true" }))
}

// mailScenes are the screens of voice messages and of the history that have a master in both languages.
var mailScenes = map[string]func(a *App, p *fakePhone, language string) fyne.CanvasObject{
	"voicemail":      mailScene(mailed, openFirst),
	"voicemail-list": mailScene(mailed, nil),
	"voicemail-none": mailScene(mailed, func(a *App, p *fakePhone) {
		a.opts.Voicemail = &fakeMail{}
		p.show(a, with(p.snap, func(s *phone.Snapshot) {
			s.Voicemail.Revision++
			s.Voicemail.Boxes = []phone.Mailbox{{ID: "vm", Account: "elin", Known: true, Visual: true}}
		}))
	}),
	"voicemail-told": mailScene(toldOnly, nil),
	"voicemail-fault": mailScene(func(s *phone.Snapshot) {
		mailed(s)
		s.Accounts[0].Features = nil
		s.Voicemail.Boxes[1].Reason = &phone.Reason{ID: phone.ReasonMailPassword}
	}, nil),
	"history-queues":     historyScene(nil),
	"history-wide":       wideHistory,
	"history-compact":    historyScene(compact),
	"favourites-compact": peopleScene(compact),
	"voicemail-compact": mailScene(mailed, func(a *App, p *fakePhone) {
		compact(a, p)
		openFirst(a, p)
	}),
}
