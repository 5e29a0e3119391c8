package spool

import (
	"bufio"
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// stored is a message and where it lies.
type stored struct {
	team.VoiceMessage
	dir   string // "default/2101/INBOX"
	stem  string // "msg0000"
	sound string // of it; empty when there is none that is known
}

// folders are where messages lie that people have not put away.
var folders = []struct {
	name        string
	old, urgent bool
}{{"INBOX", false, false}, {"Urgent", false, true}, {"Old", true, false}}

// formats are Asterisk's names of sounds, the best first.
var formats = []struct{ ext, kind string }{
	{".wav", "audio/wav"}, {".wav16", "audio/wav"}, {".WAV", "audio/x-wav;codec=gsm"}, {".gsm", "audio/x-gsm"}, {".ogg", "audio/ogg"},
	{".ulaw", "audio/basic"}, {".alaw", "audio/x-alaw-basic"},
}

// maxInfo is how long a .txt may be; app_voicemail's has some 300 bytes.
const maxInfo = 16 << 10

// Messages implements [team.Voicebox].
func (s *Spool) Messages(box string) ([]team.VoiceMessage, error) {
	dir, err := s.folder(box)
	if err != nil {
		return nil, err
	}
	all, err := s.list(dir, box)
	if err != nil {
		return nil, err
	}
	out := make([]team.VoiceMessage, len(all))
	for i, m := range all {
		out[i] = m.VoiceMessage
	}
	slices.SortStableFunc(out, func(a, b team.VoiceMessage) int {
		return cmp.Or(a.Received.Compare(b.Received), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

func (s *Spool) find(dir, box, id string) (stored, error) {
	all, err := s.list(dir, box)
	if err != nil {
		return stored{}, err
	}
	for _, m := range all {
		if m.ID == id {
			return m, nil
		}
	}
	return stored{}, phone.Refuse(phone.ReasonNoMessage, "")
}

// list reads all messages of a box. One that goes while it is read is left out.
func (s *Spool) list(dir, box string) ([]stored, error) {
	var out []stored
	for _, f := range folders {
		in := path.Join(dir, f.name)
		names, err := s.names(in)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			stem, ok := strings.CutSuffix(n, ".txt")
			if !ok || !isMessage(stem) {
				continue
			}
			m := stored{dir: in, stem: stem, VoiceMessage: team.VoiceMessage{Box: box, Old: f.old, Urgent: f.urgent}}
			if s.read(&m) == nil {
				s.hear(&m, names)
				out = append(out, m)
			}
		}
	}
	return out, nil
}

// names is what is in a folder, in order; nothing when there is none.
func (s *Spool) names(dir string) ([]string, error) {
	entries, err := fs.ReadDir(s.root.FS(), dir)
	if err != nil {
		if _, gone := s.root.Stat(dir); gone != nil {
			return nil, nil
		}
		return nil, fault("read a mailbox", err)
	}
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.Name()
	}
	return out, nil
}

func isMessage(stem string) bool {
	n, ok := strings.CutPrefix(stem, "msg")
	return ok && len(n) >= 4 && len(n) <= 9 && strings.Trim(n, "0123456789") == ""
}

// read reads a message's .txt.
func (s *Spool) read(m *stored) error {
	name := path.Join(m.dir, m.stem+".txt")
	if info, err := s.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file: %w", name, fs.ErrNotExist)
	}
	f, err := s.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := fnv.New64a()
	in := bufio.NewScanner(io.TeeReader(io.LimitReader(f, maxInfo), h))
	id := ""
	for in.Scan() {
		key, value, ok := strings.Cut(in.Text(), "=")
		if !ok {
			continue
		}
		switch key {
		case "callerid":
			m.From = caller(value)
		case "origtime":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil && n > 0 && n < 1<<40 {
				m.Received = time.Unix(n, 0).UTC()
			}
		case "duration":
			if n, err := strconv.Atoi(value); err == nil && n >= 0 && n < 1<<20 {
				m.Duration = time.Duration(n) * time.Second
			}
		case "msg_id":
			id = value
		case "flag":
			m.Urgent = m.Urgent || value == "Urgent"
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	if m.ID = id; !plain(id) { // Asterisk 11 and before have none; a file is not changed while it is moved
		m.ID = "h" + strconv.FormatUint(h.Sum64(), 16)
	}
	return nil
}

// caller reads a caller: "Anna Berg" <0701234567>, or a number alone, or Unknown.
func caller(s string) phone.Party {
	name, rest, ok := strings.Cut(s, "<")
	if !ok {
		if s = strings.TrimSpace(s); s == "Unknown" {
			s = ""
		}
		return phone.Party{Number: s}
	}
	number, _, _ := strings.Cut(rest, ">")
	return phone.Party{Name: strings.Trim(strings.TrimSpace(name), `"`), Number: number}
}

// hear finds a message's sound among the names of its folder.
func (s *Spool) hear(m *stored, names []string) {
	for _, f := range formats {
		if _, there := slices.BinarySearch(names, m.stem+f.ext); !there {
			continue
		}
		name := path.Join(m.dir, m.stem+f.ext)
		if info, err := s.root.Lstat(name); err == nil && info.Mode().IsRegular() {
			m.sound, m.Size, m.Type = name, info.Size(), f.kind
			return
		}
	}
}

// parts is a message's files, the .txt first.
func (s *Spool) parts(m stored) ([]string, error) {
	names, err := s.names(m.dir)
	if err != nil {
		return nil, err
	}
	out := []string{path.Join(m.dir, m.stem+".txt")}
	for _, n := range names {
		if strings.HasPrefix(n, m.stem+".") && n != m.stem+".txt" {
			out = append(out, path.Join(m.dir, n))
		}
	}
	return out, nil
}

// next is the number after the last message of a folder.
func (s *Spool) next(dir string) (int, error) {
	names, err := s.names(dir)
	next := 0
	for _, n := range names {
		stem, _, _ := strings.Cut(n, ".")
		if !isMessage(stem) {
			continue
		}
		if i, err := strconv.Atoi(stem[3:]); err == nil {
			next = max(next, i+1)
		}
	}
	return next, err
}
