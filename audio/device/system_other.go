//go:build !linux

package device

import (
	"log/slog"

	"svara/audio/device/plug"
)

func newServer(*slog.Logger, func()) server { return nil }

// watchDevices calls changed whenever the system tells of its devices, until it is stopped.
func watchDevices(log *slog.Logger, changed func()) (stop func()) {
	stop, err := plug.Watch(changed)
	if err != nil {
		log.Warn("sound devices that come and go are not noticed", "err", err)
		return func() {}
	}
	return stop
}
