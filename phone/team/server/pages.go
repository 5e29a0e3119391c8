package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"strings"

	"svara/assets"
	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
	"svara/ui/text"
)

// The pages that the server serves itself: plain HTML that works on a mobile without a script. A session is a token like
// any other, in a cookie; what a page does goes through the routes of the API, so that their table says who may.

// sessionCookie holds the token. SameSite=Strict: no other site's page can send it; forms carry a word made of it besides.
const sessionCookie = "svara_team"

// contentPolicy lets a page have our style sheet and nothing else.
const contentPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// page is what templates are filled with.
type page struct {
	Lang, Title, Team string
	At                string // which entry of the menu it is
	Me                team.Person
	Admin             bool
	CSRF              string
	Fault, Said, Rule string
	Refresh           bool
	Data              any
}

// T is a text in the reader's language.
func (p page) T(key string) string { return text.In(p.Lang, key) }

// session is who a page is for.
type session struct {
	lang   string
	token  string
	person team.Person
	device kept.Token
	in     bool
}

func (s *Server) pages() {
	shell := template.Must(template.ParseFS(assets.TeamPages(), "layout.html"))
	s.templates = map[string]*template.Template{}
	for _, name := range []string{"signin", "welcome", "password", "home", "admin", "person", "group", "inbox", "forgot", "setup"} {
		s.templates[name] = template.Must(template.Must(shell.Clone()).ParseFS(assets.TeamPages(), name+".html"))
	}
	own := http.NewCrossOriginProtection()
	handle := func(pattern string, h func(http.ResponseWriter, *http.Request, session)) {
		s.mux.Handle(pattern, own.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", contentPolicy)
			ctx, cancel := context.WithTimeout(r.Context(), limit)
			defer cancel()
			r = r.WithContext(ctx)
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			h(w, r, s.session(r))
		})))
	}
	// inside is for who is signed in; forms have to carry their session's word.
	inside := func(pattern string, h func(http.ResponseWriter, *http.Request, session)) {
		handle(pattern, func(w http.ResponseWriter, r *http.Request, u session) {
			switch {
			case !u.in:
				http.Redirect(w, r, "/", http.StatusSeeOther)
			case r.Method == http.MethodPost && !sameHash(r.PostFormValue("csrf"), csrf(u.token)):
				s.show(w, r, u, http.StatusForbidden, "signin", page{Fault: s.words(u, forbidden()), Data: s.door("")})
			default:
				h(w, r, u)
			}
		})
	}
	s.mux.HandleFunc("GET /page.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=3600")
		_, _ = w.Write(assets.TeamStyle())
	})
	handle("GET /{$}", s.homePage)
	handle("POST /sign-in", s.signInPage)
	handle("GET /welcome/{code}", s.welcomePage)
	handle("POST /welcome/{code}", s.welcomePage)
	handle("GET "+forgotPath, s.forgotPage)
	handle("POST "+forgotPath, s.forgotPage)
	inside("POST /sign-out", s.signOutPage)
	inside("GET /password", s.passwordPage)
	inside("POST /password", s.passwordPage)
	inside("POST /queues/{queue}", s.queuePage)
	s.adminPages(inside)
}

// session is who a request's cookie is of.
func (s *Server) session(r *http.Request) session {
	u := session{lang: language(r.Header.Get("Accept-Language"))}
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return u
	}
	if u.person, u.device, err = s.authenticate(r.Context(), c.Value); err == nil && u.device.Scope == team.ScopeAll {
		u.token, u.in = c.Value, true
	}
	return u
}

// language is the first of a browser's languages that there are texts in (RFC 9110 12.5.4; weights come in order in practice).
func language(accept string) string {
	for part := range strings.SplitSeq(accept, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
		for _, l := range text.Languages() {
			if l == tag {
				return l
			}
		}
	}
	return "en"
}

// csrf is the word that a session's forms carry.
func csrf(token string) string {
	sum := sha256.Sum256([]byte("form\x00" + token))
	return hex.EncodeToString(sum[:16])
}

// show writes a page.
func (s *Server) show(w http.ResponseWriter, _ *http.Request, u session, status int, name string, p page) {
	p.Lang, p.Team, p.Me = u.lang, s.Name, u.person
	p.Admin = u.person.In(team.Everyone).Reaches(team.RightsAdmin)
	if p.Title == "" {
		p.Title = text.In(u.lang, map[string]string{"signin": "team.page.sign_in", "welcome": "team.page.welcome", "password": "team.page.password", "home": "team.page.queues", "admin": "team.page.admin", "forgot": "team.page.forgot", "setup": "team.page.setup", "inbox": "team.page.inbox"}[name])
	}
	if u.in {
		p.CSRF = csrf(u.token)
	}
	p.Rule = rule(u.lang, s.Rule)
	var b bytes.Buffer
	if err := s.templates[name].ExecuteTemplate(&b, name+".html", p); err != nil {
		s.Log.Error("a page cannot be made", "page", name, "error", err)
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// rule is the rule of passwords in words (features.md A3: shown before it is sent).
func rule(lang string, r team.PasswordRule) string {
	parts := []string{text.In(lang, "team.page.rule_min", "n", r.Min)}
	if r.Digit {
		parts = append(parts, text.In(lang, "team.page.rule_digit"))
	}
	if r.Upper {
		parts = append(parts, text.In(lang, "team.page.rule_upper"))
	}
	return strings.Join(parts, ", ") + "."
}

// words is what was wrong, for people.
func (s *Server) words(u session, err error) string {
	if err == nil {
		return ""
	}
	f := s.fault(&http.Request{Method: "page"}, err)
	if f.Code == team.CodeRefused && f.Reason != nil {
		return text.In(u.lang, "reason."+string(f.Reason.ID), "text", f.Reason.Text, "code", f.Reason.Code)
	}
	return text.In(u.lang, "team.fault."+string(f.Code), "n", f.RetryS, "field", f.Field)
}

// status is an error's HTTP status.
func (s *Server) status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	return s.fault(&http.Request{Method: "page"}, err).Status
}

// act does an operation of the API as who is signed in. names and values are the path's.
func (s *Server) act(r *http.Request, u session, op string, in any, path ...string) (any, error) {
	for _, route := range s.table {
		if route.Op != op {
			continue
		}
		h := r.Clone(r.Context())
		for i := 0; i+1 < len(path); i += 2 {
			h.SetPathValue(path[i], path[i+1])
		}
		q := &request{http: h, from: address(r), person: u.person, token: u.device, body: in, target: strings.Join(path, " ")}
		if err := s.may(route, q); err != nil {
			s.note(r.Context(), route, q, false)
			return nil, err
		}
		out, err := route.Do(s, r.Context(), q)
		if route.Write && (err == nil || isRefusal(err)) {
			s.note(r.Context(), route, q, err == nil)
		}
		if d, ok := out.(team.Done); ok && d.Seq != 0 {
			s.board.wait(r.Context(), d.Seq)
		}
		return out, err
	}
	return nil, errors.New("no operation " + op)
}

// door is what the page for signing in needs.
func (s *Server) door(user string) any {
	d := struct{ User, Forgot, ForgotURL string }{User: user, Forgot: s.Forgot}
	if strings.HasPrefix(s.Forgot, "https://") || strings.HasPrefix(s.Forgot, "http://") || strings.HasPrefix(s.Forgot, "mailto:") {
		d.ForgotURL = s.Forgot
	}
	return d
}

// remember gives the browser its token.
func remember(w http.ResponseWriter, r *http.Request, token string, seconds int) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: token, Path: "/", MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"})
}

const sessionSeconds = keepDays * 24 * 3600

func (s *Server) signInPage(w http.ResponseWriter, r *http.Request, u session) {
	user := r.PostFormValue("user")
	p, err := s.checkPassword(r.Context(), address(r), user, r.PostFormValue("password"))
	var token team.Token
	if err == nil {
		token, err = s.letIn(r.Context(), &request{http: r, from: address(r)}, p, text.In(u.lang, "team.page.device"))
	}
	if err != nil {
		s.show(w, r, u, s.status(err), "signin", page{Fault: s.words(u, err), Data: s.door(clip(user, 60))})
		return
	}
	remember(w, r, token.Token, sessionSeconds)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *Server) signOutPage(w http.ResponseWriter, r *http.Request, u session) {
	_, _ = s.act(r, u, "signOut", nil)
	remember(w, r, "", -1)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// errNotSame is a password that was not repeated.
var errNotSame = errors.New("not the same")

// chosen is the new password of a form, written twice.
func chosen(r *http.Request) (string, error) {
	if r.PostFormValue("new") != r.PostFormValue("again") {
		return "", errNotSame
	}
	return r.PostFormValue("new"), nil
}

func (s *Server) passwordWords(u session, err error) string {
	if errors.Is(err, errNotSame) {
		return text.In(u.lang, "team.page.not_same")
	}
	return s.words(u, err)
}

func (s *Server) welcomePage(w http.ResponseWriter, r *http.Request, u session) {
	code := r.PathValue("code")
	p, _, err := s.linked(r.Context(), code)
	data := struct{ Name, User, Code string }{p.Name, p.User, code}
	if err != nil {
		data.Name = ""
		fault := ""
		if s.status(err) != http.StatusUnauthorized {
			fault = s.words(u, err)
		}
		s.show(w, r, session{lang: u.lang}, http.StatusNotFound, "welcome", page{Fault: fault, Data: data})
		return
	}
	if r.Method == http.MethodGet {
		s.show(w, r, session{lang: u.lang}, http.StatusOK, "welcome", page{Data: data})
		return
	}
	password, err := chosen(r)
	var token any
	if err == nil {
		token, err = s.redeem(r.Context(), &request{http: r, from: address(r), body: &team.Redeem{Code: code, Password: password, Device: text.In(u.lang, "team.page.device")}})
	}
	if err != nil {
		s.show(w, r, session{lang: u.lang}, http.StatusBadRequest, "welcome", page{Fault: s.passwordWords(u, err), Data: data})
		return
	}
	remember(w, r, token.(team.Token).Token, sessionSeconds)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *Server) passwordPage(w http.ResponseWriter, r *http.Request, u session) {
	if r.Method == http.MethodGet {
		s.show(w, r, u, http.StatusOK, "password", page{At: "password"})
		return
	}
	password, err := chosen(r)
	if err == nil {
		_, err = s.act(r, u, "changePassword", &team.PasswordChange{Old: r.PostFormValue("old"), New: password})
	}
	if err != nil {
		s.show(w, r, u, http.StatusBadRequest, "password", page{At: "password", Fault: s.passwordWords(u, err)})
		return
	}
	s.show(w, r, u, http.StatusOK, "password", page{At: "password", Said: text.In(u.lang, "team.page.password_changed")})
}

// queueRow and memberRow are a queue and a colleague in it as the page shows them.
type queueRow struct {
	ID                           phone.QueueID
	Name                         string
	Waiting, Available, LoggedIn int
	Night, May, Others           bool
	In, Paused                   bool // oneself
	Members                      []memberRow
}

type memberRow struct {
	Person             team.PersonID
	Name, State, Class string
	Today              string
	In, Me             bool
}

func (s *Server) homePage(w http.ResponseWriter, r *http.Request, u session) {
	if !u.in {
		s.show(w, r, u, http.StatusOK, "signin", page{Data: s.door("")})
		return
	}
	s.home(w, r, u, nil)
}

// home is one's queues, with what was wrong with what one has just done.
func (s *Server) home(w http.ResponseWriter, r *http.Request, u session, wrong error) {
	var data struct {
		Down   []string
		Queues []queueRow
	}
	v := viewOf(u.person)
	if since := s.board.oldSince(); !since.IsZero() {
		data.Down = append(data.Down, text.In(u.lang, "team.page.database_down", "clock", text.Clock(since.In(s.Zone))))
	}
	for _, i := range s.board.all(team.KindSource, v) {
		if st, err := value[team.SourceStatus](i); err == nil && !st.Up {
			data.Down = append(data.Down, text.In(u.lang, "team.page.source_down", "name", st.Name, "clock", text.Clock(st.Since.In(s.Zone))))
		}
	}
	for _, i := range s.board.all(team.KindQueue, v) {
		q, err := s.queueView(v, phone.QueueID(i.ID))
		if err != nil {
			s.Log.Warn("a queue cannot be shown", "queue", i.ID, "error", err)
			continue
		}
		data.Queues = append(data.Queues, s.queueRow(u, q))
	}
	s.show(w, r, u, s.status(wrong), "home", page{At: "home", Refresh: wrong == nil, Fault: s.words(u, wrong), Data: data})
}

func (s *Server) queueRow(u session, v team.QueueView) queueRow {
	q := v.Queue.Value
	has := u.person.In(q.Group)
	row := queueRow{ID: q.ID, Name: q.Name, Waiting: q.Waiting, Available: q.Available, LoggedIn: q.LoggedIn, Night: q.Settings.Night,
		May: has.Reaches(team.RightsAgent) && u.person.Extension != "", Others: has.Reaches(team.RightsSupervisor)}
	if row.Name == "" {
		row.Name = string(q.ID)
	}
	for _, m := range v.Members {
		m := m.Value
		line := memberRow{Person: m.Person, Name: m.Name, In: m.LoggedIn, Me: m.Person == u.person.ID, Today: text.In(u.lang, "team.page.today", "n", m.Today)}
		if line.Name == "" {
			line.Name = m.Phone
		}
		key := ""
		key, line.Class = stateOf(m)
		line.State = text.In(u.lang, "team.page.state_"+key)
		if line.Me {
			row.In, row.Paused = m.LoggedIn, m.Paused
		}
		row.Members = append(row.Members, line)
	}
	return row
}

// stateOf is a member's state as the page calls it, and the colour of its dot.
func stateOf(m team.Member) (key, class string) {
	switch {
	case !m.LoggedIn:
		return "out", ""
	case m.Paused:
		return "paused", "paused"
	}
	switch m.State {
	case team.MemberIdle:
		return "idle", "idle"
	case team.MemberRinging:
		return "ringing", "ringing"
	case team.MemberInCall, team.MemberOnHold:
		return "call", "busy"
	case team.MemberOffline:
		return "offline", ""
	}
	return "unknown", "idle"
}

func (s *Server) queuePage(w http.ResponseWriter, r *http.Request, u session) {
	yes, no := true, false
	whom := r.PostFormValue("person")
	if whom == "" {
		whom = string(u.person.ID)
	}
	change := map[string]*team.MemberChange{"in": {LoggedIn: &yes}, "out": {LoggedIn: &no}, "pause": {Paused: &yes}, "resume": {Paused: &no}}[r.PostFormValue("do")]
	err := error(bad("do"))
	if change != nil {
		_, err = s.act(r, u, "putMember", change, "queue", r.PathValue("queue"), "person", whom)
	}
	if err != nil {
		s.home(w, r, u, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
