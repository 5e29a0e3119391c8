package phonetest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
)

// threads is a phone's conversations as svaractl tells them.
func threads(s *phonetest.Svara) (out []phone.TextThread) {
	s.Ask(&out, "message", "list")
	return out
}

// conversation is what a phone has of the conversation with a number, the oldest first: "in: Hej".
func conversation(s *phonetest.Svara, with string) (out []string) {
	var texts []phone.Text
	s.Ask(&texts, "message", "list", "--with", with)
	for _, m := range slices.Backward(texts) {
		out = append(out, string(m.Direction)+" "+string(m.State)+": "+m.Body)
	}
	return out
}

// texting is two phones that write to each other by an exchange: both keep the conversation, also over a restart; what
// goes to nobody fails in words.
func texting(t *testing.T, ours, theirs, nobody string, sign func(s *phonetest.Svara, user string)) {
	a := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null"})
	b := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null"})
	sign(a, ours)
	sign(b, theirs)
	said := func(s *phonetest.Svara, with string, want ...string) {
		t.Helper()
		var got []string
		phonetest.Until(t, 20*time.Second, "the conversation is "+strings.Join(want, ", "), func() bool {
			got = conversation(s, with)
			return slices.Equal(got, want)
		})
	}
	long := strings.TrimSpace(strings.Repeat("Långt meddelande. ", 50)) // Asterisk cuts after 1024 bytes
	a.Must("message", "send", theirs, "Hej på dig!")
	b.Must("wait", "messages:1", "--timeout", "20s")
	said(b, ours, "in received: Hej på dig!")
	b.Must("message", "send", ours, "Hej själv 👋")
	a.Must("wait", "messages:1", "--timeout", "20s")
	said(a, theirs, "out sent: Hej på dig!", "in received: Hej själv 👋")
	a.Must("message", "send", theirs, long)
	b.Must("wait", "messages:2", "--timeout", "20s")
	b.Must("message", "read", ours)
	b.Must("wait", "messages:0", "--timeout", "20s")
	if list := threads(b); len(list) != 1 || list[0].Count != 3 || list[0].Unread != 0 || list[0].Last.Body != long {
		t.Errorf("%+v", list)
	}
	if nobody != "" {
		a.Must("message", "send", nobody, "Finns du?")
		phonetest.Until(t, 20*time.Second, "it has failed", func() bool {
			all := threads(a)
			return all[0].Last.State == phone.TextFailed && all[0].Last.Reason != nil && all[0].Last.Reason.ID == phone.ReasonUnknownNumber
		})
		a.Must("message", "delete", nobody)
	}
	b.Quit()
	again := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Profile: b.Profile, Env: b.Home()})
	said(again, ours, "in received: Hej på dig!", "out sent: Hej själv 👋", "in received: "+long)
	a.Must("message", "delete", theirs)
	phonetest.Until(t, 20*time.Second, "it is forgotten", func() bool { return len(threads(a)) == 0 })
}

func TestTextsOverAsterisk(t *testing.T) {
	t.Parallel()
	pbx := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	// Asterisk takes a MESSAGE before it looks for whom it is.
	texting(t, "1001", "1002", "", func(s *phonetest.Svara, user string) { s.SignIn(user, pbx.Addr()) })
}

func TestTextsOverPractice(t *testing.T) {
	t.Parallel()
	pbx := phonetest.StartPractice(t)
	texting(t, "2198", "2199", "2100", func(s *phonetest.Svara, user string) {
		s.AddAccount(user, phonetest.PracticePassword, pbx.Addr(), "--dialect", "demo")
		s.Must("wait", "registered:"+user, "--timeout", "20s")
	})
}
