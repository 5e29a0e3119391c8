package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"time"

	"svara/phone"
)

// How long a lock of Asterisk's is waited for: as long as it waits for ours.
const (
	lockLimit = 5 * time.Second
	lockLook  = 10 * time.Millisecond
)

// lock locks a folder as Asterisk does (lock files): a file of a random name is linked as ".lock", which only one can do.
func (s *Spool) lock(dir string) (unlock func(), err error) {
	mine := path.Join(dir, fmt.Sprintf(".lock-%08x", rand.Uint32()))
	f, err := s.root.OpenFile(mine, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fault("lock a mailbox", err)
	}
	defer func() { _ = s.root.Remove(mine) }()
	if err := f.Close(); err != nil {
		return nil, fault("lock a mailbox", err)
	}
	held := path.Join(dir, ".lock")
	look := time.NewTicker(lockLook)
	defer look.Stop()
	for end := time.Now().Add(lockLimit); ; <-look.C {
		err := s.root.Link(mine, held)
		if err == nil {
			return func() {
				if err := s.root.Remove(held); err != nil {
					s.log.Error("a mailbox stays locked", "folder", dir, "err", err)
				}
			}, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fault("lock a mailbox", err)
		}
		if time.Now().After(end) {
			return nil, phone.Refuse(phone.ReasonBadFile, "the mailbox is locked")
		}
	}
}
