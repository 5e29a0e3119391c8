package settings

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/widget"
)

// teamDevices answers as a team server does.
type teamDevices struct {
	all  []phone.TeamDevice
	fail error
}

func (d *teamDevices) ask(answer func([]phone.TeamDevice, error)) {
	answer(slices.Clone(d.all), d.fail)
}

// inTeam signs the account in to a team server, on three devices.
func (f *fake) inTeam() {
	now := f.snap.Time
	f.devices.all = []phone.TeamDevice{
		{ID: "d1", Name: "Receptionen", Agent: "Svara/0.1.0", Seen: now, This: true},
		{ID: "d2", Name: "Elins bärbara", Agent: "Svara/0.1.0", Seen: now.Add(-26 * time.Hour)},
		{ID: "d3", Name: "Statistik på kontorsnätet i Luleå", Seen: now.Add(-10 * time.Minute)},
	}
	s := *f.snap
	a := s.Accounts[0]
	a.Team = "https://team.example.com"
	s.Accounts = []phone.AccountStatus{a}
	s.Team = phone.TeamState{Account: "elin", Link: phone.TeamLive, Name: "Ekdal"}
	f.snap = &s
	f.show()
}

// changing shows what becomes of changes at the team server.
func (f *fake) changing(all ...phone.TeamChange) {
	s := *f.snap
	s.Seq++
	s.Team.Changes = all
	f.snap = &s
	f.show()
}

func (f *fake) openDevices() {
	a := f.view.accounts.more["elin"]
	a.show(true)
	a.team.devices.more.Tapped(nil)
}

// words are what the list of devices says.
func (f *fake) words() string {
	var out []string
	list := f.view.accounts.more["elin"].team.devices.list
	for _, w := range find[*widget.Text](list) {
		out = append(out, w.Text())
	}
	for _, w := range find[*widget.Paragraph](list) {
		out = append(out, w.Text())
	}
	return strings.Join(out, "\n")
}

func (f *fake) outButtons() (out []*widget.Button) {
	for _, b := range find[*widget.Button](f.view.accounts.more["elin"].team.devices.list) {
		if b.Spec().Text == text.T("device.out") {
			out = append(out, b)
		}
	}
	return out
}

func TestDevicesAreSignedOut(t *testing.T) {
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	d := f.view.accounts.more["elin"].team.devices
	f.view.accounts.more["elin"].show(true)
	if d.object.Visible() {
		t.Error("devices without a team server")
	}
	f.inTeam()
	f.devices.fail = phone.Refuse(phone.ReasonTeamAway, "")
	f.openDevices()
	if got := f.words(); !strings.Contains(got, text.Refusal(f.devices.fail)) {
		t.Errorf("that there is no answer is not said: %q", got)
	}
	f.devices.fail = nil
	d.more.Tapped(nil)
	d.more.Tapped(nil)
	got := f.words()
	for _, want := range []string{"Receptionen", "Elins bärbara", text.T("device.this")} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if b := f.outButtons(); len(b) != 2 {
		t.Fatalf("%d of three can be signed out: this one has its own button", len(b))
	}
	f.outButtons()[0].Tapped(nil)
	if f.last() != (phone.SignOutTeamDevice{ID: "d2"}) {
		t.Fatalf("told %+v", f.last())
	}
	c := phone.TeamChange{ID: "c1", Verb: phone.SignOutTeamDevice{}.Verb(), About: "d2", State: phone.TeamChangeAsking}
	f.changing(c)
	if f.outButtons()[0].Spec().Disabled == "" {
		t.Error("it can be signed out twice")
	}
	c.State, c.Reason = phone.TeamChangeRefused, &phone.Reason{ID: phone.ReasonTeamNoRight}
	f.changing(c)
	if got := f.words(); !strings.Contains(got, text.Reason(*c.Reason)) || f.outButtons()[0].Spec().Disabled != "" {
		t.Errorf("why it was refused is not said: %q", got)
	}
	c.State, c.Reason = phone.TeamChangeAsking, nil
	f.changing(c)
	f.devices.all = slices.Delete(f.devices.all, 1, 2)
	f.changing()
	if got := f.words(); strings.Contains(got, "Elins bärbara") || len(f.outButtons()) != 1 {
		t.Errorf("what was signed out is there: %q", got)
	}
}
