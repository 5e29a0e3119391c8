// Package eventlist is what an exchange tells of a whole list of people at once: application/rlmi+xml with the state of
// each in a part of its own (RFC 4662), read tolerantly and written strictly.
package eventlist

// The media types of a list (RFC 4662 sections 4.5 and 5). Option is what a subscriber says to support.
const (
	Multipart = "multipart/related"
	RLMI      = "application/rlmi+xml"
	Option    = "eventlist"
)

// List is one notification. Full means that Resources are all there are; else they are those that have changed.
type List struct {
	URI       string
	Version   uint32 // 0 where it is not told
	Full      bool
	Resources []Resource
}

// Resource is one of the list. Without State nothing is known of it (RFC 4662 section 5.3: no instance).
type Resource struct {
	URI         string
	Name        string
	State       string // "active", "pending", "terminated"
	Reason      string // why it is terminated, as in Subscription-State (RFC 6665 section 4.1.3)
	ContentType string // of Body; empty without one
	Body        []byte // what a NOTIFY of its own would carry
}

// Bounds of a notification. One over UDP has at most 64 KiB.
const (
	maxBytes     = 64 << 10
	maxResources = 1000
	maxXMLDepth  = 16
	maxNesting   = 3 // lists in lists
)
