package directory

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"svara/phone"
)

// fileLimit is the largest file read.
const fileLimit = 1 << 30

// readPeople reads the people in a file of vCards or a table, told from its content.
func readPeople(name string, each func(person) error, bad func(line int, why string)) error {
	f, err := os.Open(name)
	if err != nil {
		return phone.Refuse(phone.ReasonBadFile, plain(withoutPath(err)))
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return phone.Refuse(phone.ReasonBadFile, plain(err.Error()))
	case info.IsDir():
		return phone.Refuse(phone.ReasonBadFile, "it is a folder")
	case info.Size() > fileLimit:
		return phone.Refuse(phone.ReasonBadFile, "it is larger than 1 GB")
	}
	in := open8(f)
	head, _ := in.Peek(4096) // a shorter file has less
	var read error
	if isCards(head) {
		read = readCards(in, each, bad)
	} else {
		read = readTable(in, each, bad)
	}
	if errors.Is(read, errLongLine) || errors.Is(read, errNoTable) {
		return phone.Refuse(phone.ReasonBadFile, plain(read.Error()))
	}
	return read
}

// withoutPath is why a file cannot be opened, without its path.
func withoutPath(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// isCards reports whether a file begins with a card.
func isCards(head []byte) bool {
	return bytes.HasPrefix(bytes.ToUpper(bytes.TrimSpace(head)), []byte("BEGIN:VCARD"))
}

// readFile reads the whole file. Entries that have not changed are told from their content.
func readFile(ctx context.Context, r *reading) error {
	r.whole, r.next = true, fileStamp(r.book.Address)
	used := map[string]int{}
	return readPeople(r.book.Address, func(p person) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		key := fileKey(p)
		if used[key]++; used[key] > 1 {
			key += "#" + strconv.Itoa(used[key])
		}
		return r.put(ctx, phone.BookEntry{Key: key, Person: p.Person, Photo: p.photo})
	}, func(line int, why string) {
		r.note("an entry of the address book cannot be read", "line", line, "why", why)
	})
}

// unchanged reports whether a file lies as it did when it was last read to its end, and how many people it has then: it has
// nothing new to say, and a large one takes seconds.
func (w *worker) unchanged(ctx context.Context) (count int, same bool) {
	token, err := w.s.o.Store.BookToken(ctx, w.book.ID)
	stamp := fileStamp(w.book.Address)
	if err != nil || stamp == "" || token != (&reading{book: w.book}).form()+" "+stamp {
		return 0, false
	}
	count, err = w.s.o.Store.BookCount(ctx, w.book.ID)
	return count, err == nil
}

// fileStamp tells a file from what it was and will be; empty for one that cannot be told.
func fileStamp(name string) string {
	info, err := os.Stat(name)
	if err != nil || info.IsDir() {
		return ""
	}
	return fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())
}

// fileKey is what an entry is known by from one reading to the next: its UID, else its name and company, which change
// more seldom than its numbers.
func fileKey(p person) string {
	if p.uid != "" {
		return cut(p.uid, textLimit)
	}
	if p.Name != "" {
		return strings.ToLower(p.Name + "|" + p.Company)
	}
	return strings.ToLower(p.Label())
}

// settle is how long a file must lie still before it is read: programs write in several steps.
const settle = 300 * time.Millisecond

// watch is told when the book's file changes; nil for books that are no files. The folder is watched, because programs
// replace a file by another of the same name. Where nothing can be watched, the book is read as often as it says.
func (w *worker) watch() <-chan struct{} {
	if w.book.Kind != phone.BookFile {
		return nil
	}
	name, err := filepath.Abs(w.book.Address)
	if err != nil {
		return nil
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		w.s.o.Log.Info("changes of a file cannot be watched", "book", w.book.ID, "err", err)
		return nil
	}
	if err := watcher.Add(filepath.Dir(name)); err != nil {
		_ = watcher.Close()
		w.s.o.Log.Info("changes of a file cannot be watched", "book", w.book.ID, "err", err)
		return nil
	}
	changed := make(chan struct{}, 1)
	w.aside.Go(func() {
		defer watcher.Close()
		still := time.NewTimer(time.Hour)
		still.Stop()
		for {
			select {
			case e, ok := <-watcher.Events:
				if !ok {
					return
				}
				if filepath.Clean(e.Name) == name && !e.Op.Has(fsnotify.Chmod) {
					still.Reset(settle)
				}
			case _, ok := <-watcher.Errors: // lost events: the next change or the clock brings the file
				if !ok {
					return
				}
			case <-still.C:
				signal(changed)
			case <-w.ctx.Done():
				return
			}
		}
	})
	return changed
}

// writeWhole writes a file so that there is the old one or the whole new one under its name, never a part.
func writeWhole(name string, write func(io.Writer) error) error {
	part, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return phone.Refuse(phone.ReasonBadFile, plain(withoutPath(err)))
	}
	defer os.Remove(part.Name()) // gone already when all went well
	out := bufio.NewWriter(part)
	err = errors.Join(write(out), out.Flush(), part.Sync(), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		return phone.Refuse(phone.ReasonBadFile, plain(fmt.Sprintf("write: %v", withoutPath(err))))
	}
	return nil
}
