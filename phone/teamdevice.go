package phone

import (
	"context"
	"time"
)

// TeamDevice is something that the user is signed in to the team server with.
type TeamDevice struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`            // what it calls itself
	Agent   string    `json:"agent,omitempty"` // its program
	Since   time.Time `json:"since"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	This    bool      `json:"this,omitempty"` // this telephone
}

// TeamDevices answers what the user is signed in with, this telephone first.
type TeamDevices interface {
	TeamDevices(context.Context) ([]TeamDevice, error)
}

// TeamPasswordChange is what a TeamChange of the user's password is about.
const TeamPasswordChange = "password"

// TeamPasswordRule is what a new password at the team server has to be (features.md A3).
type TeamPasswordRule struct {
	Min   int  `json:"min"` // characters
	Digit bool `json:"digit,omitempty"`
	Upper bool `json:"upper,omitempty"` // a capital letter
}
