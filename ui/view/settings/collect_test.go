package settings

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/widget"
)

// collector is a phone.Collector that collects nothing.
type collector struct {
	now  phone.Collecting
	path string
	deny error
}

func (c *collector) StartCollecting() {
	c.now = phone.Collecting{On: true, Since: time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)}
}
func (c *collector) StopCollecting()              { c.now.On, c.now.Until = false, c.now.Since.Add(time.Minute) }
func (c *collector) Collecting() phone.Collecting { return c.now }
func (c *collector) SaveCollected(path string) error {
	c.path = path
	return c.deny
}

// TestCollect: begun, ended and saved by its buttons; what went wrong is told.
func TestCollect(t *testing.T) {
	f := open(t, Diagnostics, "en", 100, theme.ModeLight)
	c := f.view.pages[Diagnostics].rows[0].part.(*diagnostics).collect
	if test.Tap(c.end); f.collector.now.On || !f.collector.now.Since.IsZero() {
		t.Error("ended before it was begun")
	}
	if test.Tap(c.save); f.collector.path != "" {
		t.Error("saved before there is anything")
	}
	if test.Tap(c.begin); !f.collector.now.On {
		t.Error("not begun")
	}
	if test.Tap(c.end); f.collector.now.On {
		t.Error("not ended")
	}
	for _, w := range find[*widget.Field](c.object) {
		w.SetText(" /tmp/x.zip ")
	}
	if test.Tap(c.save); f.collector.path != "/tmp/x.zip" || f.said != text.T("diagnostics.saved", "path", "/tmp/x.zip") {
		t.Errorf("saved in %q, said %q", f.collector.path, f.said)
	}
	f.collector.deny = errors.New("no room")
	if test.Tap(c.save); f.said != text.T("diagnostics.not_saved", "text", "no room") {
		t.Errorf("said %q", f.said)
	}
}
