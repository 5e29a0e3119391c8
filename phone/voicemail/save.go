package voicemail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"

	"svara/phone"
)

// wsaFull are Windows' numbers for a full disk.
const wsaFull, wsaFullHandle = syscall.Errno(112), syscall.Errno(39)

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, wsaFull) && os.PathSeparator == '\\' || errors.Is(err, wsaFullHandle) && os.PathSeparator == '\\'
}

// SaveVoiceMessage implements phone.Voicemail. It never writes over a file: where there is one of the name, the new one
// gets a number.
func (s *Service) SaveVoiceMessage(ctx context.Context, id, path string) (string, error) {
	b, uid, err := s.message(id)
	if err != nil {
		return "", err
	}
	from, _, err := s.fetched(ctx, id) // also one that cannot be played here: somebody else can
	if err != nil {
		return "", err
	}
	in, err := os.Open(from)
	if err != nil {
		return "", onDisk(fmt.Errorf("save message: %w", err))
	}
	defer in.Close()
	s.mu.Lock()
	m := b.messages[uid]
	if m == nil {
		s.mu.Unlock()
		return "", phone.Refuse(phone.ReasonNoMessage, "")
	}
	what := m.VoiceMessage
	s.mu.Unlock()
	return save(what, in, filepath.Ext(from), path)
}

// save writes the sound of a message to a file; a folder gets a name made from caller and time, with an ending such as
// ".wav". It never writes over a file.
func save(m phone.VoiceMessage, sound io.Reader, ending, path string) (string, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, saveName(m)+ending)
	} else if filepath.Ext(path) == "" {
		path += ending
	}
	return copyNew(sound, path)
}

// saveName is the name of a file for a message, without ending: who, and when by the local clock.
func saveName(m phone.VoiceMessage) string {
	when := m.Received.Local().Format("2006-01-02 15.04")
	who := fileName(m.From.Label())
	if who == "" {
		return when
	}
	return who + " " + when
}

// fileName makes a name fit for a file on any system: letters, digits and a little else, at most 80 letters.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), strings.ContainsRune(" +-_.()", r):
			return r
		}
		return '_'
	}, clean(s, 80))
	s = strings.Trim(s, " .")
	if len(s) > 160 { // of the 255 bytes that names may have
		s = strings.ToValidUTF8(s[:160], "")
	}
	return s
}

// copyNew copies a sound to a file that is not there yet.
func copyNew(in io.Reader, to string) (string, error) {
	ending := filepath.Ext(to)
	stem := strings.TrimSuffix(to, ending)
	for n := 2; ; n++ {
		out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) && n < 1000 {
			to = fmt.Sprintf("%s (%d)%s", stem, n, ending)
			continue
		}
		if err != nil {
			return "", onDisk(fmt.Errorf("save message: %w", err))
		}
		_, err = io.Copy(out, in)
		if err = errors.Join(err, out.Close()); err != nil {
			_ = os.Remove(to)
			return "", onDisk(fmt.Errorf("save message: %w", err))
		}
		return to, nil
	}
}
