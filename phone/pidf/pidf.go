// Package pidf is what people and exchanges tell of somebody: application/pidf+xml (RFC 3863) with activities (RFC 4480),
// read tolerantly and written strictly.
package pidf

import "svara/phone"

// ContentType is the documents' MIME type, Event the event package they come in (RFC 3856 section 6).
const (
	ContentType = "application/pidf+xml"
	Event       = "presence"
)

// The namespaces. The last is our own: RFC 4480 has no words for some activities and for names users give them.
const (
	nsPIDF     = "urn:ietf:params:xml:ns:pidf"
	nsModel    = "urn:ietf:params:xml:ns:pidf:data-model"
	nsRPID     = "urn:ietf:params:xml:ns:pidf:rpid"
	nsActivity = "urn:x-svara:activity"
)

// Bounds of a document and of what is taken from it.
const (
	maxBytes  = 64 << 10
	maxDepth  = 16
	maxTuples = 512
	maxNote   = 1000 // characters
	maxName   = 200  // characters
)

// kinds maps the activities of RFC 4480 section 3.2 to ours. Those that are missing are told by their name.
var kinds = map[string]phone.ActivityKind{
	"appointment":       phone.ActivityMeeting,
	"away":              phone.ActivityBreak,
	"breakfast":         phone.ActivityLunch,
	"busy":              phone.ActivityBusy,
	"dinner":            phone.ActivityLunch,
	"holiday":           phone.ActivityVacation,
	"in-transit":        phone.ActivityTravel,
	"lunch":             phone.ActivityLunch,
	"meal":              phone.ActivityLunch,
	"meeting":           phone.ActivityMeeting,
	"on-the-phone":      phone.ActivityBusy,
	"performance":       phone.ActivityMeeting,
	"permanent-absence": phone.ActivityGone,
	"presentation":      phone.ActivityMeeting,
	"steering":          phone.ActivityTravel,
	"travel":            phone.ActivityTravel,
	"vacation":          phone.ActivityVacation,
	"working":           phone.ActivityAvailable,
}

// elements is what is told of our kinds to those who know RFC 4480 only; available needs no word.
var elements = map[phone.ActivityKind]string{
	phone.ActivityBusy:     "busy",
	phone.ActivityDND:      "busy",
	phone.ActivityMeeting:  "meeting",
	phone.ActivityTraining: "busy",
	phone.ActivityLunch:    "lunch",
	phone.ActivityBreak:    "away",
	phone.ActivityVacation: "vacation",
	phone.ActivityTravel:   "travel",
	phone.ActivityGone:     "away",
	phone.ActivitySick:     "away",
	phone.ActivityParental: "away",
}
