package directory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

func TestImportCompletesAndTakesNothingAway(t *testing.T) {
	s := newShelf()
	anna := phone.Person{
		ID: "own:anna", Name: "Anna Berg", Title: "Chef", Note: "mine", Mark: phone.MarkVIP,
		Numbers: []phone.Number{{Kind: phone.NumberMobile, Number: "070-123 45 67"}}, Keywords: []string{"kund"},
	}
	bo := phone.Person{ID: "own:bo", Name: "Bo Ek", Numbers: []phone.Number{{Kind: phone.NumberWork, Number: "08-123 456 78"}}}
	s.own[anna.ID], s.own[bo.ID] = anna, bo
	d := open(t, s)
	path := file(t, "in.csv", "Namn;Titel;Företag;Mobil;Telefon arbete;E-post;Nyckelord;Anteckningar;Märkning\n"+
		"anna berg;VD;Bergs;+46 70 123 45 67;08-55 55 55;a@x.se;kund, nord;theirs;blocked\n"+ // the same by name and number
		"Bo Ek;;;;08-123 456 78;;;;\n"+ // nothing new
		"Bo Ek;;;;08-999 999 99;;;;\n"+ // the same name, nothing else in common
		"Cia Dahl;;;070-123 45 67;;;;;\n"+ // Anna's number, another person
		";;;;;;;;\n;;;;;x;;;\n")
	got, err := d.Import(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Added != 2 || got.Updated != 1 || got.Same != 1 || len(got.Skipped) != 1 || !strings.HasPrefix(got.Skipped[0], "line 7: ") {
		t.Errorf("got %+v", got)
	}
	want := anna
	want.Company, want.Emails, want.Keywords = "Bergs", []string{"a@x.se"}, []string{"kund", "nord"}
	want.Numbers = append(slices.Clone(anna.Numbers), phone.Number{Kind: phone.NumberWork, Number: "08-55 55 55"})
	if !reflect.DeepEqual(s.own[anna.ID], want) {
		t.Errorf("got  %+v\nwant %+v", s.own[anna.ID], want)
	}
	if !reflect.DeepEqual(s.own[bo.ID], bo) || len(s.own) != 4 {
		t.Errorf("%d contacts, Bo is %+v", len(s.own), s.own[bo.ID])
	}
	if again, err := d.Import(t.Context(), path); err != nil || again.Added != 0 || again.Updated != 0 || again.Same != 4 {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func TestImportKnowsTheUID(t *testing.T) {
	s := newShelf()
	d := open(t, s)
	card := func(name string) string {
		return file(t, "a.vcf", "BEGIN:VCARD\nVERSION:3.0\nUID:77\nFN:"+name+"\nTEL:0812345678\nEND:VCARD\n")
	}
	if got, err := d.Import(t.Context(), card("Anna Berg")); err != nil || got.Added != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := d.Import(t.Context(), card("Anna Dahl")); err != nil || got.Same != 1 || len(s.own) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestImportOfWhatCannotBe(t *testing.T) {
	d := open(t, newShelf())
	for name, path := range map[string]string{
		"missing": filepath.Join(t.TempDir(), "none.vcf"), "folder": t.TempDir(), "text": file(t, "a.csv", "no people here\n"), "empty": file(t, "b.vcf", ""),
	} {
		_, err := d.Import(t.Context(), path)
		if phone.ReasonOf(err).ID != phone.ReasonBadFile || strings.Contains(phone.ReasonOf(err).Text, path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Import(ctx, file(t, "c.vcf", "BEGIN:VCARD\nFN:A\nEND:VCARD\n")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestExportAndImportAgain(t *testing.T) {
	s := newShelf()
	people := []phone.Person{
		{ID: "own:a", Name: `Åsa "Å"; Öberg, Jr\`, Given: "Åsa", Family: "Öberg; Ek", Company: "A;B, C", Department: "Inköp", Title: "=1+1", Note: "rad ett\nrad två; tre, fyra\\n",
			Numbers: []phone.Number{
				{Kind: phone.NumberExtension, Number: "4711"}, {Kind: phone.NumberExtension, Number: "471100"}, {Kind: phone.NumberWork, Number: "+46 8 123 456"},
				{Kind: phone.NumberMobile, Number: "070-123 45 67"}, {Kind: phone.NumberMobile, Number: "070-765 43 21"}, {Kind: phone.NumberHome, Number: "08-1"}, {Kind: phone.NumberFax, Number: "08-123 99 99"},
			},
			Emails: []string{"a@x.se", "b@x.se"}, Keywords: []string{"kund", "nord"}, Skills: []string{"svets"}, StandIn: "Bo Ek", Mark: phone.MarkFavourite, SpeedDial: "7"},
		{ID: "own:b", Company: "Bara AB", Numbers: []phone.Number{{Kind: phone.NumberWork, Number: "08-1234567"}}},
		{ID: "own:c", Name: strings.Repeat("Ö", 200)},
	}
	photo := append([]byte{0xff, 0xd8, 0xff, 0xe0}, bytes.Repeat([]byte("p"), 1000)...)
	for i, p := range people {
		s.own[p.ID] = p
		people[i].Photo = i == 0
	}
	if err := s.SetPhoto(t.Context(), "own:a", photo); err != nil {
		t.Fatal(err)
	}
	d := open(t, s)
	for _, name := range []string{"out.vcf", "out.csv"} {
		path := filepath.Join(t.TempDir(), name)
		if n, err := d.Export(t.Context(), path); err != nil || n != 3 {
			t.Fatalf("%s: %d, %v", name, n, err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if name == "out.csv" && (!strings.HasPrefix(string(raw), "\ufeffID;Name;") || !strings.Contains(string(raw), ";'=1+1;")) {
			t.Errorf("the table begins with %.60q", raw)
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if name == "out.vcf" && len(line) > 75 {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
		fresh := newShelf()
		e := open(t, fresh)
		if got, err := e.Import(t.Context(), path); err != nil || got.Added != 3 || len(got.Skipped) != 0 {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		for _, want := range people {
			got := fresh.own[want.ID]
			if name == "out.csv" {
				want.Photo = false
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\n got  %+v\n want %+v", name, got, want)
			}
		}
		if name == "out.vcf" && !bytes.Equal(fresh.photos["own:a"], photo) {
			t.Error("the picture is another")
		}
		if again, err := d.Import(t.Context(), path); err != nil || again.Same != 3 {
			t.Errorf("%s again: %+v, %v", name, again, err)
		}
	}
}

func TestExportIsWholeOrNotAtAll(t *testing.T) {
	s := newShelf()
	s.own["own:a"] = phone.Person{ID: "own:a", Name: "A", Photo: true}
	d := openWith(t, s, noPhotos{s})
	if _, err := d.Export(t.Context(), filepath.Join(t.TempDir(), "people.txt")); phone.ReasonOf(err).ID != phone.ReasonBadFile {
		t.Errorf("of an unknown ending: %v", err)
	}
	path := file(t, "out.vcf", "what was there")
	if _, err := d.Export(t.Context(), path); err == nil {
		t.Error("no error, though a picture could not be read")
	}
	if raw, err := os.ReadFile(path); err != nil || string(raw) != "what was there" {
		t.Errorf("the file is %q, %v", raw, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
}

type noPhotos struct{ *shelf }

func (noPhotos) Photo(context.Context, phone.PersonID) ([]byte, error) {
	return nil, fmt.Errorf("the disk is gone")
}

// crowded is a shelf that saves contacts together.
type crowded struct {
	*shelf
	calls int
}

func (c *crowded) PutPeople(ctx context.Context, people []phone.Person) error {
	c.calls++
	for _, p := range people {
		if p.Name == "Refused" {
			return phone.Refuse(phone.ReasonBadPerson, "name")
		}
	}
	for _, p := range people {
		if err := c.shelf.PutPerson(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (c *crowded) PutPerson(ctx context.Context, p phone.Person) error {
	if p.Name == "Refused" {
		return phone.Refuse(phone.ReasonBadPerson, "name")
	}
	return c.shelf.PutPerson(ctx, p)
}

func TestImportTogether(t *testing.T) {
	s := newShelf()
	c := &crowded{shelf: s}
	d := openWith(t, s, c)
	// The second line completes the first, which is not saved yet.
	path := file(t, "in.csv", "Namn;Mobil;Telefon arbete;Kortnummer\nAnna;070-123 45 67;;7\nAnna;070-123 45 67;08-55 55 55;\nBo;070-765 43 21;;7\n")
	got, err := d.Import(t.Context(), path)
	if err != nil || got.Added != 2 || got.Updated != 1 || len(s.own) != 2 {
		t.Errorf("%+v, %v, %d contacts", got, err, len(s.own))
	}
	if len(got.Skipped) != 1 || got.Skipped[0] != "line 4: the speed dial 7 is taken" {
		t.Errorf("told %q", got.Skipped)
	}
	var text strings.Builder
	text.WriteString("Namn;Mobil\n")
	for i := range together + 10 {
		fmt.Fprintf(&text, "Person %d;070-%07d\n", i, i)
	}
	c.calls = 0
	if got, err = d.Import(t.Context(), file(t, "many.csv", text.String())); err != nil || got.Added != together+10 || c.calls != 2 {
		t.Errorf("%+v, %v, in %d calls", got, err, c.calls)
	}
	got, err = d.Import(t.Context(), file(t, "bad.csv", "Namn;Mobil\nCia;070-1\nRefused;070-2\nDan;070-3\n"))
	if err != nil || got.Added != 2 || len(got.Skipped) != 1 || !strings.HasPrefix(got.Skipped[0], "line 3: ") {
		t.Errorf("%+v, %v", got, err)
	}
}

// wide is a shelf that takes many contacts in no time.
type wide struct{ *shelf }

func (w wide) PutPeople(_ context.Context, people []phone.Person) error {
	for _, p := range people {
		w.own[p.ID] = p
	}
	return nil
}

// TestImportOfManyAlike imports many people of few names: each is compared with those only who have something in common.
func TestImportOfManyAlike(t *testing.T) {
	const many = 60_000
	var text strings.Builder
	text.WriteString("Namn;Mobil;E-post\n")
	for i := range many {
		fmt.Fprintf(&text, "Anna Berg;07%08d;anna%d@example.se\n", i, i)
	}
	text.WriteString("Anna Berg;+46 7 00 00 00 42;\nANNA BERG;;Anna43@example.se\nanna berg;0044 20 7946 0000;anna44@example.se\n")
	s := newShelf()
	d := openWith(t, s, wide{s})
	path := file(t, "alike.csv", text.String())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // each with each would take far longer
	defer cancel()
	got, err := d.Import(ctx, path)
	if err != nil || got.Added != many || got.Same != 2 || got.Updated != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
