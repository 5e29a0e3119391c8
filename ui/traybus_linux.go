package ui

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// The names of the freedesktop status notifiers: who knows the trays that show icons.
const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// sessionBus connects to the session's message bus where there is one. It starts none.
func sessionBus(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	if err := conn.Auth(nil); err != nil {
		conn.Close()
		return nil, err
	}
	if err := conn.Hello(); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// watchTray tells whether the desktop has a tray, at once and whenever that changes, until the context ends. Without a
// message bus there is none.
func watchTray(ctx context.Context, told func(there bool)) {
	conn, err := sessionBus(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	changes := make(chan *dbus.Signal, 16)
	conn.Signal(changes)
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)},
		{dbus.WithMatchInterface(watcherName), dbus.WithMatchMember("StatusNotifierHostRegistered")},
		{dbus.WithMatchInterface(watcherName), dbus.WithMatchMember("StatusNotifierHostUnregistered")},
	} {
		if err := conn.AddMatchSignalContext(ctx, match...); err != nil {
			return
		}
	}
	told(trayHosted(ctx, conn))
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-changes:
			if !ok {
				return
			}
			if s.Name == "org.freedesktop.DBus.NameOwnerChanged" || s.Path == watcherPath {
				told(trayHosted(ctx, conn))
			}
		}
	}
}

// trayHosted asks whether something shows the icons that the watcher is told of.
func trayHosted(ctx context.Context, conn *dbus.Conn) bool {
	var hosted dbus.Variant
	call := conn.Object(watcherName, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, watcherName, "IsStatusNotifierHostRegistered")
	if call.Store(&hosted) != nil {
		return false
	}
	there, ok := hosted.Value().(bool)
	return ok && there
}

// trayPicture is an icon as the tray wants it: PNG.
func trayPicture(png []byte) []byte { return png }
