package server

import (
	"net/http"
	"strconv"
	"strings"

	"svara/phone"
	"svara/phone/team"
	"svara/ui/text"
)

// option is a line to choose; On is the one that is.
type option struct {
	ID, Name string
	On       bool
}

type setupData struct {
	Setup            team.Setup
	Seq              team.Seq
	Emergency        string
	Transports, SRTP []option
}

// setupPages are what telephones are given, and a person's account at the exchange.
func (s *Server) setupPages(admin func(string, func(http.ResponseWriter, *http.Request, session))) {
	admin("GET /admin/setup", func(w http.ResponseWriter, r *http.Request, u session) {
		data := setupData{}
		if i, ok := s.board.get(team.KindSetup, setupID); ok {
			v, err := value[team.Setup](i)
			if err != nil {
				s.adminPage(w, r, u, err)
				return
			}
			data.Setup, data.Seq = v, i.Seq
		}
		s.setupPage(w, r, u, data, nil)
	})
	admin("POST /admin/setup", s.saveSetup)
	admin("POST /admin/people/{person}/line", func(w http.ResponseWriter, r *http.Request, u session) {
		in := &team.Line{User: strings.TrimSpace(r.PostFormValue("user")), AuthUser: strings.TrimSpace(r.PostFormValue("auth_user")), Password: r.PostFormValue("password")}
		_, err := s.act(r, u, "putLine", in, "person", r.PathValue("person"))
		s.backToPerson(w, r, u, err)
	})
}

func (s *Server) setupPage(w http.ResponseWriter, r *http.Request, u session, data setupData, wrong error) {
	data.Emergency = strings.Join(data.Setup.Emergency, ", ")
	for _, t := range []phone.Transport{phone.TransportAuto, phone.TransportUDP, phone.TransportTCP, phone.TransportTLS} {
		name := strings.ToUpper(string(t))
		if t == phone.TransportAuto {
			name = text.In(u.lang, "team.page.automatic")
		}
		data.Transports = append(data.Transports, option{string(t), name, t == data.Setup.Transport})
	}
	for _, m := range []struct {
		mode phone.SRTPMode
		key  string
	}{{phone.SRTPOff, "team.page.srtp_off"}, {phone.SRTPOptional, "team.page.srtp_optional"}, {phone.SRTPRequired, "team.page.srtp_required"}} {
		data.SRTP = append(data.SRTP, option{string(m.mode), text.In(u.lang, m.key), m.mode == data.Setup.SRTP})
	}
	said := ""
	if wrong == nil && r.URL.Query().Has("saved") {
		said = text.In(u.lang, "team.page.saved")
	}
	s.show(w, r, u, s.status(wrong), "setup", page{At: "admin", Fault: s.words(u, wrong), Said: said, Data: data})
}

func (s *Server) saveSetup(w http.ResponseWriter, r *http.Request, u session) {
	seq, _ := strconv.ParseInt(r.PostFormValue("seq"), 10, 64)
	data := setupData{Seq: team.Seq(seq)}
	if i, ok := s.board.get(team.KindSetup, setupID); ok { // what the form does not have stays
		data.Setup, _ = value[team.Setup](i)
	}
	v := &data.Setup
	for name, field := range map[string]*string{"domain": &v.Domain, "proxy": &v.Proxy, "dialect": &v.Dialect, "stun": &v.STUN, "page": &v.Page, "profile": &v.Profile, "help": &v.Help,
		"privacy": &v.Privacy, "agreement": &v.Agreement, "support_number": &v.SupportNumber, "support_mail": &v.SupportMail, "support_hours": &v.SupportHours} {
		*field = strings.TrimSpace(r.PostFormValue(name))
	}
	v.Transport, v.SRTP, v.ICE = phone.Transport(r.PostFormValue("transport")), phone.SRTPMode(r.PostFormValue("srtp")), r.PostFormValue("ice") != ""
	v.Emergency = strings.FieldsFunc(r.PostFormValue("emergency"), func(r rune) bool { return r == ',' || r == ' ' })
	if _, err := s.act(r, u, "putSetup", &team.NewSetup{Seq: data.Seq, Setup: *v}); err != nil {
		s.setupPage(w, r, u, data, err)
		return
	}
	http.Redirect(w, r, "/admin/setup?saved", http.StatusSeeOther)
}

// forgotPage is for who has forgotten their password.
func (s *Server) forgotPage(w http.ResponseWriter, r *http.Request, u session) {
	u = session{lang: u.lang}
	if r.Method == http.MethodGet {
		s.show(w, r, u, http.StatusOK, "forgot", page{Data: ""})
		return
	}
	user := r.PostFormValue("user")
	_, err := s.forgot(r.Context(), &request{http: r, from: address(r), body: &team.Forgot{User: user}})
	if err != nil {
		s.show(w, r, u, s.status(err), "forgot", page{Fault: s.words(u, err), Data: clip(user, 200)})
		return
	}
	s.show(w, r, u, http.StatusOK, "forgot", page{Said: text.In(u.lang, "team.page.forgot_sent"), Data: ""})
}
