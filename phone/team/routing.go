package team

import (
	"time"

	"svara/phone"
)

// Routing is how somebody wants their calls to go: future activities, activities that are linked to numbers, and
// forwardings whatever the activity (features.md F5, F6, F11). The server that keeps the exchange sees to it, with all of
// their programs closed. The ID of its item is the person's.
type Routing struct {
	Person   PersonID                     `json:"person"`
	Zone     string                       `json:"zone,omitempty"` // IANA name, of plans that have none; empty for the server's
	Plans    []phone.Plan                 `json:"plans,omitempty"`
	Links    []phone.Link                 `json:"links,omitempty"`
	Forwards map[phone.ForwardKind]string `json:"forwards,omitempty"` // where to; an activity's number goes before that of ForwardAll
	// Roles is the numbers that their telephones let them show to those called, and Role the one that is shown, with whichever
	// telephone they call (features.md B4): phone.RoleWithheld for none; empty is the exchange's choice. A plan's goes before it.
	Roles []phone.Role `json:"roles,omitempty"`
	Role  phone.RoleID `json:"role,omitempty"`
	SetBy PersonID     `json:"set_by,omitempty"`
}

// Routed is what of a Routing is in force. The ID of its item is the person's; it is told to nobody else.
type Routed struct {
	Person   PersonID       `json:"person"`
	Activity phone.Activity `json:"activity"`
	Plan     string         `json:"plan,omitempty"` // the one in force
	// Extension is whose calls the server sends on. Applies says that it does: nobody else need. It does not where there is no
	// exchange, or the exchange refuses.
	Extension string          `json:"extension,omitempty"`
	Applies   bool            `json:"applies,omitempty"`
	Forwards  []RoutedForward `json:"forwards,omitempty"` // set in the exchange, or to be
	Shown     RoutedShown     `json:"shown,omitzero"`
}

// RoutedShown is the number that the exchange shows to those called, or phone.RoleWithheld; empty is its own choice. Wanted and
// Reason are as RoutedForward's. May is the others that a telephone may ask for in a call.
type RoutedShown struct {
	Number string        `json:"number,omitempty"`
	Wanted string        `json:"wanted,omitempty"`
	May    []string      `json:"may,omitempty"`
	Reason *phone.Reason `json:"reason,omitempty"`
}

// RoutedForward is a forwarding in the exchange. While Wanted is another number than Number it is not as it should be, and
// Reason tells why; it is tried again.
type RoutedForward struct {
	Kind   phone.ForwardKind `json:"kind"`
	Number string            `json:"number,omitempty"`
	Wanted string            `json:"wanted,omitempty"`
	Since  time.Time         `json:"since,omitzero"` // of Number
	Reason *phone.Reason     `json:"reason,omitempty"`
}

// RoutingChange replaces a Routing. Seq is the one that was seen, 0 when there was none.
type RoutingChange struct {
	Seq     Seq     `json:"seq,omitempty"`
	Routing Routing `json:"routing"`
}

// RoutingView is a person's routing for themselves and those who may set it. Seq is 0 while there is none.
type RoutingView struct {
	Routing Versioned[Routing] `json:"routing"`
	Routed  Routed             `json:"routed"`
	Next    []phone.Planned    `json:"next,omitempty"` // the plans with when they come next, soonest first
}
