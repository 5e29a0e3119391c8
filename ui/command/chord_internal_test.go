package command

import (
	"testing"

	"svara/ui/text"
)

func TestModifiersHaveNamesOnEverySystem(t *testing.T) {
	for _, system := range []string{"linux", "windows", "darwin"} {
		for _, m := range modNames {
			if key := modText(m.mod, m.name, system); !text.Has(key) {
				t.Errorf("%s: no text %s", system, key)
			}
		}
	}
	if modText(Ctrl, "Ctrl", "darwin") == modText(Alt, "Alt", "darwin") {
		t.Error("two modifiers of a Mac have one name")
	}
}
