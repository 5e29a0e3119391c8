package main

import (
	"context"
	"flag"
	"slices"
	"strings"
	"time"

	"svara/phone"
	"svara/phone/control"
)

// search finds people. In the plain output an asterisk stands on both sides of what was hit.
func (c *cli) search(ctx context.Context, args []string) error {
	fs := c.flags("search")
	var q phone.SearchQuery
	fs.IntVar(&q.Limit, "limit", 0, "")
	favourites := fs.Bool("favourites", false, "")
	fs.BoolVar(&q.Colleagues, "colleagues", false, "")
	fs.BoolVar(&q.History, "history", false, "")
	book := fs.String("book", "", "")
	text, err := words(fs, args, 0, -1)
	if err != nil {
		return err
	}
	if len(text) == 0 && !*favourites && !q.Colleagues && *book == "" {
		return &usageError{verb: "search", why: "what for?"}
	}
	if q.Limit < 0 {
		return &usageError{verb: "search", why: "--limit cannot be negative"}
	}
	q.Text, q.Book = strings.Join(text, " "), phone.BookID(*book)
	if *favourites {
		q.Mark = phone.MarkFavourite
	}
	return ask(ctx, c, "search", q, c.showHits)
}

var contacts = group("contacts", map[string]runner{
	"list":   (*cli).contactsList,
	"show":   (*cli).contactsShow,
	"add":    (*cli).contactsAdd,
	"set":    (*cli).contactsSet,
	"remove": withWord("contacts", func(id string) phone.Command { return phone.RemovePerson{ID: phone.PersonID(id)} }),
	"mark":   (*cli).contactsMark,
	"import": (*cli).contactsImport,
	"export": (*cli).contactsExport,
	"photo":  (*cli).contactsPhoto,
})

// marks are the words for what somebody is to the user.
var marks = map[string]phone.Mark{
	"favourite": phone.MarkFavourite, "vip": phone.MarkVIP, "blocked": phone.MarkBlocked, "none": phone.MarkNone,
}

func markOf(word string) (phone.Mark, error) {
	mark, ok := marks[word]
	if !ok {
		return "", &usageError{verb: "contacts", why: "favourite, vip, blocked or none, not " + word}
	}
	return mark, nil
}

// listLimit is how many contacts are listed when no other limit is given.
const listLimit = 1000

func (c *cli) contactsList(ctx context.Context, args []string) error {
	fs := c.flags("contacts")
	q := phone.SearchQuery{Book: phone.OwnBook}
	fs.IntVar(&q.Limit, "limit", listLimit, "")
	word := fs.String("mark", "", "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	if q.Limit < 1 {
		return &usageError{verb: "contacts", why: "--limit is at least 1"}
	}
	if *word != "" {
		mark, err := markOf(*word)
		if err != nil {
			return err
		}
		q.Mark, q.Book = mark, "" // people of any book are marked
	}
	return ask(ctx, c, "search", q, c.showHits)
}

func (c *cli) contactsShow(ctx context.Context, args []string) error {
	id, err := words(c.flags("contacts"), args, 1, 1)
	if err != nil {
		return err
	}
	var person phone.Person
	if err := ask(ctx, c, "person", map[string]string{"id": id[0]}, func(p phone.Person) {
		person = p
		c.showPerson(p)
	}); err != nil || c.json {
		return err
	}
	return ask(ctx, c, "snapshot", nil, func(now phone.Snapshot) { c.showAround(person, now) })
}

// personFlags are the fields of a contact. Those given are put in place of what was there.
func personFlags(fs *flag.FlagSet) func(*phone.Person) error {
	var given phone.Person
	var numbers, emails, keywords, skills several
	fs.StringVar(&given.Name, "name", "", "")
	fs.StringVar(&given.Given, "given", "", "")
	fs.StringVar(&given.Family, "family", "", "")
	fs.StringVar(&given.Company, "company", "", "")
	fs.StringVar(&given.Title, "title", "", "")
	fs.StringVar(&given.Department, "department", "", "")
	fs.StringVar(&given.StandIn, "stand-in", "", "")
	fs.StringVar(&given.Note, "note", "", "")
	fs.StringVar(&given.SpeedDial, "speed-dial", "", "")
	mark := fs.String("mark", "none", "")
	fs.Var(&numbers, "number", "")
	fs.Var(&emails, "email", "")
	fs.Var(&keywords, "keyword", "")
	fs.Var(&skills, "skill", "")
	return func(p *phone.Person) (err error) {
		if given.Mark, err = markOf(*mark); err != nil {
			return err
		}
		given.Numbers = nil
		for _, n := range plain(numbers) {
			given.Numbers = append(given.Numbers, numberOf(n))
		}
		given.Emails, given.Keywords, given.Skills = plain(emails), plain(keywords), plain(skills)
		for name, change := range map[string]func(){
			"name":       func() { p.Name = given.Name },
			"given":      func() { p.Given = given.Given },
			"family":     func() { p.Family = given.Family },
			"company":    func() { p.Company = given.Company },
			"title":      func() { p.Title = given.Title },
			"department": func() { p.Department = given.Department },
			"stand-in":   func() { p.StandIn = given.StandIn },
			"note":       func() { p.Note = given.Note },
			"speed-dial": func() { p.SpeedDial = given.SpeedDial },
			"mark":       func() { p.Mark = given.Mark },
			"number":     func() { p.Numbers = given.Numbers },
			"email":      func() { p.Emails = given.Emails },
			"keyword":    func() { p.Keywords = given.Keywords },
			"skill":      func() { p.Skills = given.Skills },
		} {
			if isSet(fs, name) {
				change()
			}
		}
		return nil
	}
}

// plain is a list without empty parts: --email "" takes all away.
func plain(in several) []string {
	return slices.DeleteFunc(slices.Clone([]string(in)), func(s string) bool { return s == "" })
}

// numberOf reads "mobile:+46701234567". What names no kind is a number at work.
func numberOf(text string) phone.Number {
	kind, number, named := strings.Cut(text, ":")
	switch k := phone.NumberKind(kind); k {
	case phone.NumberExtension, phone.NumberWork, phone.NumberMobile, phone.NumberHome, phone.NumberFax, phone.NumberOther:
		if named {
			return phone.Number{Kind: k, Number: number}
		}
	}
	return phone.Number{Kind: phone.NumberWork, Number: text}
}

func (c *cli) contactsAdd(ctx context.Context, args []string) error {
	fs := c.flags("contacts")
	fill := personFlags(fs)
	name, err := words(fs, args, 0, 1)
	if err != nil {
		return err
	}
	p := phone.Person{ID: phone.NewPersonID()}
	if err := fill(&p); err != nil {
		return err
	}
	if len(name) == 1 {
		if isSet(fs, "name") {
			return &usageError{verb: "contacts", why: "too much: " + name[0]}
		}
		p.Name = name[0]
	}
	if p.Label() == "" {
		return &usageError{verb: "contacts", why: "a name, a company or a number is needed"}
	}
	return c.putPerson(ctx, p)
}

func (c *cli) contactsSet(ctx context.Context, args []string) error {
	fs := c.flags("contacts")
	fill := personFlags(fs)
	id, err := words(fs, args, 1, 1)
	if err != nil {
		return err
	}
	var p phone.Person
	if err := fill(&phone.Person{}); err != nil {
		return err
	}
	client, limited, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := client.Call(limited, "person", map[string]string{"id": id[0]}, &p); err != nil {
		return err
	}
	if err := fill(&p); err != nil {
		return err
	}
	return c.putPerson(ctx, p)
}

func (c *cli) putPerson(ctx context.Context, p phone.Person) error {
	return c.doThenPrint(ctx, phone.PutPerson{Person: p}, "contact", string(p.ID))
}

// printID tells the name of what was made or changed.
func (c *cli) printID(what, id string) error {
	if c.json {
		return c.printJSON(map[string]string{"id": id})
	}
	c.printf(c.out, "%s %s\n", what, clean(id))
	return nil
}

func (c *cli) contactsMark(ctx context.Context, args []string) error {
	given, err := words(c.flags("contacts"), args, 2, 2)
	if err != nil {
		return err
	}
	mark, err := markOf(given[1])
	if err != nil {
		return err
	}
	return c.do(ctx, phone.MarkPerson{ID: phone.PersonID(given[0]), Mark: mark})
}

// filePatience is how long a file of a hundred thousand contacts may take on a slow computer.
const filePatience = 5 * time.Minute

// askFile asks the phone to read or write a file.
func askFile[T any](ctx context.Context, c *cli, verb, name string, show func(T)) error {
	path, err := file(name)
	if err != nil {
		return err
	}
	return askFor(ctx, c, filePatience, verb, map[string]string{"path": path}, show)
}

func (c *cli) contactsImport(ctx context.Context, args []string) error {
	name, err := words(c.flags("contacts"), args, 1, 1)
	if err != nil {
		return err
	}
	return askFile(ctx, c, "import", name[0], func(r phone.ImportResult) {
		c.printf(c.out, "%d added, %d updated, %d already there\n", r.Added, r.Updated, r.Same)
		for _, s := range r.Skipped {
			c.printf(c.out, "skipped: %s\n", clean(s))
		}
	})
}

func (c *cli) contactsExport(ctx context.Context, args []string) error {
	name, err := words(c.flags("contacts"), args, 1, 1)
	if err != nil {
		return err
	}
	return askFile(ctx, c, "export", name[0], func(e control.Exported) { c.printf(c.out, "%d written\n", e.Count) })
}

func (c *cli) contactsPhoto(ctx context.Context, args []string) error {
	fs := c.flags("contacts")
	remove := fs.Bool("remove", false, "")
	given, err := words(fs, args, 1, 2)
	if err != nil {
		return err
	}
	if *remove == (len(given) == 2) {
		return &usageError{verb: "contacts", why: "a file, or --remove"}
	}
	command := phone.SetPhoto{ID: phone.PersonID(given[0])}
	if len(given) == 2 {
		if command.Path, err = file(given[1]); err != nil {
			return err
		}
	}
	return c.do(ctx, command)
}
