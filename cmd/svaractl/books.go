package main

import (
	"context"
	"strings"

	"svara/phone"
)

var book = group("book", map[string]runner{
	"list":   shows("book", "books", (*cli).showBooks),
	"add":    (*cli).bookAdd,
	"remove": withWord("book", func(id string) phone.Command { return phone.RemoveBook{ID: phone.BookID(id)} }),
	"read":   (*cli).bookRead,
})

func (c *cli) bookAdd(ctx context.Context, args []string) error {
	fs := c.flags("book")
	var b phone.Book
	var attributes several
	fs.StringVar(&b.Name, "name", "", "")
	fs.StringVar(&b.Address, "address", "", "")
	fs.StringVar(&b.User, "user", "", "")
	fs.StringVar(&b.Base, "base", "", "")
	fs.StringVar(&b.Filter, "filter", "", "")
	fs.StringVar(&b.CAFile, "ca-file", "", "")
	fs.StringVar(&b.ClientID, "client-id", "", "")
	fs.StringVar(&b.Tenant, "tenant", "", "")
	fs.BoolVar(&b.StartTLS, "starttls", false, "")
	fs.BoolVar(&b.Colleagues, "colleagues", false, "")
	fs.IntVar(&b.Minutes, "minutes", 0, "")
	fs.Var(&attributes, "attribute", "")
	id, kind, stdin := fs.String("id", "", ""), fs.String("kind", "", ""), fs.Bool("password-stdin", false, "")
	if _, err := words(fs, args, 0, 0); err != nil {
		return err
	}
	b.ID, b.Kind = phone.BookID(*id), phone.BookKind(*kind)
	switch b.Kind {
	case phone.BookFile, phone.BookCardDAV, phone.BookLDAP, phone.BookMicrosoft, phone.BookGoogle:
	default:
		return &usageError{verb: "book", why: "--kind is file, carddav, ldap, microsoft or google"}
	}
	if b.ID == "" {
		return &usageError{verb: "book", why: "--id is needed"}
	}
	if b.Name == "" {
		b.Name = *id
	}
	for _, pair := range attributes {
		ours, theirs, ok := strings.Cut(pair, "=")
		if !ok || ours == "" || theirs == "" {
			return &usageError{verb: "book", why: "--attribute is as in extension=ipPhone, not " + pair}
		}
		if b.Attributes == nil {
			b.Attributes = map[string]string{}
		}
		b.Attributes[ours] = theirs
	}
	var err error
	if b.Kind == phone.BookFile && b.Address != "" {
		if b.Address, err = file(b.Address); err != nil {
			return err
		}
	}
	if b.CAFile != "" {
		if b.CAFile, err = file(b.CAFile); err != nil {
			return err
		}
	}
	command := phone.PutBook{Book: b}
	if *stdin {
		if command.Password, err = c.readPassword("book"); err != nil {
			return err
		}
	}
	return c.doThenPrint(ctx, command, "book", *id)
}

// doThenPrint sends a command and prints the name of what it made.
func (c *cli) doThenPrint(ctx context.Context, command phone.Command, what, id string) error {
	client, ctx, done, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	if _, err := client.Do(ctx, command); err != nil {
		return err
	}
	return c.printID(what, id)
}

func (c *cli) bookRead(ctx context.Context, args []string) error {
	id, err := words(c.flags("book"), args, 0, 1)
	if err != nil {
		return err
	}
	var command phone.ReadBook
	if len(id) == 1 {
		command.ID = phone.BookID(id[0])
	}
	return c.do(ctx, command)
}
