package phone

import (
	"fmt"
	"testing"
)

func TestRulesInForce(t *testing.T) {
	on := func(kind ForwardKind, number string) Forward {
		return Forward{Account: "a", Kind: kind, State: ConfirmOn, Number: number}
	}
	for name, c := range map[string]struct {
		me       Activity
		forwards []Forward
		want     string
	}{
		"free":               {Activity{Kind: ActivityAvailable, Rings: true}, nil, "rings "},
		"nothing chosen":     {Activity{}, nil, "rings "},
		"silent, no answer":  {Activity{Kind: ActivityLunch}, []Forward{on(ForwardNoAnswer, "2")}, "silent ; forward noanswer 2"},
		"busy before others": {Activity{Kind: ActivityAvailable, Rings: true}, []Forward{on(ForwardNoAnswer, "2"), on(ForwardBusy, "3")}, "rings ; forward busy 3; forward noanswer 2"},
		"all":                {Activity{Kind: ActivityAvailable, Rings: true}, []Forward{on(ForwardAll, "1"), on(ForwardBusy, "3")}, "forward all 1"},
		"activity first":     {Activity{Kind: ActivityLunch, Divert: "9"}, []Forward{on(ForwardAll, "1")}, "divert 9"},
		"refused":            {Activity{Kind: ActivityAvailable, Rings: true}, []Forward{{Account: "a", Kind: ForwardAll, State: ConfirmRefused, Asked: "1"}}, "refused all 1; rings "},
		"another account's":  {Activity{Kind: ActivityAvailable, Rings: true}, []Forward{{Account: "b", Kind: ForwardAll, State: ConfirmOn, Number: "1"}}, "rings "},
	} {
		s := &Snapshot{Accounts: []AccountStatus{{Account: Account{ID: "a"}}}, Me: Me{Activity: c.me}, Forwards: c.forwards}
		got := ""
		for i, r := range s.Rules() {
			if i > 0 {
				got += "; "
			}
			got += string(r.Kind) + " "
			if r.Forward != "" {
				got += string(r.Forward) + " "
			}
			got += r.Number
		}
		if got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
	s := &Snapshot{Accounts: []AccountStatus{{Account: Account{ID: "a"}}}, Me: Me{Activity: Activity{Kind: ActivityLunch, Divert: "9"}}, Team: TeamState{Applies: "a"},
		Profile: []ProfileStatus{{Account: "a", State: ConfirmOn, Number: "4"}}, Queues: []QueueStatus{{Queue: Queue{Name: "Support"}, Login: ConfirmOn}, {Queue: Queue{Name: "Sales"}}}}
	if got := fmt.Sprint(s.Rules()); got != fmt.Sprint([]Rule{{Kind: RuleProfile, Account: "a", Number: "4"}, {Kind: RuleDivert, Account: "a", Number: "9", Activity: ActivityLunch, Team: true}, {Kind: RuleQueues, Queues: []string{"Support"}}}) {
		t.Error(got)
	}
}
