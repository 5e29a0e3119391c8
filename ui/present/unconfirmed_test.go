package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// What an exchange took the code for, and may have refused in words, is told as that.
func TestUnconfirmed(t *testing.T) {
	account := phone.AccountStatus{Account: phone.Account{ID: "a", Default: true}, Features: []phone.Feature{
		phone.FeatureForwardAllOn, phone.FeatureForwardAllOff, phone.FeatureProfileOn, phone.FeatureProfileOff, phone.FeatureQueueLogin,
	}}
	for _, unconfirmed := range []bool{false, true} {
		s := Scene{Now: time.Now(), Snap: &phone.Snapshot{
			Accounts: []phone.AccountStatus{account},
			Forwards: []phone.Forward{{Account: "a", Kind: phone.ForwardAll, State: phone.ConfirmOn, Number: "2199", Unconfirmed: unconfirmed}},
			Profile:  []phone.ProfileStatus{{Account: "a", State: phone.ConfirmOff, Unconfirmed: unconfirmed}},
			Queues: []phone.QueueStatus{
				{Queue: phone.Queue{ID: "1"}, Login: phone.ConfirmOn, Unconfirmed: unconfirmed}, {Queue: phone.Queue{ID: "2"}, Login: phone.ConfirmOff, Unconfirmed: unconfirmed},
			},
		}}
		f := ForwardingOf(s)[0]
		if told := strings.Contains(f.Rows[0].State, "does not say"); told != unconfirmed || (f.Rows[0].Tone == ToneAmber) != unconfirmed {
			t.Errorf("%+v", f.Rows[0])
		}
		if told := strings.Contains(f.Profile.State, "does not say"); told != unconfirmed {
			t.Errorf("%+v", f.Profile)
		}
		for i, b := range QueueButtons(s, func(phone.QueueID) time.Time { return time.Time{} }) {
			if told := strings.Contains(b.Detail, "not confirmed") && strings.Contains(b.Tip, "does not say"); told != unconfirmed || b.In != (i == 0) {
				t.Errorf("%+v", b)
			}
		}
	}
}
