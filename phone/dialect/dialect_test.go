package dialect_test

import (
	"errors"
	"testing"

	"svara/assets"
	"svara/phone"
	"svara/phone/dialect"
)

func shipped(t *testing.T) map[string]*dialect.Dialect {
	t.Helper()
	all, errs := dialect.Load(assets.Dialects(), "")
	for _, err := range errs {
		t.Error(err)
	}
	if t.Failed() {
		t.FailNow()
	}
	return all
}

func reasonOf(t *testing.T, err error) phone.ReasonID {
	t.Helper()
	var refused *phone.Error
	if !errors.As(err, &refused) {
		t.Fatalf("%v is no *phone.Error", err)
	}
	return refused.Reason.ID
}

func TestDemoPlans(t *testing.T) {
	d := shipped(t)["demo"]
	steps, err := d.Plan(phone.FeatureProfileOn, dialect.Args{Profile: "3", Time: "1530"})
	if err != nil || len(steps) != 1 || steps[0].String() != "dial:*24*3*1530#" {
		t.Fatalf("%v, %v", steps, err)
	}
	_, err = d.Plan(phone.FeaturePickup, dialect.Args{Number: "anna"})
	if got := reasonOf(t, err); got != phone.ReasonBadTarget {
		t.Fatalf("%v", err)
	}
}
