package phone

import (
	"context"
	"strings"
	"time"
)

// BookID names an address book within a profile: short, chosen by the user. OwnBook is taken.
type BookID string

// TeamBook is the book of the team server's people. No book of the user's can have this name.
const TeamBook BookID = "@team"

// BookKind is how a book is read.
type BookKind string

// The kinds of books.
const (
	BookFile      BookKind = "file"      // vCard or CSV file, read again when it changes
	BookCardDAV   BookKind = "carddav"   // RFC 6352
	BookLDAP      BookKind = "ldap"      // RFC 4511
	BookMicrosoft BookKind = "microsoft" // Microsoft 365 by Graph
	BookGoogle    BookKind = "google"    // Google People
	BookTeam      BookKind = "team"      // the people of the team server: TeamBook alone, which the phone keeps by itself
)

// Book is a connected address book. It is configuration and holds no state; its password or token lives in the secret
// store under the book's ID.
type Book struct {
	ID   BookID   `json:"id"`
	Name string   `json:"name"`
	Kind BookKind `json:"kind"`
	// Address is the file's path, the CardDAV URL (a server or one address book), or ldap[s]://host[:port]; empty for
	// Microsoft and Google, where it may name another endpoint of the same API.
	Address    string            `json:"address,omitempty"`
	User       string            `json:"user,omitempty"`       // user name, or the DN to bind with
	Base       string            `json:"base,omitempty"`       // LDAP: search base
	Filter     string            `json:"filter,omitempty"`     // LDAP: filter, RFC 4515; empty for people
	Attributes map[string]string `json:"attributes,omitempty"` // LDAP: our field to their attribute, e.g. "extension": "ipPhone"
	StartTLS   bool              `json:"starttls,omitempty"`   // LDAP: encrypt an ldap: connection
	CAFile     string            `json:"ca_file,omitempty"`    // PEM of the server's own CA
	ClientID   string            `json:"client_id,omitempty"`  // OAuth client of Microsoft or Google
	Tenant     string            `json:"tenant,omitempty"`     // Microsoft: directory; empty for any organisation
	Colleagues bool              `json:"colleagues,omitempty"` // its people are colleagues: their lines are watched
	Minutes    int               `json:"minutes,omitempty"`    // between two readings; 0 means 30
}

// Validate names what is wrong.
func (b Book) Validate() error {
	wrong := func(field string) error { return Refuse(ReasonBadBook, field) }
	switch {
	case !goodKey(string(b.ID)) || b.ID == OwnBook || strings.ContainsRune(string(b.ID), ':'):
		return wrong("id")
	case !plainText(b.Name, 100):
		return wrong("name")
	case !plainText(b.Address, 2000):
		return wrong("address")
	case b.Minutes < 0 || b.Minutes > 60*24*31:
		return wrong("minutes")
	}
	switch b.Kind {
	case BookFile, BookCardDAV, BookLDAP:
		if b.Address == "" {
			return wrong("address")
		}
	case BookMicrosoft, BookGoogle:
		if b.ClientID == "" {
			return wrong("client_id")
		}
	default:
		return wrong("kind")
	}
	return nil
}

// BookState is how a book stands.
type BookState string

// The book states. A failed one keeps what was read before.
const (
	BookNever   BookState = "never"   // not read yet
	BookReading BookState = "reading" // being read now
	BookFresh   BookState = "fresh"
	BookFailed  BookState = "failed"  // Reason tells; Count is of the last good reading
	BookConsent BookState = "consent" // waits for the user to allow it at Code.URL
)

// BookStatus is a book and how it stands.
type BookStatus struct {
	Book
	State  BookState   `json:"state"`
	Count  int         `json:"count"`
	Read   time.Time   `json:"read,omitzero"` // the last good reading
	Next   time.Time   `json:"next,omitzero"` // the next
	Reason *Reason     `json:"reason,omitempty"`
	Code   *DeviceCode `json:"code,omitempty"` // Consent
}

// DeviceCode is what the user types at the provider's page to allow reading (RFC 8628).
type DeviceCode struct {
	URL   string    `json:"url"`
	Code  string    `json:"code"`
	Until time.Time `json:"until"`
}

// ImportResult is what became of a file of contacts.
type ImportResult struct {
	Added   int      `json:"added"`
	Updated int      `json:"updated"` // the same person was there: completed, nothing taken away
	Same    int      `json:"same"`
	Skipped []string `json:"skipped,omitempty"` // what could not be read, "line 12: …", at most 20
}

// AddressBooks imports and exports the user's own contacts. The form of a file is told from its content and, when
// writing, its ending: .vcf or .csv.
type AddressBooks interface {
	Import(ctx context.Context, path string) (ImportResult, error)
	Export(ctx context.Context, path string) (int, error)
}

// BookEntry is an entry of a book as it was read.
type BookEntry struct {
	Key    string // stable within the book
	Tag    string // changes with the entry (ETag, whenChanged); may be empty
	Person Person // its ID is made of book and key when stored
	Photo  []byte // as received, or nil
}

// BookChange is what a reading of a book brings.
type BookChange struct {
	Full  bool        // Put is the whole book: what is not in it is gone
	Put   []BookEntry // new and changed
	Gone  []string    // keys; empty when Full
	Token string      // given back at the next reading (RFC 6578 sync token, Graph delta link, …)
}
