package control

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"

	"github.com/gofrs/flock"

	"svara/phone"
)

// ErrRunning is what Listen returns when another phone runs with the profile. Its reason is already-running.
var ErrRunning error = runningError{}

type runningError struct{}

func (runningError) Error() string { return "another phone runs with this profile" }

func (runningError) Unwrap() error { return phone.Refuse(phone.ReasonAlreadyRunning, "") }

// Listener is the profile's lock and socket. Requests that come before Server.Serve wait.
type Listener struct {
	socket string
	ln     *net.UnixListener
	lock   *flock.Flock
	once   sync.Once
	err    error
}

// Listen takes the profile: first its lock, then its socket. Do it before anything of the profile is opened. The folder
// is made when it is not there; if it cannot be written, lock and socket go to the user's runtime folder.
func Listen(profileDir string) (*Listener, error) {
	_ = os.MkdirAll(profileDir, 0o700) // so that its links can be resolved; if it cannot be made, another place does
	profile, err := canonical(profileDir)
	if err != nil {
		return nil, fmt.Errorf("listen for svaractl: %w", err)
	}
	lock, err := takeLock(profile)
	if err != nil {
		return nil, err
	}
	var tried error
	for _, p := range places(profile) {
		if !p.fits() {
			continue
		}
		ln, err := p.listen()
		if err == nil {
			return &Listener{socket: p.socket, ln: ln, lock: lock}, nil
		}
		tried = errors.Join(tried, err)
	}
	_ = lock.Close()
	return nil, fmt.Errorf("listen for svaractl: %w", tried)
}

// takeLock locks the first place that can hold a lock. A lock held by another is final: the places are the same for
// every phone of the profile.
func takeLock(profile string) (*flock.Flock, error) {
	var tried error
	for _, p := range places(profile) {
		if err := p.prepare(); err != nil {
			tried = errors.Join(tried, err)
			continue
		}
		lock := flock.New(p.lock, flock.SetPermissions(0o600))
		ok, err := lock.TryLock()
		switch {
		case err != nil:
			_ = lock.Close()
			tried = errors.Join(tried, err)
		case !ok:
			_ = lock.Close()
			return nil, ErrRunning
		default:
			return lock, nil
		}
	}
	return nil, fmt.Errorf("lock the profile: %w", tried)
}

// listen makes the socket. The lock is held, so a socket that is there was left by a phone that was killed.
func (p place) listen() (*net.UnixListener, error) {
	if err := p.prepare(); err != nil {
		return nil, err
	}
	if err := os.Remove(p.socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: p.socket, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(p.socket, 0o600); err != nil {
		_ = ln.Close()
		return nil, err
	}
	return ln, nil
}

// Socket is the path of the socket.
func (l *Listener) Socket() string { return l.socket }

// Close removes the socket and then gives up the lock; Serve does so by itself. It may be called more than once.
func (l *Listener) Close() error {
	l.once.Do(func() { l.err = errors.Join(l.ln.Close(), l.lock.Close()) })
	return l.err
}
