package diagnostics

import (
	"bytes"
	"context"
	"log/slog"
)

// Handler is a handler of the log that does what inner does, and collects everything while the collector is on.
func (c *Collector) Handler(inner slog.Handler) slog.Handler {
	return &tee{c: c, inner: inner, mine: slog.NewTextHandler(book{c}, &slog.HandlerOptions{Level: slog.LevelDebug})}
}

type tee struct {
	c           *Collector
	inner, mine slog.Handler
}

// Enabled implements slog.Handler.
func (t *tee) Enabled(ctx context.Context, l slog.Level) bool {
	return t.c.on.Load() || t.inner.Enabled(ctx, l)
}

// Handle implements slog.Handler.
func (t *tee) Handle(ctx context.Context, r slog.Record) error {
	if t.c.on.Load() {
		if err := t.mine.Handle(ctx, r.Clone()); err != nil {
			return err
		}
	}
	if !t.inner.Enabled(ctx, r.Level) {
		return nil
	}
	return t.inner.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (t *tee) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &tee{t.c, t.inner.WithAttrs(attrs), t.mine.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (t *tee) WithGroup(name string) slog.Handler {
	return &tee{t.c, t.inner.WithGroup(name), t.mine.WithGroup(name)}
}

// book takes the lines of the log.
type book struct{ c *Collector }

// Write implements io.Writer; a text handler writes a whole line at a time.
func (b book) Write(line []byte) (int, error) {
	kept := Line(bytes.Clone(line))
	b.c.mu.Lock()
	defer b.c.mu.Unlock()
	b.c.log.put(kept, len(kept))
	return len(line), nil
}
