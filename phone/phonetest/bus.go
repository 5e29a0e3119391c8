package phonetest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// StartBus starts a session bus of the test's own and returns its address, as DBUS_SESSION_BUS_ADDRESS has it. It starts no
// services by itself, so no keyring asks for a password behind our back. Everybody
// on it may own every name and hear everything.
func StartBus(t testing.TB) string {
	t.Helper()
	Need(t, "dbus-daemon")
	dir, err := os.MkdirTemp("", "svara-bus-") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket, file := filepath.Join(dir, "bus"), filepath.Join(dir, "bus.conf")
	address := "unix:path=" + socket
	config := fmt.Sprintf(`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>%s</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
`, address)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	Start(t, StartOptions{}, "dbus-daemon", "--config-file="+file, "--nofork", "--nopidfile").
		Ready(20*time.Second, "listening", func() bool { // its socket is there before it listens
			c, err := net.Dial("unix", socket)
			if err != nil {
				return false
			}
			c.Close()
			return true
		})
	return address
}
