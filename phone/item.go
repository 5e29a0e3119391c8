package phone

import (
	"encoding/json"
	"fmt"
	"time"
)

// Item is something the user has set up, of which there can be several: a shortcut, a plan, a role, a queue … Items are
// kept by kind and key, and put and removed by the same two commands.
type Item interface {
	ItemKind() ItemKind
	Key() string     // unique within its kind
	Validate() error // a refusal that names the field, or nil
}

// ItemKind is a kind of item.
type ItemKind string

// The kinds. Of ItemHours there is one, with an empty key.
const (
	ItemShortcut ItemKind = "shortcut"
	ItemPlan     ItemKind = "plan"
	ItemHours    ItemKind = "hours"
	ItemLink     ItemKind = "link"
	ItemProfile  ItemKind = "profile"
	ItemRole     ItemKind = "role"
	ItemQueue    ItemKind = "queue"
	ItemLookup   ItemKind = "lookup"
	ItemTemplate ItemKind = "template"
)

// items makes an empty item of a kind to read JSON into.
var items = map[ItemKind]func([]byte) (Item, error){
	ItemShortcut: readItem[Shortcut],
	ItemPlan:     readItem[Plan],
	ItemHours:    readItem[WorkingHours],
	ItemLink:     readItem[Link],
	ItemProfile:  readItem[Profile],
	ItemRole:     readItem[Role],
	ItemQueue:    readItem[Queue],
	ItemLookup:   readItem[Lookup],
	ItemTemplate: readItem[Template],
}

func readItem[I Item](raw []byte) (Item, error) {
	var item I
	err := json.Unmarshal(raw, &item)
	return item, err
}

// DecodeItem makes an item of its JSON.
func DecodeItem(kind ItemKind, raw []byte) (Item, error) {
	read, ok := items[kind]
	if !ok {
		return nil, Refuse(ReasonBadItem, string(kind))
	}
	item, err := read(raw)
	if err != nil {
		return nil, Refuse(ReasonBadItem, fmt.Sprintf("%s: %v", kind, err))
	}
	return item, nil
}

// UnmarshalJSON reads {"kind":"queue","item":{…}}.
func (c *PutItem) UnmarshalJSON(raw []byte) error {
	var in struct {
		Kind        ItemKind        `json:"kind"`
		Item        json.RawMessage `json:"item"`
		SessionOnly bool            `json:"session_only"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	item, err := DecodeItem(in.Kind, in.Item)
	c.Item, c.SessionOnly = item, in.SessionOnly
	return err
}

// MarshalJSON is the reverse of UnmarshalJSON.
func (c PutItem) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind        ItemKind `json:"kind"`
		Item        Item     `json:"item"`
		SessionOnly bool     `json:"session_only,omitempty"`
	}{c.Item.ItemKind(), c.Item, c.SessionOnly})
}

// ItemKind is the kind.
func (Shortcut) ItemKind() ItemKind     { return ItemShortcut }
func (Plan) ItemKind() ItemKind         { return ItemPlan }
func (WorkingHours) ItemKind() ItemKind { return ItemHours }
func (Link) ItemKind() ItemKind         { return ItemLink }
func (Profile) ItemKind() ItemKind      { return ItemProfile }
func (Role) ItemKind() ItemKind         { return ItemRole }
func (Queue) ItemKind() ItemKind        { return ItemQueue }
func (Lookup) ItemKind() ItemKind       { return ItemLookup }
func (Template) ItemKind() ItemKind     { return ItemTemplate }

// Key is what tells it from others of its kind.
func (i Shortcut) Key() string   { return i.ID }
func (i Plan) Key() string       { return i.ID }
func (WorkingHours) Key() string { return "" }
func (i Link) Key() string       { return string(i.Kind) }
func (i Profile) Key() string    { return i.Number }
func (i Role) Key() string       { return string(i.ID) }
func (i Queue) Key() string      { return string(i.ID) }
func (i Lookup) Key() string     { return i.ID }
func (i Template) Key() string   { return i.ID }

func bad(field string) error { return Refuse(ReasonBadItem, field) }

func knownKind(k ActivityKind) bool {
	for _, known := range ActivityKinds {
		if k == known {
			return true
		}
	}
	return k == ActivityOther
}

func badDivert(d DivertChoice, number string) error {
	switch d {
	case DivertLinked, DivertIgnore:
		return nil
	case DivertNumber:
		if number != "" && plainText(number, 200) {
			return nil
		}
		return bad("number")
	}
	return bad("divert")
}

// plainText reports whether a text fits on one line and is not absurdly long.
func plainText(s string, limit int) bool {
	if len(s) > limit {
		return false
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return false
		}
	}
	return true
}

func goodKey(s string) bool { return s != "" && plainText(s, 100) }

// Validate names what is wrong.
func (i Shortcut) Validate() error {
	switch {
	case !goodKey(i.ID):
		return bad("id")
	case !plainText(i.Name, 100):
		return bad("name")
	case !knownKind(i.Kind):
		return bad("kind")
	case !plainText(i.Icon, 50):
		return bad("icon")
	}
	if err := i.Length.Validate(); err != nil {
		return err
	}
	return badDivert(i.Divert, i.Number)
}

// Validate names what is wrong.
func (l Length) Validate() error {
	switch l.Kind {
	case LengthMinutes:
		if l.Minutes < 1 || l.Minutes > 60*24*366 {
			return bad("minutes")
		}
	case "", LengthRestOfDay, LengthNextWorkingDay, LengthUntilChanged:
	default:
		return bad("length")
	}
	return nil
}

// Validate names what is wrong.
func (i Plan) Validate() error {
	from, err := time.Parse(PlanTime, i.From)
	to, err2 := time.Parse(PlanTime, i.To)
	_, zone := time.LoadLocation(i.Zone)
	switch {
	case !goodKey(i.ID):
		return bad("id")
	case !plainText(i.Name, 100):
		return bad("name")
	case !knownKind(i.Kind):
		return bad("kind")
	case len(i.Note) > 1000:
		return bad("note")
	case err != nil:
		return bad("from")
	case err2 != nil || !to.After(from):
		return bad("to")
	case zone != nil:
		return bad("zone")
	}
	switch i.Repeat {
	case RepeatNever, RepeatDaily, RepeatMonthly, RepeatYearly:
	case RepeatWeekly:
		if len(i.Days) == 0 {
			return bad("days")
		}
		for _, d := range i.Days {
			if d < time.Sunday || d > time.Saturday {
				return bad("days")
			}
		}
	default:
		return bad("repeat")
	}
	if i.Until != "" {
		until, err := time.Parse(time.DateOnly, i.Until)
		if err != nil || until.Before(from.Truncate(24*time.Hour)) {
			return bad("until")
		}
	}
	return badDivert(i.Divert, i.Number)
}

// Validate names what is wrong.
func (w WorkingHours) Validate() error {
	if _, err := time.LoadLocation(w.Zone); err != nil {
		return bad("zone")
	}
	for day, spans := range w.Days {
		if day < time.Sunday || day > time.Saturday {
			return bad("days")
		}
		last := 0
		for _, s := range spans {
			if s.From < last || s.To <= s.From || s.To > 24*60 {
				return bad("days")
			}
			last = s.To
		}
	}
	return nil
}

// Validate names what is wrong.
func (i Link) Validate() error {
	if !knownKind(i.Kind) {
		return bad("kind")
	}
	return badDivert(DivertNumber, i.Number)
}

// Validate names what is wrong.
func (i Profile) Validate() error {
	switch {
	case !digits(i.Number) || len(i.Number) > 10:
		return bad("number")
	case !plainText(i.Name, 100):
		return bad("name")
	}
	return nil
}

// digits reports whether a text is decimal digits and no more.
func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// Validate names what is wrong.
func (i Role) Validate() error {
	switch {
	case !goodKey(string(i.ID)) || i.ID == RoleWithheld:
		return bad("id")
	case i.Name == "" || !plainText(i.Name, 100):
		return bad("name")
	case !i.Withheld && i.Number == "" || !plainText(i.Number, 200):
		return bad("number")
	}
	return nil
}

// Validate names what is wrong.
func (i Queue) Validate() error {
	switch {
	case !goodKey(string(i.ID)):
		return bad("id")
	case !plainText(i.Name, 100):
		return bad("name")
	}
	return nil
}

// Validate names what is wrong. That the URL's placeholders are known ones is phone/template's to say.
func (i Lookup) Validate() error {
	switch {
	case !goodKey(i.ID):
		return bad("id")
	case i.Name == "" || !plainText(i.Name, 100):
		return bad("name")
	case i.URL == "" || !plainText(i.URL, 2000):
		return bad("url")
	}
	return nil
}

// Validate names what is wrong.
func (i Template) Validate() error {
	switch {
	case !goodKey(i.ID):
		return bad("id")
	case i.Name == "" || !plainText(i.Name, 100):
		return bad("name")
	case i.Kind != MessageSMS && i.Kind != MessageEmail:
		return bad("kind")
	case !plainText(i.Subject, 500):
		return bad("subject")
	case len(i.Text) > 5000:
		return bad("text")
	}
	return nil
}
