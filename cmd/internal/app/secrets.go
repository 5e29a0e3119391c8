package app

import (
	"log/slog"
	"sync"

	"svara/phone"
	"svara/store"
)

// lazySecrets opens the key store when a password is first wanted: it may be slow, or ask the user to unlock it, and
// the window must not wait for that.
type lazySecrets struct {
	dir   string
	log   *slog.Logger
	place string       // where passwords were kept last time
	moved func(string) // told when that has changed

	once sync.Once
	open *store.Secrets
	err  error
}

func (l *lazySecrets) get() (*store.Secrets, error) {
	l.once.Do(func() {
		var place string
		l.open, place, l.err = store.OpenSecrets(l.dir, l.log)
		if l.err == nil && place != l.place {
			l.moved(place)
		}
	})
	return l.open, l.err
}

func (l *lazySecrets) Get(id phone.AccountID) (phone.Secret, error) {
	s, err := l.get()
	if err != nil {
		return "", err
	}
	return s.Get(id)
}

func (l *lazySecrets) Put(id phone.AccountID, secret phone.Secret) error {
	s, err := l.get()
	if err != nil {
		return err
	}
	return s.Put(id, secret)
}

func (l *lazySecrets) Remove(id phone.AccountID) error {
	s, err := l.get()
	if err != nil {
		return err
	}
	return s.Remove(id)
}
