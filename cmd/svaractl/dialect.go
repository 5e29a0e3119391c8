package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"svara/phone"
	"svara/phone/dialect"
)

func (c *cli) dialect(ctx context.Context, args []string) error {
	fs := c.flags("dialect")
	if err := parse(fs, args); err != nil {
		return err
	}
	if fs.NArg() == 0 {
		return &usageError{verb: "dialect", why: "list or check?"}
	}
	rest := fs.Args()[1:]
	switch fs.Arg(0) {
	case "list":
		if _, err := words(c.flags("dialect"), rest, 0, 0); err != nil {
			return err
		}
		return ask(ctx, c, "dialects", nil, c.showDialects)
	case "check":
		return c.dialectCheck(rest)
	}
	return &usageError{verb: "dialect", why: "list or check, not " + fs.Arg(0)}
}

func (c *cli) showDialects(dialects []phone.Dialect) {
	t := c.table()
	for _, d := range dialects {
		t.row(d.ID, d.Name)
	}
	t.flush()
}

// maxDialect is how much is read of a file that is to be a dialect, in bytes; a larger one is refused for its size.
const maxDialect = 1 << 20

// mistakes are what is wrong with a file, a line each, as compilers and editors have them.
type mistakes []*dialect.Error

func (m mistakes) Error() string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// dialectCheck reads a file as the phone would; no phone needs to run.
func (c *cli) dialectCheck(args []string) error {
	name, err := words(c.flags("dialect"), args, 1, 1)
	if err != nil {
		return err
	}
	data, err := readSome(name[0])
	if err != nil {
		return phone.Refuse(phone.ReasonBadDialect, err.Error())
	}
	d, wrong := dialect.Check(name[0], data)
	if len(wrong) > 0 {
		return mistakes(wrong)
	}
	if c.json {
		return c.printJSON(map[string]any{"id": d.ID, "name": d.Name, "features": d.Features()})
	}
	t := c.table()
	t.row(d.ID, d.Name, fmt.Sprintf("%d features", len(d.Features())))
	t.flush()
	return nil
}

func readSome(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, maxDialect))
}
