package store

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"svara/phone"
)

const nobody = 65534

// asOtherUser makes a command run as a user whom permissions stop. Root, whom nothing stops, becomes nobody.
func asOtherUser(t *testing.T, c *exec.Cmd, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true}}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Chown(path, nobody, nobody)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDiskFull mounts a small disk of its own, in a mount namespace that only the child sees, and fills it.
func TestDiskFull(t *testing.T) {
	c := child(t.Context(), os.Args[0], "disk-full", t.TempDir())
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	if err != nil && (len(out) == 0 || strings.Contains(string(out), "mount: ")) {
		missing(t, fmt.Sprintf("mount namespaces: %v %s", err, out))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func childDiskFull(dir string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""); err != nil {
		return fmt.Errorf("mount: private: %w", err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m,mode=0700"); err != nil {
		return fmt.Errorf("mount: tmpfs: %w", err)
	}
	ctx := context.Background()
	s, faults, err := Open(ctx, dir, quiet())
	if err != nil || len(faults) != 0 {
		return fmt.Errorf("open on an empty disk: %w, %v", err, faults)
	}
	if err := s.PutAccount(ctx, alice()); err != nil {
		return err
	}
	if err := s.PutSetting(ctx, phone.KeyLanguage, "sv"); err != nil {
		return err
	}
	if err := fillDisk(dir, 64<<10); err != nil {
		return err
	}

	// Full while it runs: told, what was saved stays, reading goes on.
	stored := 0
	for err = nil; err == nil && stored < 100_000; stored++ {
		_, err = s.AddHistory(ctx, entry("Anna", "1", phone.OutcomeMissed))
	}
	stored--
	if reason := phone.ReasonOf(err); reason.ID != phone.ReasonStoreFailed {
		return fmt.Errorf("a full disk is told as %+v", reason)
	}
	fmt.Println("told while running:", phone.ReasonOf(err).Text, "after", stored, "entries")
	all, err := s.History(ctx, phone.HistoryQuery{Limit: 5000})
	if err != nil || len(all) != stored {
		return fmt.Errorf("%d entries of %d, %w", len(all), stored, err)
	}
	// An import that finds no room is told too, and leaves nothing behind.
	var many []phone.Person
	for i, e := range crowd(2000) {
		e.Person.ID = phone.PersonOf(phone.OwnBook, fmt.Sprint(i))
		many = append(many, e.Person)
	}
	err = s.PutPeople(ctx, many)
	if reason := phone.ReasonOf(err); reason.ID != phone.ReasonStoreFailed || !strings.Contains(reason.Text, "full") {
		return fmt.Errorf("an import on a full disk is told as %+v", reason)
	}
	fmt.Println("told of an import:", phone.ReasonOf(err).Text)
	if st, err := s.PeopleState(ctx); err != nil || st.Count != 0 {
		return fmt.Errorf("%d people of an import that failed, %w", st.Count, err)
	}
	if r, err := s.Search(ctx, phone.SearchQuery{Text: "anna"}); err != nil || len(r.Hits) != 0 {
		return fmt.Errorf("%d found of an import that failed, %w", len(r.Hits), err)
	}
	// Room again: it goes on by itself.
	if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
		return err
	}
	if _, err := s.AddHistory(ctx, entry("Anna", "1", phone.OutcomeMissed)); err != nil {
		return fmt.Errorf("after room was made: %w", err)
	}
	stored += 2 // with the one that had no room
	if all, err = s.History(ctx, phone.HistoryQuery{Limit: 5000}); err != nil || len(all) != stored {
		return fmt.Errorf("%d entries of %d after room was made, %w", len(all), stored, err)
	}
	if err := s.Close(); err != nil {
		return err
	}
	// Full to the last byte at the start: in memory, with everything that was there.
	if err := fillDisk(dir, 0); err != nil {
		return err
	}
	if err := openFaulty(dir, 1, stored); err != nil {
		return fmt.Errorf("start on a full disk: %w", err)
	}
	if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
		return err
	}
	s, faults, err = Open(ctx, dir, quiet())
	if err != nil || len(faults) != 0 {
		return fmt.Errorf("start with room again: %w, %v", err, faults)
	}
	defer func() { _ = s.Close() }()
	if all, err = s.History(ctx, phone.HistoryQuery{Limit: 5000}); err != nil || len(all) != stored {
		return fmt.Errorf("%d entries of %d in the end, %w", len(all), stored, err)
	}
	return nil
}

// fillDisk leaves room for about spare bytes.
func fillDisk(dir string, spare int) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return err
	}
	n := int(st.Bavail)*int(st.Bsize) - spare
	return os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, max(0, n)), 0o600)
}
