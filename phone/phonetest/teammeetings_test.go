package phonetest_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/team"
)

// outside is the world that a team server writes to: a gateway for text messages and a mail server.
type outside struct {
	mu      sync.Mutex
	texts   []string // "to words"
	letters []string // "address" and the letter
}

func (o *outside) text(to string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range slices.Backward(o.texts) {
		if words, ok := strings.CutPrefix(s, to+" "); ok {
			return words
		}
	}
	return ""
}

// letter is the newest letter to an address.
func (o *outside) letter(to string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range slices.Backward(o.letters) {
		if words, ok := strings.CutPrefix(s, to+"\n"); ok {
			return words
		}
	}
	return ""
}

// ServeHTTP is the gateway.
func (o *outside) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.texts = append(o.texts, r.PostFormValue("to")+" "+r.PostFormValue("message"))
}

// NewSession implements smtp.Backend.
func (o *outside) NewSession(*smtp.Conn) (smtp.Session, error) { return &postman{o: o}, nil }

type postman struct {
	o  *outside
	to []string
}

func (p *postman) Mail(string, *smtp.MailOptions) error { return nil }

func (p *postman) Rcpt(to string, _ *smtp.RcptOptions) error {
	p.to = append(p.to, to)
	return nil
}

func (p *postman) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	p.o.mu.Lock()
	defer p.o.mu.Unlock()
	for _, to := range p.to {
		p.o.letters = append(p.o.letters, to+"\n"+strings.ReplaceAll(string(raw), "\r\n ", "")) // unfolded
	}
	return nil
}

func (p *postman) Reset()        { p.to = nil }
func (p *postman) Logout() error { return nil }

// startOutside starts it; the flags tell a team server of it.
func startOutside(t *testing.T) (*outside, []string) {
	o := &outside{}
	gateway := httptest.NewServer(o)
	t.Cleanup(gateway.Close)
	file := filepath.Join(t.TempDir(), "gateway.json")
	how := `{"url": "` + gateway.URL + `", "type": "application/x-www-form-urlencoded", "body": "to={to}&message={text}"}`
	if err := os.WriteFile(file, []byte(how), 0o600); err != nil {
		t.Fatal(err)
	}
	mail := smtp.NewServer(o)
	mail.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = mail.Serve(l) }()
	t.Cleanup(func() { _ = mail.Close(); <-done })
	return o, []string{"--sms-gateway", file, "--smtp", l.Addr().String(), "--smtp-tls", "none", "--mail-from", "Team <team@example.com>", "--conference", "8000"}
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// Two telephones of a team: one signs in with a mobile number and a code, schedules a meeting that all who are invited are
// told of, changes it, calls it and cancels it; then it changes its password and signs its other device out.
func TestTeamMeetings(t *testing.T) {
	t.Parallel()
	pbx := phonetest.StartPractice(t)
	world, flags := startOutside(t)
	server := phonetest.StartTeam(t, phonetest.TeamConfig{Args: flags})
	until := func(what string, ok func() bool) { t.Helper(); phonetest.Until(t, teamLimit, what, ok) }

	const mobile = "+46701740605"
	admin := server.Join(server.Admin)
	server.Run("group", "add", "support", "--name", "Support")
	for user, name := range map[string]string{"elin": "Elin Strandh", "salma": "Salma Haddad"} {
		server.Join(server.Run("user", "add", user, "--name", name, "--extension", map[string]string{"elin": "2198", "salma": "2199"}[user], "--group", "support", "--rights", "user"))
	}
	until("what telephones are given is set", func() bool {
		var people []team.Versioned[team.Person]
		if admin.Do(t.Context(), "GET", "people", nil, &people) != nil {
			return false
		}
		i := slices.IndexFunc(people, func(p team.Versioned[team.Person]) bool { return p.Value.User == "elin" })
		if i < 0 {
			return false
		}
		elin := people[i]
		elin.Value.Mobile, elin.Value.Groups = mobile, nil
		return admin.Do(t.Context(), "PUT", "people/"+string(elin.Value.ID), team.NewPerson{Seq: elin.Seq, Person: elin.Value}, nil) == nil &&
			admin.Do(t.Context(), "PUT", "people/"+string(elin.Value.ID)+"/line", team.Line{Password: phonetest.PracticePassword}, nil) == nil &&
			admin.Do(t.Context(), "PUT", "setup", team.NewSetup{Setup: team.Setup{Domain: pbx.Addr(), Dialect: "demo", Emergency: []string{"112"}}}, nil) == nil
	})

	// A code comes to the mobile; a wrong one is refused, the right one works once.
	elin := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Called: "elin"})
	refused := func(want phone.ReasonID, out string, code int) {
		t.Helper()
		if code == 0 || !strings.Contains(out, string(want)) {
			t.Errorf("not refused with %s: %d %s", want, code, out)
		}
	}
	ctl := func(want phone.ReasonID, args ...string) {
		t.Helper()
		out, code := elin.Ctl(args...)
		refused(want, out, code)
	}
	elin.Must("team", "code", "070-174 06 05", "--url", server.URL)
	code := ""
	until("a code comes", func() bool { code = sixDigits.FindString(world.text(mobile)); return code != "" })
	ctl(phone.ReasonTeamCode, "team", "redeem", mobile, map[bool]string{true: "000000", false: "000001"}[code != "000000"], "--url", server.URL)
	if n := len(elin.Snapshot().Accounts); n != 0 {
		t.Fatalf("%d accounts of a wrong code", n)
	}
	elin.Must("team", "redeem", mobile, code, "--url", server.URL)
	elin.Must("wait", "registered:2198", "--timeout", "30s")
	until("the team is live", func() bool { return elin.Snapshot().Team.Link == phone.TeamLive })
	if a := elin.Account("2198"); a.Team != server.URL || a.DisplayName != "Elin Strandh" || a.Dialect != "demo" {
		t.Errorf("%+v", a)
	}
	ctl(phone.ReasonTeamCode, "team", "redeem", mobile, code, "--url", server.URL)

	salma := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Called: "salma"})
	salma.AddAccount("2199", phonetest.PracticePassword, pbx.Addr(), "--dialect", "demo", "--team", server.URL)
	salma.Must("wait", "registered:2199", "--timeout", "30s")
	if out, code := salma.CtlWith(phonetest.TeamPassword+"\n", "team", "signin", "salma", "--password-stdin"); code != 0 {
		t.Fatal(out)
	}
	until("Salma is live", func() bool { return salma.Snapshot().Team.Link == phone.TeamLive })

	// A meeting: the colleague sees it, others get a letter and a text message with number and id.
	ctl(phone.ReasonTeamNobody, "meeting", "add", "Budget", "--at", "now", "--length", "30", "--invite", "nosuch")
	elin.Must("meeting", "add", "Budget", "--at", "now", "--length", "30", "--zone", "Europe/Stockholm", "--info", "Bring numbers",
		"--invite", "salma", "--invite", "Bo Berg <bo@example.com>", "--invite", "+46701740606")
	meetings := func(s *phonetest.Svara) (all []phone.Meeting) { s.Ask(&all, "meeting", "list"); return all }
	until("the meeting is there", func() bool { return len(meetings(elin)) == 1 && len(meetings(salma)) == 1 })
	m, hers := meetings(elin)[0], meetings(salma)[0]
	if m.Title != "Budget" || m.Number != "8000" || len(m.Code) != 6 || !m.Own || len(m.Invited) != 3 || len(m.Failed) != 0 {
		t.Errorf("%+v", m)
	}
	if hers.Own || hers.Code != m.Code || hers.By.Name != "Elin Strandh" || hers.Info != "Bring numbers" {
		t.Errorf("%+v", hers)
	}
	calendar := func(method, sequence string) func() bool {
		return func() bool {
			l := world.letter("bo@example.com")
			return strings.Contains(l, "METHOD:"+method) && strings.Contains(l, "SEQUENCE:"+sequence) && (method == "CANCEL" || strings.Contains(l, m.Code))
		}
	}
	until("Bo is invited", calendar("REQUEST", "0"))
	until("a text message is sent", func() bool {
		s := world.text("+46701740606")
		return strings.Contains(s, "8000") && strings.Contains(s, m.Code)
	})
	if out, code := salma.Ctl("meeting", "cancel", hers.ID); code == 0 {
		t.Errorf("another's is canceled: %s", out)
	}

	// Changed, called, canceled.
	elin.Must("meeting", "change", m.ID, "--title", "Budget and plan")
	until("the change is there", func() bool { return meetings(salma)[0].Title == "Budget and plan" })
	until("Bo is told", calendar("REQUEST", "1"))
	call := salma.CallOf("meeting", "join", hers.ID)
	salma.Wait(call, phone.StateConnected)
	if c := salma.Call(call); c.Remote.Number != "8000" {
		t.Errorf("%+v", c.Remote)
	}
	salma.HangUp(call)
	elin.Must("meeting", "cancel", m.ID)
	until("it is canceled", func() bool { return len(meetings(elin)) == 0 && len(meetings(salma)) == 0 })
	until("Bo is told of that", calendar("CANCEL", "2"))
	ctl(phone.ReasonTeamGone, "meeting", "join", m.ID)

	// The password: the rule first, then a wrong one, a weak one, and one that is taken.
	if out := elin.Must("team", "password"); !strings.Contains(out, `"min":6`) {
		t.Error(out)
	}
	change := func(from, to string) (string, int) {
		return elin.CtlWith(from+"\n"+to+"\n", "team", "password", "--password-stdin")
	}
	out, exit := change("Wrong111", "Nyare222")
	refused(phone.ReasonTeamPassword, out, exit)
	out, exit = change(phonetest.TeamPassword, "kort")
	refused(phone.ReasonTeamWeak, out, exit)
	if out, exit = change(phonetest.TeamPassword, "Nyare222"); exit != 0 {
		t.Fatal(out)
	}

	// Another device of hers signs in with it, and is signed out from the first.
	other := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Called: "elin"})
	other.AddAccount("2198", phonetest.PracticePassword, pbx.Addr(), "--dialect", "demo", "--team", server.URL)
	if out, code := other.CtlWith("Nyare222\n", "team", "signin", "elin", "--password-stdin"); code != 0 {
		t.Fatal(out)
	}
	until("the other one is live", func() bool { return other.Snapshot().Team.Link == phone.TeamLive })
	var devices []phone.TeamDevice
	elin.Ask(&devices, "team", "devices")
	if len(devices) != 2 || !devices[0].This || devices[1].This {
		t.Fatalf("%+v", devices)
	}
	elin.Must("team", "revoke", devices[1].ID)
	until("the other one is signed out", func() bool { return other.Snapshot().Team.Link == phone.TeamSignedOut })
	if link := elin.Snapshot().Team.Link; link != phone.TeamLive {
		t.Errorf("the first is %s", link)
	}
	elin.Ask(&devices, "team", "devices")
	if len(devices) != 1 {
		t.Errorf("%+v", devices)
	}

	// So is the one that an activation code signed in, which comes back with the password.
	signIn := func(s *phonetest.Svara) {
		t.Helper()
		if out, code := s.CtlWith("Nyare222\n", "team", "signin", "elin", "--password-stdin"); code != 0 {
			t.Fatal(out)
		}
	}
	signIn(other)
	other.Must("team", "revoke", devices[0].ID)
	until("the first is signed out", func() bool { return elin.Snapshot().Team.Link == phone.TeamSignedOut })
	signIn(elin)
	until("the first is back", func() bool { return elin.Snapshot().Team.Link == phone.TeamLive })
}
