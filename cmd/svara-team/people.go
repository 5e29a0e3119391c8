package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"

	"svara/phone/team"
	"svara/phone/team/server"
)

// with runs f on a server that nobody reaches: the same checks and changes as over the API.
func (c *command) with(ctx context.Context, url string, f func(*server.Server) error) error {
	log := slog.New(slog.NewTextHandler(c.errOut, &slog.HandlerOptions{Level: slog.LevelWarn}))
	db, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	s, err := server.New(ctx, server.Config{Shelf: db, Log: log, Version: version, URL: url})
	if err == nil {
		err = f(s)
		s.Close()
	}
	return errors.Join(err, db.Close())
}

// find is the person with a user name.
func find(s *server.Server, user string) (team.Versioned[team.Person], error) {
	p, ok := s.FindUser(user)
	if !ok {
		return p, fmt.Errorf("there is no user %q", user)
	}
	return p, nil
}

// verb takes the first word of a command.
func verb(args []string) (string, []string, error) {
	if len(args) == 0 {
		return "", nil, errUsage
	}
	return args[0], args[1:], nil
}

func (c *command) user(ctx context.Context, args []string) error {
	do, args, err := verb(args)
	if err != nil {
		return err
	}
	f := c.flags("user " + do)
	var p team.Person
	var group, rights, url, listen string
	f.StringVar(&url, "url", "", "")
	f.StringVar(&listen, "listen", "", "")
	if do == "add" {
		f.StringVar(&p.Name, "name", "", "")
		f.StringVar(&p.Extension, "extension", "", "")
		f.StringVar(&p.Box, "mailbox", "", "")
		f.StringVar(&group, "group", "", "")
		f.StringVar(&rights, "rights", string(team.RightsUser), "")
	}
	words, err := parse(f, args, map[string]int{"add": 1, "list": 0, "disable": 1, "enable": 1, "link": 1}[do])
	if err != nil {
		return err
	}
	if url == "" && listen != "" {
		url = "http://" + listen
	}
	return c.with(ctx, url, func(s *server.Server) error {
		switch do {
		case "add":
			p.User = words[0]
			return c.addUser(ctx, s, p, team.GroupID(group), team.Rights(rights))
		case "list":
			return c.listUsers(s)
		case "disable", "enable":
			v, err := find(s, words[0])
			if err != nil {
				return err
			}
			v.Value.Disabled, v.Value.Groups = do == "disable", nil
			_, err = s.PutPerson(ctx, v.Value.ID, team.NewPerson{Seq: v.Seq, Person: v.Value})
			return err
		case "link":
			v, err := find(s, words[0])
			if err != nil {
				return err
			}
			return c.link(ctx, s, v.Value.ID)
		}
		return errUsage
	})
}

func (c *command) addUser(ctx context.Context, s *server.Server, p team.Person, group team.GroupID, rights team.Rights) error {
	id := team.PersonID(strings.ToLower(p.User))
	seq, err := s.PutPerson(ctx, id, team.NewPerson{Person: p})
	if err != nil {
		return err
	}
	s.Settle(ctx, seq)
	if group != "" {
		if _, err := s.SetRights(ctx, id, group, rights); err != nil {
			return err
		}
	}
	return c.link(ctx, s, id)
}

// link prints a page that works once. A server that has never been started, and is not told here, has no address of its own
// yet: the page is at the one that it is started with unless it is told another.
func (c *command) link(ctx context.Context, s *server.Server, id team.PersonID) error {
	l, err := s.Link(ctx, id)
	if err != nil {
		return err
	}
	if strings.HasPrefix(l.URL, "/") {
		fmt.Fprintf(c.errOut, "svara-team: the server has not been started yet; the link is for svara-team serve without --listen. With another address, say it: user link %s --url https://team.example.com:8443\n", id)
		l.URL = "http://" + defaultListen + l.URL
	}
	fmt.Fprintf(c.out, "%s\n", l.URL)
	return nil
}

func (c *command) listUsers(s *server.Server) error {
	people, err := s.People()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, v := range people {
		var groups []string
		for g, r := range v.Value.Groups {
			groups = append(groups, string(g)+"="+string(r))
		}
		slices.Sort(groups)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", v.Value.User, v.Value.Name, v.Value.Extension, strings.Join(groups, ","), map[bool]string{true: "disabled"}[v.Value.Disabled])
	}
	return w.Flush()
}

func (c *command) group(ctx context.Context, args []string) error {
	do, args, err := verb(args)
	if err != nil {
		return err
	}
	f := c.flags("group " + do)
	var g team.Group
	if do == "add" {
		f.StringVar(&g.Name, "name", "", "")
		f.StringVar(&g.Number, "number", "", "")
	}
	var keep team.Keep
	if do == "keep" {
		f.IntVar(&keep.Days, "days", 0, "")
	}
	words, err := parse(f, args, map[string]int{"add": 1, "list": 0, "rights": 3, "keep": 2}[do])
	if err != nil {
		return err
	}
	return c.with(ctx, "", func(s *server.Server) error {
		switch do {
		case "add":
			_, err := s.PutGroup(ctx, team.GroupID(words[0]), team.NewGroup{Group: g})
			return err
		case "list":
			groups, err := s.Groups()
			for _, v := range groups {
				keep, and := s.Keep(v.Value.ID)
				err = errors.Join(err, and)
				fmt.Fprintf(c.out, "%s\t%s\t%s\t%s\n", v.Value.ID, v.Value.Name, v.Value.Number, kept(keep.Value))
			}
			return err
		case "keep":
			is, err := s.Keep(team.GroupID(words[0]))
			if err != nil {
				return err
			}
			if keep.Rule = team.KeepRule(words[1]); keep.Rule == keepDefault {
				keep.Rule = ""
			}
			_, err = s.SetKeep(ctx, team.GroupID(words[0]), team.NewKeep{Seq: is.Seq, Keep: keep})
			return err
		case "rights":
			v, err := find(s, words[1])
			if err != nil {
				return err
			}
			rights := team.Rights(words[2])
			if rights == "none" {
				rights = team.RightsNone
			}
			_, err = s.SetRights(ctx, v.Value.ID, team.GroupID(words[0]), rights)
			return err
		}
		return errUsage
	})
}

// keepDefault is what no rule of one's own is called on the command line.
const keepDefault = "default"

// kept is for how long a group's messages are kept.
func kept(k team.Keep) string {
	switch k.Rule {
	case "":
		return "keeps messages: " + keepDefault
	case team.KeepNever:
		return "keeps messages: deletes none"
	}
	return fmt.Sprintf("keeps messages: %s go after %d days", k.Rule, k.Days)
}

func (c *command) token(ctx context.Context, args []string) error {
	do, args, err := verb(args)
	if err != nil {
		return err
	}
	f := c.flags("token " + do)
	var in team.NewToken
	var scope, group string
	if do == "add" {
		f.StringVar(&in.Name, "name", "", "")
		f.StringVar(&scope, "scope", string(team.ScopeAll), "")
		f.StringVar(&group, "group", "", "")
		f.IntVar(&in.Days, "days", 365, "")
	}
	words, err := parse(f, args, map[string]int{"add": 1, "list": 1, "revoke": 2}[do])
	if err != nil {
		return err
	}
	in.Scope, in.Group = team.Scope(scope), team.GroupID(group)
	return c.with(ctx, "", func(s *server.Server) error {
		if do != "add" && do != "list" && do != "revoke" {
			return errUsage
		}
		v, err := find(s, words[0])
		if err != nil {
			return err
		}
		switch do {
		case "add":
			t, err := s.NewToken(ctx, v.Value.ID, in)
			if err == nil {
				fmt.Fprintln(c.out, t.Token)
			}
			return err
		case "list":
			devices, err := s.Devices(ctx, v.Value.ID, "")
			for _, d := range devices {
				fmt.Fprintf(c.out, "%s\t%s\t%s\tseen %s\texpires %s\n", d.ID, d.Name, d.Agent, d.Seen.Format("2006-01-02 15:04"), d.Expires.Format("2006-01-02"))
			}
			return err
		}
		_, err = s.SignOutDevice(ctx, v.Value.ID, words[1])
		return err
	})
}
