package store

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

const childDir = "SVARA_STORE_DIR"

// runChild is what the test binary does as a child. It returns its exit code and prints what it did.
func runChild(mode string) int {
	dir := os.Getenv(childDir)
	var err error
	switch mode {
	case "write":
		err = childWrite(dir)
	case "import":
		err = childImport(dir)
	case "search":
		err = childSearch(dir)
	case "read-only":
		err = childReadOnly(dir)
	case "secret-service":
		err = childSecretService(dir)
	case "disk-full":
		err = childDiskFull(dir)
	default:
		err = fmt.Errorf("no such mode: %s", mode)
	}
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	return 0
}

// child prepares this test binary to run in a mode on a folder.
func child(ctx context.Context, binary, mode, dir string) *exec.Cmd {
	c := exec.CommandContext(ctx, binary)
	c.Env = append(os.Environ(), childMode+"="+mode, childDir+"="+dir, "GORACE=atexit_sleep_ms=0", "DBUS_SESSION_BUS_ADDRESS=")
	return c
}

// childWrite saves entries, settings, accounts and passwords until it is killed, and says so after each was saved.
func childWrite(dir string) error {
	ctx := context.Background()
	s, faults, err := Open(ctx, dir, quiet())
	if err != nil || len(faults) > 0 {
		return fmt.Errorf("open: %w, %v", err, faults)
	}
	secrets, _, err := OpenSecrets(dir, quiet())
	if err != nil {
		return err
	}
	fmt.Println("open")
	for i := 1; ; i++ {
		id, err := s.AddHistory(ctx, entry("N"+strconv.Itoa(i), strconv.Itoa(i), phone.OutcomeMissed))
		if err != nil {
			return err
		}
		fmt.Println("history", id, i)
		if i%3 == 0 {
			volume := strconv.Itoa(1 + i%99)
			if err := s.PutSetting(ctx, phone.KeyVolume, volume); err != nil {
				return err
			}
			fmt.Println("volume", volume)
		}
		if i%4 == 0 {
			a := phone.Account{ID: phone.AccountID("a" + strconv.Itoa(i)), User: "u", Domain: "d"}
			if err := s.PutAccount(ctx, a); err != nil {
				return err
			}
			fmt.Println("account", a.ID)
		}
		if i%2 == 1 { // one is begun, and closed before the next
			made := recording("N"+strconv.Itoa(i), strconv.Itoa(i))
			made.Open, made.Duration = true, 0
			if made.ID, err = s.AddRecording(ctx, made); err != nil {
				return err
			}
			fmt.Println("recording", made.ID, i)
			made.Open, made.Duration = false, time.Minute
			if err := s.UpdateRecording(ctx, made); err != nil {
				return err
			}
			fmt.Println("closed", made.ID)
		}
		if i%5 == 0 {
			id := phone.PersonID("own:p" + strconv.Itoa(i))
			p := phone.Person{ID: id, Name: "Person" + strconv.Itoa(i), Mark: phone.MarkFavourite, Numbers: []phone.Number{{Number: "07012" + strconv.Itoa(10000+i%90000)}}}
			if err := s.PutPerson(ctx, p); err != nil {
				return err
			}
			fmt.Println("person", id)
		}
		if i%2 == 0 {
			if err := secrets.Put("alice", phone.Secret(strconv.Itoa(i))); err != nil {
				return err
			}
			fmt.Println("secret", i)
		}
	}
}

// TestKilledAtAnyInstant kills a writer again and again, on the same profile, at random instants; everything it had
// said was saved must be there after. SVARA_KILLS raises the number of times.
func TestKilledAtAnyInstant(t *testing.T) {
	kills := 12
	if n, err := strconv.Atoi(os.Getenv("SVARA_KILLS")); err == nil {
		kills = n
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	dir := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	want := saved{history: map[int64]string{}, accounts: map[string]bool{}, recordings: map[int64]string{}, closed: map[int64]bool{}, people: map[phone.PersonID]bool{}}
	for range kills {
		want.read(t, killedWriter(t, dir, random))
		want.check(t, dir)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills: %d entries, %d accounts, %d recordings shown as saved", kills, len(want.history), len(want.accounts), len(want.recordings))
	if len(want.history) == 0 || len(want.closed) == 0 || len(want.people) == 0 {
		t.Error("nothing was ever saved: the test proves nothing")
	}
}

// killedWriter runs a writer, kills it at a random instant, and returns what it said. The instant is counted from
// something it said, so that a slow machine gets as far as a fast one; every fourth time from its start, so that opening
// the profile is hit too.
func killedWriter(t *testing.T, dir string, random *rand.Rand) []string {
	t.Helper()
	c := child(t.Context(), os.Args[0], "write", dir)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = c.Process.Kill() }
	from := 1 + random.IntN(30) // lines
	if random.IntN(4) == 0 {
		time.AfterFunc(time.Duration(random.IntN(60_000))*time.Microsecond, kill)
	}
	var said []string
	for in := bufio.NewScanner(out); in.Scan(); {
		said = append(said, in.Text())
		if len(said) == from {
			time.AfterFunc(time.Duration(random.IntN(5_000))*time.Microsecond, kill)
		}
	}
	_ = c.Wait()
	return said
}

// saved is what the writers said they had saved.
type saved struct {
	history    map[int64]string
	accounts   map[string]bool
	recordings map[int64]string
	closed     map[int64]bool
	people     map[phone.PersonID]bool
	volume     string
	secret     string
}

func (w *saved) read(t *testing.T, said []string) {
	t.Helper()
	for _, line := range said {
		f := strings.Fields(line)
		switch {
		case f[0] == "history" && len(f) == 3:
			id, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				t.Fatal(line)
			}
			w.history[id] = f[2]
		case f[0] == "recording" && len(f) == 3, f[0] == "closed" && len(f) == 2:
			id, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				t.Fatal(line)
			}
			if f[0] == "closed" {
				w.closed[id] = true
			} else {
				w.recordings[id] = f[2]
			}
		case f[0] == "account" && len(f) == 2:
			w.accounts[f[1]] = true
		case f[0] == "person" && len(f) == 2:
			w.people[phone.PersonID(f[1])] = true
		case f[0] == "volume" && len(f) == 2:
			w.volume = f[1]
		case f[0] == "secret" && len(f) == 2:
			w.secret = f[1]
		case f[0] == "error:":
			t.Fatalf("the writer failed: %s", line)
		}
	}
}

func (w *saved) check(t *testing.T, dir string) {
	t.Helper()
	s, faults, err := Open(t.Context(), dir, quiet())
	if err != nil || len(faults) != 0 {
		t.Fatalf("start after a kill: %v, %v", err, faults)
	}
	defer func() { _ = s.Close() }()
	rows, err := s.db.QueryContext(t.Context(), "SELECT id, number FROM history")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	found := map[int64]string{}
	for rows.Next() {
		var id int64
		var number string
		if err := rows.Scan(&id, &number); err != nil {
			t.Fatal(err)
		}
		found[id] = number
	}
	for id, number := range w.history {
		if found[id] != number {
			t.Errorf("entry %d (%s) is lost", id, number)
		}
	}
	accounts, err := s.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, a := range accounts {
		have[string(a.ID)] = true
	}
	for id := range w.accounts {
		if !have[id] {
			t.Errorf("account %s is lost", id)
		}
	}
	w.checkRecordings(t, s)
	for id := range w.people {
		p, err := s.Person(t.Context(), id)
		if err != nil || p.Mark != phone.MarkFavourite {
			t.Errorf("contact %s is lost: %+v, %v", id, p, err)
			continue
		}
		if found, err := s.Match(t.Context(), p.Numbers[0].Number); err != nil || len(found) == 0 {
			t.Errorf("contact %s is not found by number: %v", id, err)
		}
		if r := searched(t, s, phone.SearchQuery{Text: p.Name}); len(r.Hits) == 0 {
			t.Errorf("contact %s is not found by name", id)
		}
	}
	if w.secret != "" {
		secrets, _, err := OpenSecrets(dir, quiet())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := secrets.Get("alice"); err != nil || !notOlder(got.Reveal(), w.secret) {
			t.Errorf("password %q, %v; %q was said to be saved", got.Reveal(), err, w.secret)
		}
	}
	if settings, err := s.Settings(t.Context()); err != nil || w.volume != "" && settings.Get(phone.KeyVolume) == "100" {
		t.Errorf("setting %v, %v; %q was said to be saved", settings, err, w.volume)
	}
	checkModes(t, dir)
}

func (w *saved) checkRecordings(t *testing.T, s *Store) {
	t.Helper()
	found := map[int64]phone.Recording{}
	for _, r := range recordings(t, s, phone.RecordingQuery{Limit: 5000}) {
		found[r.ID] = r
	}
	for id, number := range w.recordings {
		switch r, ok := found[id]; {
		case !ok || r.Remote.Number != number:
			t.Errorf("recording %d (%s) is lost", id, number)
		case w.closed[id] && (r.Open || r.Duration != time.Minute):
			t.Errorf("recording %d is open again", id)
		}
	}
	open, err := s.OpenRecordings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range open { // as the next start does
		r.Open, r.Duration = false, time.Minute
		if err := s.UpdateRecording(t.Context(), r); err != nil {
			t.Error(err)
		}
	}
	if len(open) > 1 {
		t.Errorf("one at a time was made, %d are open", len(open))
	}
}

// notOlder accepts the value said, or the next one, which was perhaps saved but not yet said when the kill came.
func notOlder(got, said string) bool {
	g, err1 := strconv.Atoi(got)
	s, err2 := strconv.Atoi(said)
	return err1 == nil && err2 == nil && (g == s || g == s+2 || g == 2)
}

// binaryForAnyone copies this test binary to where another user can run it.
func binaryForAnyone(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "child")
	if err := os.WriteFile(path, raw, 0o755); err != nil { //nolint:gosec // another user runs it
		t.Fatal(err)
	}
	return path
}

// openFaulty opens a store on which the disk or folder cannot be written, and checks that it works nevertheless.
func openFaulty(dir string, accounts, entries int) error {
	ctx := context.Background()
	s, faults, err := Open(ctx, dir, quiet())
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if len(faults) != 1 || faults[0].ID != phone.ReasonStoreFailed || faults[0].Text == "" {
		return fmt.Errorf("faults %v", faults)
	}
	fmt.Println("told:", faults[0].Text)
	got, err := s.Accounts(ctx)
	if err != nil || len(got) != accounts {
		return fmt.Errorf("accounts %v, %w", got, err)
	}
	settings, err := s.Settings(ctx)
	if err != nil || accounts > 0 && settings.Get(phone.KeyLanguage) != "sv" {
		return fmt.Errorf("settings %v, %w", settings, err)
	}
	if _, err := s.AddHistory(ctx, entry("In memory", "1", phone.OutcomeMissed)); err != nil {
		return err
	}
	if err := s.PutSetting(ctx, phone.KeyTheme, "dark"); err != nil {
		return err
	}
	all, err := s.History(ctx, phone.HistoryQuery{Limit: 5000})
	if err != nil || len(all) != entries+1 {
		return fmt.Errorf("%d entries, %w", len(all), err)
	}
	return nil
}

func childReadOnly(dir string) error {
	if err := openFaulty(dir, 1, 5); err != nil {
		return err
	}
	// With passwords in the file: this session only, and said so.
	secrets, place, err := OpenSecrets(dir, quiet())
	if err == nil || place != PlaceFile || phone.ReasonOf(err).ID != phone.ReasonStoreFailed {
		return fmt.Errorf("secrets in %s: %w", place, err)
	}
	if err := secrets.Put("alice", "s3cret"); phone.ReasonOf(err).ID != phone.ReasonStoreFailed {
		return fmt.Errorf("password saved: %w", err)
	}
	if got, err := secrets.Get("alice"); err != nil || got.Reveal() != "s3cret" {
		return fmt.Errorf("password for the session: %w", err)
	}
	return nil
}

func TestReadOnlyFolder(t *testing.T) {
	base, err := os.MkdirTemp("", "svara-ro-") // t.TempDir is closed to the other user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = filepath.WalkDir(base, func(p string, d fs.DirEntry, _ error) error { return os.Chmod(p, 0o700) }) //nolint:gosec // our own
		_ = os.RemoveAll(base)
	})
	if err := os.Chmod(base, 0o755); err != nil { //nolint:gosec // another user passes through
		t.Fatal(err)
	}
	dir := filepath.Join(base, "profile")
	fill(t, dir, 5)
	c := child(t.Context(), binaryForAnyone(t, base), "read-only", dir)
	asOtherUser(t, c, dir)
	if err := os.Chmod(dir, 0o500); err != nil { //nolint:gosec // read and search
		t.Fatal(err)
	}
	out, err := c.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("told: ")) {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	if left := damagedCopies(t, dir); len(left) != 0 {
		t.Errorf("taken for damaged: %v", left)
	}
}
