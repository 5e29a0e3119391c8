package server

import (
	"net/http"
	"strconv"
	"strings"

	"svara/phone/team"
	"svara/ui/text"
)

// adminPages are for who administers everything: people, groups, numbers, rights, links and tokens. What they do goes
// through the API's routes; what they show is read here, so who may is asked here too.
func (s *Server) adminPages(inside func(string, func(http.ResponseWriter, *http.Request, session))) {
	admin := func(pattern string, h func(http.ResponseWriter, *http.Request, session)) {
		inside(pattern, func(w http.ResponseWriter, r *http.Request, u session) {
			if !u.person.In(team.Everyone).Reaches(team.RightsAdmin) {
				s.home(w, r, u, forbidden())
				return
			}
			h(w, r, u)
		})
	}
	admin("GET /admin", func(w http.ResponseWriter, r *http.Request, u session) { s.adminPage(w, r, u, nil) })
	admin("POST /admin/queues/{queue}", func(w http.ResponseWriter, r *http.Request, u session) {
		_, err := s.act(r, u, "placeQueue", &team.QueuePlace{Group: team.GroupID(r.PostFormValue("group"))}, "queue", r.PathValue("queue"))
		s.back(w, r, u, err, "/admin", s.adminPage)
	})
	admin("GET /admin/people/{person}", func(w http.ResponseWriter, r *http.Request, u session) {
		s.personPage(w, r, u, personData{}, nil)
	})
	admin("POST /admin/people/{person}", s.savePerson)
	s.setupPages(admin)
	s.inboxPages(admin)
	s.doorPages(admin)
	admin("POST /admin/people/{person}/rights", func(w http.ResponseWriter, r *http.Request, u session) {
		_, err := s.act(r, u, "putMemberRights", &team.MemberRights{Rights: team.Rights(r.PostFormValue("rights"))}, "group", r.PostFormValue("group"), "person", r.PathValue("person"))
		s.backToPerson(w, r, u, err)
	})
	admin("POST /admin/people/{person}/devices/{device}", func(w http.ResponseWriter, r *http.Request, u session) {
		_, err := s.act(r, u, "deletePersonDevice", nil, "person", r.PathValue("person"), "device", r.PathValue("device"))
		s.backToPerson(w, r, u, err)
	})
	admin("POST /admin/people/{person}/link", func(w http.ResponseWriter, r *http.Request, u session) {
		out, err := s.act(r, u, "linkPerson", nil, "person", r.PathValue("person"))
		link, _ := out.(team.Link)
		s.personPage(w, r, u, personData{Link: link.URL}, err)
	})
	admin("POST /admin/people/{person}/tokens", func(w http.ResponseWriter, r *http.Request, u session) {
		in := &team.NewToken{Name: strings.TrimSpace(r.PostFormValue("name")), Scope: team.ScopeAll, Days: daysOf(r)}
		if r.PostFormValue("read") != "" {
			in.Scope = team.ScopeRead
		}
		out, err := s.act(r, u, "newToken", in, "person", r.PathValue("person"))
		token, _ := out.(team.Token)
		s.personPage(w, r, u, personData{Token: token.Token}, err)
	})
	admin("POST /admin/people/{person}/delete", func(w http.ResponseWriter, r *http.Request, u session) {
		err := sure(r)
		if err == nil {
			_, err = s.act(r, u, "deletePerson", nil, "person", r.PathValue("person"))
		}
		if err != nil {
			s.personPage(w, r, u, personData{}, err)
			return
		}
		http.Redirect(w, r, "/admin", http.StatusSeeOther)
	})
	admin("GET /admin/groups/{group}", func(w http.ResponseWriter, r *http.Request, u session) { s.groupPage(w, r, u, nil) })
	admin("POST /admin/groups/{group}", s.saveGroup)
	admin("POST /admin/groups/{group}/delete", func(w http.ResponseWriter, r *http.Request, u session) {
		err := sure(r)
		if err == nil {
			_, err = s.act(r, u, "deleteGroup", nil, "group", r.PathValue("group"))
		}
		s.back(w, r, u, err, "/admin", s.groupPage)
	})
}

// sure asks that the box has been ticked.
func sure(r *http.Request) error {
	if r.PostFormValue("sure") == "" {
		return bad("sure")
	}
	return nil
}

// back goes to a page when all went well, else shows one with what was wrong.
func (s *Server) back(w http.ResponseWriter, r *http.Request, u session, err error, to string, wrong func(http.ResponseWriter, *http.Request, session, error)) {
	if err != nil {
		wrong(w, r, u, err)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (s *Server) backToPerson(w http.ResponseWriter, r *http.Request, u session, err error) {
	s.back(w, r, u, err, "/admin/people/"+r.PathValue("person"), func(w http.ResponseWriter, r *http.Request, u session, err error) {
		s.personPage(w, r, u, personData{}, err)
	})
}

// values are a kind's items without their sequences; what cannot be read is left out and told in the log.
func values[T any](s *Server, kind team.Kind) (out []T) {
	for _, i := range s.board.all(kind, view{all: true}) {
		v, err := value[T](i)
		if err != nil {
			s.Log.Warn("an item cannot be shown", "kind", kind, "error", err)
			continue
		}
		out = append(out, v)
	}
	return out
}

func (s *Server) adminPage(w http.ResponseWriter, r *http.Request, u session, wrong error) {
	data := struct {
		People []team.Person
		Groups []team.Group
		Queues []team.Queue
	}{values[team.Person](s, team.KindPerson), values[team.Group](s, team.KindGroup), values[team.Queue](s, team.KindQueue)}
	s.show(w, r, u, s.status(wrong), "admin", page{At: "admin", Fault: s.words(u, wrong), Data: data})
}

// choice is a line to choose; groupRights a group and what the person may do in it.
type choice struct {
	ID   team.Rights
	Name string
}

type groupRights struct {
	team.Group
	Rights team.Rights
}

type deviceRow struct{ ID, Name, Agent, Seen, Expires string }

type personData struct {
	Person      team.Person
	Seq         team.Seq
	New         bool
	Groups      []groupRights
	Choices     []choice
	Devices     []deviceRow
	Link, Token string
	TokenDays   int // that are proposed
	Line        team.Line
}

// newID is what a page's address has for something that is not there yet. No id may be it.
const newID = "new"

func (s *Server) personPage(w http.ResponseWriter, r *http.Request, u session, data personData, wrong error) {
	data.TokenDays = tokenDays
	id := r.PathValue("person")
	title := text.In(u.lang, "team.page.new_person")
	if data.New = id == newID; !data.New {
		i, ok := s.board.get(team.KindPerson, id)
		if !ok {
			s.adminPage(w, r, u, notFound())
			return
		}
		p, err := value[team.Person](i)
		if err != nil {
			s.adminPage(w, r, u, err)
			return
		}
		if data.Person.ID == "" {
			data.Person = p
		}
		data.Seq, title = i.Seq, p.Name
		for _, g := range values[team.Group](s, team.KindGroup) {
			data.Groups = append(data.Groups, groupRights{g, p.Groups[g.ID]})
		}
		for id, key := range map[int]string{0: "none", 1: string(team.RightsUser), 2: string(team.RightsAgent), 3: string(team.RightsSupervisor), 4: string(team.RightsAdmin)} {
			if data.Choices == nil {
				data.Choices = make([]choice, 5)
			}
			data.Choices[id] = choice{team.Rights(key), text.In(u.lang, "team.page.rights_"+key)}
		}
		data.Choices[0].ID = team.RightsNone
		if data.Line, err = s.lineOf(p); err != nil && wrong == nil {
			wrong = err
		}
		data.Line.Password = ""
		devices, err := s.Devices(r.Context(), p.ID, "")
		if err != nil && wrong == nil {
			wrong = err
		}
		for _, d := range devices {
			data.Devices = append(data.Devices, deviceRow{d.ID, d.Name, d.Agent, d.Seen.In(s.Zone).Format("2006-01-02 15:04"), d.Expires.In(s.Zone).Format("2006-01-02")})
		}
	}
	said := ""
	if wrong == nil && r.URL.Query().Has("saved") {
		said = text.In(u.lang, "team.page.saved")
	}
	s.show(w, r, u, s.status(wrong), "person", page{At: "admin", Title: title, Fault: s.words(u, wrong), Said: said, Data: data})
}

func (s *Server) savePerson(w http.ResponseWriter, r *http.Request, u session) {
	id := r.PathValue("person")
	seq, _ := strconv.ParseInt(r.PostFormValue("seq"), 10, 64)
	var p team.Person
	if i, ok := s.board.get(team.KindPerson, id); ok { // what the form does not have stays
		p, _ = value[team.Person](i)
	}
	for name, field := range map[string]*string{"name": &p.Name, "user": &p.User, "extension": &p.Extension, "mobile": &p.Mobile, "email": &p.Email, "box": &p.Box, "initials": &p.Initials, "title": &p.Title, "department": &p.Department} {
		*field = strings.TrimSpace(r.PostFormValue(name))
	}
	p.Disabled, p.Groups = r.PostFormValue("disabled") != "", nil
	if id == newID {
		id, seq = strings.ToLower(p.User), 0
	}
	p.ID = team.PersonID(id)
	_, err := s.act(r, u, "putPerson", &team.NewPerson{Seq: team.Seq(seq), Person: p}, "person", id)
	if err != nil {
		s.personPage(w, r, u, personData{Person: p}, err)
		return
	}
	http.Redirect(w, r, "/admin/people/"+id+"?saved", http.StatusSeeOther)
}

func (s *Server) groupPage(w http.ResponseWriter, r *http.Request, u session, wrong error) {
	id := r.PathValue("group")
	data := struct {
		Group          team.Group
		Seq            team.Seq
		New, Deletable bool
	}{New: id == newID, Deletable: id != newID && id != string(team.Everyone)}
	title := text.In(u.lang, "team.page.new_group")
	if !data.New {
		i, ok := s.board.get(team.KindGroup, id)
		g, err := team.Group{}, error(notFound())
		if ok {
			g, err = value[team.Group](i)
		}
		if err != nil {
			s.adminPage(w, r, u, err)
			return
		}
		data.Group, data.Seq, title = g, i.Seq, g.Name
	}
	if r.Method == http.MethodPost { // as it was filled in
		data.Group.ID, data.Group.Name, data.Group.Number = team.GroupID(r.PostFormValue("id")), r.PostFormValue("name"), r.PostFormValue("number")
		if !data.New {
			data.Group.ID = team.GroupID(id)
		}
	}
	s.show(w, r, u, s.status(wrong), "group", page{At: "admin", Title: title, Fault: s.words(u, wrong), Data: data})
}

func (s *Server) saveGroup(w http.ResponseWriter, r *http.Request, u session) {
	id := r.PathValue("group")
	seq, _ := strconv.ParseInt(r.PostFormValue("seq"), 10, 64)
	var g team.Group
	if i, ok := s.board.get(team.KindGroup, id); ok {
		g, _ = value[team.Group](i)
	}
	if id == newID {
		id, seq = strings.TrimSpace(r.PostFormValue("id")), 0
	}
	g.ID, g.Name, g.Number = team.GroupID(id), strings.TrimSpace(r.PostFormValue("name")), strings.TrimSpace(r.PostFormValue("number"))
	_, err := s.act(r, u, "putGroup", &team.NewGroup{Seq: team.Seq(seq), Group: g}, "group", id)
	s.back(w, r, u, err, "/admin", s.groupPage)
}
