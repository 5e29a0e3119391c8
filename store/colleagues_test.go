package store

import (
	"slices"
	"testing"

	"svara/phone"
)

// The people of a team are found like others and their lines are watched; who is in another book is not there twice; who has
// left is not found any more, and without anybody there is no book.
func TestPutColleagues(t *testing.T) {
	s := openGood(t, t.TempDir())
	ctx := t.Context()
	colleague := func(id, name, extension string) phone.Person {
		return phone.Person{ID: phone.PersonOf(phone.TeamBook, id), Name: name, Title: "Säljare", Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: extension}}}
	}
	put := func(people ...phone.Person) {
		t.Helper()
		if err := s.PutColleagues(ctx, people); err != nil {
			t.Fatal(err)
		}
	}
	names := func(text string) []string {
		t.Helper()
		var out []string
		for _, h := range searched(t, s, phone.SearchQuery{Text: text}).Hits {
			out = append(out, string(h.Person.ID))
		}
		slices.Sort(out)
		return out
	}
	apply(t, s, "other", phone.BookChange{Full: true, Put: bookEntries(phone.Person{ID: "other:1", Name: "Bo Berg", Numbers: []phone.Number{{Kind: phone.NumberExtension, Number: "2102"}}})})

	put(colleague("a", "Ada Ek", "2101"), colleague("b", "Bo Berg", "2102"))
	if got := names("berg"); !slices.Equal(got, []string{"other:1"}) {
		t.Errorf("%v", got)
	}
	if got := names("2101"); !slices.Equal(got, []string{"@team:a"}) {
		t.Errorf("%v", got)
	}
	if lines, err := s.WatchedLines(ctx, false); err != nil || !slices.Equal(lines, []string{"2101"}) {
		t.Errorf("%v %v", lines, err)
	}
	before, _ := s.PeopleState(ctx)
	put(colleague("a", "Ada Ek", "2101"), colleague("b", "Bo Berg", "2102"))
	if after, _ := s.PeopleState(ctx); after.Revision != before.Revision {
		t.Error("the same people are a change")
	}
	put(colleague("c", "Cia Ström", "2103"))
	if got := append(names("ada"), names("cia")...); !slices.Equal(got, []string{"@team:c"}) {
		t.Errorf("%v", got)
	}
	put()
	put()
	if books, _ := s.Books(ctx); len(names("cia")) != 0 || len(books) != 1 {
		t.Errorf("%v", books)
	}
}
