package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/text"
	colleagues "svara/ui/view/board"
)

// everyState is a colleague for every way to stand.
func everyState() (fakePeople, []phone.Line) {
	var people fakePeople
	var lines []phone.Line
	add := func(name string, l phone.Line) {
		number := string(rune('1'+len(people)/10)) + string(rune('0'+len(people)%10))
		p := colleague(name, "22"+number, "Säljare", "")
		p.Department = "Försäljning"
		if len(people) < 3 {
			p.Mark = phone.MarkFavourite
		}
		people = append(people, p)
		l.Account, l.Number, l.Told = "elin", "22"+number, noon
		lines = append(lines, l)
	}
	add("Anna Berg", phone.Line{State: phone.LineIdle})
	add("Johan Lindqvist", phone.Line{State: phone.LineBusy, Since: noon.Add(-252 * time.Second), With: phone.Party{Name: "Ekdal Bygg"}})
	add("Mats Holmér", phone.Line{State: phone.LineIdle, Presence: &phone.Presence{Activity: phone.ActivityMeeting, Until: noon.Add(2 * time.Hour)}})
	add("Olof Tingvall", phone.Line{State: phone.LineRinging, With: phone.Party{Name: "Karin Alm"}})
	add("Robin Ekström", phone.Line{State: phone.LineBusy, Since: noon.Add(-time.Minute), Presence: &phone.Presence{Activity: phone.ActivityMeeting, Until: noon.Add(time.Hour)}})
	add("Ivar Stål", phone.Line{State: phone.LineOffline})
	add("Kim Salqvist", phone.Line{State: phone.LineUnknown})
	add("Bo Ek", phone.Line{State: phone.LineIdle, Stale: true})
	for i, kind := range append([]phone.ActivityKind{phone.ActivityOther}, phone.ActivityKinds...) {
		until := noon.Add(time.Duration(i) * 7 * time.Hour)
		add([]string{"Ester", "Hugo", "Klara", "Lisa"}[i%4]+" "+string(rune('A'+i)), phone.Line{State: phone.LineIdle, Presence: &phone.Presence{Activity: kind, Until: until, Open: kind.Rings()}})
	}
	add("Disa Kvarn", phone.Line{State: phone.LineIdle, Presence: &phone.Presence{Activity: phone.ActivityTraining, Open: true, Until: noon.Add(time.Hour)}})
	return people, lines
}

// boardScene is the board of people in every state, with something done.
func boardScene(layout string, do func(v *colleagues.View)) func(*App, *fakePhone, string) fyne.CanvasObject {
	return func(a *App, p *fakePhone, language string) fyne.CanvasObject {
		people, lines := everyState()
		a.opts.People = people
		p.show(a, with(speak(p.snap, language), func(s *phone.Snapshot) {
			s.Lines, s.People.Revision = lines, 1
			s.Settings[phone.KeyBoardLayout] = layout
		}))
		a.build()
		v := colleagues.New(a.deps(), a.scene())
		do(v)
		return v.Object()
	}
}

// boardScenes are the people of the attendant's window, in both languages.
var boardScenes = map[string]func(a *App, p *fakePhone, language string) fyne.CanvasObject{
	"board":      boardScene("tiles", func(v *colleagues.View) { v.Highlight("2211") }),
	"board-hits": boardScene("tiles", func(v *colleagues.View) { v.SetQuery("li") }),
	"board-list": boardScene("list", func(v *colleagues.View) { v.Highlight("2212") }),
	"board-none": boardScene("tiles", func(v *colleagues.View) { v.SetQuery("xyz") }),
	"board-transfer": boardScene("tiles", func(v *colleagues.View) {
		v.SetMode(true, func(phone.Person, present.Lamp) []present.Act {
			act := func(id command.ID, words, icon, key string) present.Act {
				return present.Act{Button: present.Button{Command: string(id), Icon: icon, Text: text.T(words), Key: key, Enabled: true}}
			}
			return []present.Act{act(command.Direct, "transfer.direct", "arrow-right", "*"), act(command.Announced, "transfer.announced", "messages-square", "-"), act(command.Voicemail, "transfer.voicemail", "voicemail", "/")}
		})
		v.SetQuery("li")
	}),
}
