package tally

import (
	"cmp"
	"strings"

	"svara/phone"
	"svara/phone/team"
)

// group is whose a queue is.
func (t *Tally) group(q phone.QueueID) team.GroupID { return t.whose.Queues[q] }

// who is whose a telephone is: "PJSIP/2101", "Local/2101@agents/n" and "2101" are that of the extension 2101 unless they
// are placed by themselves.
func (t *Tally) who(phone string) team.PersonID {
	if id := t.whose.Phones[phone]; id != "" {
		return id
	}
	_, ext, ok := strings.Cut(phone, "/")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(ext, "@/"); i >= 0 {
		ext = ext[:i]
	}
	return t.whose.Phones[ext]
}

// Whose replaces who has which telephone and queue. What is in the log stays with whom it was.
func (t *Tally) Whose(w team.Whose) {
	t.whose = w
	for id, q := range t.queues {
		moved := q.q.Group != t.group(id)
		if moved {
			q.q.Group = t.group(id)
			t.mark(&q.mark, q)
			for _, r := range q.waiting {
				t.mark(&r.waits.mark, r.waits)
			}
		}
		for _, m := range q.members {
			who := t.who(m.m.Phone)
			name := cmp.Or(w.Names[who], m.name)
			if !moved && who == m.m.Person && name == m.m.Name {
				continue
			}
			m.m.Person, m.m.Name = who, name
			t.mark(&m.mark, m)
		}
	}
	for phone, l := range t.lamps {
		who := t.who(phone)
		if who == l.person {
			continue
		}
		old := l.person
		if p := t.persons[old]; p != nil {
			p.drop(l)
			t.light(old, t.seen)
		}
		t.hang(l, who)
		t.light(who, t.seen)
	}
}
