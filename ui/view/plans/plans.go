// Package plans is the window of what a colleague plans to be doing.
package plans

import (
	"svara/phone"
	"svara/ui/present"
	"svara/ui/text"
	"svara/ui/view"
	"svara/ui/view/form"
)

// Plans is the future activities of a colleague, for who may set them (features.md F10). They are asked for when it is opened
// and after each change.
type Plans struct {
	*form.Editor

	deps  view.Deps
	scene present.Scene
	who   phone.TeamPersonID
	told  phone.ColleaguePlans
	turn  int // number of the newest question
	sent  bool
	seq   uint64 // of the snapshot that first has what was sent
	live  bool
	kept  string // why one could not be taken away
}

// New makes it. closed is told when the user is done.
func New(deps view.Deps, s present.Scene, who phone.TeamPersonID, name string, closed func()) *Plans {
	p := &Plans{deps: deps, scene: s, who: who, kept: present.PlanKept(s, who)}
	theirs := deps
	theirs.Snapshot = func() *phone.Snapshot { return present.AsColleague(present.Scene{Snap: deps.Snapshot()}, p.told).Snap }
	theirs.Do = func(c phone.Command) error {
		err := deps.Do(c)
		if err == nil {
			p.sent, p.seq = true, deps.Snapshot().Seq
		}
		return err
	}
	p.Editor = form.NewWindow(theirs, present.AsColleague(s, p.told), present.ColleaguePlanEditor(who, name), closed)
	return p
}

// Update draws a scene.
func (p *Plans) Update(s present.Scene) {
	p.scene = s
	live := s.Snap.Team.Link == phone.TeamLive
	done := p.sent && s.Snap.Seq >= p.seq && present.PlansAsked(s, p.who) == 0
	if live && (!p.live || done) {
		p.ask()
	}
	p.live, p.sent = live, p.sent && !done
	if kept := present.PlanKept(s, p.who); kept != p.kept {
		if p.kept = kept; kept != "" {
			p.deps.Say(kept)
		}
	}
	p.Editor.Update(present.AsColleague(s, p.told))
}

func (p *Plans) ask() {
	p.turn++
	turn := p.turn
	p.deps.Contacts.Plans(p.who, func(told phone.ColleaguePlans, err error) {
		switch {
		case turn != p.turn: // asked again meanwhile
		case err != nil:
			p.live = false // asked again with the next scene
			p.deps.Say(text.Refusal(err))
		default:
			p.told = told
			p.Editor.Update(present.AsColleague(p.scene, told))
		}
	})
}
