//go:build !linux

package ui

import (
	"bytes"
	"context"
	"encoding/binary"
	"runtime"
)

// watchTray tells that there is a tray: these systems always have one.
func watchTray(_ context.Context, told func(there bool)) { told(true) }

// trayPicture is a PNG as the tray wants it: on Windows an ICO file that carries it.
func trayPicture(png []byte) []byte {
	if runtime.GOOS != "windows" {
		return png
	}
	var out bytes.Buffer
	head := []uint16{0, 1, 1} // reserved, an icon, one picture
	_ = binary.Write(&out, binary.LittleEndian, head)
	out.Write([]byte{64, 64, 0, 0})
	_ = binary.Write(&out, binary.LittleEndian, []uint16{1, 32}) // planes, bits of a point
	_ = binary.Write(&out, binary.LittleEndian, []uint32{uint32(len(png)), 22})
	out.Write(png)
	return out.Bytes()
}
