package present

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/command"
)

// stripCalls are calls of every kind, not in the order they wait.
func stripCalls() []phone.Call {
	ring := call(4, phone.StateIncoming)
	ring.Created = noon.Add(-48 * time.Second)
	return []phone.Call{
		call(1, phone.StateConnected), call(2, phone.StateConnected, waiting(114*time.Second)), ring,
		call(3, phone.StateConnected, waiting(0), func(c *phone.Call) {
			c.Camp = &phone.Camp{Target: lena, Place: 1, Since: noon.Add(-155 * time.Second), Line: phone.LineBusy, Reminder: true}
		}),
		call(5, phone.StateConnected, waiting(0), given(phone.Transfer{State: phone.TransferRinging, Target: lena, Undo: true, RecallAt: noon.Add(31 * time.Second)})),
	}
}

// TestCallStrip sorts by the longest wait, with what each waits for, how its wait looks and the one thing to do with it.
func TestCallStrip(t *testing.T) {
	s := board(1, stripCalls())
	s.Number = func(c command.Card) int { return int(c.Call) }
	m := CallStripOf(s, 0)
	if m.Front == nil || m.Front.ID != 1 {
		t.Fatalf("in front is %+v", m.Front)
	}
	var got []string
	for _, c := range m.Cards {
		got = append(got, fmt.Sprintf("%d %s|%s|%s|%s|%s|%v", c.Number, c.Timer, c.TimerTone, c.Line, c.After, c.Act.Text, c.Alarm))
	}
	want := []string{
		"3 02:35|red|Has waited long for Lena Östlund||Pick up|true", "2 01:54|amber|On hold by you||Resume|false", "4 00:48||2101||Answer|false",
		"5 00:14||→ Lena Östlund|back in 31 s|Take back|false",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the strip is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var counts []string
	for _, c := range m.Counts {
		counts = append(counts, fmt.Sprint(c.Icon, c.N))
	}
	if got := strings.Join(counts, " "); got != "bell1 pause1 arrow-right1 hourglass1" {
		t.Errorf("counts are %s", got)
	}
}

// TestCallStripLimits follows the user's own limits of a long wait.
func TestCallStripLimits(t *testing.T) {
	s := board(1, stripCalls(), func(s *phone.Snapshot) {
		s.Settings = phone.Settings{phone.KeyWaitLong: "10", phone.KeyWaitTooLong: "100"}
	})
	for _, c := range CallStripOf(s, 0).Cards {
		want := ToneAmber
		switch c.ID {
		case 2, 3:
			want = ToneRed
		case 5:
			continue // its time is counted down
		}
		if c.TimerTone != want {
			t.Errorf("call %d is %q, want %q", c.ID, c.TimerTone, want)
		}
	}
}

// TestCallStripFront keeps the call that the field asks about in front while it is on hold; without it we are ready.
func TestCallStripFront(t *testing.T) {
	s := board(0, []phone.Call{call(2, phone.StateConnected, waiting(19*time.Second))})
	if m := CallStripOf(s, 0); m.Front != nil || len(m.Cards) != 1 {
		t.Errorf("a held call is in front: %+v", m.Front)
	}
	m := CallStripOf(s, 2)
	if m.Front == nil || len(m.Cards) != 0 || m.Front.Clock != "00:19" || m.Front.Acts[0].Text != "Resume" || m.Front.Acts[1].Command != string(command.Park) {
		t.Errorf("the call asked about is %+v", m.Front)
	}
}

// TestHints are the keys that work, by what there is; keys that mean nothing now are left out.
func TestHints(t *testing.T) {
	works := func(ids ...command.ID) func(string) string {
		return func(id string) string {
			for _, w := range ids {
				if string(w) == id {
					return "<" + id + ">"
				}
			}
			return ""
		}
	}
	for name, c := range map[string]struct {
		key   func(string) string
		asked command.Question
		want  string
	}{
		"ready":    {works(command.GoSearch, command.DialTyped, command.GoShortcuts), "", "Search, Call, All keys"},
		"talking":  {works(command.GoSearch, command.HandOver, command.Direct, command.Announced, command.CampOn, command.Hold, command.Hangup), "", "Search, Direct, Announced, Camp on, Hold, Hang up"},
		"consult":  {works(command.Complete, command.Hangup), "", "Connect, Hang up"},
		"transfer": {works(command.GoSearch, command.HandOver, command.Direct, command.Voicemail, command.Back, command.Hold), command.AskTransfer, "Highlighted action, Direct, Voicemail, Back to caller"},
		"add":      {works(command.HandOver, command.Direct, command.Announced, command.CampOn, command.Voicemail, command.Back), command.AskAdd, "Highlighted action, Cancel"},
		"deflect":  {works(command.HandOver, command.Direct, command.Announced, command.CampOn, command.Voicemail, command.Back), command.AskDeflect, "Highlighted action, Cancel"},
	} {
		s := board(1, []phone.Call{call(1, phone.StateConnected)})
		s.Key = c.key
		var got []string
		for _, h := range HintsOf(s, c.asked) {
			got = append(got, h.Text)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %s, want %s", name, strings.Join(got, ", "), c.want)
		}
	}
}

// TestStandardWay hands over as the other stands: camp on while they talk, voicemail when they do not ring.
func TestStandardWay(t *testing.T) {
	for status, want := range map[Status]command.Handing{
		StatusAvailable: command.HandAnnounced, StatusInCall: command.HandCamp, StatusRinging: command.HandCamp, "lunch": command.HandVoicemail,
		"meeting+rings": command.HandAnnounced, StatusNotSignedIn: command.HandVoicemail, StatusUnknown: command.HandAnnounced, "": command.HandAnnounced,
	} {
		if got := StandardWay(board(1, []phone.Call{call(1, phone.StateConnected)}), 1, Lamp{Status: status}); got != want {
			t.Errorf("%q: %s, want %s", status, got, want)
		}
	}
	s := board(1, []phone.Call{call(1, phone.StateConnected)})
	s.Snap.Accounts[0].Features = []phone.Feature{phone.FeatureTransferDirect}
	if got := StandardWay(s, 1, Lamp{Status: "lunch"}); got == command.HandVoicemail {
		t.Error("voicemail is the standard where the exchange has none")
	}
}
