package opus

// hasRedundancy reports whether a payload carries a coarse copy of the frame before it (low bit-rate redundancy, RFC
// 6716 section 4.2.3 and 4.2.4). Only then is decoding it "for error correction" better than concealment.
func hasRedundancy(payload []byte) bool {
	if len(payload) < 2 {
		return false
	}
	toc := payload[0]
	config := toc >> 3
	if config >= 16 { // CELT only: no SILK layer, so no redundancy (section 3.1)
		return false
	}
	frame := firstFrame(payload)
	if len(frame) == 0 {
		return false
	}
	// The SILK header starts with one voice activity flag for each 20 ms, then the redundancy flag; then the same for
	// the side channel (section 4.2.3).
	frames := 1
	if config < 12 {
		frames = max(1, [...]int{10, 20, 40, 60}[config&3]/20)
	}
	if frame[0]>>(7-frames)&1 == 1 {
		return true
	}
	stereo := toc&4 != 0
	return stereo && frame[0]>>(6-2*frames)&1 == 1
}

// firstFrame finds the first frame in a payload of any framing code (RFC 6716 section 3.2), nil when there is none.
func firstFrame(payload []byte) []byte {
	rest := payload[1:]
	switch payload[0] & 3 {
	case 0: // one frame
		return rest
	case 1: // two of the same size
		return rest[:len(rest)/2]
	case 2: // two, the first one's size given
		return sized(rest)
	}
	count := int(rest[0] & 0x3f)
	variable, padded := rest[0]&0x80 != 0, rest[0]&0x40 != 0
	rest = rest[1:]
	if padded {
		rest = skipPadding(rest)
	}
	if count == 0 || rest == nil {
		return nil
	}
	if !variable {
		return rest[:len(rest)/count]
	}
	if count == 1 {
		return rest
	}
	// The sizes of all frames but the last come first.
	size, used := frameSize(rest)
	for range count - 1 {
		_, n := frameSize(rest)
		if n == 0 {
			return nil
		}
		rest = rest[n:]
	}
	if used == 0 || size > len(rest) {
		return nil
	}
	return rest[:size]
}

func sized(data []byte) []byte {
	size, used := frameSize(data)
	if used == 0 || size > len(data)-used {
		return nil
	}
	return data[used : used+size]
}

// frameSize reads a frame length and tells how many bytes it took, 0 when there is none (section 3.2.1).
func frameSize(data []byte) (size, used int) {
	switch {
	case len(data) == 0:
		return 0, 0
	case data[0] < 252:
		return int(data[0]), 1
	case len(data) < 2:
		return 0, 0
	}
	return int(data[1])*4 + int(data[0]), 2
}

// skipPadding passes the padding's length and cuts the padding off the end (section 3.2.5).
func skipPadding(data []byte) []byte {
	total := 0
	for i, b := range data {
		if b == 255 {
			total += 254
			continue
		}
		total += int(b)
		rest := data[i+1:]
		if total > len(rest) {
			return nil
		}
		return rest[:len(rest)-total]
	}
	return nil
}
