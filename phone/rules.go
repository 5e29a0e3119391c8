package phone

import "time"

// RuleKind is something that decides where a call to the user goes.
type RuleKind string

// The kinds.
const (
	RuleProfile RuleKind = "profile" // the exchange follows the profile Number
	RuleDivert  RuleKind = "divert"  // to Number while the activity lasts
	RuleForward RuleKind = "forward" // to Number; Forward says when
	RuleRings   RuleKind = "rings"   // it rings here
	RuleSilent  RuleKind = "silent"  // it does not
	RuleQueues  RuleKind = "queues"  // calls to Queues ring here besides
	RuleRefused RuleKind = "refused" // a forwarding is wanted and not set: Reason
)

// Rule is one of the rules in force for calls to the user (features.md F11).
type Rule struct {
	Kind     RuleKind     `json:"kind"`
	Account  AccountID    `json:"account,omitempty"`
	Number   string       `json:"number,omitempty"`
	Forward  ForwardKind  `json:"forward,omitempty"`
	Activity ActivityKind `json:"activity,omitempty"`
	Name     string       `json:"name,omitempty"`   // of the activity, when the user named it
	Until    time.Time    `json:"until,omitzero"`   // of the activity
	Team     bool         `json:"team,omitempty"`   // the team server sees to it, this phone closed or not
	Queues   []string     `json:"queues,omitempty"` // names
	Reason   *Reason      `json:"reason,omitempty"`
}

// Rules is what happens to a call to the user now, in the order in which it is decided: what comes after a rule that sends
// all calls on is for calls that come past it.
func (s *Snapshot) Rules() []Rule {
	var out []Rule
	for _, a := range s.Accounts {
		out = append(out, s.rulesOf(a.ID)...)
	}
	var queues []string
	for _, q := range s.Queues {
		if q.Login == ConfirmOn {
			queues = append(queues, q.Name)
		}
	}
	if len(queues) > 0 {
		out = append(out, Rule{Kind: RuleQueues, Queues: queues})
	}
	return out
}

func (s *Snapshot) rulesOf(id AccountID) []Rule {
	var out []Rule
	for _, p := range s.Profile {
		if p.Account == id && p.State == ConfirmOn {
			out = append(out, Rule{Kind: RuleProfile, Account: id, Number: p.Number, Until: p.Until})
		}
	}
	act, team := s.Me.Activity, s.Team.Applies == id && id != ""
	if act.Kind == "" { // nothing was chosen yet
		act.Kind, act.Rings = ActivityAvailable, true
	}
	doing := Rule{Account: id, Activity: act.Kind, Name: act.Name, Until: act.Until}
	all, onward := s.forwardOf(id, ForwardAll), false
	switch {
	case act.Divert != "":
		r := doing
		r.Kind, r.Number, r.Team, onward = RuleDivert, act.Divert, team, true
		out = append(out, r)
	case all != nil:
		out, onward = append(out, Rule{Kind: RuleForward, Account: id, Forward: ForwardAll, Number: all.Number, Team: team}), true
	}
	for _, f := range s.Forwards {
		if f.Account == id && f.State == ConfirmRefused {
			out = append(out, Rule{Kind: RuleRefused, Account: id, Forward: f.Kind, Number: f.Asked, Reason: f.Reason})
		}
	}
	if onward {
		return out
	}
	r := doing
	if r.Kind = RuleSilent; act.Rings {
		r.Kind = RuleRings
	}
	out = append(out, r)
	for _, kind := range []ForwardKind{ForwardBusy, ForwardNoAnswer} {
		if f := s.forwardOf(id, kind); f != nil {
			out = append(out, Rule{Kind: RuleForward, Account: id, Forward: kind, Number: f.Number, Team: team})
		}
	}
	return out
}

// forwardOf is a forwarding that is on, or nil.
func (s *Snapshot) forwardOf(id AccountID, kind ForwardKind) *Forward {
	for i := range s.Forwards {
		if f := &s.Forwards[i]; f.Account == id && f.Kind == kind && f.State == ConfirmOn {
			return f
		}
	}
	return nil
}
