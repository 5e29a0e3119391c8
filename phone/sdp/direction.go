package sdp

// Direction is who sends sound, as the side that wrote the description sees it (RFC 8866 6.7).
type Direction string

// The directions.
const (
	SendRecv Direction = "sendrecv"
	SendOnly Direction = "sendonly"
	RecvOnly Direction = "recvonly"
	Inactive Direction = "inactive"
)

// DirectionOf composes the two halves.
func DirectionOf(sends, receives bool) Direction {
	switch {
	case sends && receives:
		return SendRecv
	case sends:
		return SendOnly
	case receives:
		return RecvOnly
	}
	return Inactive
}

// Sends reports whether the writer sends. No attribute at all means sendrecv.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly || d == "" }

// Receives reports whether the writer receives.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly || d == "" }

// Reverse is the same flow as the other side sees it.
func (d Direction) Reverse() Direction { return DirectionOf(d.Receives(), d.Sends()) }

// Answer is the direction of the answer to an offer of d by a side that wants want: what both allow (RFC 3264 6.1).
func (d Direction) Answer(want Direction) Direction {
	return DirectionOf(want.Sends() && d.Receives(), want.Receives() && d.Sends())
}

// Known reports whether d is one of the four.
func (d Direction) Known() bool {
	return d == SendRecv || d == SendOnly || d == RecvOnly || d == Inactive
}
