package wav

// What the bytes of A-law and u-law sound stand for, 16 bit.
var aLaw, muLaw = expand(expandALaw), expand(expandMuLaw)

func expand(law func(byte) int) (table [256]int16) {
	for i := range table {
		table[i] = int16(law(byte(i)))
	}
	return table
}

// expandALaw is ITU-T G.711 table 1: a sign, a segment and a step, the even bits inverted.
func expandALaw(b byte) int {
	b ^= 0x55
	segment, step := int(b>>4&7), int(b&15)
	v := step<<4 + 8
	if segment > 0 {
		v = (v + 0x100) << (segment - 1)
	}
	if b&0x80 == 0 {
		return -v
	}
	return v
}

// expandMuLaw is ITU-T G.711 table 2: likewise, all bits inverted, and an offset that makes the segments meet.
func expandMuLaw(b byte) int {
	const offset = 0x84
	b = ^b
	v := (int(b&15)<<3+offset)<<(b>>4&7) - offset
	if b&0x80 != 0 {
		return -v
	}
	return v
}
