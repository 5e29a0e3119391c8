package control

import (
	"errors"
	"testing"

	"svara/phone"
)

// collector writes down what it was told.
type collector struct {
	now   phone.Collecting
	saved string
}

func (c *collector) StartCollecting()             { c.now.On = true }
func (c *collector) StopCollecting()              { c.now.On = false }
func (c *collector) Collecting() phone.Collecting { return c.now }
func (c *collector) SaveCollected(path string) error {
	if path == "/none/x.zip" {
		return errors.New("no such folder")
	}
	c.saved = path
	return nil
}

func TestDiagnostics(t *testing.T) {
	col := &collector{now: phone.Collecting{Lines: 7}}
	r := run(t, func(r *running) { r.server.Collector = col })
	c := r.dial(t)
	for _, step := range []struct {
		do string
		on bool
	}{{"", false}, {"start", true}, {"", true}, {"stop", false}} {
		var got phone.Collecting
		if err := c.Call(t.Context(), "diagnostics", diagnosticsArgs{Do: step.do}, &got); err != nil || got.On != step.on || got.Lines != 7 {
			t.Errorf("%q: %+v, %v", step.do, got, err)
		}
	}
	if err := c.Call(t.Context(), "diagnostics", diagnosticsArgs{"save", "/tmp/x.zip"}, nil); err != nil || col.saved != "/tmp/x.zip" {
		t.Errorf("saved in %q, %v", col.saved, err)
	}
	wantReason(t, c.Call(t.Context(), "diagnostics", diagnosticsArgs{"save", "x.zip"}, nil), phone.ReasonBadCommand)
	wantReason(t, c.Call(t.Context(), "diagnostics", diagnosticsArgs{"save", "/none/x.zip"}, nil), phone.ReasonBadFile)
	wantReason(t, c.Call(t.Context(), "diagnostics", diagnosticsArgs{Do: "dance"}, nil), phone.ReasonBadCommand)
}
