package command

import (
	"testing"

	"svara/assets"
)

// No two commands of one context have the same default key: Rebound takes keys from those that the user gave them only.
func TestDefaultsDoNotClash(t *testing.T) {
	keys, err := ParseBindings(assets.Keys())
	if err != nil {
		t.Fatal(err)
	}
	all, err := Registry(keys)
	if err != nil {
		t.Fatal(err)
	}
	if one, other, chord, clash := build(all, nil).clash(); clash {
		t.Errorf("%s means both %s and %s", chord, one, other)
	}
}
