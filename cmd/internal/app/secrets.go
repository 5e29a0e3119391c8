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
}

func (l *lazySecrets) get() *store.Secrets {
	l.once.Do(func() {
		open, place, err := store.OpenSecrets(l.dir, l.log)
		if err != nil { // usable all the same: passwords last as long as the program
			l.log.Warn("open key store", "err", err)
		}
		l.open = open
		if place != l.place {
			l.moved(place)
		}
	})
	return l.open
}

// Get reads a password.
func (l *lazySecrets) Get(id phone.AccountID) (phone.Secret, error) { return l.get().Get(id) }

// Put keeps a password.
func (l *lazySecrets) Put(id phone.AccountID, secret phone.Secret) error {
	return l.get().Put(id, secret)
}

// Remove forgets a password.
func (l *lazySecrets) Remove(id phone.AccountID) error { return l.get().Remove(id) }
