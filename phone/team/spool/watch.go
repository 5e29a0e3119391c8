package spool

import (
	"context"
	"fmt"
	"hash/fnv"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// How long after the first sign of a change a box is looked at, since a message is several files; and how often all are,
// in case a sign was missed.
const (
	settle    = 150 * time.Millisecond
	lookAgain = time.Minute
)

// Run implements [team.Voicebox].
func (s *Spool) Run(ctx context.Context, sink func(box string)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch the voicemail spool: %w", err)
	}
	defer w.Close()
	seen := map[string]uint64{}  // by box: what was there
	watched := map[string]bool{} // folders
	s.lookAll(w, watched, seen, sink)
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	soon := time.NewTimer(time.Hour)
	soon.Stop()
	soonSet := false
	expect := func() {
		if !soonSet { // many signs are looked at together, and none is put off for ever
			soonSet = true
			soon.Reset(settle)
		}
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, open := <-w.Events:
			if !open {
				return fmt.Errorf("watch the voicemail spool: %w", fsnotify.ErrClosed)
			}
			expect()
		case err, open := <-w.Errors:
			if open {
				s.log.Warn("signs of changes may have been missed", "err", err)
			}
			expect()
		case <-soon.C:
			soonSet = false
			s.lookAll(w, watched, seen, sink)
		case <-again.C:
			s.lookAll(w, watched, seen, sink)
		}
	}
}

// lookAll looks at every box and tells those that are not as they were.
func (s *Spool) lookAll(w *fsnotify.Watcher, watched map[string]bool, seen map[string]uint64, sink func(string)) {
	watch := func(dir string) {
		if !watched[dir] && w.Add(filepath.Join(s.dir, filepath.FromSlash(dir))) == nil {
			watched[dir] = true
		}
	}
	watch(".")
	there := map[string]bool{}
	contexts, err := s.names(".")
	if err != nil {
		s.log.Warn("the spool cannot be read", "err", err)
		return
	}
	for _, context := range contexts {
		if !plain(context) {
			continue
		}
		boxes, err := s.names(context)
		if err != nil {
			continue
		}
		watch(context)
		for _, box := range boxes {
			id := box + "@" + context
			dir, err := s.folder(id)
			if err != nil {
				continue
			}
			there[id] = true
			watch(dir)
			for _, f := range folders {
				if names, err := s.names(dir + "/" + f.name); err == nil && names != nil {
					watch(dir + "/" + f.name)
				}
			}
			if h := s.sign(dir); h != seen[id] {
				seen[id] = h
				sink(id)
			}
		}
	}
	for id := range seen {
		if !there[id] {
			delete(seen, id)
			sink(id)
		}
	}
	for dir := range watched { // one that is gone can come back
		if _, err := s.root.Stat(dir); err != nil {
			delete(watched, dir)
			_ = w.Remove(filepath.Join(s.dir, filepath.FromSlash(dir))) // it may be gone already
		}
	}
}

// sign tells one state of a box from another: names, sizes and times of its messages and greetings.
func (s *Spool) sign(dir string) uint64 {
	h := fnv.New64a()
	for _, f := range append([]string{""}, "INBOX", "Urgent", "Old") {
		in := strings.TrimSuffix(dir+"/"+f, "/")
		names, err := s.names(in)
		if err != nil {
			continue
		}
		for _, n := range names {
			if strings.HasPrefix(n, ".") || f == "" && n == "tmp" {
				continue
			}
			if info, err := s.root.Lstat(in + "/" + n); err == nil && info.Mode().IsRegular() {
				fmt.Fprintln(h, f, n, info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	return h.Sum64()
}
