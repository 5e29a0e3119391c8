package present

import (
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/schedule"
)

// planScene is a phone in Stockholm with plans.
func planScene(t *testing.T, now time.Time, plans ...phone.Plan) Scene {
	t.Helper()
	s := scene(func(s *phone.Snapshot) { s.Me.Plans = schedule.Planned(plans, now, now.Location()) })
	s.Now = now
	return s
}

func gym() phone.Plan {
	return phone.Plan{ID: "gym", Name: "Gym", Kind: phone.ActivityLunch, From: "2026-11-26T11:30", To: "2026-11-26T13:00", Repeat: phone.RepeatWeekly, Days: []time.Weekday{time.Tuesday, time.Thursday}, Until: "2026-12-18"}
}

func TestPlanInWords(t *testing.T) {
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, stockholm(t))
	for name, c := range map[string]struct {
		plan          phone.Plan
		en, sv, short string
	}{
		"weekly":  {gym(), "Every Tuesday and Thursday 11:30–13:00, 7 times.", "Varje tisdag och torsdag 11:30–13:00, 7 gånger.", "Tue, Thu 11:30–13:00"},
		"daily":   {phone.Plan{Kind: phone.ActivityBreak, From: "2026-11-19T09:30", To: "2026-11-19T09:45", Repeat: phone.RepeatDaily}, "Every day 09:30–09:45.", "Varje dag 09:30–09:45.", "Every day 09:30–09:45"},
		"monthly": {phone.Plan{Kind: phone.ActivityMeeting, From: "2026-11-30T09:00", To: "2026-11-30T10:00", Repeat: phone.RepeatMonthly}, "Day 30 of every month 09:00–10:00.", "Den 30 varje månad 09:00–10:00.", "Day 30 monthly 09:00–10:00"},
		"yearly":  {phone.Plan{Kind: phone.ActivityVacation, From: "2026-12-24T00:00", To: "2026-12-24T23:59", Repeat: phone.RepeatYearly}, "Every year on 24 December 00:00–23:59.", "Varje år den 24 december 00:00–23:59.", "Every year 24 Dec 00:00–23:59"},
		"once":    {phone.Plan{Kind: phone.ActivityTraining, From: "2026-11-20T09:00", To: "2026-11-20T12:00"}, "Friday 09:00 to Friday 12:00.", "Fredag 09:00 till fredag 12:00.", "20 Nov 09:00–12:00"},
		"days":    {phone.Plan{Kind: phone.ActivityVacation, From: "2026-12-21T00:00", To: "2027-01-07T00:00"}, "21 December to 7 January 2027.", "21 december till 7 januari 2027.", "21 Dec–6 Jan"},
		"past":    {phone.Plan{Kind: phone.ActivityVacation, From: "2026-11-01T08:00", To: "2026-11-01T09:00"}, "This has passed and does not come again.", "Det här har passerat och kommer inte igen.", "1 Nov 08:00–09:00"},
	} {
		c.plan.ID = "p"
		s := planScene(t, now)
		speak(t, "en")
		if got := planTimes(s, phone.Planned{Plan: c.plan}); got != c.short {
			t.Errorf("%s: short %q, want %q", name, got, c.short)
		}
		for language, want := range map[string]string{"en": c.en, "sv": c.sv} {
			speak(t, language)
			got, more := planSummary(s, c.plan)
			if strings.TrimSuffix(got, ".")+"." != want {
				t.Errorf("%s, %s: %q %q, want %q", name, language, got, more, want)
			}
		}
	}
	speak(t, "en")
	if _, more := planSummary(planScene(t, now), gym()); !strings.HasPrefix(more, "First: Thu 26 Nov.") {
		t.Errorf("more %q", more)
	}
}

func TestPlanInAnotherZoneIsToldHere(t *testing.T) {
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, stockholm(t))
	p := gym()
	p.Zone = "Europe/London"
	if _, more := planSummary(planScene(t, now), p); !strings.Contains(more, "12:30") {
		t.Errorf("more %q", more)
	}
}

func TestClashAndShiftAreTold(t *testing.T) {
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, stockholm(t))
	other := phone.Plan{ID: "aid", Name: "First aid", Kind: phone.ActivityTraining, From: "2026-12-03T09:00", To: "2026-12-03T12:00"}
	s := planScene(t, now, gym(), other)
	if w := planWarning(s, gym()) + planWarning(s, other); !strings.Contains(w, "First aid") && !strings.Contains(w, "Gym") {
		t.Errorf("no clash told: %q", w)
	}
	night := phone.Plan{ID: "n", Kind: phone.ActivityBreak, From: "2027-03-20T02:30", To: "2027-03-20T02:45", Repeat: phone.RepeatDaily}
	if w := planWarning(planScene(t, now), night); !strings.Contains(w, "28 Mar") || !strings.Contains(w, "03:30") {
		t.Errorf("the skipped hour: %q", w)
	}
	night.From, night.To = "2027-10-20T02:30", "2027-10-20T02:45"
	if w := planWarning(planScene(t, now), night); !strings.Contains(w, "31 Oct") || !strings.Contains(w, "twice") {
		t.Errorf("the doubled hour: %q", w)
	}
	night.From, night.To = "2027-03-20T12:30", "2027-03-20T12:45"
	if w := planWarning(planScene(t, now), night); w != "" {
		t.Errorf("noon is not moved: %q", w)
	}
}

func TestPlanFormNamesTheFaultyField(t *testing.T) {
	now := time.Date(2026, 11, 18, 12, 0, 0, 0, stockholm(t))
	s := planScene(t, now, gym())
	e := PlanEditor()
	for _, c := range []struct{ field, value, faulty string }{
		{"from_date", "soon", "from_date"}, {"from", "25:00", "from"}, {"to", "11:00", "to"}, {"to_date", "", "to_date"},
		{"days", "", "days"}, {"until", "2026-11-01", "until"}, {"until", "x", "until"}, {"note", strings.Repeat("x", 1001), "note"},
	} {
		v := e.Start(s, "gym")
		if f := e.Form(s, "gym", v); f.Faulty() != "" || f.Summary == "" {
			t.Fatalf("%+v", f)
		}
		v[c.field] = c.value
		if f := e.Form(s, "gym", v); f.Faulty() != c.faulty || f.Summary != "" {
			t.Errorf("%s=%q: faulty %q", c.field, c.value, f.Faulty())
		}
	}
	v := e.Start(s, "gym")
	v["divert"], v["number"] = "number", ""
	if f := e.Form(s, "gym", v); f.Faulty() != "number" {
		t.Errorf("number: %q", f.Faulty())
	}
}
