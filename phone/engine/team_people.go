package engine

import (
	"cmp"
	"slices"

	"svara/phone"
	"svara/phone/team"
)

// fxColleagues makes the people of the team server those of the book phone.TeamBook; nobody takes the book away.
type fxColleagues struct{ people []phone.Person }

func (fxColleagues) isEffect() {}

// putColleagues keeps the book of the team's people up to date while the server tells of them.
func (t *turn) putColleagues() {
	if x := &t.s.team; x.link == phone.TeamLive {
		t.do(fxColleagues{colleagues(x.people, x.me)})
	}
}

// colleagues is the people of a team as they are found in a search, by ID: all but ourselves, those who have left, and
// those who cannot be reached.
func colleagues(people map[team.PersonID]team.Person, me team.PersonID) []phone.Person {
	var out []phone.Person
	for id, in := range people {
		if id == me || in.Disabled || in.Name == "" {
			continue
		}
		p := phone.Person{ID: phone.PersonOf(phone.TeamBook, string(id)), Name: in.Name, Title: in.Title, Department: in.Department, Skills: in.Skills}
		number := func(kind phone.NumberKind, n string) {
			if n != "" && !slices.ContainsFunc(p.Numbers, func(o phone.Number) bool { return o.Number == n }) {
				p.Numbers = append(p.Numbers, phone.Number{Kind: kind, Number: n})
			}
		}
		number(phone.NumberExtension, in.Extension)
		for _, n := range in.Numbers {
			number(cmp.Or(n.Kind, phone.NumberWork), n.Number)
		}
		number(phone.NumberMobile, in.Mobile)
		if in.Email != "" {
			p.Emails = []string{in.Email}
		}
		if len(p.Numbers) > 0 || len(p.Emails) > 0 {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b phone.Person) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// colleagues writes the team's people down, after what is being written.
func (r *runner) colleagues(fx fxColleagues) {
	if r.opt.Colleagues == nil {
		return
	}
	r.store.post(r.group, "store", func() {
		ctx, cancel := r.writing()
		defer cancel()
		err := r.opt.Colleagues.PutColleagues(ctx, fx.people)
		r.wrote(err)
		if err != nil {
			r.input(inSaved{what: savedItem, err: err})
		}
	})
	r.people(r.favouritesOnly.Load())
}
