package dialect_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"svara/phone/dialect"
)

// TestGuide: docs/dialects.md shows files that work and names all there is.
func TestGuide(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "dialects.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	files := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(files) < 2 {
		t.Fatalf("%d files", len(files))
	}
	for _, m := range files {
		id := regexp.MustCompile(`id = "(\w+)"`).FindStringSubmatch(m[1])
		if id == nil {
			t.Errorf("no id in %q", m[1])
			continue
		}
		if _, mistakes := dialect.Check(id[1]+".toml", []byte(m[1])); len(mistakes) > 0 {
			t.Errorf("docs/dialects.md: %v", mistakes)
		}
	}
	for id, d := range shipped(t) {
		if !strings.Contains(text, "`"+id+"`") {
			t.Errorf("%s is not named", id)
		}
		for _, f := range d.Features() {
			dot := strings.LastIndexByte(string(f), '.')
			if section, key := string(f[:dot]), string(f[dot+1:]); !strings.Contains(text, "`["+section+"]`") || !strings.Contains(text, "`"+key+"`") {
				t.Errorf("%s is not explained", f)
			}
		}
	}
	for _, kind := range []dialect.Kind{
		dialect.Dial, dialect.DTMF, dialect.Refer, dialect.ReferReplaces, dialect.Supervised, dialect.Hangup, dialect.Wait, dialect.InviteReplaces, dialect.Team,
		dialect.Watch,
	} {
		if !strings.Contains(text, "| `"+string(kind)) {
			t.Errorf("%s is not explained", kind)
		}
	}
}
