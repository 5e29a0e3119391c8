package phone

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
)

// PersonID names a person for as long as the entry exists: the book it is in and its name there, "own:7FQ2" or
// "company:uid=anna". A guest that makes a contact chooses its ID, see OwnPerson.
type PersonID string

// OwnBook is the book of the contacts the user has made.
const OwnBook BookID = "own"

// Book is the book a person is in.
func (id PersonID) Book() BookID {
	book, _, _ := strings.Cut(string(id), ":")
	return BookID(book)
}

// PersonOf makes the ID of an entry of a book.
func PersonOf(book BookID, entry string) PersonID { return PersonID(string(book) + ":" + entry) }

// NewPersonID is a new ID for a contact of the user's own.
func NewPersonID() PersonID { return PersonOf(OwnBook, strings.ToLower(rand.Text()[:10])) }

// Mark is what somebody is to the user (features.md I1). A person of any book can be marked.
type Mark string

// The marks.
const (
	MarkNone      Mark = ""
	MarkFavourite Mark = "favourite" // first in lists, dialled in one action
	MarkVIP       Mark = "vip"       // rings also when the user does not want to be disturbed
	MarkBlocked   Mark = "blocked"   // hears busy
)

// NumberKind is what a number of a person is.
type NumberKind string

// The kinds of numbers.
const (
	NumberExtension NumberKind = "extension" // of the exchange; its line can be watched
	NumberWork      NumberKind = "work"
	NumberMobile    NumberKind = "mobile"
	NumberHome      NumberKind = "home"
	NumberFax       NumberKind = "fax"
	NumberOther     NumberKind = "other"
)

// Number is one way to reach a person: a number as it was written, a sip: or a tel: URI.
type Number struct {
	Kind   NumberKind `json:"kind"`
	Number string     `json:"number"`
	E164   string     `json:"e164,omitempty"` // "+46…", worked out when stored; empty for extensions and addresses
}

// Person is somebody in a book: a contact of the user, a colleague, an entry of a directory.
type Person struct {
	ID         PersonID  `json:"id"`
	Name       string    `json:"name"` // full name as shown; never empty unless Company or a number stands for it
	Given      string    `json:"given,omitempty"`
	Family     string    `json:"family,omitempty"`
	Company    string    `json:"company,omitempty"`
	Title      string    `json:"title,omitempty"`
	Department string    `json:"department,omitempty"`
	Numbers    []Number  `json:"numbers,omitempty"` // the one to dial first
	Emails     []string  `json:"emails,omitempty"`
	Keywords   []string  `json:"keywords,omitempty"`
	Skills     []string  `json:"skills,omitempty"`
	StandIn    string    `json:"stand_in,omitempty"` // who takes their calls while they cannot: a number, or a name of the same book
	Note       string    `json:"note,omitempty"`
	Mark       Mark      `json:"mark,omitempty"`
	SpeedDial  string    `json:"speed_dial,omitempty"` // 1 to 99
	Photo      bool      `json:"photo,omitempty"`      // there is one, see People.Photo
	Colleague  bool      `json:"colleague,omitempty"`  // of a book of colleagues: the line is watched
	Changed    time.Time `json:"changed,omitzero"`
}

// Label is what to call the person: name, company, first number.
func (p Person) Label() string {
	switch {
	case strings.TrimSpace(p.Name) != "":
		return p.Name
	case p.Company != "":
		return p.Company
	case len(p.Numbers) > 0:
		return p.Numbers[0].Number
	}
	return ""
}

// Line is the number whose lamp is the person's, or empty.
func (p Person) Line() string {
	for _, n := range p.Numbers {
		if n.Kind == NumberExtension {
			return n.Number
		}
	}
	return ""
}

// Own reports whether the user can edit the person.
func (p Person) Own() bool { return p.ID.Book() == OwnBook }

// SearchQuery asks for people. The zero value is everybody, best first.
type SearchQuery struct {
	// Text is words in any order, each of which has to be found: a part of a name, company, title, department, number,
	// e-mail, skill or keyword; initials; a word with a typing error. Letters match without case and accents.
	Text       string `json:"text,omitempty"`
	Mark       Mark   `json:"mark,omitempty"`       // only these
	Book       BookID `json:"book,omitempty"`       // only of this book
	Colleagues bool   `json:"colleagues,omitempty"` // only colleagues
	History    bool   `json:"history,omitempty"`    // also numbers of the history that belong to nobody
	Limit      int    `json:"limit,omitempty"`      // 0 means 50
}

// Field is a part of a person that can be marked as a hit.
type Field string

// The fields. Numbers, e-mails, keywords and skills are named with their place: "number.0".
const (
	FieldName       Field = "name"
	FieldCompany    Field = "company"
	FieldTitle      Field = "title"
	FieldDepartment Field = "department"
	FieldNumber     Field = "number"
	FieldEmail      Field = "email"
	FieldKeyword    Field = "keyword"
	FieldSkill      Field = "skill"
)

// Span is a part of a field's text that was hit, in bytes of the text as stored.
type Span struct {
	Field Field `json:"field"` // FieldName, or FieldNumber + ".0"
	From  int   `json:"from"`
	To    int   `json:"to"`
}

// Hit is a person found.
type Hit struct {
	Person Person    `json:"person"`
	Spans  []Span    `json:"spans,omitempty"`
	Calls  int       `json:"calls"`            // how often we have talked with them, of late counting more
	Last   time.Time `json:"last,omitzero"`    // when last
	Typo   bool      `json:"typo,omitempty"`   // found by forgiving a typing error
	Aside  bool      `json:"aside,omitempty"`  // not by how their name begins, their initials or a number: by their department, or inside a word
	Recent bool      `json:"recent,omitempty"` // nobody's number, from the history; Person.ID is empty
	Reach  Reach     `json:"reach,omitempty"`  // how it stood when ranked
}

// Reach is who can take a call now, best first. It ranks search results (ui.md 5.4).
type Reach int

// The ranks. The zero value is nothing known.
const (
	ReachUnknown Reach = iota
	ReachFree          // idle, and available
	ReachRings         // idle, busy with something that still rings
	ReachTalking       // on a call
	ReachAway          // does not ring
	ReachOffline       // not signed in
)

// SearchResult is the answer to a SearchQuery.
type SearchResult struct {
	Hits  []Hit         `json:"hits"`
	More  bool          `json:"more,omitempty"` // there are more than Limit
	Took  time.Duration `json:"-"`              // from query to ranked, marked hits
	State uint64        `json:"revision"`       // of PeopleState
}

// People answers questions about people. It is read beside the snapshot, never by the engine's loop; a changed
// PeopleState.Revision says that an answer got before is out of date.
type People interface {
	// Search ranks by mark, who can take the call now, how often called, then name.
	Search(context.Context, SearchQuery) (SearchResult, error)
	// Person is one person; ReasonNoPerson when there is none.
	Person(context.Context, PersonID) (Person, error)
	// Match is who a number belongs to, however it is written, best first; none is no error.
	Match(ctx context.Context, number string) ([]Person, error)
	// Photo is a person's picture as JPEG or PNG of at most 512 pixels a side.
	Photo(context.Context, PersonID) ([]byte, error)
}

// PeopleState is what the snapshot tells of people.
type PeopleState struct {
	Revision uint64       `json:"revision"` // rises with every change
	Count    int          `json:"count"`
	Books    []BookStatus `json:"books"` // configured ones, by ID
}
