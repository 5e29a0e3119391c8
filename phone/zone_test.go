package phone

import (
	"testing"
	"time"
)

func TestZoneOf(t *testing.T) {
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range zones {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := ZoneOf(loc, now); got != name {
			t.Errorf("%s is %s", name, got)
		}
	}
	// A computer's own zone is called Local; what it does is what tells.
	rename := func(name string, seconds int) *time.Location { return time.FixedZone(name, seconds) }
	for want, loc := range map[string]*time.Location{"Asia/Tokyo": rename("", 9*3600), "Etc/GMT-14": rename("", 14*3600), "Etc/GMT+12": rename("", -12*3600), "UTC": rename("", 0)} {
		if got := ZoneOf(loc, now); got != want && !(want == "UTC" && got == "Atlantic/Reykjavik") {
			t.Errorf("%s is %s", want, got)
		}
		if _, err := time.LoadLocation(ZoneOf(loc, now)); err != nil {
			t.Error(err)
		}
	}
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local, _ = time.LoadLocation("Europe/Stockholm")
	if got := ZoneOf(time.Local, now); got != "Europe/Stockholm" {
		t.Errorf("the computer's is %s", got)
	}
}
