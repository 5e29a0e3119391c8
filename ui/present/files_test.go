package present

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestFileRows(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.vcf", "A.CSV", "notes.txt", ".hidden.vcf"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"zebra", ".cache"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := func(kind FileKind, types []string, typed string) (out string) {
		rows, _ := FileRows(dir, entries, kind, types, typed)
		for _, r := range rows {
			out += r.Name + " "
		}
		return out
	}
	for _, c := range []struct{ got, want string }{
		{names(FileOpen, []string{".vcf", ".csv"}, ""), "zebra A.CSV b.vcf "},
		{names(FileOpen, nil, "n"), "notes.txt "},
		{names(FileFolder, nil, ""), "zebra "},
		{names(FileOpen, nil, "."), ".cache .hidden.vcf "},
		{names(FileOpen, []string{".vcf"}, "B"), "b.vcf "},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	for i := range mostFiles {
		if err := os.WriteFile(filepath.Join(dir, "x"+strconv.Itoa(i)+".vcf"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err = os.ReadDir(dir); err != nil {
		t.Fatal(err)
	}
	if rows, more := FileRows(dir, entries, FileOpen, []string{".vcf"}, ""); len(rows) != mostFiles || more != 2 {
		t.Errorf("%d rows and %d more", len(rows), more)
	}
}
