package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"svara/phone"
)

func reachable() error   { return nil }
func unreachable() error { return errors.New("no session bus") }

// openIn opens secrets that must be kept in a certain place.
func openIn(t *testing.T, dir, want string, reach func() error) *Secrets {
	t.Helper()
	s, place, err := openSecrets(dir, osRing{}, reach, quiet())
	if err != nil || place != want || s.Place() != want {
		t.Fatalf("secrets in %q (%q), %v; want %q", place, s.Place(), err, want)
	}
	return s
}

func mustPut(t *testing.T, s *Secrets, account phone.AccountID, secret phone.Secret) {
	t.Helper()
	if err := s.Put(account, secret); err != nil {
		t.Fatal(err)
	}
}

func wantSecret(t *testing.T, s *Secrets, account phone.AccountID, want string) {
	t.Helper()
	got, err := s.Get(account)
	if err != nil || got.Reveal() != want {
		t.Errorf("%s: %q, %v; want %q", account, got.Reveal(), err, want)
	}
}

func wantLost(t *testing.T, s *Secrets, account phone.AccountID) {
	t.Helper()
	got, err := s.Get(account)
	if reason := phone.ReasonOf(err); reason.ID != phone.ReasonSecretLost || reason.Text != string(account) || got != "" {
		t.Errorf("%s: %q, %v; want secret-lost", account, got.Reveal(), err)
	}
}

func TestSecretsInTheKeyring(t *testing.T) {
	keyring.MockInit()
	dir, other := t.TempDir(), t.TempDir()
	s := openIn(t, dir, PlaceKeyring, reachable)
	mustPut(t, s, "alice", "hemligt å\x01")
	mustPut(t, s, "alice", "newer")
	mustPut(t, openIn(t, other, PlaceKeyring, reachable), "alice", "of another profile")
	s = openIn(t, dir, PlaceKeyring, reachable)
	wantSecret(t, s, "alice", "newer")
	wantLost(t, s, "bob")
	if names := fileNames(t, dir); len(names) != 0 {
		t.Errorf("files beside the keyring: %v", names)
	}
	// The same profile by another name.
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	wantSecret(t, openIn(t, link, PlaceKeyring, reachable), "alice", "newer")
	for range 2 {
		if err := s.Remove("alice"); err != nil {
			t.Fatal(err)
		}
	}
	wantLost(t, s, "alice")
	wantSecret(t, openIn(t, other, PlaceKeyring, reachable), "alice", "of another profile")
}

func TestSecretsMoveToTheKeyring(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	mustPut(t, openIn(t, dir, PlaceFile, unreachable), "alice", "one")
	s := openIn(t, dir, PlaceKeyring, reachable)
	wantSecret(t, s, "alice", "one")
	mustPut(t, s, "alice", "two")
	wantLost(t, openIn(t, dir, PlaceFile, unreachable), "alice")
	wantSecret(t, openIn(t, dir, PlaceKeyring, reachable), "alice", "two")
}

func TestSecretsWithAKeyringThatFails(t *testing.T) {
	keyring.MockInitWithError(errors.New("no collection"))
	dir := t.TempDir()
	mustPut(t, openIn(t, dir, PlaceFile, reachable), "alice", "one")
	wantSecret(t, openIn(t, dir, PlaceFile, reachable), "alice", "one")
	checkModes(t, dir)
}

// silentRing hangs once told to, as a locked keyring does that waits for its user.
type silentRing struct {
	ring
	silent atomic.Bool
	answer chan struct{} // closed when the user at last unlocks it
	asked  atomic.Int32
}

func (r *silentRing) hang() error {
	r.asked.Add(1)
	if !r.silent.Load() {
		return nil
	}
	<-r.answer
	return errors.New("dismissed")
}

func (r *silentRing) Set(service, user, secret string) error {
	if err := r.hang(); err != nil {
		return err
	}
	return r.ring.Set(service, user, secret)
}

func (r *silentRing) Get(service, user string) (string, error) {
	if err := r.hang(); err != nil {
		return "", err
	}
	return r.ring.Get(service, user)
}

func TestSecretsWithAKeyringThatIsSilent(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		keyring.MockInit()
		r := &silentRing{ring: osRing{}, answer: make(chan struct{})}
		s, place, err := openSecrets(dir, r, reachable, quiet())
		if err != nil || place != PlaceKeyring {
			t.Fatal(place, err)
		}
		mustPut(t, s, "alice", "one")
		r.silent.Store(true)
		start := time.Now()
		mustPut(t, s, "alice", "two")
		if took := time.Since(start); took != keyringPatience {
			t.Errorf("waited %v", took)
		}
		if s.Place() != PlaceFile {
			t.Errorf("place %q", s.Place())
		}
		asked := r.asked.Load()
		wantSecret(t, s, "alice", "two") // at once, and not the old one from the keyring
		mustPut(t, s, "bob", "three")
		if time.Since(start) != keyringPatience || r.asked.Load() != asked {
			t.Error("a silent keyring was asked again")
		}

		// Silent from the start.
		s, place, err = openSecrets(dir, r, reachable, quiet())
		if err != nil || place != PlaceFile {
			t.Fatal(place, err)
		}
		wantSecret(t, s, "bob", "three")
		close(r.answer)
		synctest.Wait()

		// The keyring is back, still with the password of before: the newer one in the file counts.
		s, place, err = openSecrets(dir, osRing{}, reachable, quiet())
		if err != nil || place != PlaceKeyring {
			t.Fatal(place, err)
		}
		wantSecret(t, s, "alice", "two")
	})
}

func TestSealedFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "profile")
	s := openIn(t, dir, PlaceFile, unreachable)
	wantLost(t, s, "alice")
	mustPut(t, s, "alice", "correct horse")
	mustPut(t, s, "bob", "battery staple")
	mustPut(t, s, "alice", "correct horse 2")
	checkModes(t, dir)
	for _, name := range fileNames(t, dir) {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("horse")) || bytes.Contains(raw, []byte("staple")) {
			t.Errorf("%s has a password in clear", name)
		}
	}
	s = openIn(t, dir, PlaceFile, unreachable)
	wantSecret(t, s, "alice", "correct horse 2")
	if err := s.Remove("alice"); err != nil {
		t.Fatal(err)
	}
	s = openIn(t, dir, PlaceFile, unreachable)
	wantLost(t, s, "alice")
	wantSecret(t, s, "bob", "battery staple")
}

func TestSealedFileDamaged(t *testing.T) {
	replace := func(old, new string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, sealedName)
			raw, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(raw), old) {
				t.Fatalf("%v\n%s", err, raw)
			}
			write(t, path, []byte(strings.Replace(string(raw), old, new, 1)))
		}
	}
	for name, damage := range map[string]func(t *testing.T, dir string){
		"garbage":       func(t *testing.T, dir string) { write(t, filepath.Join(dir, sealedName), []byte("{\"version\":1,")) },
		"empty":         func(t *testing.T, dir string) { write(t, filepath.Join(dir, sealedName), nil) },
		"other version": replace(`"version": 1`, `"version": 7`),
		"endless kdf":   replace(`"memory": 8192`, `"memory": 4000000000`),
		"swapped": func(t *testing.T, dir string) {
			replace(`"alice"`, `"tmp"`)(t, dir)
			replace(`"bob"`, `"alice"`)(t, dir)
		},
		"short nonce": replace(`"nonce": "`, `"nonce": "AAAA", "was": "`),
		"key lost": func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, keyName)); err != nil {
				t.Fatal(err)
			}
		},
		"key cut": func(t *testing.T, dir string) { write(t, filepath.Join(dir, keyName), []byte("abc")) },
		"other key": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, keyName), bytes.Repeat([]byte{7}, keySize))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := openIn(t, dir, PlaceFile, unreachable)
			mustPut(t, s, "alice", "one")
			mustPut(t, s, "bob", "two")
			damage(t, dir)
			s = openIn(t, dir, PlaceFile, unreachable)
			wantLost(t, s, "alice")
			mustPut(t, s, "alice", "three") // and it heals
			wantSecret(t, s, "alice", "three")
			wantSecret(t, openIn(t, dir, PlaceFile, unreachable), "alice", "three")
			checkModes(t, dir)
		})
	}
}

func TestSecretsAreNeverLogged(t *testing.T) {
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	dir := t.TempDir()
	s, _, err := openSecrets(dir, osRing{}, unreachable, log)
	if err != nil {
		t.Fatal(err)
	}
	mustPut(t, s, "alice", "hunter2")
	write(t, filepath.Join(dir, sealedName), []byte("hunter2"))
	s, _, err = openSecrets(dir, osRing{}, unreachable, log)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Get("alice")
	if logged.Len() == 0 || strings.Contains(logged.String(), "hunter2") || strings.Contains(fmt.Sprint(err), "hunter2") {
		t.Errorf("log:\n%s\nerror: %v", &logged, err)
	}
}

// TestSecretService speaks to a real gnome-keyring on a bus of its own.
func TestSecretService(t *testing.T) {
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, program)
		}
	}
	home := t.TempDir()
	c := exec.CommandContext(t.Context(), "dbus-run-session", "--", os.Args[0])
	c.Env = append(os.Environ(), childMode+"=secret-service", childDir+"="+filepath.Join(home, "profile"),
		"HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func childSecretService(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	stop, err := startKeyring(ctx)
	if err != nil {
		return err
	}
	start := time.Now()
	s, place, err := OpenSecrets(dir, quiet())
	if err != nil || place != PlaceKeyring {
		return errors.Join(stop(), fmt.Errorf("secrets in %s: %w", place, err))
	}
	fmt.Println("probe took", time.Since(start).Round(time.Millisecond))
	err = errors.Join(s.Put("alice", "Sesam öppna dig"), s.Put("bob", "x"), s.Remove("bob"))
	if err != nil {
		return errors.Join(stop(), err)
	}
	if got, err := s.Get("alice"); err != nil || got.Reveal() != "Sesam öppna dig" {
		return errors.Join(stop(), fmt.Errorf("got %q: %w", got.Reveal(), err))
	}
	if _, err := s.Get("bob"); phone.ReasonOf(err).ID != phone.ReasonSecretLost {
		return errors.Join(stop(), fmt.Errorf("removed, but: %w", err))
	}
	if err := stop(); err != nil {
		return err
	}

	// Killed; the bus starts another, which is locked and has no display to ask its user on: the file, in good time.
	start = time.Now()
	if s, place, err = OpenSecrets(dir, quiet()); err != nil || place != PlaceFile {
		return fmt.Errorf("locked: secrets in %s: %w", place, err)
	}
	fmt.Println("locked keyring told after", time.Since(start).Round(time.Millisecond))
	return s.Put("carol", "y")
}

// startKeyring runs an unlocked keyring daemon in the foreground and returns how to stop it.
func startKeyring(ctx context.Context) (func() error, error) {
	c := exec.CommandContext(ctx, "gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock")
	c.Stdin = strings.NewReader("the login password")
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	// It says where it listens once it does; the bus name follows, and a call waits for that.
	first := make([]byte, 1)
	if _, err := out.Read(first); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return func() error {
		err := c.Process.Kill()
		_ = c.Wait()
		return err
	}, nil
}
