package store

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"svara/phone"
)

// textOf is the text of a field.
func textOf(p phone.Person, field phone.Field) string {
	name, place, _ := strings.Cut(string(field), ".")
	at := 0
	for _, r := range place {
		at = at*10 + int(r-'0')
	}
	switch phone.Field(name) {
	case phone.FieldName:
		return p.Name
	case phone.FieldCompany:
		return p.Company
	case phone.FieldTitle:
		return p.Title
	case phone.FieldDepartment:
		return p.Department
	case phone.FieldNumber:
		return p.Numbers[at].Number
	case phone.FieldEmail:
		return p.Emails[at]
	case phone.FieldKeyword:
		return p.Keywords[at]
	case phone.FieldSkill:
		return p.Skills[at]
	}
	return ""
}

func checkSpan(t *testing.T, p phone.Person, s phone.Span) {
	t.Helper()
	text := textOf(p, s.Field)
	if s.From < 0 || s.To > len(text) || s.From >= s.To || !utf8.ValidString(text[s.From:s.To]) {
		t.Errorf("span %+v of %q", s, text)
	}
}

// marks is a hit's spans as text, "name:Anna".
func marks(t *testing.T, h phone.Hit) []string {
	t.Helper()
	var out []string
	for _, s := range h.Spans {
		checkSpan(t, h.Person, s)
		out = append(out, string(s.Field)+":"+textOf(h.Person, s.Field)[s.From:s.To])
	}
	return out
}

func TestSearchFinds(t *testing.T) {
	s := openGood(t, t.TempDir())
	berg := anna()
	berg.Mark = ""
	put(t, s, berg)
	for _, other := range []phone.Person{person("bo", "Bo Ek", "08-765 43 21"), person("soren", "Søren Kjær", "+45 32 12 34 56"), person("strasse", "Jürgen Groß", "2199")} {
		put(t, s, other)
	}
	apply(t, s, "town", phone.BookChange{Full: true, Put: bookEntries(person("hanna", "Johanna Öström-Ek", "31999"))})
	for text, want := range map[string][]string{ // who, and then what is marked
		"anna":             {"Anna Bergström", "email.0:anna", "name:Anna"},
		"ANNA bergs":       {"Anna Bergström", "email.0:anna", "name:Anna", "name:Bergs"},
		"bergstrom anna":   {"Anna Bergström", "email.0:anna", "name:Anna", "name:Bergström"},
		"bergström":        {"Anna Bergström", "name:Bergström"},
		"kafe ägare":       {"Anna Bergström", "company:Kafé", "title:Ägare"},
		"koket anna":       {"Anna Bergström", "department:Köket", "email.0:anna", "name:Anna"},
		"franska":          {"Anna Bergström", "skill.0:franska"},
		"fika":             {"Anna Bergström", "keyword.0:fika"},
		"kund":             {"Anna Bergström", "keyword.1:kund"},
		"kvarnen.exa":      {"Anna Bergström", "company:Kvarnen", "email.0:exa", "email.0:kvarnen"},
		"ab":               {"Anna Bergström", "name:A", "name:B"},
		"ba":               {"Anna Bergström", "name:A", "name:B"},
		"a b":              {"Anna Bergström", "email.0:a", "email.0:b", "name:A", "name:B", "title:Ä"},
		"AnBe":             {"Anna Bergström", "name:An", "name:Be"},
		"strom":            {"Anna Bergström", "name:ström"},
		"2101":             {"Anna Bergström", "number.1:2101"},
		"070123":           {"Anna Bergström", "number.0:070-123"},
		"070-123 45":       {"Anna Bergström", "number.0:070-123 45"},
		"+46 70 123 45 67": {"Anna Bergström", "number.0:70-123 45 67"},
		"004670123":        {"Anna Bergström", "number.0:70-123"},
		"234567":           {"Anna Bergström", "number.0:23 45 67"},
		"anna 4567":        {"Anna Bergström", "email.0:anna", "name:Anna", "number.0:45 67"},
		"bergstrm":         {"Anna Bergström", "name:Bergström"},
		"bergsrtöm":        {"Anna Bergström", "name:Bergström"},
		"bergsström":       {"Anna Bergström", "name:Bergström"},
		"bargström":        {"Anna Bergström", "name:Bergström"},
		"nana bergst":      {"Anna Bergström", "email.0:anna", "name:Anna", "name:Bergst"},
		"soren":            {"Søren Kjær", "name:Søren"},
		"kjaer":            {"Søren Kjær", "name:Kjær"},
		"søren kjæ":        {"Søren Kjær", "name:Kjæ", "name:Søren"},
		"+45 32":           {"Søren Kjær", "number.0:45 32"},
		"gross":            {"Jürgen Groß", "name:Groß"},
		"jurgen":           {"Jürgen Groß", "name:Jürgen"},
		"öström ek":        {"Johanna Öström-Ek", "name:Ek", "name:Öström"},
		"87654":            {"Bo Ek", "number.0:8-765 4"},
		"+4687654":         {"Bo Ek", "number.0:8-765 4"},
	} {
		r := searched(t, s, phone.SearchQuery{Text: text})
		if len(r.Hits) == 0 || r.Hits[0].Person.Name != want[0] {
			t.Errorf("%q: %+v", text, r.Hits)
			continue
		}
		got, marked := marks(t, r.Hits[0]), slices.Clone(want[1:])
		slices.Sort(got)
		slices.Sort(marked)
		if !slices.Equal(got, marked) {
			t.Errorf("%q: marked %q, want %q", text, got, marked)
		}
		if r.Took <= 0 {
			t.Error("it took no time")
		}
	}
	for _, text := range []string{"xyzzy", "anna ek lund", "9876543", "bxrgstrzm", "ann x", "åä"} {
		if got := names(t, s, text); len(got) != 0 {
			t.Errorf("%q finds %q", text, got)
		}
	}
	if r := searched(t, s, phone.SearchQuery{Text: "bergstrm"}); !r.Hits[0].Typo {
		t.Error("a typing error is not told")
	}
	if r := searched(t, s, phone.SearchQuery{Text: "bergstr"}); r.Hits[0].Typo {
		t.Error("a beginning is no typing error")
	}
}

func TestSearchRanks(t *testing.T) {
	s := openGood(t, t.TempDir())
	ctx := t.Context()
	line := func(entry, name, extension string) phone.Person {
		p := phone.Person{ID: phone.PersonOf("town", entry), Name: name}
		p.Numbers = []phone.Number{{Kind: phone.NumberExtension, Number: extension}}
		return p
	}
	apply(t, s, "town", phone.BookChange{Full: true, Put: bookEntries(line("1", "Test Ångström", "2101"), line("2", "Test Zorn", "2102"), line("3", "Test Öst", "2103"),
		line("4", "Test Ärlig", "2104"), line("5", "Test Away", "2105"), line("6", "Test Talking", "2106"), line("7", "Test Free", "2107"))})
	put(t, s, person("f", "Test Xfavourite", "1001"), person("b", "Test Ablocked", "1002"), person("c", "Test Ycalled", "0701234567"),
		person("d", "Test Donce", "0702222222"), person("v", "Test Wvip", "1003"))
	for id, mark := range map[phone.PersonID]phone.Mark{"own:f": phone.MarkFavourite, "own:b": phone.MarkBlocked, "own:v": phone.MarkVIP} {
		if err := s.MarkPerson(ctx, id, mark); err != nil {
			t.Fatal(err)
		}
	}
	call := func(number string, at time.Time) {
		e := entry("", number, phone.OutcomeAnswered)
		e.Begun = at
		add(t, s, e)
	}
	now := time.Now()
	call("+46701234567", now.Add(-time.Hour))
	call("0701234567", now.Add(-2*time.Hour))
	call("0702222222", now.Add(-time.Minute))
	for range 3 { // often, but long ago
		call("2101", now.Add(-100*24*time.Hour))
	}
	s.RankBy(func(number string) phone.Reach {
		return map[string]phone.Reach{"2105": phone.ReachAway, "2106": phone.ReachTalking, "2107": phone.ReachFree}[number]
	})
	want := []string{"Test Wvip", "Test Xfavourite", "Test Free", "Test Ycalled", "Test Donce", "Test Ångström", "Test Zorn", "Test Ärlig", "Test Öst",
		"Test Talking", "Test Away", "Test Ablocked"}
	for _, text := range []string{"", "t", "test", "tes"} {
		if got := names(t, s, text); !slices.Equal(got, want) {
			t.Errorf("%q: %q\nwant %q", text, got, want)
		}
	}
	r := searched(t, s, phone.SearchQuery{Text: "ycalled"})
	if len(r.Hits) != 1 || r.Hits[0].Calls != 2 || r.Hits[0].Last.Unix() != now.Add(-time.Hour).Unix() {
		t.Errorf("%+v", r.Hits)
	}
	if r := searched(t, s, phone.SearchQuery{Text: "free"}); len(r.Hits) != 1 || r.Hits[0].Reach != phone.ReachFree {
		t.Errorf("%+v", r.Hits)
	}
	// The limit cuts the last.
	if r := searched(t, s, phone.SearchQuery{Text: "test", Limit: 3}); len(r.Hits) != 3 || !r.More || r.Hits[2].Person.Name != "Test Free" {
		t.Errorf("%+v", r)
	}
	if r := searched(t, s, phone.SearchQuery{Text: "test", Limit: 12}); len(r.Hits) != 12 || r.More {
		t.Errorf("%d, more %v", len(r.Hits), r.More)
	}
	// Only some.
	for _, c := range []struct {
		query phone.SearchQuery
		want  int
	}{
		{phone.SearchQuery{Mark: phone.MarkFavourite}, 1}, {phone.SearchQuery{Text: "test", Mark: phone.MarkBlocked}, 1},
		{phone.SearchQuery{Colleagues: true}, 7}, {phone.SearchQuery{Text: "test", Colleagues: true}, 7}, {phone.SearchQuery{Text: "t", Book: "own"}, 5},
		{phone.SearchQuery{Book: "own"}, 5}, {phone.SearchQuery{Book: "none"}, 0}, {phone.SearchQuery{Text: "?"}, 0},
	} {
		if r := searched(t, s, c.query); len(r.Hits) != c.want {
			t.Errorf("%+v: %d", c.query, len(r.Hits))
		}
	}
	// Marks and calls are followed at once.
	if err := s.MarkPerson(ctx, "town:2", phone.MarkFavourite); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s, "test"); got[2] != "Test Zorn" {
		t.Errorf("after marking: %q", got)
	}
	s.RankBy(nil)
	for range 4 {
		call("2103", now)
	}
	if got := names(t, s, "test"); got[3] != "Test Öst" {
		t.Errorf("after calling: %q", got)
	}
}

// What is typed is meant as the beginning of a name: it comes before a department that begins so, and before the
// address that everybody in the house has.
func TestSearchRanksNamesFirst(t *testing.T) {
	s := openGood(t, t.TempDir())
	list := []phone.Person{person("1", "Anna Berg", "2101"), person("2", "Ingrid Falk", "2102"), person("3", "Sara Lund", "2103"), person("4", "Nils Ek", "2104"), person("5", "Vera Olin", "2105")}
	for i := range list {
		list[i].Emails = []string{"someone@ovning.example"}
	}
	list[0].Department, list[4].Department = "Sales", "Ingenjörer"
	put(t, s, list...)
	if err := s.MarkPerson(t.Context(), "own:1", phone.MarkFavourite); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]struct {
		names []string
		aside int // from which on
	}{
		"ing":    {[]string{"Ingrid Falk", "Anna Berg", "Vera Olin", "Nils Ek", "Sara Lund"}, 1},
		"sa":     {[]string{"Sara Lund", "Anna Berg"}, 1},
		"sales":  {[]string{"Anna Berg"}, 0},
		"an sal": {[]string{"Anna Berg"}, 0},
		"if":     {[]string{"Ingrid Falk"}, 1},
		"infa":   {[]string{"Ingrid Falk"}, 1}, // the halves of a name
		"2104":   {[]string{"Nils Ek"}, 1},
	} {
		r := searched(t, s, phone.SearchQuery{Text: text})
		if got := names(t, s, text); !slices.Equal(got, want.names) {
			t.Errorf("%q: %q\nwant %q", text, got, want.names)
		}
		for i, h := range r.Hits {
			if h.Aside != (i >= want.aside) {
				t.Errorf("%q: %s is aside: %v", text, h.Person.Name, h.Aside)
			}
		}
	}
}

func TestSearchHistory(t *testing.T) {
	dir := t.TempDir()
	s := openGood(t, dir)
	known := entry("Anna", "0701234567", phone.OutcomeAnswered)
	unknown := entry("Okänd Ström", "08-765 43 21", phone.OutcomeMissed)
	add(t, s, known)
	last := add(t, s, unknown)
	put(t, s, person("a", "Anna Ek", "+46701234567"))
	for text, want := range map[string][]string{"765": {"Okänd Ström"}, "okand": {"Okänd Ström"}, "anna": {"Anna Ek"}, "070": {"Anna Ek"}} {
		if got := names(t, s, text); !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
	r := searched(t, s, phone.SearchQuery{Text: "strom", History: true})
	if len(r.Hits) != 1 || !r.Hits[0].Recent || r.Hits[0].Person.ID != "" || r.Hits[0].Person.Numbers[0].Number != "08-765 43 21" {
		t.Errorf("%+v", r.Hits)
	}
	if r := searched(t, s, phone.SearchQuery{Text: "strom"}); len(r.Hits) != 0 {
		t.Errorf("not asked for: %+v", r.Hits)
	}
	// The number is somebody's, and then nobody's again.
	put(t, s, person("b", "Bo", "087654321"))
	if got := names(t, s, "765"); !slices.Equal(got, []string{"Bo"}) {
		t.Errorf("%q", got)
	}
	if err := s.RemovePerson(t.Context(), "own:b"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openGood(t, dir)
	if got := names(t, s, "765"); !slices.Equal(got, []string{"Okänd Ström"}) {
		t.Errorf("after a start: %q", got)
	}
	if err := s.DeleteHistory(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s, "765"); len(got) != 0 {
		t.Errorf("a deleted call: %q", got)
	}
}

func TestHistoryNotesAndFilters(t *testing.T) {
	s := openGood(t, t.TempDir())
	ctx := t.Context()
	out := entry("Bo", "0812345678", phone.OutcomeFailed)
	out.Role, out.Begun = "switchboard", out.Begun.Add(time.Hour)
	in := entry("Anna", "+46 70 123 45 67", phone.OutcomeMissed)
	in.Queue, in.Sought = "75", "2102"
	first, second := add(t, s, in), add(t, s, out)
	if err := s.SetHistoryNote(ctx, first, "Vill ha offert på bågar"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetHistoryNote(ctx, 999, "x"); phone.ReasonOf(err).ID != phone.ReasonNoCall {
		t.Error(err)
	}
	for _, c := range []struct {
		query phone.HistoryQuery
		want  []int64
	}{
		{phone.HistoryQuery{}, []int64{second, first}}, {phone.HistoryQuery{Filter: phone.HistoryNoted}, []int64{first}},
		{phone.HistoryQuery{Any: []phone.HistoryFilter{phone.HistoryMissed, phone.HistoryOutgoing}}, []int64{second, first}},
		{phone.HistoryQuery{Any: []phone.HistoryFilter{phone.HistoryOutgoing, phone.HistoryAnswered}}, []int64{second}},
		{phone.HistoryQuery{Any: []phone.HistoryFilter{phone.HistoryMissed}, Filter: phone.HistoryNoted}, []int64{first}},
		{phone.HistoryQuery{Any: []phone.HistoryFilter{phone.HistoryAnswered}}, nil},
		{phone.HistoryQuery{Filter: phone.HistoryMissed}, []int64{first}}, {phone.HistoryQuery{Filter: phone.HistoryIncoming}, []int64{first}},
		{phone.HistoryQuery{Filter: phone.HistoryOutgoing}, []int64{second}}, {phone.HistoryQuery{Number: "0701234567"}, []int64{first}},
		{phone.HistoryQuery{Number: "sip:46701234567@pbx"}, []int64{first}}, {phone.HistoryQuery{Number: "+46812345678"}, []int64{second}},
		{phone.HistoryQuery{Number: "234567"}, nil}, {phone.HistoryQuery{Queue: "75"}, []int64{first}}, {phone.HistoryQuery{Text: "bagar offert"}, []int64{first}},
		{phone.HistoryQuery{Since: out.Begun}, []int64{second}}, {phone.HistoryQuery{Until: out.Begun}, []int64{first}},
	} {
		var got []int64
		for _, e := range history(t, s, c.query) {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.query, got, c.want)
		}
	}
	got := history(t, s, phone.HistoryQuery{Number: "0701234567"})[0]
	if got.Note != "Vill ha offert på bågar" || got.Queue != "75" || got.Sought != "2102" {
		t.Errorf("%+v", got)
	}
	if err := s.DeleteHistory(ctx, first); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteHistory(ctx, first); err != nil {
		t.Fatal(err)
	}
	if n := len(history(t, s, phone.HistoryQuery{})); n != 1 {
		t.Errorf("%d left", n)
	}
}

func TestNearly(t *testing.T) {
	for text, words := range map[string][]string{
		"andresson": {"andersson"}, "andrsson": {"andersson"}, "anderssson": {"andersson"}, "undersson": {"andersson"}, "adn": {"and", "andersson"},
		"anne": {"anna", "ann"}, "bergstrm": {"bergstrom"}, "ergstrom": {"bergstrom"}, "bbergs": {"bergstrom"},
	} {
		for _, word := range words {
			if !nearly(text, word) {
				t.Errorf("%s is not nearly %s", text, word)
			}
		}
	}
	for text, word := range map[string]string{"anna": "annika", "andersson": "andersson", "bxrgz": "bergs", "anders": "hansson", "an": "and"} {
		if nearly(text, word) {
			t.Errorf("%s is nearly %s", text, word)
		}
	}
	// The index finds just the same.
	var people []findable
	words := map[string]bool{}
	for i, e := range crowd(3000) {
		one := findable{id: int64(i), words: unique(append(foldedWords(e.Person.Name+" "+e.Person.Company), "^andresson"))}
		for _, w := range one.words {
			words[w] = w[0] != '^'
		}
		people = append(people, one)
	}
	g := makeSegment(1, people)
	for _, text := range []string{"andresson", "johanson", "bergstrm", "nilson", "erikson", "anna", "lkas", "gustavsson"} {
		var want, got []string
		for w, isText := range words {
			if isText && nearly(text, w) {
				want = append(want, w)
			}
		}
		slices.Sort(want)
		for _, i := range g.near(text) {
			got = append(got, string(g.word(i)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
