package server

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"svara/phone/team"
)

// A web form's token is made on the page of a group's messages, shown once, opens its door, and is revoked there.
func TestTokensOfFormsOnAPage(t *testing.T) {
	d := newDesk(t)
	root := d.browser()
	root.signIn("root")
	const at, doors = "/admin/groups/support/inbox", "/admin/groups/support/doors"
	leave := func(token string) int {
		return d.with(token, "POST", "callback", team.NewCallback{Number: "0701740605"}).status
	}
	status, html := root.press(at, doors, url.Values{"name": {"Site <form>"}, "scope": {"callback"}, "days": {"30"}})
	made := regexp.MustCompile(`<code>(svt_[^<]+)</code>`).FindStringSubmatch(html)
	if status != 200 || made == nil || strings.Contains(html, "<form>\n") || !strings.Contains(html, "Site &lt;form&gt;") {
		t.Fatalf("%d %s", status, html)
	}
	if got := leave(made[1]); got != 200 {
		t.Errorf("the form is answered %d", got)
	}
	if a := d.with(made[1], "GET", "me", nil); a.status == 200 {
		t.Errorf("it opens more: %s", a.body)
	}
	_, html = root.page("GET", at, nil)
	if until := d.clock.Now().AddDate(0, 0, 30).Format("2006-01-02"); !strings.Contains(html, "gäller till "+until) {
		t.Errorf("it is not told that it works until %s: %s", until, html)
	}
	revoke := regexp.MustCompile(`action="(` + doors + `/root/[^"]+)"`).FindStringSubmatch(html)
	if revoke == nil || strings.Contains(html, made[1]) {
		t.Fatalf("%v %s", revoke, html)
	}
	if _, other := root.page("GET", "/admin/groups/sales/inbox", nil); strings.Contains(other, "Site") {
		t.Error("another group has it too")
	}
	if status, html = root.press(at, revoke[1], url.Values{}); status != 200 || strings.Contains(html, "Site") {
		t.Errorf("%d %s", status, html)
	}
	if got := leave(made[1]); got != 401 {
		t.Errorf("revoked, it is answered %d", got)
	}
	for name, form := range map[string]url.Values{
		"no name": {"name": {" "}, "days": {"1"}}, "a long one": {"name": {strings.Repeat("a", 81)}, "days": {"1"}},
		"no day": {"name": {"x"}, "days": {"0"}}, "for ever": {"name": {"x"}, "days": {"999999"}}, "no number": {"name": {"x"}, "days": {"1; drop"}}, "no days": {"name": {"x"}},
	} {
		if status, html := root.press(at, doors, form); status != 400 || strings.Contains(html, "svt_") {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, html := root.press(at, "/admin/groups/nosuch/doors", url.Values{"name": {"x"}}); status < 400 || strings.Contains(html, "svt_") {
		t.Errorf("a group that is none: %d", status)
	}
}
