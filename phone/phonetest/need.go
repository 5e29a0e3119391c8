// Package phonetest is the real world in a test: PBXs, peers, sound cards, windows and bad networks, each started for
// one test on loopback with free ports and files of its own, and ended with it. Only tests import it.
//
// A missing part (a program, root) skips the test with the reason; with CI=true it fails the test, so that a build
// machine cannot pass by lacking things.
package phonetest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Need skips the test unless all the programs are installed; with CI=true it fails it.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			Missing(t, "%s is not installed (make test-deps)", p)
		}
	}
}

// Missing skips the test because a part of the machine is missing; with CI=true it fails it.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	why := fmt.Sprintf(format, args...)
	if os.Getenv("CI") == "true" {
		t.Fatal("missing part: " + why)
	}
	t.Skip("missing part: " + why)
}

// FreePort finds a port on 127.0.0.1 that is free for UDP and for TCP, for servers that must be told one. It is free
// when this returns; nobody holds it.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		p, err := net.ListenPacket("udp4", l.Addr().String())
		l.Close()
		if err == nil {
			p.Close()
			return port
		}
	}
	t.Fatal("no port is free for both UDP and TCP")
	return 0
}

// Until asks again and again until ok says yes, and fails the test when that takes longer than the limit. It is for
// outside parts that cannot tell us; our own parts have channels and events.
func Until(t testing.TB, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	if !waits(limit, ok) {
		t.Fatalf("%s: not within %v", what, limit)
	}
}

// waits waits for a condition. Only the time that the machine was let run is counted: what stood still for a second has not
// been given that second to do anything in. It ends after three times the limit all the same.
func waits(limit time.Duration, ok func() bool) bool {
	const step = 20 * time.Millisecond
	tick := time.NewTicker(step)
	defer tick.Stop()
	end := time.After(3 * limit)
	for at := time.Now(); !ok(); {
		select {
		case now := <-tick.C:
			limit -= min(now.Sub(at), 2*step)
			if at = now; limit <= 0 {
				return ok()
			}
		case <-end:
			return ok()
		}
	}
	return true
}
