package present

import (
	"strings"

	"svara/phone"
	"svara/ui/text"
)

// Tile is somebody on the board.
type Tile struct {
	Key        string
	Name       []Span
	Number     []Span // extension, or the number that was hit
	Dial       string // what a call goes to; empty for none
	Status     Status // empty: the exchange tells nothing of them
	Icon       string // in the place of the status, for those
	Tone       Tone
	State      string   // state, until when, other party
	Brief      []string // State in fewer and fewer words, as a Lamp has them
	Stands     string   // of State, how the telephone stands; empty where State has one part
	Doing      string   // of State, what they do meanwhile, with its fewer words in DoingBrief
	DoingBrief []string
	Evident    bool   // State says no more than the shape does: available
	Detail     []Span // title and department, what was hit
	Favourite  bool
	Quiet      bool // does not ring
	Ticks      bool // State counts
}

// Label is the tile for a screen reader: name, extension, state until, other party.
func (t Tile) Label() string {
	var parts []string
	for _, p := range []string{plainText(t.Name), plainText(t.Number), t.State} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

func plainText(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// TileOf makes the tile of somebody found. query is what was typed.
func TileOf(s Scene, h phone.Hit, query string) Tile {
	if h.Person.Colleague && strings.TrimSpace(h.Person.Name) != "" {
		h.Person.Company = "" // ours: it tells nobody from another
	}
	r := personRow(s, h, query)
	t := Tile{Key: HitKey(h), Name: r.Name, Number: r.Number, Dial: r.Dial, Detail: r.Detail, Favourite: h.Person.Mark == phone.MarkFavourite}
	if !r.Found {
		if line := h.Person.Line(); line != "" {
			t.Number, t.Dial = []Span{{Text: Clean(line, numberLimit)}}, dialable(line)
		}
	}
	if plainText(t.Number) == plainText(t.Name) {
		t.Number = nil
	}
	if h.Person.Line() == "" { // a long number, beside which the name would have no room
		if len(t.Number) > 0 && len(t.Detail) > 0 {
			t.Detail = append(t.Detail, Span{Text: " · "})
		}
		t.Detail, t.Number = append(t.Detail, t.Number...), nil
	}
	lamp := boardLamp(s, h)
	if lamp.Status == "" {
		t.Icon, t.State, t.Tone, t.Evident = "book-user", text.T("board.outside"), ToneQuiet, true
		if h.Recent {
			t.Icon, t.State = "history", text.T("person.recent")
		}
		return t
	}
	t.Status, t.Tone, t.State, t.Brief, t.Ticks = lamp.Status, lamp.Tone, lamp.Text, lamp.Brief, lamp.Ticks
	t.Stands, t.Doing, t.DoingBrief = lamp.Stands, lamp.Doing, lamp.DoingBrief
	t.Evident = lamp.Status == StatusAvailable
	rank := StandingOf(s, &h.Person).Rank
	t.Quiet = rank > RankTalking
	if l := s.LineOf(h.Person.Line()); rank == RankAway || rank == RankRings && l.State != phone.LineRinging {
		if len(t.Brief) > 0 { // a tile has no room for the long words of a list
			t.State, t.Brief = t.Brief[0], t.Brief[1:]
		}
	}
	return t
}

// boardLamp is the lamp of somebody found: a colleague whose line is not watched is not known.
func boardLamp(s Scene, h phone.Hit) Lamp {
	if h.Recent {
		return Lamp{}
	}
	lamp := LampOf(s, h.Person)
	if lamp.Status == "" && h.Person.Colleague && h.Person.Line() != "" {
		return Lamp{Status: StatusUnknown, Tone: ToneSlate, Text: text.T("status.unknown")}
	}
	return lamp
}

// BoardDetail is what the line under the board tells of the one who is highlighted.
type BoardDetail struct {
	Name    string
	Face    string // of the avatar
	Status  Status
	Title   string // title, department, company
	Numbers string
	Icon    string // before State
	State   string // with whether it rings there
	Tone    Tone
	Note    string // what they have written
	Around  string // queues they are logged in to, where calls to them go, who stands in for them
}

// BoardDetailOf makes the line of somebody found.
func BoardDetailOf(s Scene, h phone.Hit) BoardDetail {
	p := h.Person
	who := Who{Name: Clean(p.Label(), nameLimit), Known: p.Name != "" || p.Company != ""}
	d := BoardDetail{Name: who.Name, Face: who.Face()}
	join := func(parts ...string) string {
		var out []string
		for _, x := range parts {
			if x = Clean(x, nameLimit); x != "" {
				out = append(out, x)
			}
		}
		return strings.Join(out, " · ")
	}
	company := p.Company
	if p.Name == "" {
		company = "" // it is the name
	}
	d.Title = join(p.Title, departmentOf(&p), company)
	var numbers []string
	for i, n := range p.Numbers {
		if i < 2 && n.Number != p.Label() {
			numbers = append(numbers, s.NumberText(n.Number))
		}
	}
	d.Numbers = join(numbers...)
	lamp := boardLamp(s, h)
	d.Status, d.State, d.Tone, d.Note = lamp.Status, lamp.Text, lamp.Tone, lamp.Note
	d.Around = aroundWords(s, p)
	switch rank := StandingOf(s, &p).Rank; {
	case lamp.Status == "":
		d.Icon, d.State, d.Tone = "book-user", text.T("board.outside"), ToneQuiet
		if h.Recent {
			d.Icon, d.State = "history", text.T("person.recent")
		}
	case rank == RankFree, rank == RankRings && lamp.Status != StatusRinging:
		d.Icon, d.State = "bell", text.T("board.rings", "state", lamp.Text)
	case rank == RankRings:
		d.Icon = "bell"
	case rank == RankTalking:
		d.Icon = "phone"
	case rank == RankUnknown:
		d.Icon = "circle-help"
	default:
		d.Icon = "bell-off"
	}
	return d
}
