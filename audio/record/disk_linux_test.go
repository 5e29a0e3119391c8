package record

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"svara/audio"
	"svara/audio/audiotest"
)

// ownDisk tells a test, run again as its own child, that it may mount what it likes.
const ownDisk = "SVARA_RECORD_DISK"

// smallDisk runs the test once more where it has a disk of its own of so many bytes, and gives its folder there; where
// it gives nothing, the test has been run.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	if os.Getenv(ownDisk) == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(self, "-test.v", "-test.run=^"+t.Name()+"$")
		c.Env = append(os.Environ(), ownDisk+"=1")
		c.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
		}
		text, err := c.CombinedOutput()
		t.Logf("in a place of its own:\n%s", text)
		if errors.Is(err, syscall.EPERM) {
			t.Skip("this system lets nobody have a disk of his own: ", err)
		}
		if err != nil {
			t.Error(err)
		}
		return ""
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestDiskFull(t *testing.T) {
	dir := smallDisk(t, "160k")
	if dir == "" {
		return
	}
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			type failure struct {
				at  time.Time
				err error
			}
			failed := make(chan failure, 10)
			path := filepath.Join(dir, f.name)
			r, err := Start(Config{Path: path, Opus: f.opus, Stereo: f.stereo, Failed: func(err error) { failed <- failure{time.Now(), err} }})
			if err != nil {
				t.Fatal(err)
			}
			tone := audiotest.Tone(40*audio.Rate, 500)
			begun := time.Now()
			r.feed(t, tone, tone)
			told := <-failed
			if !errors.Is(told.err, syscall.ENOSPC) {
				t.Errorf("told %v", told.err)
			}
			if f.name == "wav-stereo" && told.at.Sub(begun) > 500*time.Millisecond { // there is room for 0.8 s, taken in no time
				t.Errorf("told after %v", told.at.Sub(begun))
			}
			r.Tap(tone[:480], tone[:480])
			result, err := r.Stop()
			if !errors.Is(err, syscall.ENOSPC) || len(failed) != 0 {
				t.Errorf("stopped with %v, told %d times more", err, len(failed))
			}
			least := 140 << 10
			info, _ := os.Stat(path)
			if info.Size() != result.Bytes || info.Size() < int64(least) {
				t.Errorf("%d bytes, told %d", info.Size(), result.Bytes)
			}
			pcm := play(t, path)
			if length(pcm) != result.Duration || result.Duration < 500*time.Millisecond {
				t.Errorf("played %v, told %v", length(pcm), result.Duration)
			}
			left, _ := sides(t, path)
			if length(left) != result.Duration {
				t.Errorf("by others it is %v, told %v", length(left), result.Duration)
			}
			if again, err := Repair(path); err != nil || again.Bytes != result.Bytes || again.Duration != result.Duration {
				t.Errorf("mended %+v, %v; it was in order with %+v", again, err, result)
			}

			// To begin where there is no room says so, and leaves nothing behind.
			rest, _ := os.Create(filepath.Join(dir, "rest"))
			for n := 1 << 12; n > 0; n /= 2 {
				for {
					if _, err := rest.Write(make([]byte, n)); err != nil {
						break
					}
				}
			}
			if _, err := Start(Config{Path: filepath.Join(dir, "more", "second"), Opus: f.opus}); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("begun on a full disk: %v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "more", "second")); err == nil {
				t.Error("and left a file there")
			}
			for _, err := range []error{rest.Close(), os.Remove(rest.Name()), os.Remove(path), os.RemoveAll(filepath.Join(dir, "more"))} {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t, "160k")
	if dir == "" {
		return
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"a.wav", "new/a.wav"} {
		if _, err := Start(Config{Path: filepath.Join(dir, path)}); !errors.Is(err, syscall.EROFS) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A limit for the user ends it like a full disk does: the file is whole.
func TestFileSizeLimit(t *testing.T) {
	if os.Getenv(ownDisk) == "" {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command("sh", "-c", `trap "" XFSZ; ulimit -f 200; exec "$0" -test.v -test.run='^TestFileSizeLimit$'`, self)
		c.Env = append(os.Environ(), ownDisk+"=1")
		if text, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
		return
	}
	for _, f := range formats {
		path := filepath.Join(t.TempDir(), "a")
		failed := make(chan error, 10)
		r, err := Start(Config{Path: path, Opus: f.opus, Stereo: f.stereo, Failed: func(err error) { failed <- err }})
		if err != nil {
			t.Fatal(err)
		}
		tone := audiotest.Tone(40*audio.Rate, 500)
		r.feed(t, tone, tone)
		if err := <-failed; !errors.Is(err, syscall.EFBIG) {
			t.Errorf("told %v", err)
		}
		result, _ := r.Stop()
		if got := length(play(t, path)); got != result.Duration || got < 400*time.Millisecond {
			t.Errorf("%s: played %v, told %v", f.name, got, result.Duration)
		}
	}
}
