package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"svara/phone/team"
	"svara/phone/team/kept"
	"svara/ui/text"
)

// doorRow is a token of a group's web form or gateway.
type doorRow struct{ ID, Person, Name, Kind, Seen, Expires string }

// tokenDays is for how long a token that is made on a page works, unless the form says otherwise.
const tokenDays = 365

// daysOf is for how many days a form wants a token; what is no number is none, and refused.
func daysOf(r *http.Request) int {
	n, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("days")))
	if err != nil {
		return 0
	}
	return n
}

// doorPages are the tokens of a group's web forms and gateways: made, shown once, and revoked.
func (s *Server) doorPages(admin func(string, func(http.ResponseWriter, *http.Request, session))) {
	admin("POST /admin/groups/{group}/doors", func(w http.ResponseWriter, r *http.Request, u session) {
		in := &team.NewToken{Name: strings.TrimSpace(r.PostFormValue("name")), Scope: team.ScopeCallback, Days: daysOf(r), Group: team.GroupID(r.PathValue("group"))}
		if r.PostFormValue("scope") == string(team.ScopeTexts) {
			in.Scope = team.ScopeTexts
		}
		out, err := s.act(r, u, "newToken", in, "person", string(u.person.ID))
		token, _ := out.(team.Token)
		s.inboxPage(w, r, u, func(d *inboxData) { d.Token = token.Token }, err)
	})
	admin("POST /admin/groups/{group}/doors/{person}/{device}", func(w http.ResponseWriter, r *http.Request, u session) {
		_, err := s.act(r, u, "deletePersonDevice", nil, "person", r.PathValue("person"), "device", r.PathValue("device"))
		s.backToInbox(w, r, u, func(*inboxData) {}, err)
	})
}

// doorsOf is the tokens that lead to a group, those of web forms first.
func (s *Server) doorsOf(r *http.Request, u session, g team.GroupID) (out []doorRow, err error) {
	for _, d := range []struct {
		scope team.Scope
		key   string
	}{{team.ScopeCallback, "team.page.door_callback"}, {team.ScopeTexts, "team.page.door_texts"}} {
		all, err := s.Shelf.Scoped(r.Context(), d.scope+"/"+team.Scope(g))
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(t kept.Token) bool { return !s.Now().Before(t.Expires) })
		for _, t := range all {
			at := signedIn(t)
			out = append(out, doorRow{at.ID, string(at.Person), at.Name, text.In(u.lang, d.key), at.Seen.In(s.Zone).Format("2006-01-02 15:04"), at.Expires.In(s.Zone).Format("2006-01-02")})
		}
	}
	return out, nil
}
