package voicemail

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// cache is the folder with the sounds that were fetched, each under the name that cacheName gives it and an ending that
// says what it is. What is longest not used goes when there is too much.
type cache struct {
	dir   string
	limit int64
	log   *slog.Logger

	mu    sync.Mutex
	files map[string]*cached // by name without ending
}

type cached struct {
	path string
	size int64
	used time.Time
}

// unfinished begins the names of files that are being written.
const unfinished = ".new-"

// cacheName is the name of a message's sound.
func cacheName(box string, validity, uid uint32) string {
	return fmt.Sprintf("%s,%d,%d", fileName(box), validity, uid)
}

// openCache takes what an earlier run left in the folder.
func openCache(dir string, limit int64, log *slog.Logger) *cache {
	c := &cache{dir: dir, limit: limit, log: log, files: map[string]*cached{}}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		log.Warn("read fetched messages", "err", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), unfinished) {
			c.remove(path)
			continue
		}
		name := strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))
		if strings.Count(name, ",") == 2 {
			c.files[name] = &cached{path, info.Size(), info.ModTime()}
		}
	}
	return c
}

func (c *cache) remove(path string) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		c.log.Warn("remove fetched message", "err", err)
	}
}

// have is the file of a message's sound, when there is one.
func (c *cache) have(name string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.files[name]
	if f == nil {
		return "", false
	}
	if _, err := os.Stat(f.path); err != nil {
		delete(c.files, name)
		return "", false
	}
	f.used = time.Now()
	_ = os.Chtimes(f.path, f.used, f.used) // for the next run; without it the order is a little wrong
	return f.path, true
}

// create begins a file in the folder, for the user alone.
func (c *cache) create() (*os.File, error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, fmt.Errorf("keep message: %w", err)
	}
	f, err := os.CreateTemp(c.dir, unfinished) // 0600
	if err != nil {
		return nil, fmt.Errorf("keep message: %w", err)
	}
	return f, nil
}

// put takes a finished file under a message's name.
func (c *cache) put(name, ending, from string, size int64) (string, error) {
	path := filepath.Join(c.dir, name+ending)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := os.Rename(from, path); err != nil {
		return "", fmt.Errorf("keep message: %w", err)
	}
	c.files[name] = &cached{path, size, time.Now()}
	c.shrink(name)
	return path, nil
}

// shrink removes what is longest not used until the rest is within the limit, but not the one named.
func (c *cache) shrink(not string) {
	total := int64(0)
	var names []string
	for n, f := range c.files {
		total += f.size
		if n != not {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(c.files[a].used.Compare(c.files[b].used), strings.Compare(a, b))
	})
	for _, n := range names {
		if total <= c.limit {
			return
		}
		total -= c.files[n].size
		c.remove(c.files[n].path)
		delete(c.files, n)
	}
}

// keep removes the sounds of a box but those named.
func (c *cache) keep(box string, names map[string]bool) {
	c.drop(func(name string) bool {
		owner, _, _ := strings.Cut(name, ",")
		return owner == fileName(box) && !names[name]
	})
}

// keepBoxes removes the sounds of all boxes but those named.
func (c *cache) keepBoxes(boxes []string) {
	c.drop(func(name string) bool {
		owner, _, _ := strings.Cut(name, ",")
		return !slices.ContainsFunc(boxes, func(b string) bool { return fileName(b) == owner })
	})
}

func (c *cache) drop(which func(name string) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, f := range c.files {
		if which(name) {
			c.remove(f.path)
			delete(c.files, name)
		}
	}
}
