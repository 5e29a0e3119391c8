package control

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/adrg/xdg"
)

const (
	socketName = "control.sock"
	lockName   = "phone.lock"

	// maxSocketPath is what fits in sockaddr_un on every system: 104 bytes with the final zero on macOS, 108 elsewhere.
	maxSocketPath = 100
)

// DefaultProfile is the folder of the profile used when none is named: svara in the user's configuration folder.
func DefaultProfile() string { return filepath.Join(xdg.ConfigHome, "svara") }

// canonical is the one name of a profile folder, with links resolved, so that every way to name it finds the same phone.
func canonical(profile string) (string, error) {
	absolute, err := filepath.Abs(profile)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		return real, nil
	}
	return absolute, nil
}

// place is where a profile's socket and lock may lie. shared says that the folder's parent is open to others, so that
// the folder must be looked at before it is trusted.
type place struct {
	dir    string
	socket string
	lock   string
	shared bool
}

// places lists where to look for a profile's phone, best first: the profile itself, then, for a profile that cannot be
// written or whose path is too long for a socket, a name made from its path.
func places(profile string) []place {
	out := []place{{dir: profile, socket: filepath.Join(profile, socketName), lock: filepath.Join(profile, lockName)}}
	sum := sha256.Sum256([]byte(profile))
	name := hex.EncodeToString(sum[:8])
	for _, dir := range runtimeFolders() {
		out = append(out, place{dir: dir, socket: filepath.Join(dir, name+".sock"), lock: filepath.Join(dir, name+".lock"), shared: true})
	}
	return out
}

func (p place) fits() bool { return len(p.socket) <= maxSocketPath }

// runtimeFolders are the folders for sockets outside the profile.
func runtimeFolders() []string {
	if runtime.GOOS == "windows" {
		return []string{filepath.Join(os.TempDir(), "svara")}
	}
	uid := strconv.Itoa(os.Getuid())
	var out []string
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		out = append(out, filepath.Join(dir, "svara"))
	}
	return append(out, filepath.Join("/tmp", "svara-"+uid))
}

// trusted makes sure that a folder is ours alone. In /tmp anybody could have made it first, to be given our passwords.
func (p place) trusted() error {
	info, err := os.Lstat(p.dir)
	if err != nil {
		return err
	}
	switch {
	case !p.shared:
		return nil
	case !info.IsDir() || !ownedByUs(info):
		return &fs.PathError{Op: "use", Path: p.dir, Err: fmt.Errorf("not a folder of this user: %w", fs.ErrPermission)}
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return os.Chmod(p.dir, 0o700)
	}
	return nil
}

// prepare makes the folder, for its user only.
func (p place) prepare() error {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return err
	}
	if err := p.trusted(); err != nil {
		return err
	}
	if info, err := os.Stat(p.dir); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(p.dir, 0o700)
	}
	return nil
}
