package main

import (
	"bytes"
	"strings"
	"testing"
)

// A person who is added before the server was ever started gets a link that can be opened, and is told what it depends on.
func TestLinksBeforeTheFirstStart(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
		note bool
	}{
		"not told":   {nil, "http://127.0.0.1:8443/welcome/", true},
		"a URL":      {[]string{"--url", "https://team.example.com"}, "https://team.example.com/welcome/", false},
		"an address": {[]string{"--listen", "127.0.0.1:9000"}, "http://127.0.0.1:9000/welcome/", false},
	} {
		var out, errOut bytes.Buffer
		data := t.TempDir()
		args := append([]string{"user", "add", "anna", "--name", "Anna", "--data", data}, c.args...)
		if code := run(t.Context(), args, &out, &errOut); code != 0 || !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%s: %d %q %q", name, code, out.String(), errOut.String())
		}
		if note := strings.Contains(errOut.String(), "has not been started yet"); note != c.note {
			t.Errorf("%s: told %q", name, errOut.String())
		}
		// What was told once is known from then on.
		out.Reset()
		if code := run(t.Context(), []string{"user", "link", "anna", "--data", data}, &out, &errOut); code != 0 || !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%s, again: %d %q", name, code, out.String())
		}
	}
}
