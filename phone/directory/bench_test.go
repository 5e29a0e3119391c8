package directory

import (
	"fmt"
	"strings"
	"testing"

	"svara/phone"
)

// BenchmarkTable is how long reading takes an entry, before it is stored.
func BenchmarkTable(b *testing.B) {
	var text strings.Builder
	text.WriteString("Namn;Företag;Mobil;Telefon arbete;E-post\n")
	for i := range b.N {
		fmt.Fprintf(&text, "Förnamn%d Efternamn%d;Företag %d;070-%07d;08-%06d;p%d@example.se\n", i%5000, i/7, i%900, i, i, i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	n := 0
	err := readTable(open8(strings.NewReader(text.String())), func(p person) error {
		n++
		_ = contentTag(phone.BookEntry{Person: p.Person})
		return nil
	}, func(int, string) {})
	if err != nil || n != b.N {
		b.Fatal(n, err)
	}
}

// BenchmarkCards is the same for vCards.
func BenchmarkCards(b *testing.B) {
	var text strings.Builder
	for i := range b.N {
		fmt.Fprintf(&text, "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:%d\r\nFN:Förnamn Efternamn%d\r\nN:Efternamn;Förnamn\r\nTEL;TYPE=WORK:08-%06d\r\nEMAIL:p%d@example.se\r\nEND:VCARD\r\n", i, i, i, i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := readCards(open8(strings.NewReader(text.String())), func(person) error { return nil }, func(int, string) {}); err != nil {
		b.Fatal(err)
	}
}
