package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/zalando/go-keyring"

	"svara/phone"
)

// Where passwords are kept: the values of phone.KeyPasswordPlace.
const (
	PlaceKeyring = "keyring"
	PlaceFile    = "file"
)

const keyringService = "svara"

// keyringPatience is how long the keyring may take. A locked one asks the user in a window of its own and answers only
// then, if at all; the phone does not stand still for it.
const keyringPatience = 3 * time.Second

// ring is the OS keyring. Its calls may hang.
type ring interface {
	Set(service, user, secret string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

type osRing struct{}

func (osRing) Set(service, user, secret string) error   { return keyring.Set(service, user, secret) }
func (osRing) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (osRing) Delete(service, user string) error        { return keyring.Delete(service, user) }

// Secrets keeps the accounts' passwords: in the OS keyring where one works, else in an encrypted file (see sealedFile
// for what that protects against). A password that an earlier start had to put in the other place is still found, and
// moves when it is next saved. Safe for concurrent use.
type Secrets struct {
	profile string // tells this profile's entries in the user's keyring from another's
	log     *slog.Logger
	file    *sealedFile // mu
	ring    ring

	mu      sync.Mutex
	keyring bool // mu; false once it has failed to answer
}

// OpenSecrets finds out where passwords can be kept and returns the place, PlaceKeyring or PlaceFile, so that the user
// is told. An error beside a Secrets that is not nil means that the file cannot be written: passwords then last only as
// long as the phone runs.
func OpenSecrets(dir string, log *slog.Logger) (*Secrets, string, error) {
	return openSecrets(dir, osRing{}, keyringReachable, log)
}

func openSecrets(dir string, r ring, reachable func() error, log *slog.Logger) (*Secrets, string, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &Secrets{profile: profileName(dir), log: log, file: newSealedFile(dir, log), ring: r}
	err := reachable()
	if err == nil {
		err = s.probe()
	}
	if err != nil {
		log.Info("no usable keyring; passwords are kept in an encrypted file", "err", err)
		return s, PlaceFile, s.file.check()
	}
	s.keyring = true
	return s, PlaceKeyring, nil
}

// profileName is the profile's folder with links resolved: the same for every way to name it.
func profileName(dir string) string {
	if absolute, err := filepath.Abs(dir); err == nil {
		dir = absolute
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return filepath.ToSlash(dir)
}

// Place is where a password put now goes.
func (s *Secrets) Place() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keyring {
		return PlaceKeyring
	}
	return PlaceFile
}

// probe writes, reads and removes an entry: a keyring that is there but locked, or has no login collection, shows only so.
func (s *Secrets) probe() error {
	user, want := s.entry(phone.AccountID("probe-"+rand.Text())), rand.Text()
	return patiently(func() error {
		if err := s.ring.Set(keyringService, user, want); err != nil {
			return err
		}
		got, err := s.ring.Get(keyringService, user)
		if err == nil && got != want {
			err = errors.New("the keyring gave back something else")
		}
		return errors.Join(err, s.ring.Delete(keyringService, user))
	})
}

// entry names a password in the keyring. It is what the user sees in the keyring's own window.
func (s *Secrets) entry(account phone.AccountID) string { return string(account) + " " + s.profile }

var errKeyringSilent = errors.New("the keyring does not answer")

// patiently gives up on a keyring that does not answer. The call itself cannot be cancelled: its goroutine, at most one
// since a silent keyring is not asked again, ends when the keyring answers or with the process.
func patiently(fn func() error) error {
	done := make(chan error, 1)
	go func() { done <- fn() }()
	patience := time.NewTimer(keyringPatience)
	defer patience.Stop()
	select {
	case err := <-done:
		return err
	case <-patience.C:
		return errKeyringSilent
	}
}

// ask runs one keyring call. A keyring that stays silent is not used again until the next start.
func (s *Secrets) ask(fn func() error) error {
	err := patiently(fn)
	if errors.Is(err, errKeyringSilent) {
		s.keyring = false
		s.log.Warn("the keyring stopped answering; passwords go to the encrypted file until the next start")
	}
	return err
}

// Get is an account's password. When there is none, or it cannot be read, the error's reason is secret-lost with the
// account's ID.
func (s *Secrets) Get(account phone.AccountID) (phone.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// What is in the file is there because the keyring did not take it, so it is never older than what the keyring has.
	secret, err := s.file.get(account)
	if err == nil {
		return secret, nil
	}
	if s.keyring {
		var got string
		asked := s.ask(func() (err error) {
			answer, err := s.ring.Get(keyringService, s.entry(account))
			if err == nil {
				got = answer
			}
			return err
		})
		if asked == nil {
			return phone.Secret(got), nil
		}
		err = errors.Join(asked, err)
	}
	return "", &failure{
		doing:  "read the password of " + string(account),
		reason: phone.Reason{ID: phone.ReasonSecretLost, Text: string(account)},
		cause:  err,
	}
}

// Put saves an account's password. When nil is returned it is kept; an error's reason is store-failed.
func (s *Secrets) Put(account phone.AccountID, secret phone.Secret) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keyring {
		err := s.ask(func() error { return s.ring.Set(keyringService, s.entry(account), secret.Reveal()) })
		if err == nil {
			return fail("remove the old copy of a password", s.file.remove(account))
		}
		s.log.Warn("the keyring did not take a password; it goes to the encrypted file", "account", account, "err", err)
	}
	return fail(fmt.Sprintf("save the password of %s", account), s.file.put(account, secret))
}

// Remove forgets an account's password everywhere. Removing one that is not there is no error.
func (s *Secrets) Remove(account phone.AccountID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.keyring {
		err = s.ask(func() error { return s.ring.Delete(keyringService, s.entry(account)) })
		if errors.Is(err, keyring.ErrNotFound) {
			err = nil
		}
	}
	return fail("remove the password of "+string(account), errors.Join(err, s.file.remove(account)))
}
