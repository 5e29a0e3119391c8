package phone

import "context"

// ColleaguePlans is what somebody plans to be doing, for those who may set it (features.md F10).
type ColleaguePlans struct {
	Person TeamPersonID `json:"person"`
	Plans  []Planned    `json:"plans"` // soonest first
	Links  []Link       `json:"links"` // where their calls go during an activity
	Roles  []Role       `json:"roles"` // the numbers that they can show
}

// Colleagues answers what those in TeamState.Permitted plan. It is asked anew after a SetColleaguePlan or RemoveColleaguePlan.
type Colleagues interface {
	ColleaguePlans(context.Context, TeamPersonID) (ColleaguePlans, error)
}

// PlanAbout is what a TeamChange of somebody's plan is about.
func PlanAbout(who TeamPersonID, plan string) string { return string(who) + "/" + plan }
