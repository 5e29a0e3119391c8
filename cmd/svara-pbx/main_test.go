package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// It prints what one needs, runs until told to stop, and says nothing secret that was given to it.
func TestRun(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	for _, c := range []struct {
		name       string
		args       []string
		want, dont string
	}{
		{"random password", []string{"--port", "0", "--lang", "sv", "--log", log}, "password ", "hemligt"},
		{"given password", []string{"--port", "0", "--lang", "sv", "--user", "4711", "--password", "hemligt"}, "4711@127.0.0.1:", "hemligt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			read, write := io.Pipe()
			code := make(chan int, 1)
			go func() {
				code <- run(ctx, c.args, write, os.Stderr)
				write.Close()
			}()
			var out strings.Builder
			buf := make([]byte, 4096)
			for !strings.Contains(out.String(), "701-709  ") { // the last line
				n, err := read.Read(buf)
				out.Write(buf[:n])
				if err != nil {
					t.Fatalf("ended early: %v\n%s", err, out.String())
				}
			}
			stop()
			go io.Copy(io.Discard, read)
			select {
			case c := <-code:
				if c != 0 {
					t.Errorf("exit %d", c)
				}
			case <-time.After(15 * time.Second):
				t.Fatal("does not stop")
			}
			for _, want := range []string{c.want, "2101  Anna Berg (", "2135  Olof Nyman (svarar aldrig)", "9001  Eko", "*80*N#   Ta ett samtal som ringer hos N"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in\n%s", want, out.String())
				}
			}
			if strings.Contains(out.String(), c.dont) {
				t.Errorf("%q is in\n%s", c.dont, out.String())
			}
		})
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"--nonsense"}, {"--bind", "x"}, {"--port", "70000"}, {"--lang", "fi"}, {"left over"}} {
		var errOut bytes.Buffer
		if code := run(t.Context(), args, io.Discard, &errOut); code != 2 || errOut.Len() == 0 {
			t.Errorf("%q: exit %d, %q", args, code, errOut.String())
		}
	}
	var errOut bytes.Buffer
	if code := run(t.Context(), []string{"--bind", "192.0.2.1", "--port", "0"}, io.Discard, &errOut); code != 1 || errOut.Len() == 0 {
		t.Errorf("an address that is not ours: exit %d, %q", code, errOut.String())
	}
}
