package main

import (
	"context"
	"crypto/rand"
	"strings"

	"svara/phone"
)

// teamPlans are the future activities of a colleague, where one may set them.
var teamPlans = group("team", map[string]runner{
	"list": (*cli).teamPlanList,
	"add":  (*cli).teamPlanAdd,

	"remove": (*cli).teamPlanRemove,
})

func (c *cli) teamPlanList(ctx context.Context, args []string) error {
	given, err := words(c.flags("team"), args, 1, 1)
	if err != nil {
		return err
	}
	return ask(ctx, c, "colleague-plans", map[string]string{"person": given[0]}, func(p phone.ColleaguePlans) { c.showPlans(p.Plans) })
}

func (c *cli) teamPlanAdd(ctx context.Context, args []string) error {
	fs := c.flags("team")
	fill := planFlags(fs)
	id := fs.String("id", "", "")
	given, err := words(fs, args, 2, 2)
	if err != nil {
		return err
	}
	p := phone.Plan{ID: *id}
	if p.Kind, err = kindOf("team", given[1]); err != nil {
		return err
	}
	if err := fill(&p); err != nil {
		return err
	}
	if p.ID == "" {
		p.ID = strings.ToLower(rand.Text()[:8])
	}
	if err := p.Validate(); err != nil {
		return err
	}
	return c.change(ctx, phone.SetColleaguePlan{Person: phone.TeamPersonID(given[0]), Plan: p})
}

func (c *cli) teamPlanRemove(ctx context.Context, args []string) error {
	given, err := words(c.flags("team"), args, 2, 2)
	if err != nil {
		return err
	}
	return c.change(ctx, phone.RemoveColleaguePlan{Person: phone.TeamPersonID(given[0]), ID: given[1]})
}
