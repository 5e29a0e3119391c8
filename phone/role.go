package phone

// RoleID names a role.
type RoleID string

// RoleWithheld is the role that hides the number; it is always there.
const RoleWithheld RoleID = "withheld"

// Role is a number to be shown to those called (features.md B4). Its way to the exchange is the account's dialect.
type Role struct {
	ID       RoleID    `json:"id"`
	Name     string    `json:"name"` // "Switchboard"
	Number   string    `json:"number"`
	Account  AccountID `json:"account,omitempty"` // the account it goes with; empty for any
	Withheld bool      `json:"withheld,omitempty"`
	Place    int       `json:"place"`
}

// Roles is which number is shown.
type Roles struct {
	All  []Role `json:"all"`            // in order; RoleWithheld last
	Now  RoleID `json:"now,omitempty"`  // until changed; empty for the account's own number
	Next RoleID `json:"next,omitempty"` // for the next call only
	Plan RoleID `json:"plan,omitempty"` // of the plan in force; goes before Now
	// Shared: the exchange shows it with the user's other telephones too. Refused is why it does not.
	Shared  bool    `json:"shared,omitempty"`
	Refused *Reason `json:"refused,omitempty"`
}

// Shown is the role a call made now has.
func (r Roles) Shown() RoleID {
	switch {
	case r.Next != "":
		return r.Next
	case r.Plan != "":
		return r.Plan
	}
	return r.Now
}
