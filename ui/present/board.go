package present

// Alternative is somebody else who can take a call.
type Alternative struct {
	Title  string
	Number string   // as shown
	Lines  []string // what they do, and why they are named
	Status Status
	Target string // to dial
}
