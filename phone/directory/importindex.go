package directory

import (
	"hash/maphash"
	"slices"
	"strings"

	"svara/phone"
	"svara/phone/numbers"
)

// index finds people by UID, or by name and a number or e-mail.
type index struct {
	plan   numbers.Plan
	people []phone.Person
	byID   map[phone.PersonID]int
	seed   maphash.Seed
	last   map[uint64]int32 // by trait, the last one in traits who has it, from 1
	traits []trait
}

// trait is one of those who have something in common, and the one before.
type trait struct{ person, before int32 }

func newIndex(plan numbers.Plan, people []phone.Person) *index {
	x := &index{plan: plan, byID: make(map[phone.PersonID]int, len(people)), seed: maphash.MakeSeed(), last: map[uint64]int32{}}
	for _, p := range people {
		x.add(p)
	}
	return x
}

func (x *index) add(p phone.Person) { x.addKnown(p, x.keysOf(p)) }

// addKnown is add for who has the keys already.
func (x *index) addKnown(p phone.Person, keys []uint64) {
	at := len(x.people)
	x.people = append(x.people, p)
	x.byID[p.ID] = at
	x.learn(at, keys)
}

// replace puts somebody in their own place with more than before.
func (x *index) replace(at int, p phone.Person) {
	x.people[at] = p
	x.learn(at, x.keysOf(p))
}

// learn takes in what somebody is found by.
func (x *index) learn(at int, keys []uint64) {
	for _, key := range keys {
		x.traits = append(x.traits, trait{int32(at), x.last[key]}) //nolint:gosec // far fewer
		x.last[key] = int32(len(x.traits))                         //nolint:gosec // likewise
	}
}

// keysOf is what somebody is found by: numbers and e-mails, and last the name with the company.
func (x *index) keysOf(p phone.Person) []uint64 {
	name := nameKey(p)
	return append(x.contacts(name, p), x.key(name, "company", p.Company))
}

// key is a name and what else two have to have in common, in few bytes: whether they do is looked at.
func (x *index) key(name, kind, value string) uint64 {
	return maphash.String(x.seed, name+"\n"+kind+"\n"+value)
}

// contacts is a person's numbers and e-mails. Numbers that are the same for Plan.Same have a key in common.
func (x *index) contacts(name string, p phone.Person) []uint64 {
	out := make([]uint64, 0, len(p.Numbers)+len(p.Emails)+1)
	for _, n := range p.Numbers {
		r := x.plan.Read(n.Number)
		if r.Key == "" {
			r.Key = bareNumber(n.Number)
		}
		if out = append(out, x.key(name, "number", r.Key)); len(r.Written) < 9 && r.Written != "" {
			out = append(out, x.key(name, "number", r.Written))
		}
	}
	for _, m := range p.Emails {
		out = append(out, x.key(name, "email", strings.ToLower(m)))
	}
	return out
}

func nameKey(p phone.Person) string { return fold(p.Label()) }

// find is where somebody with such keys is, or -1.
func (x *index) find(p person, keys []uint64) int {
	if p.uid != "" {
		if at, ok := x.byID[ownID(p.uid)]; ok {
			return at
		}
	}
	if len(keys) > 1 {
		keys = keys[:len(keys)-1] // the company tells only those apart who have neither number nor e-mail
	}
	first := -1
	for _, key := range keys {
		for i := x.last[key]; i > 0; i = x.traits[i-1].before {
			at := int(x.traits[i-1].person)
			if (first < 0 || at < first) && nameKey(x.people[at]) == nameKey(p.Person) && x.common(x.people[at], p.Person) {
				first = at
			}
		}
	}
	return first
}

// common reports whether two have a number or an e-mail in common. Two that have neither are the same by their name.
func (x *index) common(a, b phone.Person) bool {
	for _, m := range b.Emails {
		if slices.ContainsFunc(a.Emails, func(o string) bool { return strings.EqualFold(o, m) }) {
			return true
		}
	}
	for _, n := range b.Numbers {
		if hasNumber(x.plan, a.Numbers, n.Number) {
			return true
		}
	}
	return len(b.Numbers)+len(b.Emails) == 0 && a.Company == b.Company
}

func hasNumber(plan numbers.Plan, list []phone.Number, number string) bool {
	return slices.ContainsFunc(list, func(n phone.Number) bool {
		return bareNumber(n.Number) == bareNumber(number) || plan.Same(n.Number, number)
	})
}
