package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

func TestCollectionInWords(t *testing.T) {
	none := CollectionOf(phone.Collecting{})
	if none.Words != text.T("diagnostics.nothing") || !none.Begin.Enabled || none.End.Enabled || none.Save.Enabled || none.Save.Reason == "" {
		t.Errorf("nothing yet: %+v", none)
	}
	on := CollectionOf(phone.Collecting{On: true, Since: noon, Lines: 1234, Messages: 7, Samples: 60})
	if !on.End.Enabled || !on.Save.Enabled || !strings.Contains(on.Words, "1,234") || !strings.Contains(on.Words, "60") {
		t.Errorf("on: %+v", on)
	}
	over := CollectionOf(phone.Collecting{Since: noon, Until: noon.Add(time.Minute), Dropped: 3})
	if over.End.Enabled || !over.Save.Enabled || !strings.Contains(over.Words, text.T("diagnostics.dropped")) || over.Begin.Text == none.Begin.Text {
		t.Errorf("over: %+v", over)
	}
}
