package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/control"
	"svara/phone/pbxdemo"
	"svara/phone/phonetest"
)

// The attendant's window on a screen of 1440 x 900 drawn by software, and the part of it where the people are.
const (
	screenWidth, screenHeight = 1440, 900
	boardX, boardY            = 20, 170
	boardWidth, boardHeight   = 960, 560
	presses                   = 60
	switches                  = 1000
	warm                      = 9 // changes of view before the memory is compared
)

// rendererThread is how Mesa's software renderer names the threads that paint.
const rendererThread = "llvmpipe"

// windows measures the attendant's window with five hundred colleagues whose lamps are live.
func windows(b *testing.B, t *table) {
	pbx, err := pbxdemo.Start(pbxdemo.Config{Bind: netip.MustParseAddr("127.0.0.1"), Password: "practice", People: colleagues, Rate: -1, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pbx.Close() })
	screen := phonetest.StartScreen(b, screenWidth, screenHeight)
	screen.Keyring()
	first := phonetest.StartSvara(b, phonetest.SvaraConfig{Audio: "null", Env: screen.Env(), Settings: map[string]string{
		phone.KeyFirstStart: "false", phone.KeyLanguage: "sv", phone.KeyView: "attendant", phone.KeyAttendantSize: fmt.Sprintf("%dx%d", screenWidth, screenHeight),
	}})
	first.AddAccount("2100", "practice", pbx.Addr().String(), "--dialect", "demo")
	first.Must("wait", "registered", "--timeout", "20s")
	first.Must("book", "add", "--id", "col", "--kind", "file", "--address", peopleFile(b), "--colleagues")
	phonetest.Until(b, 20*time.Second, "the colleagues are read", func() bool {
		var found phone.SearchResult
		first.Ask(&found, "search", "a")
		return len(found.Hits) > 0
	})
	first.Quit()

	s := phonetest.StartSvara(b, phonetest.SvaraConfig{Window: true, Audio: "null", Profile: first.Profile, Env: first.Home()})
	screen.Window("Svara", 20*time.Second)
	c, err := control.Dial(s.Profile)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	phonetest.Until(b, 60*time.Second, "every lamp is known", func() bool { return knownLines(b, c) == colleagues })
	board := screen.Area(boardX, boardY, boardWidth, boardHeight)
	rest := func() { board.Still(400*time.Millisecond, 20*time.Second) }
	rest()
	from, painted, slept, at := s.CPU(), s.ThreadCPU(rendererThread), s.Wakes(), time.Now()
	<-time.After(15 * time.Second)
	long := float64(time.Since(at))
	all, painting := 100*float64(s.CPU()-from)/long, 100*float64(s.ThreadCPU(rendererThread)-painted)/long
	t.add("attendant's window, 500 lamps: idle, of which the renderer's threads", fmt.Sprintf("%.1f %%, %.1f %%", all, painting), "-", "<= 1 % without them", all-painting <= 1)
	t.add("how often its threads wake then", fmt.Sprintf("%.0f a second", float64(s.Wakes()-slept)/time.Since(at).Seconds()), "-", "-", true)

	start, renderer := s.Memory(), s.Mapped(rendererParts...) // by now what only the start needed is given back

	keyboard := screen.Keyboard()
	var arrows, letters []time.Duration
	for i := range presses - 1 { // back in the first row
		key := "Down"
		if i >= presses/2 {
			key = "Up"
		}
		arrows = append(arrows, board.After(func() { keyboard.Press(key) }, 5*time.Second))
		rest()
	}
	keyboard.Press("Escape")
	rest()
	for range presses / 2 {
		letter := string(rune('a' + rand.N(5)))
		letters = append(letters, board.After(func() { keyboard.Press(letter) }, 5*time.Second))
		rest()
		board.After(func() { keyboard.Press("BackSpace") }, 5*time.Second)
		rest()
	}
	delay := 50 * time.Millisecond // the setting search.delay
	t.add("arrow key to visible highlight", p50p95(arrows), "-", "p95 <= 50 ms", percentile(arrows, .95) <= 50*time.Millisecond)
	t.add("letter to visible hits, the search delay of 50 ms included", p50p95(letters), "-", "p95 <= 100 ms", percentile(letters, .95) <= delay+50*time.Millisecond)

	// A burst of changes while keys are pressed.
	var busy []time.Duration
	for range 10 {
		pbx.Burst()
		busy = append(busy, board.After(func() { keyboard.Press("Down") }, 5*time.Second))
	}
	rest()
	t.add("arrow key to the next frame while 500 lamps change", p50p95(busy), "-", "p95 <= 50 ms", percentile(busy, .95) <= 50*time.Millisecond)

	// The same while a name is typed that is looked for among a hundred thousand people.
	s.Must("book", "add", "--id", "town", "--kind", "file", "--address", townFile(b, townsfolk))
	phonetest.Until(b, 2*time.Minute, "the town is read", func() bool {
		var books []phone.BookStatus
		if err := c.Call(context.Background(), "books", nil, &books); err != nil {
			b.Fatal(err)
		}
		for _, book := range books {
			if book.State != phone.BookFresh {
				return false
			}
		}
		return len(books) == 2
	})
	rest()
	drawn := func() phone.Frames {
		var status struct{ Frames phone.Frames }
		s.Ask(&status, "status")
		return status.Frames
	}
	begun, used, painted2 := drawn(), s.CPU(), s.ThreadCPU(rendererThread)
	for range 5 {
		pbx.Burst()
		for _, letter := range "andersson" {
			keyboard.Press(string(letter))
			<-time.After(60 * time.Millisecond)
		}
		rest()
		keyboard.Press("Escape")
		rest()
	}
	last := drawn()
	frames := max(1, last.Drawn-begun.Drawn)
	t.add("frames over 33 ms while 500 lamps change and 100,000 people are searched", fmt.Sprintf("%d of %d", last.Slow-begun.Slow, frames), "-", "0", last.Slow == begun.Slow)
	t.add("processor a frame then, of which the renderer", fmt.Sprintf("%s, %s", ms((s.CPU()-used)/time.Duration(frames)), ms((s.ThreadCPU(rendererThread)-painted2)/time.Duration(frames))), "-", "-", true)

	views := func(n int) float64 {
		for i := range n {
			s.Must("set", phone.KeyView, []string{"normal", "attendant", "acd"}[i%3])
		}
		s.Must("set", phone.KeyView, "attendant")
		rest()
		return s.Memory()
	}
	seen := views(warm) // each view is made when it is shown first, and the renderer has buffers for its size
	files, threads := fewestFiles(s), s.Threads()
	after := views(switches)
	more := fewestFiles(s) - files
	t.add("memory of the attendant's window, of which the software renderer", fmt.Sprintf("%.0f MB, %.0f MB", start, renderer), "-", "<= 140 MB without it", start-renderer <= 140)
	t.add("what each view adds when it is shown first", fmt.Sprintf("%+.0f MB", seen-start), "-", "-", true)
	t.add("after 1,000 changes of view", fmt.Sprintf("%+.0f MB, %+d files", after-seen, more), "-", "<= +5 MB, +0", after-seen <= 5 && more <= 0)
	t.add("threads after 1,000 changes of view", fmt.Sprintf("%+d", s.Threads()-threads), "-", "<= +2", s.Threads() <= threads+2)
	s.Quit()
}

// fewestFiles is how many files a phone keeps open: of several looks the least, as one is opened now and then for a moment.
func fewestFiles(s *phonetest.Svara) int {
	least := s.Files()
	for range 10 {
		<-time.After(300 * time.Millisecond)
		least = min(least, s.Files())
	}
	return least
}

func p50p95(d []time.Duration) string {
	return fmt.Sprintf("p50 %s, p95 %s", ms(percentile(d, .5)), ms(percentile(d, .95)))
}

// peopleFile is a CSV file of the practice exchange's colleagues.
func peopleFile(b *testing.B) string {
	book := filepath.Join(b.TempDir(), "colleagues.csv")
	var lines strings.Builder
	lines.WriteString("Namn;Anknytning\n")
	for _, p := range pbxdemo.People(colleagues, "sv") {
		if strings.HasPrefix(p.Line(), "3") {
			fmt.Fprintf(&lines, "%s;%s\n", p.Name, p.Line())
		}
	}
	if err := os.WriteFile(book, []byte(lines.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return book
}

// knownLines is how many lamps are told of.
func knownLines(b *testing.B, c *control.Client) int {
	var snap phone.Snapshot
	if err := c.Call(context.Background(), "snapshot", nil, &snap); err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, l := range snap.Lines {
		if l.State != phone.LineUnknown {
			n++
		}
	}
	return n
}
