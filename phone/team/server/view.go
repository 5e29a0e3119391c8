package server

import (
	"slices"
	"strings"

	"svara/phone/team"
)

// view is what somebody may see.
type view struct {
	person team.PersonID
	all    bool // administrator of everything
	every  bool // rights in Everyone: every group that has a name
	groups map[team.GroupID]bool
	key    string // views with the same key show the same, apart from what is a person's own
}

func viewOf(p team.Person) view {
	v := view{person: p.ID, all: p.In(team.Everyone).Reaches(team.RightsAdmin), every: p.In(team.Everyone).Reaches(team.RightsUser), groups: map[team.GroupID]bool{}}
	var names []string
	for g, r := range p.Groups {
		if r.Reaches(team.RightsUser) {
			v.groups[g] = true
			names = append(names, string(g))
		}
	}
	slices.Sort(names)
	switch {
	case v.all:
		v.key = "all"
	case v.every:
		v.key = "every"
	default:
		v.key = strings.Join(names, "\n")
	}
	return v
}

// list is the groups of the log that the view shows; nil is all.
func (v view) list() []team.GroupID {
	if v.all {
		return nil
	}
	out := []team.GroupID{}
	for g := range v.groups {
		out = append(out, g)
	}
	return out
}

// shows reports whether the view has an item. A queue without a group, and what is in it, is for those who place queues.
func (v view) shows(i team.Item) bool {
	if hidden[i.Kind] {
		return false
	}
	switch i.Kind {
	case team.KindQueue, team.KindMember, team.KindWaiting, team.KindLog:
		if i.Group == "" {
			return v.all
		}
	}
	if i.Person != "" {
		return i.Person == v.person
	}
	return i.Group == "" || v.all || v.every || v.groups[i.Group]
}
