package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/template"
)

var lookup = group("lookup", map[string]runner{
	"list":   shows("lookup", "lookups", (*cli).showLookups),
	"add":    (*cli).lookupAdd,
	"remove": removes("lookup", phone.ItemLookup),
	"url":    (*cli).lookupURL,
})

func (c *cli) lookupAdd(ctx context.Context, args []string) error {
	fs := c.flags("lookup")
	var l phone.Lookup
	fs.BoolVar(&l.OnRing, "on-ring", false, "")
	fs.IntVar(&l.Place, "place", 0, "")
	given, err := words(fs, args, 3, 3)
	if err != nil {
		return err
	}
	l.ID, l.Name, l.URL = given[0], given[1], given[2]
	if err := template.CheckAddress(l.URL); err != nil {
		return err
	}
	return c.put(ctx, l)
}

// fieldsOf is what a template says of a call: the one named, else the active or the only one.
func fieldsOf(now *phone.Snapshot, id phone.CallID) (template.Fields, *phone.Call, error) {
	if id == 0 {
		id = now.Active
	}
	call := now.Call(id)
	if id == 0 && len(now.Calls) == 1 {
		call = &now.Calls[0]
	}
	if call == nil {
		return template.Fields{}, nil, phone.Refuse(phone.ReasonNoCall, "")
	}
	f := template.Of(*call, time.Now(), time.Local)
	f.E164, _ = numbers.Plan{Region: now.Settings.Get(phone.KeyRegion), Area: now.Settings.Get(phone.KeyAreaCode)}.E164(f.Number)
	return f, call, nil
}

// lookupURL prints the address that would be opened; it opens nothing.
func (c *cli) lookupURL(ctx context.Context, args []string) error {
	given, err := words(c.flags("lookup"), args, 1, 2)
	if err != nil {
		return err
	}
	id, err := optionalCall("lookup", given[1:])
	if err != nil {
		return err
	}
	now, err := c.snapshotOf(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(now.Lookups, func(l phone.Lookup) bool { return l.ID == given[0] })
	if at < 0 {
		return phone.Refuse(phone.ReasonNoItem, given[0])
	}
	fields, _, err := fieldsOf(now, id)
	if err != nil {
		return err
	}
	address, err := template.Expand(now.Lookups[at].URL, fields)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(map[string]string{"url": address})
	}
	c.printf(c.out, "%s\n", clean(address))
	return nil
}

var templates = group("template", map[string]runner{
	"list":   shows("template", "templates", (*cli).showTemplates),
	"add":    (*cli).templateAdd,
	"remove": removes("template", phone.ItemTemplate),
	"fill":   (*cli).templateFill,
})

func (c *cli) templateAdd(ctx context.Context, args []string) error {
	fs := c.flags("template")
	var t phone.Template
	kind := fs.String("kind", string(phone.MessageSMS), "")
	fs.StringVar(&t.Subject, "subject", "", "")
	fs.IntVar(&t.Place, "place", 0, "")
	given, err := words(fs, args, 3, 3)
	if err != nil {
		return err
	}
	t.ID, t.Name, t.Text, t.Kind = given[0], given[1], given[2], phone.MessageKind(*kind)
	if t.Kind != phone.MessageSMS && t.Kind != phone.MessageEmail {
		return &usageError{verb: "template", why: "--kind is sms or email, not " + *kind}
	}
	for _, text := range []string{t.Subject, t.Text} {
		if err := template.Check(text); err != nil {
			return err
		}
	}
	return c.put(ctx, t)
}

// filled is a message made from a template, and where it would go.
type filled struct {
	Kind    phone.MessageKind `json:"kind"`
	To      []string          `json:"to"`                // of the person sought, or of those found
	Without int               `json:"without,omitempty"` // of those found have no address of that kind
	Text    string            `json:"text"`
	Mailto  string            `json:"mailto,omitempty"`
}

// found is where a message of a kind goes to all whom a search finds, and how many it cannot go to.
func (c *cli) found(ctx context.Context, kind phone.MessageKind, words string, favourites bool) (to []string, without int, err error) {
	client, asking, done, err := c.connect(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer done()
	hits, err := hitsOf(asking, client, words, favourites)
	if err != nil {
		return nil, 0, err
	}
	if kind == phone.MessageEmail {
		to, without = phone.EmailsOf(hits)
	} else {
		to, without = phone.MobilesOf(hits)
	}
	if len(to) == 0 {
		return nil, 0, phone.Refuse(phone.ReasonNoItem, words)
	}
	return to, without, nil
}

// templateFill prints the message that would be sent to the person whom a call was meant for, or to all whom a search
// finds; it sends nothing.
func (c *cli) templateFill(ctx context.Context, args []string) error {
	fs := c.flags("template")
	search := fs.String("search", "", "")
	favourites := fs.Bool("favourites", false, "")
	given, err := words(fs, args, 1, 2)
	if err != nil {
		return err
	}
	many := *search != "" || *favourites
	if many && len(given) > 1 {
		return &usageError{verb: "template", why: "either a call, or --search and --favourites"}
	}
	id, err := optionalCall("template", given[1:])
	if err != nil {
		return err
	}
	now, err := c.snapshotOf(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(now.Templates, func(t phone.Template) bool { return t.ID == given[0] })
	if at < 0 {
		return phone.Refuse(phone.ReasonNoItem, given[0])
	}
	t := now.Templates[at]
	var fields template.Fields
	var call *phone.Call
	if !many {
		if fields, call, err = fieldsOf(now, id); err != nil {
			return err
		}
	}
	out := filled{Kind: t.Kind, To: []string{}, Text: template.Text(t.Text, fields)}
	if many {
		if out.To, out.Without, err = c.found(ctx, t.Kind, *search, *favourites); err != nil {
			return err
		}
	}
	if call != nil && call.Origin != nil && call.Origin.Sought != nil {
		sought := call.Origin.Sought
		switch {
		case t.Kind == phone.MessageEmail:
			out.To = append(out.To, sought.Emails...)
		case sought.Mobile != "":
			out.To = []string{sought.Mobile}
		}
	}
	if t.Kind == phone.MessageEmail {
		separator := map[string]string{"semicolon": ";", "comma": ","}[now.Settings.Get(phone.KeyMailSeparator)]
		out.Mailto = template.Mailto(out.To, separator, template.Text(t.Subject, fields), out.Text)
	}
	if c.json {
		return c.printJSON(out)
	}
	if len(out.To) > 0 {
		c.printf(c.out, "to %s\n", clean(strings.Join(out.To, ", ")))
	}
	if out.Without > 0 {
		c.printf(c.out, "left out %d without an address\n", out.Without)
	}
	for line := range strings.Lines(out.Text) {
		c.printf(c.out, "%s\n", clean(strings.TrimRight(line, "\n")))
	}
	return nil
}

func (c *cli) text(ctx context.Context, args []string) error {
	fs := c.flags("text")
	account := fs.String("account", "", "")
	given, err := words(fs, args, 2, -1)
	if err != nil {
		return err
	}
	return c.do(ctx, phone.SendText{Target: given[0], Text: strings.Join(given[1:], " "), Account: phone.AccountID(*account)})
}

func (c *cli) showLookups(lookups []phone.Lookup) {
	t := c.table()
	for _, l := range lookups {
		note := ""
		if l.OnRing {
			note = "by itself when it rings"
		}
		t.row(l.ID, l.Name, l.URL, note)
	}
	t.flush()
}

func (c *cli) showTemplates(all []phone.Template) {
	t := c.table()
	for _, one := range all {
		t.row(one.ID, string(one.Kind), one.Name, one.Subject, one.Text)
	}
	t.flush()
}
