package present

import (
	"os"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
)

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	text.SetLanguage("en")
	os.Exit(m.Run())
}

func scene(change ...func(*phone.Snapshot)) Scene {
	s := &phone.Snapshot{Seq: 1, Time: noon, Accounts: []phone.AccountStatus{account("elin", phone.RegistrationRegistered)}}
	s.Accounts[0].Default = true
	for _, f := range change {
		f(s)
	}
	return Scene{Snap: s, Now: noon}
}

func account(id string, state phone.RegistrationState) phone.AccountStatus {
	return phone.AccountStatus{
		Account:      phone.Account{ID: phone.AccountID(id), User: id, Domain: "vaxel.example.com"},
		Registration: phone.Registration{State: state},
	}
}

func call(id phone.CallID, state phone.CallState, change ...func(*phone.Call)) phone.Call {
	c := phone.Call{ID: id, Account: "elin", Direction: phone.Outgoing, State: state, Hold: phone.HoldNone, Remote: phone.Party{Name: "Anna Berg", Number: "2101"}, Created: noon.Add(-time.Minute)}
	if state == phone.StateIncoming {
		c.Direction = phone.Incoming
	}
	if state == phone.StateConnected {
		c.Started = noon.Add(-167 * time.Second)
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func held(h phone.Hold) func(*phone.Call) { return func(c *phone.Call) { c.Hold = h } }

func TestHeaderSaysHowIStand(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*phone.Snapshot)
		status Status
		chip   string
	}{
		"registered":  {func(*phone.Snapshot) {}, StatusAvailable, "Available"},
		"registering": {func(s *phone.Snapshot) { s.Accounts[0].State = phone.RegistrationRegistering }, StatusUnknown, "Connecting"},
		"failed":      {func(s *phone.Snapshot) { s.Accounts[0].State = phone.RegistrationFailed }, StatusNotSignedIn, "Offline"},
		"off":         {func(s *phone.Snapshot) { s.Accounts[0].State = phone.RegistrationOff }, StatusNotSignedIn, "Not signed in"},
		"no account":  {func(s *phone.Snapshot) { s.Accounts = nil }, StatusNotSignedIn, "Not signed in"},
		"ringing":     {func(s *phone.Snapshot) { s.Calls = []phone.Call{call(1, phone.StateIncoming)} }, StatusRinging, "Ringing"},
		"talking":     {func(s *phone.Snapshot) { s.Calls = []phone.Call{call(1, phone.StateConnected)} }, StatusInCall, "In call"},
		"calling":     {func(s *phone.Snapshot) { s.Calls = []phone.Call{call(1, phone.StateDialing)} }, StatusInCall, "In call"},
		"call ended":  {func(s *phone.Snapshot) { s.Calls = []phone.Call{call(1, phone.StateEnded)} }, StatusAvailable, "Available"},
		"call, failed": {func(s *phone.Snapshot) {
			s.Accounts[0].State = phone.RegistrationFailed
			s.Calls = []phone.Call{call(1, phone.StateConnected)}
		}, StatusInCall, "In call"},
	} {
		h := HeaderOf(scene(c.change))
		if h.Status != c.status || h.Chip != c.chip {
			t.Errorf("%s: %s %q, want %s %q", name, h.Status, h.Chip, c.status, c.chip)
		}
	}
}

func TestBarsSayWhyNotRegistered(t *testing.T) {
	fail := func(r phone.ReasonID, in time.Duration) func(*phone.Snapshot) {
		return func(s *phone.Snapshot) {
			s.Accounts[0].Registration = phone.Registration{State: phone.RegistrationFailed, Reason: &phone.Reason{ID: r}}
			if in > 0 {
				s.Accounts[0].RetryAt = noon.Add(in)
			}
		}
	}
	seen := map[string]phone.ReasonID{}
	for _, r := range []phone.ReasonID{phone.ReasonNoNetwork, phone.ReasonNoReply, phone.ReasonUnknownHost, phone.ReasonRefused, phone.ReasonServerError, phone.ReasonWrongPassword, phone.ReasonNoSuchAccount} {
		b := Bars(scene(fail(r, 0)))
		if len(b) != 1 || b[0].Text == "" || b[0].Action.Text == "" {
			t.Fatalf("%s: %+v", r, b)
		}
		if other, ok := seen[b[0].Text]; ok {
			t.Errorf("%s and %s have the same sentence %q", r, other, b[0].Text)
		}
		seen[b[0].Text] = r
	}
	b := Bars(scene(fail(phone.ReasonNoReply, 8*time.Second)))[0]
	if !strings.Contains(b.Text, "in 8") || b.Action.Command != "account.register" {
		t.Errorf("next try: %+v", b)
	}
	if b := Bars(scene(fail(phone.ReasonNoReply, 10*time.Minute)))[0]; !strings.Contains(b.Text, "10\u00a0min") {
		t.Errorf("next try: %q", b.Text)
	}
	if b := Bars(scene(fail(phone.ReasonWrongPassword, 0)))[0]; b.Action.Command != "account.edit" {
		t.Errorf("a wrong password can be mended by the user: %+v", b.Action)
	}
}

func TestFaultsCanBeDismissed(t *testing.T) {
	b := Bars(scene(func(s *phone.Snapshot) {
		s.Faults = []phone.Reason{{ID: phone.ReasonDeviceMissing, Text: "Nordljud\nH2"}}
	}))
	if len(b) != 1 || b[0].Fault != phone.ReasonDeviceMissing || strings.Contains(b[0].Text, "\n") || !strings.Contains(b[0].Text, "Nordljud") {
		t.Errorf("%+v", b)
	}
}

func TestCallCards(t *testing.T) {
	for name, c := range map[string]struct {
		call    phone.Call
		state   string
		timer   string
		status  Status
		enabled [3]bool // mute, keypad, hold
	}{
		"dialing":      {call(1, phone.StateDialing), "Calling", "", StatusCallOut, [3]bool{true, false, false}},
		"ringing":      {call(1, phone.StateRinging), "Ringing", "", StatusCallOut, [3]bool{true, false, false}},
		"early":        {call(1, phone.StateEarly), "The exchange answers with sound", "", StatusCallOut, [3]bool{true, true, false}},
		"connected":    {call(1, phone.StateConnected), "Call in progress", "02:47", StatusCall, [3]bool{true, true, true}},
		"held by us":   {call(1, phone.StateConnected, held(phone.HoldLocal)), "On hold", "02:47", StatusCallHeld, [3]bool{true, false, true}},
		"held by both": {call(1, phone.StateConnected, held(phone.HoldBoth)), "On hold by both sides", "02:47", StatusCallHeld, [3]bool{true, false, true}},
		"held by them": {call(1, phone.StateConnected, held(phone.HoldRemote)), "On hold by the other party", "02:47", StatusCallHeld, [3]bool{true, true, true}},
	} {
		got := CallsOf(scene(func(s *phone.Snapshot) { s.Calls, s.Active = []phone.Call{c.call}, 1 })).Main
		if got == nil || got.State != c.state || got.Timer != c.timer || got.Status != c.status {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i, b := range got.Buttons {
			if i < len(c.enabled) && b.Enabled != c.enabled[i] {
				t.Errorf("%s: %s enabled %v", name, b.Text, b.Enabled)
			}
			if !b.Enabled && b.Reason == "" {
				t.Errorf("%s: %s is disabled and does not say why", name, b.Text)
			}
		}
	}
}

func TestEndedCardSaysWhoAnswered(t *testing.T) {
	for by, want := range map[string]string{"": "Answered elsewhere", "Elin": "Answered by Elin", "El\u202ein": "Answered by Elin"} {
		c := call(1, phone.StateEnded, func(c *phone.Call) { c.End = &phone.Reason{ID: phone.ReasonElsewhere, Text: by} })
		if got := endWords(c); got != want {
			t.Errorf("%q: %q, want %q", by, got, want)
		}
	}
}

func TestEndedCardSaysWhyAndCallsBack(t *testing.T) {
	ended := call(1, phone.StateEnded, func(c *phone.Call) { c.End = &phone.Reason{ID: phone.ReasonBusy, Code: 486} })
	card := CallsOf(scene(func(s *phone.Snapshot) { s.Calls = []phone.Call{ended} })).Main
	if !card.Ended || card.State != "Busy" || !strings.Contains(card.Why, "busy") || card.Dial != "2101" || !card.CallBack.Enabled {
		t.Errorf("%+v", card)
	}
	ended.Remote = phone.Party{URI: "sip:anonymous@anonymous.invalid", Number: "anonymous"}
	card = CallsOf(scene(func(s *phone.Snapshot) { s.Calls = []phone.Call{ended} })).Main
	if card.CallBack.Enabled || card.CallBack.Reason == "" {
		t.Errorf("a withheld number can be called back: %+v", card.CallBack)
	}
}

func TestWhichCardIsLarge(t *testing.T) {
	for name, c := range map[string]struct {
		calls  []phone.Call
		active phone.CallID
		main   phone.CallID
		others int
	}{
		"one":             {[]phone.Call{call(1, phone.StateConnected)}, 1, 1, 0},
		"active of two":   {[]phone.Call{call(1, phone.StateConnected), call(2, phone.StateConnected, held(phone.HoldLocal))}, 1, 1, 1},
		"all held":        {[]phone.Call{call(1, phone.StateConnected, held(phone.HoldLocal)), call(2, phone.StateConnected, held(phone.HoldLocal))}, 0, 2, 1},
		"ended and held":  {[]phone.Call{call(1, phone.StateConnected, held(phone.HoldLocal)), call(2, phone.StateEnded)}, 0, 1, 1},
		"only ended":      {[]phone.Call{call(1, phone.StateEnded), call(2, phone.StateEnded)}, 0, 2, 1},
		"ringing is none": {[]phone.Call{call(1, phone.StateIncoming)}, 1, 0, 0},
	} {
		got := CallsOf(scene(func(s *phone.Snapshot) { s.Calls, s.Active = c.calls, c.active }))
		var main phone.CallID
		if got.Main != nil {
			main = got.Main.ID
		}
		if main != c.main || len(got.Others) != c.others {
			t.Errorf("%s: main %d with %d others, want %d with %d", name, main, len(got.Others), c.main, c.others)
		}
	}
}

func TestHeldCardSwapsOnlyWithACallInFront(t *testing.T) {
	two := []phone.Call{call(1, phone.StateConnected, held(phone.HoldLocal)), call(2, phone.StateConnected)}
	word := func(active phone.CallID, calls []phone.Call) string {
		acts := CallsOf(scene(func(s *phone.Snapshot) { s.Calls, s.Active = calls, active })).Others[0].Acts
		return acts[0].Text
	}
	if got := word(2, two); got != "Swap" {
		t.Errorf("with a call in front: %q", got)
	}
	two[1].Hold = phone.HoldLocal
	if got := word(0, two); got != "Resume" {
		t.Errorf("with all held: %q", got)
	}
}

func TestSecondCallWaits(t *testing.T) {
	got := CallsOf(scene(func(s *phone.Snapshot) {
		s.Calls, s.Active = []phone.Call{call(1, phone.StateConnected), call(2, phone.StateIncoming)}, 1
	})).Ringing
	if len(got) != 1 || got[0].Title != "Waiting" || got[0].Notice == "" || got[0].Timer != "01:00" {
		t.Errorf("%+v", got)
	}
	for what, others := range map[string][]phone.Call{
		"one on hold":         {call(1, phone.StateConnected, waiting(time.Minute))},
		"one handed over":     {call(1, phone.StateConnected, waiting(0), given(phone.Transfer{State: phone.TransferRinging, Target: lena}))},
		"another that rings":  {call(1, phone.StateIncoming)},
		"nobody but this one": nil,
	} {
		for _, in := range CallsOf(board(0, append(others, call(2, phone.StateIncoming)))).Ringing {
			if in.Notice != "" {
				t.Errorf("%s: %q", what, in.Notice)
			}
		}
	}
}

func TestQualityInWords(t *testing.T) {
	for mos, want := range map[float64]string{0: "", 4.4: "Good", 4.0: "Good", 3.7: "Fair", 3.2: "Weak connection", 1.5: "Poor connection"} {
		q := qualityOf(scene(), call(1, phone.StateConnected, func(c *phone.Call) { c.Codec, c.Quality.MOS = "opus", mos }))
		if q.Word != want || q.Codec != "Opus" || len(q.Rows) != 3 {
			t.Errorf("%.1f: %+v", mos, q)
		}
	}
}

func TestSignInChecks(t *testing.T) {
	for name, c := range map[string]struct {
		in    SignIn
		field Field
	}{
		"complete":        {SignIn{User: "elin", Password: "x", Domain: "vaxel.example.com"}, FieldNone},
		"address as user": {SignIn{User: "elin@vaxel.example.com", Password: "x"}, FieldNone},
		"port":            {SignIn{User: "elin", Password: "x", Domain: "127.0.0.1:5062"}, FieldNone},
		"no user":         {SignIn{Password: "x", Domain: "d"}, FieldUser},
		"no password":     {SignIn{User: "elin", Domain: "d"}, FieldPassword},
		"no domain":       {SignIn{User: "elin", Password: "x"}, FieldDomain},
		"spaces":          {SignIn{User: "elin strandh", Password: "x", Domain: "d"}, FieldUser},
		"bad domain":      {SignIn{User: "elin", Password: "x", Domain: "https://d/x"}, FieldDomain},
		"bad port":        {SignIn{User: "elin", Password: "x", Domain: "d:99999"}, FieldDomain},
		"keeps password":  {SignIn{User: "elin", Domain: "d", ID: "e", KeepSecret: true}, FieldNone},
	} {
		a, wrong := c.in.Check(scene())
		switch {
		case c.field == FieldNone && wrong != nil:
			t.Errorf("%s: %+v", name, wrong)
		case c.field == FieldNone && (a.User != "elin" || a.ID == "" || a.Validate() != nil):
			t.Errorf("%s: %+v", name, a)
		case c.field != FieldNone && (wrong == nil || wrong.Field != c.field || wrong.Text == ""):
			t.Errorf("%s: %+v, want %s", name, wrong, c.field)
		}
	}
	if a, _ := (SignIn{User: "elin", Password: "x", Domain: "annan.example.com"}).Check(scene()); a.ID == "elin" {
		t.Error("the same user at another exchange takes the other's account")
	}
}

func TestSignInFailuresDiffer(t *testing.T) {
	seen := map[string]phone.ReasonID{}
	for _, r := range []phone.ReasonID{phone.ReasonWrongPassword, phone.ReasonUnknownHost, phone.ReasonNoReply, phone.ReasonNoNetwork, phone.ReasonRefused, phone.ReasonNoSuchAccount} {
		a := account("elin", phone.RegistrationFailed)
		a.Reason = &phone.Reason{ID: r}
		got := SignInFailed(scene(), a).Text
		if other, ok := seen[got]; ok || got == "" {
			t.Errorf("%s and %s: %q", r, other, got)
		}
		seen[got] = r
	}
}

func TestMissingDeviceKeepsItsName(t *testing.T) {
	s := scene(func(s *phone.Snapshot) {
		s.Settings = phone.Settings{phone.KeyInput: "Nordljud H2"}
		s.Audio = phone.AudioStatus{Devices: []phone.Device{{ID: "m", Name: "Built-in", Input: true, Default: true}}, Input: "m"}
	})
	for _, k := range SoundKinds(s) {
		if k.Setting == phone.KeyInput && (k.Chosen != "Nordljud H2 (not connected)" || !strings.Contains(k.Problem, "Built-in") || len(k.Choices) != 3) {
			t.Errorf("%+v", k)
		}
		if k.Setting == phone.KeyOutput && (k.Problem != "" || len(k.Choices) != 1) {
			t.Errorf("%+v", k)
		}
	}
}

func TestRecentHasEachPartyOnce(t *testing.T) {
	e := func(id int64, number string) phone.HistoryEntry {
		return phone.HistoryEntry{ID: id, Remote: phone.Party{Number: number}, Begun: noon}
	}
	rows := RecentRows(scene(), []phone.HistoryEntry{e(4, "1"), e(3, "2"), e(2, "1"), e(1, "3")}, 2)
	if len(rows) != 2 || rows[0].ID != 4 || rows[1].ID != 3 {
		t.Errorf("%+v", rows)
	}
}

func TestTitleTellsWhatATaskBarShould(t *testing.T) {
	for want, s := range map[string]Scene{
		"Svara":                             scene(),
		"2 missed calls – Svara":            scene(func(s *phone.Snapshot) { s.History.Missed = 2 }),
		"Offline – Svara":                   scene(func(s *phone.Snapshot) { s.Accounts[0].State = phone.RegistrationFailed }),
		"Anna Berg – Incoming call – Svara": scene(func(s *phone.Snapshot) { s.Calls = []phone.Call{call(1, phone.StateIncoming)} }),
	} {
		if got := WindowTitle(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
