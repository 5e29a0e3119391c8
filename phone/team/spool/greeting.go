package spool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"

	"svara/phone"
	"svara/phone/team"
)

// greetings are Asterisk's names of greetings.
var greetings = map[team.Greeting]string{
	team.GreetingUnavailable: "unavail", team.GreetingBusy: "busy", team.GreetingName: "greet", team.GreetingTemporary: "temp",
}

// greeting is the name of a greeting's file in a box, without its extension.
func (s *Spool) greeting(box string, kind team.Greeting) (string, error) {
	dir, err := s.place(box)
	if err != nil {
		return "", err
	}
	name, ok := greetings[kind]
	if !ok {
		return "", phone.Refuse(phone.ReasonBadItem, string(kind))
	}
	return path.Join(dir, name), nil
}

// Greetings implements [team.Voicebox].
func (s *Spool) Greetings(box string) ([]team.GreetingTold, error) {
	var out []team.GreetingTold
	for _, kind := range []team.Greeting{team.GreetingUnavailable, team.GreetingBusy, team.GreetingName, team.GreetingTemporary} {
		name, err := s.greeting(box, kind)
		if err != nil {
			return nil, err
		}
		for _, f := range formats {
			info, err := s.root.Lstat(name + f.ext)
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			told := team.GreetingTold{Kind: kind, Type: f.kind}
			if f.ext == ".wav" { // 8 kHz, 16 bit
				told.LengthS = int((info.Size() - 44 + 8000) / 16000)
			}
			out = append(out, told)
			break
		}
	}
	return out, nil
}

// Greeting implements [team.Voicebox].
func (s *Spool) Greeting(box string, kind team.Greeting) (io.ReadCloser, error) {
	name, err := s.greeting(box, kind)
	if err != nil {
		return nil, err
	}
	for _, f := range formats {
		r, err := s.sound(name + f.ext)
		if err == nil || phone.ReasonOf(err).ID != phone.ReasonNoMessage {
			return r, err
		}
	}
	return nil, phone.Refuse(phone.ReasonNoMessage, "")
}

// PutGreeting implements [team.Voicebox]. The new one is there whole or not at all.
func (s *Spool) PutGreeting(box string, kind team.Greeting, sound io.Reader) error {
	name, err := s.greeting(box, kind)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(sound, team.MaxGreeting+1))
	if err != nil {
		return phone.Refuse(phone.ReasonBadSound, err.Error())
	}
	if int64(len(b)) > team.MaxGreeting {
		return phone.Refuse(phone.ReasonTooLarge, "")
	}
	if err := checkWAV(b); err != nil {
		return phone.Refuse(phone.ReasonBadSound, err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.make(path.Dir(name)); err != nil {
		return fault("make a mailbox", err)
	}
	part := path.Join(path.Dir(name), fmt.Sprintf(".greeting-%08x", rand.Uint32()))
	if err := s.write(part, b); err != nil {
		_ = s.root.Remove(part)
		return fault("write a greeting", err)
	}
	if err := s.root.Rename(part, name+".wav"); err != nil {
		_ = s.root.Remove(part)
		return fault("write a greeting", err)
	}
	return s.dropGreeting(name, ".wav") // in other formats it would still be the old one
}

// make makes the folder of a box that has had no message yet.
func (s *Spool) make(dir string) error {
	for _, d := range []string{path.Dir(dir), dir} {
		if err := s.root.Mkdir(d, 0o770); err == nil {
			s.own(d)
		} else if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

func (s *Spool) write(name string, b []byte) error {
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o660)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	s.own(name)
	return err
}

// own gives what we have made to whom the folder belongs, where we may: Asterisk must be able to change it.
func (s *Spool) own(name string) {
	if uid, gid, ok := s.owner(path.Dir(name)); ok {
		if err := s.root.Chown(name, uid, gid); err != nil {
			s.log.Warn("a file of the mailbox is not Asterisk's", "file", name, "err", err)
		}
	}
}

// DeleteGreeting implements [team.Voicebox].
func (s *Spool) DeleteGreeting(box string, kind team.Greeting) error {
	name, err := s.greeting(box, kind)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropGreeting(name, "")
}

func (s *Spool) dropGreeting(name, keep string) error {
	for _, f := range formats {
		if f.ext == keep {
			continue
		}
		if err := s.root.Remove(name + f.ext); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault("delete a greeting", err)
		}
	}
	return nil
}

// checkWAV reports whether a file is what Asterisk's "wav" format reads: PCM, mono, 16 bit, 8 kHz.
func checkWAV(b []byte) error {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return errors.New("no WAV file")
	}
	known := false
	for at := 12; at+8 <= len(b); {
		id, size := string(b[at:at+4]), int64(binary.LittleEndian.Uint32(b[at+4:]))
		body := b[at+8:]
		if size > int64(len(body)) {
			return errors.New("it is cut")
		}
		body = body[:size]
		switch id {
		case "fmt ":
			var f struct {
				Format, Channels uint16
				Rate, Bytes      uint32
				Block, Bits      uint16
			}
			if err := binary.Read(bytes.NewReader(body), binary.LittleEndian, &f); err != nil {
				return errors.New("no format")
			}
			if f.Format != 1 || f.Channels != 1 || f.Rate != 8000 || f.Bits != 16 {
				return fmt.Errorf("format %d, %d channels, %d Hz, %d bit", f.Format, f.Channels, f.Rate, f.Bits)
			}
			known = true
		case "data":
			if !known || size == 0 {
				return errors.New("no sound")
			}
			return nil
		}
		at += 8 + int(size+size%2)
	}
	return errors.New("no sound")
}
