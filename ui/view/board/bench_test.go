package board

import (
	"fmt"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/present"
	"svara/ui/theme"
)

// burst changes the lamps of every other one, to and fro.
func (h *house) burst(n, round int) {
	for i := range n {
		number := fmt.Sprint(10000 + 2*i)
		l := *h.lines[number]
		l.State, l.Since = phone.LineIdle, time.Time{}
		if (round+i)%2 == 0 {
			l.State, l.Since = phone.LineBusy, noon.Add(-time.Duration(i)*time.Second)
		}
		h.lines[number] = &l
	}
	h.changed()
	s := *h.snap
	s.Seq++
	h.snap = &s
}

// BenchmarkModel is a thousand people put in order after five hundred lamps have changed.
func BenchmarkModel(b *testing.B) {
	h := newHouse(b, "sv", theme.ModeLight, 100)
	h.crowd(1000)
	r := present.NewRoster(h.find(phone.SearchQuery{Colleagues: true, Limit: everybodyLimit}).Hits, "")
	var standings []present.Standing
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		h.burst(500, i)
		s := h.scene()
		b.StartTimer()
		standings = r.Standings(s, standings)
		r.Arrange(standings, present.Filter{}, false)
	}
}

// BenchmarkBurst is the view after five hundred lamps of a thousand have changed: model, and the tiles that differ.
func BenchmarkBurst(b *testing.B) {
	for _, paint := range []bool{false, true} {
		name := map[bool]string{false: "update", true: "update+paint"}[paint]
		b.Run(name, func(b *testing.B) {
			h := newHouse(b, "sv", theme.ModeLight, 100)
			h.crowd(1000)
			h.open(1020, 740)
			h.canvas.Capture()
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				h.burst(500, i)
				s := h.scene()
				b.StartTimer()
				h.board.Update(s)
				if paint {
					h.canvas.Capture()
				}
			}
		})
	}
}

// BenchmarkPaint is the whole board painted with nothing changed, by the software painter, which keeps no glyphs.
func BenchmarkPaint(b *testing.B) {
	h := newHouse(b, "sv", theme.ModeLight, 100)
	h.crowd(1000)
	h.open(1020, 740)
	for b.Loop() {
		h.canvas.Capture()
	}
}

// BenchmarkSecond is a second that passes: those who talk in sight count.
func BenchmarkSecond(b *testing.B) {
	h := newHouse(b, "sv", theme.ModeLight, 100)
	h.crowd(1000)
	h.open(1020, 740)
	now := noon
	for b.Loop() {
		now = now.Add(time.Second)
		s := h.scene()
		s.Now = now
		h.board.Update(s)
	}
}

// BenchmarkTyping is a letter typed with five hundred hits, and its answer.
func BenchmarkTyping(b *testing.B) {
	h := newHouse(b, "sv", theme.ModeLight, 100)
	h.crowd(1000)
	h.open(1020, 740)
	answers := map[string]phone.SearchResult{}
	for _, q := range []string{"s", "sä"} {
		answers[q] = h.find(phone.SearchQuery{Text: q, Limit: hitsLimit})
	}
	h.board.deps.Contacts.Search = func(q phone.SearchQuery, _ bool, answer func(phone.SearchResult, error)) {
		answer(answers[q.Text], nil)
	}
	for i := 0; b.Loop(); i++ {
		h.board.SetQuery([]string{"s", "sä"}[i%2])
	}
	if h.board.Count() != hitsLimit {
		b.Fatalf("%d hits", h.board.Count())
	}
}

// BenchmarkEverybody is the answer of a thousand people made ready.
func BenchmarkEverybody(b *testing.B) {
	h := newHouse(b, "sv", theme.ModeLight, 100)
	h.crowd(1000)
	hits := h.find(phone.SearchQuery{Colleagues: true, Limit: everybodyLimit}).Hits
	for b.Loop() {
		present.NewRoster(hits, "")
	}
}
