package team

import "svara/phone"

// Code says what was wrong with a request, for programs. The desktop chooses the words.
type Code string

// The codes, with the HTTP status each comes with.
const (
	CodeBadRequest    Code = "bad-request"    // 400: Field names what
	CodeNotSignedIn   Code = "not-signed-in"  // 401: no token, expired or revoked
	CodeWrongPassword Code = "wrong-password" // 401: no such user, or not their password
	CodeWrongCode     Code = "wrong-code"     // 401: an activation code is wrong, used, or too old
	CodeWeakPassword  Code = "weak-password"  // 400: not as the rule asks
	CodeForbidden     Code = "forbidden"      // 403: not with these rights
	CodeNotFound      Code = "not-found"      // 404: also what one may not know of
	CodeConflict      Code = "conflict"       // 409: somebody was faster; Item is how it is now
	CodeTooLarge      Code = "too-large"      // 413
	CodeTooMany       Code = "too-many"       // 429: Retry-After says when
	CodeLocked        Code = "locked"         // 403: too many wrong passwords; RetryS says for how long
	CodeRefused       Code = "refused"        // 422: the exchange said no, Reason tells
	CodeUnavailable   Code = "unavailable"    // 503: the database or the exchange is away
)

// Fault is the body of every answer that is not 2xx, and the error the client returns.
type Fault struct {
	Status int           `json:"-"`
	Code   Code          `json:"code"`
	Field  string        `json:"field,omitempty"`
	Reason *phone.Reason `json:"reason,omitempty"`
	RetryS int           `json:"retry_s,omitempty"`
	Item   *Item         `json:"item,omitempty"`
}

// Error implements error.
func (f *Fault) Error() string {
	s := "team server: " + string(f.Code)
	if f.Field != "" {
		s += " (" + f.Field + ")"
	}
	if f.Reason != nil {
		s += ": " + string(f.Reason.ID)
	}
	return s
}
