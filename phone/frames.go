package phone

import "time"

// Frames is how quickly a window has drawn since it was opened: each change of what is shown is a frame, and one that took
// longer than two of a usual screen can be seen to stumble.
type Frames struct {
	Drawn   int64         `json:"drawn"`
	Slow    int64         `json:"slow"`    // of them those that took longer than SlowFrame
	Slowest time.Duration `json:"slowest"` // ns
}

// SlowFrame is how long a frame may take: two of a screen with 60 a second.
const SlowFrame = 33 * time.Millisecond
