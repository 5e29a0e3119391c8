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
	dir string
	log *slog.Logger

	once  sync.Once
	open  *store.Secrets
	place string // where they are kept; set by get
}

func (l *lazySecrets) get() *store.Secrets {
	l.once.Do(func() {
		var err error
		if l.open, l.place, err = store.OpenSecrets(l.dir, l.log); err != nil {
			l.log.Warn("open key store", "err", err) // usable all the same: passwords last as long as the program
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
