package g711

import "math/bits"

// law is one of the two companding laws of ITU-T G.711.
type law struct {
	compress func(int16) byte
	expand   [256]int16
	silence  byte // the code word of zero
}

var (
	aLaw  = newLaw(compressA, expandA)
	muLaw = newLaw(compressMu, expandMu)
)

func newLaw(compress func(int16) byte, expand func(byte) int16) *law {
	l := &law{compress: compress, silence: compress(0)}
	for i := range l.expand {
		l.expand[i] = expand(byte(i))
	}
	return l
}

// compressA follows G.711 table 1: sign, three bits of segment, four of interval, even bits inverted. The 13 bit scale
// of the table is the upper 13 bits of ours; negative values are mirrored by one's complement, as the table's are.
func compressA(s int16) byte {
	sign := byte(0x80)
	if s < 0 {
		sign, s = 0, ^s
	}
	v := uint16(s) >> 4 // 0..2047: the magnitude on the table's scale, in steps of its smallest interval
	code := byte(v)
	if v >= 32 {
		segment := bits.Len16(v) - 4
		code = byte(segment<<4) | byte(v>>(segment-1)&0x0f)
	}
	return (sign | code) ^ 0x55
}

func expandA(code byte) int16 {
	code ^= 0x55
	segment, interval := int(code>>4&7), int(code&0x0f)
	v := interval<<4 + 8 // the middle of the interval
	if segment > 0 {
		v = (v + 256) << (segment - 1)
	}
	if code&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

// The bias that makes every segment of the mu law a power of two, on our 16 bit scale, and the largest value before it.
const (
	muBias = 33 << 2
	muClip = 8158 << 2
)

// compressMu follows G.711 table 2: sign, segment and interval, all bits inverted. Its 14 bit scale is our upper 14 bits.
func compressMu(s int16) byte {
	sign, v := byte(0), int(s)
	if v < 0 {
		sign, v = 0x80, -v
	}
	v = min(v, muClip) + muBias
	segment := bits.Len16(uint16(v)) - 8
	return ^(sign | byte(segment<<4) | byte(v>>(segment+3)&0x0f))
}

func expandMu(code byte) int16 {
	code = ^code
	v := (int(code&0x0f)<<3+muBias)<<(code>>4&7) - muBias
	if code&0x80 != 0 {
		v = -v
	}
	return int16(v)
}
