package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/control"
)

func (c *cli) showHits(found control.SearchResult) {
	t := c.table()
	for _, h := range found.Hits {
		p := h.Person
		name := marked(h, phone.FieldName, p.Name)
		if p.Name == "" {
			name = p.Label()
		}
		place := joined(", ", marked(h, phone.FieldTitle, p.Title), marked(h, phone.FieldDepartment, p.Department), marked(h, phone.FieldCompany, p.Company))
		var numbers []string
		for i, n := range p.Numbers {
			numbers = append(numbers, marked(h, nth(phone.FieldNumber, i), n.Number))
		}
		t.row(string(p.ID), name, place, strings.Join(numbers, ", "), strings.Join(hitNotes(h), ", "))
	}
	t.flush()
	if found.More {
		c.printf(c.out, "there are more\n")
	}
}

// nth is the name of one of several fields, "number.0".
func nth(field phone.Field, i int) phone.Field { return phone.Field(fmt.Sprintf("%s.%d", field, i)) }

// hitNotes are what somebody is, and the hits that have no column.
func hitNotes(h phone.Hit) []string {
	var out []string
	if h.Person.Mark != phone.MarkNone {
		out = append(out, string(h.Person.Mark))
	}
	if h.Recent {
		out = append(out, "from the history")
	}
	if h.Typo {
		out = append(out, "spelt otherwise")
	}
	for _, list := range []struct {
		field phone.Field
		texts []string
	}{{phone.FieldEmail, h.Person.Emails}, {phone.FieldKeyword, h.Person.Keywords}, {phone.FieldSkill, h.Person.Skills}} {
		for i, text := range list.texts {
			if shown := marked(h, nth(list.field, i), text); shown != text {
				out = append(out, shown)
			}
		}
	}
	return out
}

// marked is a field's text with an asterisk on both sides of each hit. Spans that do not fit the text are passed over.
func marked(h phone.Hit, field phone.Field, text string) string {
	spans := slices.DeleteFunc(slices.Clone(h.Spans), func(s phone.Span) bool { return s.Field != field })
	slices.SortFunc(spans, func(a, b phone.Span) int { return a.From - b.From })
	var b strings.Builder
	done := 0
	for _, s := range spans {
		if s.From < done || s.To <= s.From || s.To > len(text) {
			continue
		}
		b.WriteString(text[done:s.From] + "*" + text[s.From:s.To] + "*")
		done = s.To
	}
	return b.String() + text[done:]
}

// joined is the texts that are not empty.
func joined(separator string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), separator)
}

func (c *cli) showPerson(p phone.Person) {
	t := c.table()
	row := func(name, value string) {
		if value != "" {
			t.row(name, value)
		}
	}
	row("contact", string(p.ID))
	row("name", p.Name)
	row("company", p.Company)
	row("title", p.Title)
	row("department", p.Department)
	for _, n := range p.Numbers {
		number := n.Number
		if n.E164 != "" && n.E164 != n.Number {
			number += " (" + n.E164 + ")"
		}
		row(string(n.Kind), number)
	}
	row("e-mail", strings.Join(p.Emails, ", "))
	row("keywords", strings.Join(p.Keywords, ", "))
	row("skills", strings.Join(p.Skills, ", "))
	row("stand-in", p.StandIn)
	row("mark", string(p.Mark))
	row("speed dial", p.SpeedDial)
	row("note", p.Note)
	if p.Photo {
		row("photo", "yes")
	}
	if p.Colleague {
		row("colleague", "yes")
	}
	if !p.Changed.IsZero() {
		row("changed", p.Changed.Local().Format(time.DateTime))
	}
	t.flush()
}

// showAround is how somebody's line stands, what they do, where calls to them go and which queues they answer in.
func (c *cli) showAround(p phone.Person, now phone.Snapshot) {
	if l := now.LineOf(p.Line()); l != nil {
		c.showLines([]phone.Line{*l})
	}
	var names []string
	for _, q := range now.QueuesOf(p.Line()) {
		names = append(names, string(q.ID)+" "+q.Name)
	}
	if len(names) > 0 {
		c.printf(c.out, "logged in to %s\n", strings.Join(names, ", "))
	}
}

// moment is a time as people write it: the clock today, else with the date.
func moment(at time.Time) string {
	at, now := at.Local(), time.Now()
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// until is when something ends.
func until(at time.Time) string {
	if at.IsZero() {
		return "until changed"
	}
	return "until " + moment(at)
}

// confirmed is how something that an exchange does stands. What was asked for is told while it is not so.
func confirmed(state phone.ConfirmState, asked string, why *phone.Reason, unconfirmed bool) string {
	out := string(state)
	if unconfirmed {
		out += " (not confirmed)"
	}
	if asked != "" {
		out += " for " + asked
	}
	if why != nil {
		out += " (" + reasonText(why) + ")"
	}
	return out
}

func (c *cli) showBooks(books []phone.BookStatus) {
	t := c.table()
	for _, b := range books {
		note := ""
		switch {
		case b.Code != nil:
			note = "allow it at " + b.Code.URL + " with the code " + b.Code.Code
		case b.Reason != nil:
			note = reasonText(b.Reason)
		}
		read := ""
		if !b.Read.IsZero() {
			read = "read " + moment(b.Read)
		}
		t.row(string(b.ID), b.Name, string(b.Kind), string(b.State), fmt.Sprintf("%d people", b.Count), read, note)
	}
	t.flush()
}
