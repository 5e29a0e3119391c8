package wav

import (
	"fmt"
	"os"
)

// Repair makes the header of a file that a Writer was killed over count all the sound that is there, and returns how
// much that is, in samples of each channel. A file that is in order, or that no Writer made, stays as it is.
func Repair(f *os.File) (frames int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	format, start, length, err := locate(f, info.Size())
	if err != nil {
		return 0, err
	}
	frame := int64(format.bytes * format.channels)
	var was [headerSize]byte
	if start != headerSize {
		return length / frame, nil
	}
	if _, err := f.ReadAt(was[:], 0); err != nil {
		return 0, err
	}
	told := int64(was[40]) | int64(was[41])<<8 | int64(was[42])<<16 | int64(was[43])<<24
	if string(was[:]) != string(appendHeader(nil, format.channels, told)) {
		return length / frame, nil
	}
	there := min(info.Size()-headerSize, MaxSound)
	there -= there % frame
	if told == there && info.Size() == headerSize+there {
		return there / frame, nil
	}
	if err := f.Truncate(headerSize + there); err != nil {
		return 0, fmt.Errorf("repair sound: %w", err)
	}
	if _, err := f.WriteAt(appendHeader(nil, format.channels, there), 0); err != nil {
		return 0, fmt.Errorf("repair sound: %w", err)
	}
	return there / frame, nil
}
