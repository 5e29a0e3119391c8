package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"svara/phone/team"
	"svara/ui/text"
)

// inboxPages are where a group's messages come from, what it sends texts as, and its templates.
func (s *Server) inboxPages(admin func(string, func(http.ResponseWriter, *http.Request, session))) {
	admin("GET /admin/groups/{group}/inbox", func(w http.ResponseWriter, r *http.Request, u session) {
		s.inboxPage(w, r, u, func(*inboxData) {}, nil)
	})
	admin("POST /admin/groups/{group}/inbox", func(w http.ResponseWriter, r *http.Request, u session) {
		in := &team.NewInbox{Seq: seqOf(r), Boxes: strings.FieldsFunc(r.PostFormValue("boxes"), between), Senders: strings.FieldsFunc(r.PostFormValue("senders"), between)}
		_, err := s.act(r, u, "putInbox", in, "group", r.PathValue("group"))
		s.backToInbox(w, r, u, func(d *inboxData) { d.Inbox.Boxes, d.Inbox.Senders = in.Boxes, in.Senders }, err)
	})
	admin("POST /admin/groups/{group}/keep", func(w http.ResponseWriter, r *http.Request, u session) {
		days, _ := strconv.Atoi(strings.TrimSpace(r.PostFormValue("days")))
		in := &team.NewKeep{Seq: seqOf(r), Keep: team.Keep{Rule: team.KeepRule(r.PostFormValue("rule")), Days: days}}
		if in.Keep.Rule == "" || in.Keep.Rule == team.KeepNever {
			in.Keep.Days = 0 // the field is there all the same
		}
		_, err := s.act(r, u, "putKeep", in, "group", r.PathValue("group"))
		s.backToInbox(w, r, u, func(d *inboxData) { d.Inbox.Keep = in.Keep }, err)
	})
	admin("POST /admin/groups/{group}/templates", func(w http.ResponseWriter, r *http.Request, u session) {
		in := &team.NewTemplates{Seq: seqOf(r), Templates: []team.TextTemplate{}}
		names, texts := r.PostForm["name"], r.PostForm["text"]
		for i := range min(len(names), len(texts)) {
			t := team.TextTemplate{Name: strings.TrimSpace(names[i]), Text: strings.TrimSpace(strings.ReplaceAll(texts[i], "\r\n", "\n"))}
			if t != (team.TextTemplate{}) {
				in.Templates = append(in.Templates, t)
			}
		}
		_, err := s.act(r, u, "putTemplates", in, "group", r.PathValue("group"))
		s.backToInbox(w, r, u, func(d *inboxData) { d.Inbox.Templates = in.Templates }, err)
	})
}

// seqOf is the sequence that a form was filled in with.
func seqOf(r *http.Request) team.Seq {
	n, _ := strconv.ParseInt(r.PostFormValue("seq"), 10, 64)
	return team.Seq(n)
}

// between is what may stand between the words of a list.
func between(r rune) bool {
	return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\r' || r == '\t'
}

func (s *Server) backToInbox(w http.ResponseWriter, r *http.Request, u session, filled func(*inboxData), err error) {
	if err != nil {
		s.inboxPage(w, r, u, filled, err)
		return
	}
	http.Redirect(w, r, "/admin/groups/"+r.PathValue("group")+"/inbox?saved", http.StatusSeeOther)
}

type inboxData struct {
	Group          team.Group
	Inbox          team.Inbox
	Seq            team.Seq
	Boxes, Senders string
	Rules          []option
	Days           int
	Doors          []doorRow
	Token          string // just made: shown once
	TokenDays      int    // that are proposed
}

// inboxPage shows a group's inbox; filled puts in what a form had that was refused.
func (s *Server) inboxPage(w http.ResponseWriter, r *http.Request, u session, filled func(*inboxData), wrong error) {
	data := inboxData{TokenDays: tokenDays}
	i, ok := s.board.get(team.KindGroup, r.PathValue("group"))
	err := error(notFound())
	if ok {
		data.Group, err = value[team.Group](i)
	}
	in, and := s.inboxOf(data.Group.ID)
	if err := first([]error{err, and}); err != nil {
		s.adminPage(w, r, u, err)
		return
	}
	data.Inbox, data.Seq = in.Value, in.Seq
	if data.Doors, err = s.doorsOf(r, u, data.Group.ID); err != nil && wrong == nil {
		wrong = err
	}
	filled(&data)
	for _, k := range []struct {
		rule team.KeepRule
		key  string
	}{{"", "team.page.keep_default"}, {team.KeepHandled, "team.page.keep_handled"}, {team.KeepAll, "team.page.keep_all"}, {team.KeepNever, "team.page.keep_never"}} {
		data.Rules = append(data.Rules, option{string(k.rule), text.In(u.lang, k.key), k.rule == data.Inbox.Keep.Rule})
	}
	if data.Days = data.Inbox.Keep.Days; data.Days == 0 {
		data.Days = team.DefaultKeep.Days
	}
	data.Boxes, data.Senders = strings.Join(data.Inbox.Boxes, "\n"), strings.Join(data.Inbox.Senders, ", ")
	data.Inbox.Templates = append(slices.Clone(data.Inbox.Templates), team.TextTemplate{}) // where a new one is written
	said := ""
	if wrong == nil && r.URL.Query().Has("saved") {
		said = text.In(u.lang, "team.page.saved")
	}
	s.show(w, r, u, s.status(wrong), "inbox", page{At: "admin", Fault: s.words(u, wrong), Said: said, Data: data})
}
