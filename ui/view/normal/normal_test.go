package normal

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/command"
	"svara/ui/present"
	"svara/ui/view"
)

// TestWhoTypesFastGetsTheOneTyped presses the key of a way before the hits for what is typed have come: the hits of a
// letter before are still on screen, with somebody else on top.
func TestWhoTypesFastGetsTheOneTyped(t *testing.T) {
	test.NewTempApp(t)
	held := phone.Call{ID: 7, Account: "a", State: phone.StateConnected, Hold: phone.HoldLocal, Remote: phone.Party{Name: "Maria Ekdal", Number: "0701740612"}}
	snap := &phone.Snapshot{
		Accounts: []phone.AccountStatus{{Account: phone.Account{ID: "a", User: "a", Domain: "d"}, Features: []phone.Feature{phone.FeatureTransferDirect}}},
		Calls:    []phone.Call{held},
	}
	var told []phone.Command
	var answers []func()
	entry := func(id int64, name, number string) phone.HistoryEntry {
		return phone.HistoryEntry{ID: id, Remote: phone.Party{Name: name, Number: number}}
	}
	all := []phone.HistoryEntry{entry(2, "Mats Holmér", "2110"), entry(1, "Amina Berg", "2101")}
	v := New(view.Deps{
		Run: func(command.ID, phone.CallID) {}, Snapshot: func() *phone.Snapshot { return snap },
		Do: func(c phone.Command) error {
			told = append(told, c)
			return nil
		},
		Undo: func(phone.CallID, string, string, func()) {}, Say: func(string) {},
		Query: func(q phone.HistoryQuery, answer func([]phone.HistoryEntry, error)) {
			answers = append(answers, func() {
				var found []phone.HistoryEntry
				for _, e := range all {
					if strings.Contains(strings.ToLower(e.Remote.Name), q.Text) {
						found = append(found, e)
					}
				}
				answer(found, nil)
			})
		},
	}, present.Scene{Snap: snap, Now: time.Unix(0, 0)})
	come := func() {
		for _, f := range answers {
			f()
		}
		answers = nil
	}
	c := test.NewWindow(v.Object()).Canvas()
	v.Ask(command.AskTransfer, 7, c)
	v.SetField("m")
	come()
	v.SetField("min")
	v.HandOver(command.HandDirect, c)
	if len(told) != 0 {
		t.Fatalf("told %#v before the hits are there", told)
	}
	come()
	if want := (phone.TransferTo{Call: 7, Target: "2101", Kind: phone.TransferDirect}); len(told) != 1 || told[0] != want {
		t.Errorf("told %#v, want %#v", told, want)
	}
}
