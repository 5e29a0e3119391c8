package media

// maxSID is the longest comfort noise payload that is looked at: a level and sixteen coefficients (RFC 3389 section 3).
const maxSID = 17

// silence is the newest comfort noise packet (RFC 3389), from the reader to the player. Guarded by the stream's
// bufferLock.
type silence struct {
	payload [maxSID]byte
	n       int // bytes of it; 0: none that has not been taken
}

// put keeps a comfort noise packet's payload; none, when the sender speaks again.
func (s *silence) put(payload []byte) { s.n = copy(s.payload[:], payload) }

// take copies the payload to dst, once, and returns its length.
func (s *silence) take(dst []byte) int {
	n := copy(dst, s.payload[:s.n])
	s.n = 0
	return n
}
