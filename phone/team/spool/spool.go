// Package spool is the voice messages and greetings of an Asterisk, read and changed in its spool folder
// (voicemail.conf, file storage):
//
//	DIR/CONTEXT/BOX/INBOX/msg0000.txt    who called, when, how long
//	DIR/CONTEXT/BOX/INBOX/msg0000.wav    the sound; other formats may lie beside it
//	DIR/CONTEXT/BOX/{INBOX,Urgent,Old}   new, new and urgent, heard
//	DIR/CONTEXT/BOX/{unavail,busy,greet,temp}.wav
//
// A folder is changed while it is locked as app_voicemail locks it, by a link named ".lock". Numbers of messages are not
// moved up after one is deleted: somebody may have the box open at their telephone, and Asterisk does it itself when it
// opens a box. Everything happens below DIR (os.Root): names and links that lead elsewhere do not.
//
// Telephones learn of a change when Asterisk counts the box anew ([team.RefreshMailbox]).
package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"strings"
	"sync"

	"svara/phone"
	"svara/phone/team"
)

// Spool is a spool folder. It implements [team.Voicebox].
type Spool struct {
	dir  string
	root *os.Root
	log  *slog.Logger
	mu   sync.Mutex // one change at a time
}

var _ team.Voicebox = (*Spool)(nil)

// Open opens a spool folder, "/var/spool/asterisk/voicemail". A nil log is none.
func Open(dir string, log *slog.Logger) (*Spool, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the voicemail spool: %w", err)
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Spool{dir: dir, root: root, log: log.With("room", "spool")}, nil
}

// Close closes it. Run must have ended.
func (s *Spool) Close() error { return s.root.Close() }

// plain reports whether a name is one folder's and no way to another.
func plain(name string) bool {
	return name != "" && len(name) < 80 && strings.Trim(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-+*#") == ""
}

// folder is a box's folder: that of "2101@default" is "default/2101".
func (s *Spool) folder(box string) (string, error) {
	dir, err := s.place(box)
	if err != nil {
		return "", err
	}
	if info, err := s.root.Stat(dir); err != nil || !info.IsDir() {
		return "", phone.Refuse(phone.ReasonNoMailbox, box)
	}
	return dir, nil
}

// place is where a box's folder is, or would be.
func (s *Spool) place(box string) (string, error) {
	name, where, ok := strings.Cut(box, "@")
	if !ok {
		where = "default"
	}
	if !plain(name) || !plain(where) {
		return "", phone.Refuse(phone.ReasonNoMailbox, box)
	}
	return path.Join(where, name), nil
}

// fault is the refusal for what the disk said.
func fault(doing string, err error) error {
	var refused *phone.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return phone.Refuse(phone.ReasonNoMessage, "")
	}
	return phone.Refuse(phone.ReasonBadFile, fmt.Sprintf("%s: %v", doing, err))
}

// Open implements [team.Voicebox].
func (s *Spool) Open(box, id string) (io.ReadCloser, error) {
	dir, err := s.folder(box)
	if err != nil {
		return nil, err
	}
	m, err := s.find(dir, box, id)
	if err != nil {
		return nil, err
	}
	return s.sound(m.sound)
}

// sound opens a file that must be one.
func (s *Spool) sound(name string) (io.ReadCloser, error) {
	if name == "" {
		return nil, phone.Refuse(phone.ReasonBadSound, "")
	}
	if info, err := s.root.Lstat(name); err != nil {
		return nil, fault("open a sound", err)
	} else if !info.Mode().IsRegular() {
		return nil, phone.Refuse(phone.ReasonBadSound, "")
	}
	f, err := s.root.Open(name)
	if err != nil {
		return nil, fault("open a sound", err)
	}
	return f, nil
}

// Delete implements [team.Voicebox].
func (s *Spool) Delete(box, id string) error {
	return s.change(box, id, func(m stored) error {
		// The sound last: app_voicemail takes a message for one as long as its .txt is there.
		names, err := s.parts(m)
		if err != nil {
			return err
		}
		for _, n := range names {
			if err := s.root.Remove(n); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	})
}

// Mark implements [team.Voicebox].
func (s *Spool) Mark(box, id string, old bool) error {
	return s.change(box, id, func(m stored) error {
		to := "INBOX"
		if old {
			to = "Old"
		}
		if m.Old == old {
			return nil
		}
		return s.move(m, path.Join(path.Dir(m.dir), to))
	})
}

// change does something to a message while its folder is locked.
func (s *Spool) change(box, id string, do func(stored) error) error {
	dir, err := s.folder(box)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.find(dir, box, id)
	if err != nil {
		return err
	}
	unlock, err := s.lock(m.dir)
	if err != nil {
		return err
	}
	defer unlock()
	// Asterisk may have moved it before the lock was ours.
	again, err := s.find(dir, box, id)
	if err != nil {
		return err
	}
	if again.dir != m.dir {
		return phone.Refuse(phone.ReasonNotConfirmed, "")
	}
	return fault("change a message", do(again))
}

// move gives a message the next number of another folder, which is locked meanwhile.
func (s *Spool) move(m stored, to string) error {
	if err := s.root.Mkdir(to, 0o770); err == nil {
		s.own(to)
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	unlock, err := s.lock(to)
	if err != nil {
		return err
	}
	defer unlock()
	names, err := s.parts(m)
	if err != nil {
		return err
	}
	next, err := s.next(to)
	if err != nil {
		return err
	}
	// The .txt last here, so that there is no message without sound.
	for i := len(names) - 1; i >= 0; i-- {
		if err := s.root.Rename(names[i], path.Join(to, fmt.Sprintf("msg%04d%s", next, path.Ext(names[i])))); err != nil {
			return err
		}
	}
	return nil
}
