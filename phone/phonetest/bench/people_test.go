package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/control"
	"svara/phone/phonetest"
)

const (
	townsfolk = 100_000
	// typedTexts are typed letter by letter: names, parts of them, initials, numbers, titles and rooms, with errors and without.
	typedTexts = "anna berg|andresson|johanson lars|åsa öberg|bergstrm|0701234567|011-345|20345|+46 70 123|ekonom akuten|ström|rum 2101|ab|anbe|qwxz|" +
		"maria andersson löner|e a|s s|nilsson 4567|norrköping|7|zoë|gustafsson erik"
)

// townFile writes a table of so many people as a large directory has them.
func townFile(b *testing.B, n int) string {
	b.Helper()
	given := strings.Fields("Anna Maria Eva Karin Elisabeth Kristina Lena Kerstin Sara Emma Åsa Malin Jenny Linda Hanna Johanna Elin Sofia Örjan Lars Mikael Anders Johan Erik Per Karl Peter Thomas Björn Göran Håkan Nils Ali Mohammed Fatima Zeynep Søren Zoë")
	family := strings.Fields("Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Lindberg Lindström Berg Bergström Lundgren Sandberg Sjöberg Eklund Holm Nyström Åberg Öberg Åström Müller Kjær Quist Ek Ström")
	title := strings.Fields("Säljare Ekonom Växeltelefonist Undersköterska Rektor Handläggare Systemutvecklare Lärare Tekniker Projektledare Jurist")
	unit := strings.Fields("Försäljning Ekonomi Växel Akuten Bygglov IT-drift Ledning Personal Inköp Äldreomsorg")
	random := rand.New(rand.NewPCG(5, 5))
	pick := func(list []string) string {
		x := random.Float64() // the first ones more often, as names are
		return list[int(x*x*float64(len(list)))]
	}
	var out strings.Builder
	out.WriteString("Namn;Företag;Titel;Avdelning;Anknytning;Mobil;E-post;Nyckelord\n")
	for i := range n {
		g, f := pick(given), pick(family)
		if random.IntN(4) == 0 {
			f += "-" + pick(family)
		}
		fmt.Fprintf(&out, "%s %s;Norrköpings kommun;%s;%s;%d;07%d-%03d %02d %02d;%s.%d@norrkoping.example.se;rum %d\n", g, f, pick(title), pick(unit), 20000+i,
			[]int{0, 2, 3, 6, 9}[random.IntN(5)], random.IntN(1000), random.IntN(100), random.IntN(100), strings.ToLower(g), i, random.IntN(3000))
	}
	path := filepath.Join(b.TempDir(), "town.csv")
	if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// everyKey types every text and returns how long each key took inside the phone.
func everyKey(b *testing.B, c *control.Client) []time.Duration {
	b.Helper()
	var took []time.Duration
	for text := range strings.SplitSeq(typedTexts, "|") {
		for at := range text {
			if at == 0 {
				continue
			}
			took = append(took, oneKey(b, c, text[:at]))
		}
		took = append(took, oneKey(b, c, text))
	}
	return took
}

func oneKey(b *testing.B, c *control.Client, text string) time.Duration {
	b.Helper()
	var r control.SearchResult
	if err := c.Call(context.Background(), "search", phone.SearchQuery{Text: text, History: true}, &r); err != nil {
		b.Fatal(text, err)
	}
	return time.Duration(r.TookMS * float64(time.Millisecond))
}

// restsAfter is when a phone has given back what its start took; see package cmd/internal/app.
const restsAfter = 12 * time.Second

// atRest is the memory of a phone that has been searched, in MB: what a start leaves to be collected is not of interest.
func atRest(b *testing.B, s *phonetest.Svara, c *control.Client) float64 {
	b.Helper()
	<-time.After(restsAfter)
	everyKey(b, c)
	return s.Memory()
}

// people measures a hundred thousand people: imported as contacts and read as a book, searched meanwhile and after, and what
// they cost at a start and in memory.
func people(b *testing.B, t *table) {
	file := townFile(b, townsfolk)
	const limit = 10 * time.Millisecond
	for _, how := range []string{"contacts", "a book"} {
		s := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "null"})
		c, err := control.Dial(s.Profile)
		if err != nil {
			b.Fatal(err)
		}
		before := atRest(b, s, c)
		cpu, begun := s.CPU(), time.Now()
		var took []time.Duration
		if how == "contacts" {
			if err := c.Call(context.Background(), "import", map[string]string{"path": file}, nil); err != nil {
				b.Fatal(err)
			}
			imported := time.Since(begun)
			t.add("100,000 people as "+how+": import", fmt.Sprintf("%.1f s (CPU %.1f s)", imported.Seconds(), (s.CPU()-cpu).Seconds()), "-", "<= 10 s",
				imported <= 10*time.Second)
		} else {
			s.Must("book", "add", "--id", "town", "--kind", "file", "--address", file)
			phonetest.Until(b, 2*time.Minute, "the book is read", func() bool {
				took = append(took, everyKey(b, c)...)
				var books []phone.BookStatus
				if err := c.Call(context.Background(), "books", nil, &books); err != nil {
					b.Fatal(err)
				}
				return len(books) == 1 && books[0].State == phone.BookFresh
			})
			t.add("100,000 people as "+how+": read while searched", fmt.Sprintf("%.1f s", time.Since(begun).Seconds()), "-", "", true)
			t.add("100,000 people as "+how+": each key meanwhile", fmt.Sprintf("p50 %s, p99 %s", ms(percentile(took, .5)), ms(percentile(took, .99))), "-", "", true)
		}
		cpu, took = s.CPU(), nil
		for range 3 {
			took = append(took, everyKey(b, c)...)
		}
		each := (s.CPU() - cpu) / time.Duration(len(took))
		t.add("100,000 people as "+how+": each key", fmt.Sprintf("p50 %s, p95 %s, p99 %s (CPU %s)", ms(percentile(took, .5)), ms(percentile(took, .95)), ms(percentile(took, .99)), ms(each)),
			"-", "p99 <= 10 ms", percentile(took, .99) <= limit)
		_ = c.Close()
		s.Quit()
		again := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "null", Profile: s.Profile, Env: s.Home()})
		var status struct {
			StartupMS int64 `json:"startup_ms"`
		}
		again.Ask(&status, "status")
		if c, err = control.Dial(s.Profile); err != nil {
			b.Fatal(err)
		}
		after := atRest(b, again, c)
		t.add("100,000 people as "+how+": start, headless", fmt.Sprintf("%d ms", status.StartupMS), "-", "<= 500 ms", status.StartupMS <= 500)
		t.add("100,000 people as "+how+": memory once searched", fmt.Sprintf("%+.0f MB", after-before), "-", "<= +30 MB", after-before <= 30)
		_ = c.Close()
		again.Quit()
	}
}
