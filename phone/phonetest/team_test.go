package phonetest_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/phonetest"
	"svara/phone/phonetest/certs"
	"svara/phone/team"
)

var loopbackIPs = []string{"127.0.0.1"}

// What a team server has confirmed is there after kill -9, whenever it comes.
func TestTeamServerKilled(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killed(t, phonetest.TeamConfig{}) })
	t.Run("postgres", func(t *testing.T) { killed(t, phonetest.TeamConfig{Postgres: phonetest.StartPostgres(t).Database()}) })
}

func killed(t *testing.T, c phonetest.TeamConfig) {
	s := phonetest.StartTeam(t, c)
	admin := s.Join(s.Admin)
	confirmed := map[string]string{}
	var mu sync.Mutex
	for round := range 6 {
		var wg sync.WaitGroup
		after := make(chan struct{})
		for w := range 4 {
			wg.Go(func() {
				for i := 0; ; i++ {
					id, name := fmt.Sprintf("p-%d-%d-%d", round, w, i), fmt.Sprintf("Person %d", i)
					err := admin.Do(context.Background(), "PUT", "people/"+id, team.NewPerson{Person: team.Person{User: id, Name: name}}, nil)
					if err != nil {
						return
					}
					mu.Lock()
					confirmed[id] = name
					if len(confirmed) == 20*(round+1)+7*round {
						close(after)
					}
					mu.Unlock()
				}
			})
		}
		<-after
		s.Kill()
		wg.Wait()
		s.Restart()
		var people []team.Versioned[team.Person]
		if err := admin.Do(t.Context(), "GET", "people", nil, &people); err != nil {
			t.Fatal(err)
		}
		there := map[string]string{}
		for _, p := range people {
			there[string(p.Value.ID)] = p.Value.Name
		}
		for id, name := range confirmed {
			if there[id] != name {
				t.Errorf("round %d: %s is lost", round, id)
			}
		}
		mu.Lock()
		for len(confirmed) > 20*(round+1)+7*round { // so that the next round's number is still to come
			for id := range confirmed {
				delete(confirmed, id)
				break
			}
		}
		mu.Unlock()
	}
}

// The command line and the running server are on one database; a backup is restored under its feet.
func TestTeamServerFromTheCommandLine(t *testing.T) {
	for name, config := range map[string]func(*testing.T) phonetest.TeamConfig{
		"sqlite": func(*testing.T) phonetest.TeamConfig { return phonetest.TeamConfig{} },
		"postgres": func(t *testing.T) phonetest.TeamConfig {
			return phonetest.TeamConfig{Postgres: phonetest.StartPostgres(t).Database()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := phonetest.StartTeam(t, config(t))
			if s.Admin == "" {
				t.Fatal("no administrator's link")
			}
			s.Run("group", "add", "support", "--name", "Support")
			s.Run("group", "keep", "support", "handled", "--days", "30")
			if said := s.Run("group", "list"); !strings.Contains(said, "handled go after 30 days") {
				t.Errorf("messages are kept: %q", said)
			}
			anna := s.Join(s.Run("user", "add", "anna", "--name", "Anna Ö", "--extension", "2101", "--group", "support", "--rights", "agent"))
			var me team.Me
			if err := anna.Do(t.Context(), "GET", "me", nil, &me); err != nil || me.Person.Name != "Anna Ö" || me.Person.Groups["support"] != team.RightsAgent {
				t.Fatalf("%+v, %v", me, err)
			}
			backup := filepath.Join(t.TempDir(), "backup.db")
			s.Run("backup", backup)
			if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info, err)
			}
			s.Run("user", "disable", "anna")
			refused := func() bool {
				var f *team.Fault
				err := anna.Do(t.Context(), "GET", "me", nil, &me)
				return errors.As(err, &f) && f.Code == team.CodeNotSignedIn
			}
			phonetest.Until(t, 20*time.Second, "she is signed out", refused)
			if list := s.Run("user", "list"); !strings.Contains(list, "disabled") {
				t.Error(list)
			}
			s.Run("restore", backup)
			phonetest.Until(t, 20*time.Second, "she is back", func() bool { return anna.Do(t.Context(), "GET", "me", nil, &me) == nil })
			token := s.Run("token", "add", "anna", "--name", "wall board", "--scope", "read", "--days", "7")
			anna.SetToken(token)
			phonetest.Until(t, 20*time.Second, "the token works", func() bool { return anna.Do(t.Context(), "GET", "queues", nil, nil) == nil })
			id, _, _ := strings.Cut(strings.TrimPrefix(token, "svt_"), "_")
			s.Run("token", "revoke", "anna", id)
			phonetest.Until(t, 20*time.Second, "the token is revoked", refused)
		})
	}
}

// TLS: only who is trusted is spoken with; a new certificate is taken without a restart. In clear only this computer.
func TestTeamServerTLS(t *testing.T) {
	ca := certs.NewAuthority(t)
	first := ca.Issue(t, certs.Spec{IPs: loopbackIPs})
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	use := func(c *certs.Certificate) {
		for from, to := range map[string]string{c.CertFile: cert, c.KeyFile: key} {
			data, err := os.ReadFile(from)
			if err == nil {
				err = os.WriteFile(to, data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	use(first)
	s := phonetest.StartTeam(t, phonetest.TeamConfig{Args: []string{"--tls-cert", cert, "--tls-key", key}})
	about := func(c team.ClientConfig) error {
		c.URL = s.URL
		client, err := team.NewClient(c)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		return client.Do(t.Context(), "GET", "about", nil, nil)
	}
	for name, c := range map[string]struct {
		config team.ClientConfig
		text   string
	}{
		"nobody's": {team.ClientConfig{}, "authority"}, "another's": {team.ClientConfig{CAFile: certs.NewAuthority(t).CertFile}, "authority"},
		"trusted": {team.ClientConfig{CAFile: ca.CertFile}, ""}, "pinned": {team.ClientConfig{Pin: first.Pin}, ""},
		"other pin": {team.ClientConfig{Pin: strings.Repeat("0f", 32)}, "pin"},
	} {
		err := about(c.config)
		if c.text == "" && err != nil || c.text != "" && phone.ReasonOf(err) != (phone.Reason{ID: phone.ReasonCertificate, Text: c.text}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	second := ca.Issue(t, certs.Spec{IPs: loopbackIPs})
	use(second)
	phonetest.Until(t, 20*time.Second, "the new certificate", func() bool { return about(team.ClientConfig{Pin: second.Pin}) == nil })
	if conn, err := tls.Dial("tcp", strings.TrimPrefix(s.URL, "https://"), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		conn.Close()
		t.Error("TLS 1.1 is spoken")
	}
	if _, err := phonetest.Run(phonetest.StartOptions{}, phonetest.Binary(t, "svara-team"), "serve", "--listen", "0.0.0.0:0", "--data", t.TempDir()); err == nil {
		t.Error("in clear for everybody")
	}
	if _, err := team.NewClient(team.ClientConfig{URL: "http://team.example.com"}); phone.ReasonOf(err).ID != phone.ReasonNotEncrypted {
		t.Error(err)
	}
}

// newHand is a hand for the browser: it fills in a form of a page and presses its first button, as a person would. A proxy puts
// it into the page, because the pages themselves allow no script; base is what their addresses begin with there.
func newHand(t *testing.T, b *phonetest.Browser, team string) (hand func(page, form string, fields ...string) string, base string) {
	t.Helper()
	target, err := url.Parse(team)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.Request.URL.Query().Get("form") == "" || r.Request.Method != http.MethodGet {
			return nil
		}
		html, err := io.ReadAll(r.Body)
		r.Body.Close()
		html = append(html, []byte(`<script>
 const p = new URLSearchParams(location.search), f = document.querySelector(p.get('form'));
 for (const [k, v] of p) if (k.startsWith('.')) f.elements[k.slice(1)].value = v;
 for (const c of f.querySelectorAll('input[name=sure]')) c.checked = true;
 f.querySelector('button').click();
</script>`)...)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(html)), int64(len(html))
		r.Header.Set("Content-Length", strconv.Itoa(len(html)))
		r.Header.Del("Content-Security-Policy")
		return err
	}
	web := httptest.NewServer(proxy)
	t.Cleanup(web.Close)
	return func(page, form string, fields ...string) string {
		v := url.Values{"form": {form}}
		for i := 0; i+1 < len(fields); i += 2 {
			v.Set("."+fields[i], fields[i+1])
		}
		return b.Page("sv", web.URL+page+"?"+v.Encode())
	}, web.URL
}

// pageHas checks what a page has.
func pageHas(t *testing.T) func(what, dom string, wants ...string) {
	return func(what, dom string, wants ...string) {
		t.Helper()
		for _, want := range wants {
			if !strings.Contains(dom, want) {
				t.Errorf("%s: no %q in %s", what, want, dom)
			}
		}
	}
}

// features.md G5: on a mobile's page one logs in to the queue and out of it, with the colleagues seen; a supervisor does it for
// another. The exchange does it, and the telephone of whoever it is shows it.
func TestQueuesInABrowser(t *testing.T) {
	t.Parallel()
	b := phonetest.NewBrowser(t)
	s := phonetest.StartSvara(t, phonetest.SvaraConfig{Audio: "null", Args: []string{"--demo"}})
	member := func(number string) *phone.QueueMember {
		for _, q := range s.Snapshot().Queues {
			if q.ID == "9010" && q.Team != nil {
				for _, m := range q.Team.Members {
					if number == "" && m.Me || number != "" && m.Number == number {
						return &m
					}
				}
			}
		}
		return nil
	}
	phonetest.Until(t, 30*time.Second, "the queue is told", func() bool { return member("2142") != nil })
	printed := regexp.MustCompile(`practice team server: (\S+), user (\S+), password (\S+);`).FindStringSubmatch(s.Output())
	if printed == nil {
		t.Fatal("no address of the team server is printed")
	}
	hand, base := newHand(t, b, printed[1])
	shows := pageHas(t)
	shows("in", hand("/", "form", "user", printed[2], "password", printed[3]), "Köer", "Logga ut")
	in := func() bool { m := member(""); return m != nil && m.LoggedIn }
	const own = `form[action="/queues/9010"].row`
	for _, wanted := range []bool{true, false} {
		if in() == wanted { // begins the other way
			hand("/", own)
			phonetest.Until(t, 30*time.Second, "the other way", func() bool { return in() != wanted })
		}
		hand("/", own)
		phonetest.Until(t, 30*time.Second, fmt.Sprintf("logged in is %v at the telephone", wanted), func() bool { return in() == wanted })
	}
	was := member("2142")
	shows("colleagues", b.Page("sv", base+"/"), was.Name, "samtal i dag")
	hand("/", `form[action="/queues/9010"]:has(input[name=person][value="2142"])`)
	phonetest.Until(t, 30*time.Second, "a colleague is logged in or out", func() bool { return member("2142").LoggedIn != was.LoggedIn })
	t.Log(b.Picture("sv", base+"/", "queues", "390,844", false))
}

// A person uses the pages in a real browser: signs in, logs in to the queue, sees who else is there, administers.
func TestTeamPagesInABrowser(t *testing.T) {
	t.Parallel()
	b := phonetest.NewBrowser(t)
	s := phonetest.StartTeam(t, phonetest.TeamConfig{Args: []string{"--name", "Växjö Rör AB"}})
	root := s.Join(s.Admin)
	s.Run("group", "add", "support", "--name", "Kundtjänst")
	link := s.Run("user", "add", "anna", "--name", "Anna Åkesson", "--extension", "2101", "--group", "support", "--rights", "agent")
	hand, base := newHand(t, b, s.URL)
	shows := pageHas(t)
	code := link[strings.Index(link, "/welcome/"):]
	shows("the door", b.Page("sv", base+"/"), "Växjö Rör AB", "Logga in", "Glömt lösenordet?")
	shows("in English", b.Page("en", base+"/"), "Sign in", `lang="en"`)
	shows("a link", b.Page("sv", base+code), "Anna Åkesson", "Minst 6 tecken, en siffra, en stor bokstav.")
	shows("a weak password", hand(code, "form", "new", "abc", "again", "abc"), "uppfyller inte kraven")
	shows("not the same", hand(code, "form", "new", "Hemligt1", "again", "Hemligt2"), "inte lika")
	shows("in", hand(code, "form", "new", phonetest.TeamPassword, "again", phonetest.TeamPassword), "Köer", "Det finns inga köer")
	shows("used", b.Page("sv", base+code), "använd eller för gammal")
	shows("stays in", b.Page("sv", base+"/"), "Logga ut")
	if dom := b.Page("sv", base+"/admin"); strings.Contains(dom, "Personer") {
		t.Error("an agent administers")
	}
	shows("out", hand("/", `form[action="/sign-out"]`), "Användarnamn")
	shows("wrong", hand("/", "form", "user", "anna", "password", "x"), "Fel användarnamn eller lösenord")
	shows("root", hand("/", "form", "user", "admin", "password", phonetest.TeamPassword), "Administration")
	shows("people", b.Page("sv", base+"/admin"), "Anna Åkesson", "Kundtjänst", "2101")
	shows("a person", hand("/admin/people/new", "form[action='/admin/people/new']", "name", "Bo <b>Ek</b>", "user", "bo", "extension", "2102"), "Bo &lt;b&gt;Ek&lt;/b&gt;", "Sparat.")
	shows("twice", hand("/admin/people/new", "form[action='/admin/people/new']", "name", "Bo", "user", "bo"), "under tiden")
	shows("rights", hand("/admin/people/bo", "form[action$=rights]:has(input[value=support])", "rights", "supervisor"), "Behörighet")
	shows("a link for Bo", hand("/admin/people/bo", "form[action$=link]"), "/welcome/")
	shows("a token", hand("/admin/people/bo", "form[action$=tokens]", "name", "Tavla"), "svt_", "Tavla")
	shows("a group", hand("/admin/groups/new", "form[action='/admin/groups/new']", "id", "sales", "name", "Försäljning"), "Försäljning")
	const inbox = "/admin/groups/support/inbox"
	shows("the way to the messages", b.Page("sv", base+"/admin/groups/support"), inbox)
	shows("mailboxes and senders", hand(inbox, "form[action$=inbox]", "boxes", "80@default\n81@default", "senders", "Vaxjo, Ror2"), "Sparat.", "81@default", "Vaxjo, Ror2")
	shows("a template", hand(inbox, "form[action$=templates]", "name", "Stängt", "text", "Vi har stängt. <b>"), "Sparat.", "Stängt", "Vi har stängt. &lt;b&gt;")
	shows("a wrong sender", hand(inbox, "form[action$=inbox]", "senders", "Växjö Rör AB"), "Växjö", `role="alert"`)
	shows("deleted", hand("/admin/people/bo", "form[action$=delete]"), "Personer")
	var people []team.Versioned[team.Person]
	if err := root.Do(t.Context(), "GET", "people", nil, &people); err != nil || len(people) != 2 {
		t.Errorf("%+v, %v", people, err)
	}
	for _, p := range []struct{ page, name, size string }{{"/", "queues", "390x844"}, {"/admin", "admin", "390x844"}, {"/admin/people/anna", "person", "820x1180"}, {inbox, "inbox", "820x1180"}, {"/password", "password", "390x844"}} {
		size := strings.Replace(p.size, "x", ",", 1)
		t.Log(b.Picture("sv", base+p.page, p.name, size, false))
		t.Log(b.Picture("en", base+p.page, p.name+"-dark", size, true))
	}
}

// Another site's page can do nothing in a session.
func TestTeamPagesAndOtherSites(t *testing.T) {
	s := phonetest.StartTeam(t, phonetest.TeamConfig{})
	s.Join(s.Admin)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	post := func(path string, form url.Values, head map[string]string, cookies []*http.Cookie) *http.Response {
		r, _ := http.NewRequest("POST", s.URL+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range head {
			r.Header.Set(k, v)
		}
		for _, c := range cookies {
			r.AddCookie(c)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	in := post("/sign-in", url.Values{"user": {"admin"}, "password": {phonetest.TeamPassword}}, nil, nil)
	cookies := in.Cookies()
	if in.StatusCode != http.StatusSeeOther || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("%d, %+v", in.StatusCode, cookies)
	}
	group := url.Values{"id": {"evil"}, "name": {"Evil"}}
	if r := post("/admin/groups/new", group, nil, cookies); r.StatusCode != http.StatusForbidden {
		t.Errorf("without the form's word: %d", r.StatusCode)
	}
	for _, head := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}} {
		if r := post("/sign-in", url.Values{"user": {"admin"}, "password": {phonetest.TeamPassword}}, head, nil); r.StatusCode != http.StatusForbidden {
			t.Errorf("%v: %d", head, r.StatusCode)
		}
	}
	r, err := client.Get(s.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if p := r.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") || r.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", r.Header)
	}
}

// PostgreSQL is away: changes are refused as such, who follows stays and what is known is shown; when it is back all goes on by
// itself, and nothing that was confirmed is lost.
func TestTeamDatabaseAway(t *testing.T) {
	p := phonetest.StartPostgres(t)
	s := phonetest.StartTeam(t, phonetest.TeamConfig{Postgres: p.Database()})
	admin := s.Join(s.Admin)
	put := func(id string) error {
		return admin.Do(t.Context(), "PUT", "groups/"+id, team.NewGroup{Group: team.Group{Name: "Group " + id}}, nil)
	}
	if err := put("before"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var mu sync.Mutex
	groups, resets := map[string]bool{}, 0
	var reading sync.WaitGroup
	reading.Go(func() {
		_ = admin.Follow(ctx, "", func(e team.FeedEvent) {
			mu.Lock()
			defer mu.Unlock()
			if e.Item != nil && e.Item.Kind == team.KindGroup {
				groups[e.Item.ID] = true
			}
			if e.Reset {
				resets++
			}
		})
	})
	defer func() { stop(); reading.Wait() }()
	told := func(id string) func() bool {
		return func() bool { mu.Lock(); defer mu.Unlock(); return groups[id] }
	}
	phonetest.Until(t, 30*time.Second, "the group is told", told("before"))
	p.Stop()
	var f *team.Fault
	if err := put("away"); !errors.As(err, &f) || f.Code != team.CodeUnavailable || f.RetryS == 0 {
		t.Errorf("a change without a database: %v", err)
	}
	var people []team.Versioned[team.Person]
	if err := admin.Do(t.Context(), "GET", "people", nil, &people); err != nil || len(people) != 1 {
		t.Errorf("what is known: %+v, %v", people, err)
	}
	p.Restart()
	phonetest.Until(t, time.Minute, "changes are taken again", func() bool {
		err := put("after")
		return err == nil || errors.As(err, &f) && f.Code == team.CodeConflict // whose answer was lost
	})
	phonetest.Until(t, time.Minute, "and told to who stayed", told("after"))
	mu.Lock()
	defer mu.Unlock()
	if groups["away"] || resets != 0 || !s.Running() {
		t.Errorf("told of %v, %d resets, running %v", groups, resets, s.Running())
	}
}
