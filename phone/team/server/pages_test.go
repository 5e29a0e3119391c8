package server

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"svara/assets"
	"svara/phone"
	"svara/phone/team"
	"svara/ui/text"
)

// browser is a person with a browser.
type browser struct {
	d    *desk
	http *http.Client
}

func (d *desk) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{d, &http.Client{Jar: jar, Transport: d.web.Client().Transport}}
}

var formWord = regexp.MustCompile(`name="csrf" value="([0-9a-f]+)"`)

func (b *browser) page(method, path string, form url.Values) (int, string) {
	b.d.t.Helper()
	r, _ := http.NewRequest(method, b.d.web.URL+path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept-Language", "sv-SE,sv;q=0.9,en;q=0.8")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.http.Do(r)
	if err != nil {
		b.d.t.Fatal(err)
	}
	defer resp.Body.Close()
	var s strings.Builder
	if _, err := io.Copy(&s, resp.Body); err != nil {
		b.d.t.Fatal(err)
	}
	return resp.StatusCode, s.String()
}

// press presses a button of a page, with the word of the page's forms.
func (b *browser) press(page, path string, form url.Values) (int, string) {
	b.d.t.Helper()
	_, html := b.page("GET", page, nil)
	if m := formWord.FindStringSubmatch(html); m != nil {
		form.Set("csrf", m[1])
	}
	return b.page("POST", path, form)
}

func (b *browser) signIn(user string) {
	b.d.t.Helper()
	if _, html := b.page("POST", "/sign-in", url.Values{"user": {user}, "password": {good}}); !strings.Contains(html, "Köer") {
		b.d.t.Fatal(html)
	}
}

// features.md G5: one logs oneself in and out on a mobile and sees the others; a supervisor does it for others.
func TestQueuesOnAMobile(t *testing.T) {
	d := newDesk(t)
	ag := d.browser()
	ag.signIn("ag")
	_, html := ag.page("GET", "/", nil)
	for _, want := range []string{"Support", "(0) 1/1", "Person ag", "(du)", "Ledig", "0 samtal i dag", "Logga ut ur kön", "Paus", `http-equiv="refresh"`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in %s", want, html)
		}
	}
	if strings.Contains(html, "Sales") || strings.Contains(html, "Administration") {
		t.Error("more than an agent of support may see")
	}
	press := func(b *browser, form url.Values) (int, []team.SourceAction) {
		status, _ := b.press("/", "/queues/80", form)
		return status, d.source.did()
	}
	ext := "PJSIP/" + d.ext("ag")
	if status, did := press(ag, url.Values{"do": {"out"}}); status != 200 || !slices.Equal(did, []team.SourceAction{team.LogMember{Queue: "80", Phone: ext, Name: "Person ag", Skill: 10}}) {
		t.Errorf("%d %+v", status, did)
	}
	if status, did := press(ag, url.Values{"do": {"pause"}}); status != 200 || !slices.Equal(did, []team.SourceAction{team.PauseMember{Queue: "80", Phone: ext, On: true}}) {
		t.Errorf("%d %+v", status, did)
	}
	if status, did := press(ag, url.Values{"do": {"in"}, "person": {"us"}}); status != 403 || len(did) != 0 {
		t.Errorf("an agent logs another in: %d %+v", status, did)
	}
	if status, did := press(ag, url.Values{"do": {"dance"}}); status != 400 || len(did) != 0 {
		t.Errorf("%d %+v", status, did)
	}
	sup := d.browser()
	sup.signIn("sup")
	if status, did := press(sup, url.Values{"do": {"out"}, "person": {"ag"}}); status != 200 || len(did) != 1 {
		t.Errorf("%d %+v", status, did)
	}
	d.source.mu.Lock()
	d.source.answer = phone.Refuse(phone.ReasonNotMember, "")
	d.source.mu.Unlock()
	if status, html := ag.press("/", "/queues/80", url.Values{"do": {"in"}}); status != 422 || !strings.Contains(html, text.In("sv", "reason.not-member")) {
		t.Errorf("a refusal: %d %s", status, html)
	}
	d.source.tell(team.SourceDown{At: d.clock.Now(), Reason: phone.Reason{ID: phone.ReasonNoReply}})
	d.until("the exchange is away", func() bool { _, html := ag.page("GET", "/", nil); return strings.Contains(html, "PBX kan inte nås") })
}

// Whoever is no administrator gets nowhere on the pages for them, whatever they send.
func TestAdministrationIsClosed(t *testing.T) {
	d := newDesk(t)
	adm := d.browser()
	adm.signIn("adm") // of one group only
	before, _ := d.s.People()
	for _, path := range []string{"/admin", "/admin/people/new", "/admin/people/root", "/admin/groups/support", "/admin/groups/support/inbox", "/admin/setup"} {
		if status, html := adm.page("GET", path, nil); status != 403 || strings.Contains(html, "Person root") {
			t.Errorf("%s: %d", path, status)
		}
	}
	for _, path := range []string{"/admin/people/new", "/admin/people/adm", "/admin/people/us/delete", "/admin/people/adm/rights", "/admin/people/root/link", "/admin/people/root/tokens", "/admin/groups/new", "/admin/groups/sales/delete", "/admin/groups/support/inbox", "/admin/groups/support/templates", "/admin/groups/support/keep", "/admin/groups/support/doors", "/admin/groups/support/doors/root/x", "/admin/queues/80", "/admin/setup", "/admin/people/ag/line"} {
		form := url.Values{"name": {"X"}, "user": {"x"}, "sure": {"1"}, "group": {"all"}, "rights": {"administrator"}, "id": {"x"}}
		if status, html := adm.press("/", path, form); status != 403 || strings.Contains(html, "svt_") || strings.Contains(html, "/welcome/") {
			t.Errorf("%s: %d", path, status)
		}
	}
	if after, _ := d.s.People(); len(after) != len(before) {
		t.Error("somebody has come or gone")
	}
	nobody := d.browser()
	if _, html := nobody.page("GET", "/admin", nil); !strings.Contains(html, "Användarnamn") {
		t.Error(html)
	}
	// A token for reading is no session.
	token := read[team.Token](t, d.do("root", "POST", "people/root/tokens", team.NewToken{Name: "wall", Scope: team.ScopeRead, Days: 1})).Token
	r, _ := http.NewRequest("GET", d.web.URL+"/admin", nil)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: token})
	resp, err := d.web.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	_, _ = io.Copy(&s, resp.Body)
	resp.Body.Close()
	if strings.Contains(s.String(), "Person us") {
		t.Error("a token for reading administers")
	}
}

// Every text of the pages is there in both languages, and every one there is shown; so are the words of every code.
func TestWordsOfPages(t *testing.T) {
	used := map[string]bool{}
	key := regexp.MustCompile(`team\.page\.[a-z_]+`)
	look := func(dir fs.FS, pattern string) {
		names, _ := fs.Glob(dir, pattern)
		for _, name := range names {
			data, err := fs.ReadFile(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range key.FindAllString(string(data), -1) {
				used[k] = true
			}
		}
	}
	look(assets.TeamPages(), "*.html")
	look(os.DirFS("."), "*pages.go")
	for _, made := range []string{"state_out", "state_paused", "state_idle", "state_ringing", "state_call", "state_offline", "state_unknown",
		"rights_none", "rights_user", "rights_agent", "rights_supervisor", "rights_administrator"} {
		used["team.page."+made] = true
	}
	delete(used, "team.page.state_")
	delete(used, "team.page.rights_")
	for k := range used {
		for _, l := range text.Languages() {
			if text.In(l, k) == k {
				t.Errorf("no text %s in %s", k, l)
			}
		}
	}
	for _, k := range key.FindAllString(string(assets.Text("en")), -1) {
		if !used[k] {
			t.Errorf("nothing shows %s", k)
		}
	}
	for _, c := range []team.Code{team.CodeBadRequest, team.CodeNotSignedIn, team.CodeWrongPassword, team.CodeWeakPassword, team.CodeForbidden, team.CodeNotFound, team.CodeConflict,
		team.CodeTooLarge, team.CodeWrongCode, team.CodeTooMany, team.CodeLocked, team.CodeRefused, team.CodeUnavailable} {
		for _, l := range text.Languages() {
			if k := "team.fault." + string(c); text.In(l, k) == k {
				t.Errorf("no text %s in %s", k, l)
			}
		}
	}
}

func TestWhatTelephonesAreGivenIsFilledIn(t *testing.T) {
	o := newOffice(t)
	root := o.browser()
	root.signIn("root")
	form := url.Values{"seq": {"0"}, "domain": {"pbx.example.com"}, "transport": {"tls"}, "srtp": {"required"}, "emergency": {"112, 911"}, "help": {"https://example.com/<help>"}, "support_hours": {"8-17"}, "ice": {"1"}}
	if status, html := root.press("/admin/setup", "/admin/setup", form); status != 200 || !strings.Contains(html, text.In("sv", "team.page.saved")) || !strings.Contains(html, "112, 911") || strings.Contains(html, "<help>") {
		t.Fatalf("%d %s", status, html)
	}
	v := read[team.Versioned[team.Setup]](t, o.do("root", "GET", "setup", nil)).Value
	if v.Domain != "pbx.example.com" || v.Transport != phone.TransportTLS || v.SRTP != phone.SRTPRequired || len(v.Emergency) != 2 || v.Help != "https://example.com/<help>" || !v.ICE {
		t.Errorf("%+v", v)
	}
	form.Set("domain", "pbx example com")
	if status, html := root.press("/admin/setup", "/admin/setup", form); status != 409 && status != 400 || !strings.Contains(html, "pbx example com") {
		t.Errorf("%d %s", status, html)
	}
	if status, _ := root.press("/admin/people/ag", "/admin/people/ag/line", url.Values{"user": {"2102"}, "password": {"sip secret"}}); status != 200 {
		t.Errorf("%d", status)
	}
	if _, html := root.page("GET", "/admin/people/ag", nil); !strings.Contains(html, `value="2102"`) || strings.Contains(html, "sip secret") {
		t.Error(html)
	}
	l, err := o.s.lineOf(team.Person{ID: "ag"})
	if err != nil || l.Password != "sip secret" {
		t.Errorf("%+v %v", l, err)
	}
}

// A group's mailboxes, senders and templates are filled in on a page; what is refused stays as it was written.
func TestMessagesOfAGroupAreSetUp(t *testing.T) {
	d := newDesk(t)
	root := d.browser()
	root.signIn("root")
	const at = "/admin/groups/support/inbox"
	if _, html := root.page("GET", "/admin/groups/support", nil); !strings.Contains(html, `href="`+at+`"`) {
		t.Error(html)
	}
	inbox := func() team.Versioned[team.Inbox] {
		return read[team.Versioned[team.Inbox]](t, d.do("us", "GET", "groups/support/inbox", nil))
	}
	seq := func() string { return strconv.FormatInt(int64(inbox().Seq), 10) }
	if status, html := root.press(at, at, url.Values{"seq": {seq()}, "boxes": {" 80@default\r\n81@default\r\n"}, "senders": {"Ekdal, Bygg2"}}); status != 200 || !strings.Contains(html, text.In("sv", "team.page.saved")) || !strings.Contains(html, "80@default\n81@default") {
		t.Fatalf("%d %s", status, html)
	}
	before := seq()
	form := url.Values{"seq": {before}, "name": {"Stängt", "", "Åter <b>"}, "text": {"Vi har stängt.\r\nRing i morgon.", "", "Vi ringer upp."}}
	if status, html := root.press(at, "/admin/groups/support/templates", form); status != 200 || strings.Contains(html, "Åter <b>") {
		t.Fatalf("%d %s", status, html)
	}
	v := inbox().Value
	want := []team.TextTemplate{{Name: "Stängt", Text: "Vi har stängt.\nRing i morgon."}, {Name: "Åter <b>", Text: "Vi ringer upp."}}
	if !slices.Equal(v.Boxes, []string{"80@default", "81@default"}) || !slices.Equal(v.Senders, []string{"Ekdal", "Bygg2"}) || !slices.Equal(v.Templates, want) {
		t.Errorf("%+v", v)
	}
	for name, c := range map[string]struct {
		path   string
		form   url.Values
		status int
	}{
		"a file":         {at, url.Values{"seq": {seq()}, "boxes": {"../../etc/passwd"}}, 400},
		"a long sender":  {at, url.Values{"seq": {seq()}, "senders": {"EkdalByggOchRiv"}}, 400},
		"seen before":    {at, url.Values{"seq": {before}, "senders": {"Other"}}, 409},
		"half a one":     {"/admin/groups/support/templates", url.Values{"seq": {seq()}, "name": {"Only a name"}, "text": {""}}, 400},
		"no such group":  {"/admin/groups/nosuch/inbox", url.Values{"seq": {"0"}, "senders": {"Ekdal"}}, 404},
		"without a word": {at, url.Values{"seq": {seq()}, "senders": {"Ekdal"}, "csrf": {"x"}}, 403},
	} {
		status, html := 0, ""
		if c.form.Get("csrf") != "" {
			status, html = root.page("POST", c.path, c.form)
		} else {
			status, html = root.press(at, c.path, c.form)
		}
		if status != c.status {
			t.Errorf("%s: %d %s", name, status, html)
		}
		for _, written := range append(c.form["boxes"], c.form["name"]...) {
			if status == 400 && !strings.Contains(html, written) {
				t.Errorf("%s: what was written is gone", name)
			}
		}
	}
	if now := inbox().Value; !slices.Equal(now.Senders, v.Senders) || !slices.Equal(now.Templates, want) {
		t.Errorf("%+v", now)
	}
}

func TestThePageForAForgottenPassword(t *testing.T) {
	o := newOffice(t)
	b := o.browser()
	if _, html := b.page("GET", "/", nil); !strings.Contains(html, `href="http://team.test/forgot"`) {
		t.Error(html)
	}
	if status, html := b.page("GET", "/forgot", nil); status != 200 || !strings.Contains(html, `action="/forgot"`) {
		t.Errorf("%d %s", status, html)
	}
	var answers []string
	for _, user := range []string{"ag", "<nobody>"} {
		status, html := b.page("POST", "/forgot", url.Values{"user": {user}})
		if status != 200 {
			t.Errorf("%d %s", status, html)
		}
		answers = append(answers, html)
	}
	if answers[0] != answers[1] {
		t.Errorf("%s\n%s", answers[0], answers[1])
	}
	o.letters(1)
}
