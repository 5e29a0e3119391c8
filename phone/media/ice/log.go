package ice

import (
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// quiet is pion's logging: its warnings are our details, and what it says below them is passed over, as it has passwords
// in it.
type quiet struct{ log *slog.Logger }

func (q quiet) NewLogger(scope string) logging.LeveledLogger { return scoped{q.log, scope} }

type scoped struct {
	log   *slog.Logger
	scope string
}

func (s scoped) Error(msg string)                  { s.log.Debug(msg, "by", s.scope) }
func (s scoped) Errorf(format string, args ...any) { s.Error(fmt.Sprintf(format, args...)) }
func (s scoped) Warn(msg string)                   { s.log.Debug(msg, "by", s.scope) }
func (s scoped) Warnf(format string, args ...any)  { s.Warn(fmt.Sprintf(format, args...)) }

func (scoped) Info(string)           {}
func (scoped) Infof(string, ...any)  {}
func (scoped) Debug(string)          {}
func (scoped) Debugf(string, ...any) {}
func (scoped) Trace(string)          {}
func (scoped) Tracef(string, ...any) {}
