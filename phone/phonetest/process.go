package phonetest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Process is an outside program that runs for one test. Its output goes to a file among the test's artifacts, and the
// end of it into the test's log when the test fails. It is ended with the test, and dies with the test program.
type Process struct {
	Name string
	PID  int
	Log  string // the file with its output

	t    testing.TB
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // how it ended; read after done
}

var processNumber atomic.Int64

// StartOptions says how a program is started. The zero value is the test's own environment and no more.
type StartOptions struct {
	Env     []string      // added to the environment; a later value replaces an earlier
	Dir     string        // working directory
	Stdin   string        // what it reads; empty is no input at all
	Goodbye time.Duration // how long SIGTERM may take before SIGKILL; 0 is 5 s
	Group   bool          // also end what it has started itself
}

// Start starts a program; it ends with the test.
func Start(t testing.TB, o StartOptions, name string, args ...string) *Process {
	t.Helper()
	p := &Process{Name: filepath.Base(name), t: t, done: make(chan struct{})}
	p.Log = filepath.Join(t.ArtifactDir(), fmt.Sprintf("%s-%d.log", p.Name, processNumber.Add(1)))
	out, err := os.Create(p.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p.cmd = exec.Command(name, args...)
	p.cmd.Env = append(os.Environ(), o.Env...)
	p.cmd.Dir = o.Dir
	p.cmd.Stdout, p.cmd.Stderr = out, out
	if o.Stdin != "" {
		p.cmd.Stdin = strings.NewReader(o.Stdin)
	}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: o.Group}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", p.Name, err)
	}
	p.PID = p.cmd.Process.Pid
	go func() { // ends with the program, which the cleanup below ends
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	goodbye := o.Goodbye
	if goodbye == 0 {
		goodbye = 5 * time.Second
	}
	t.Cleanup(func() {
		p.End(goodbye)
		if o.Group {
			_ = syscall.Kill(-p.PID, syscall.SIGKILL) // whatever it left behind
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", p.Name, ends(p.Log, 40, 60))
		}
	})
	return p
}

// Signal sends a signal. A program that has ended gets none.
func (p *Process) Signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is how the program ended: nil for exit code 0. It waits for the end.
func (p *Process) Err() error { <-p.done; return p.err }

// Running reports whether the program has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// End asks the program to end, makes it end when it has not within the time given, and reports whether it went by
// itself. One of ours that hangs says where before it goes: SIGQUIT writes its goroutines into the log.
func (p *Process) End(within time.Duration) bool {
	if !p.Running() {
		return true
	}
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return true
	case <-time.After(within):
	}
	p.Signal(syscall.SIGQUIT)
	select {
	case <-p.done:
	case <-time.After(2 * time.Second):
		p.Kill()
	}
	return false
}

// Kill ends the program at once (SIGKILL) and waits until it is gone.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.done
}

// Output is what the program has said so far.
func (p *Process) Output() string {
	b, err := os.ReadFile(p.Log)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Ready waits until ok, and fails the test when the program ends first or the time is out.
func (p *Process) Ready(limit time.Duration, what string, ok func() bool) {
	p.t.Helper()
	reached := waits(limit, func() bool { return !p.Running() || ok() })
	switch {
	case !p.Running():
		p.t.Fatalf("%s ended before %s: %v\n%s", p.Name, what, p.err, tail(p.Log, 40))
	case !reached:
		p.t.Fatalf("%s: %s: not within %v\n%s", p.Name, what, limit, tail(p.Log, 40))
	}
}

// Run runs a program to its end and returns its standard output; the error has what it said on standard error.
func Run(o StartOptions, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), o.Env...)
	cmd.Dir = o.Dir
	if o.Stdin != "" {
		cmd.Stdin = strings.NewReader(o.Stdin)
	}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", filepath.Base(name), strings.Join(args, " "), err, strings.TrimSpace(said.String()))
	}
	return out.String(), err
}

// ExitCode is the exit code in an error of Run or Process.Err; 0 for nil, -1 when it did not exit by itself.
func ExitCode(err error) int {
	var e *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.ExitCode()
	}
	return -1
}

// ends is the first and the last lines of a file: a crash tells why before it lists all goroutines.
func ends(file string, first, last int) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	if len(all) <= first+last {
		return strings.Join(all, "\n")
	}
	return strings.Join(all[:first], "\n") + fmt.Sprintf("\n… %d lines …\n", len(all)-first-last) + strings.Join(all[len(all)-last:], "\n")
}

// tail is the last lines of a file.
func tail(file string, lines int) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
