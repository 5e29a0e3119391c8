package ui

import (
	"context"

	"svara/phone"
)

// teamDevices asks the team server off the UI goroutine.
func (a *App) teamDevices(answer func([]phone.TeamDevice, error)) {
	off(a, func(ctx context.Context) ([]phone.TeamDevice, error) { return a.opts.TeamDevices.TeamDevices(ctx) }, answer)
}
