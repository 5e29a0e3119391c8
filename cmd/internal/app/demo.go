package app

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"svara/phone"
	"svara/phone/pbxdemo"
	"svara/ui/text"
)

// demo is the practice PBX, when it runs in this process.
type demo struct {
	mu   sync.Mutex
	pbx  *pbxdemo.PBX
	team *practiceTeam
}

// StartDemo starts the practice PBX on loopback and signs in to it with an account that is not kept. Again does nothing.
func (p *Phone) StartDemo() error {
	p.demo.mu.Lock()
	defer p.demo.mu.Unlock()
	if p.demo.pbx != nil {
		return nil
	}
	pbx, err := pbxdemo.Start(pbxdemo.Config{
		Bind: netip.MustParseAddr("127.0.0.1"), Log: p.Log, Language: text.Language, People: practicePeople, Lively: true,
	})
	if err != nil {
		return fmt.Errorf("start the practice exchange: %w", err)
	}
	p.demo.pbx = pbx
	account := pbx.Account()
	if account.Team, err = p.practiseTogether(account); err != nil {
		return fmt.Errorf("start the practice team server: %w", err)
	}
	if _, err = p.Do(phone.PutAccount{Account: account, Password: pbx.Password(), SessionOnly: true}); err != nil {
		return err
	}
	if err := p.meetPractice(); err != nil {
		return err
	}
	p.background.Go(p.favourPractice)
	return p.setUpPractice(account)
}

// practiseTogether starts the practice team server and signs the account in to it.
func (p *Phone) practiseTogether(account phone.Account) (url string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if p.demo.team, err = startPracticeTeam(ctx, p.Profile, p.demo.pbx, p.Log); err != nil {
		return "", err
	}
	token, err := p.demo.team.populate(ctx, account, p.demo.pbx.Password(), p.demo.pbx.Queues(text.Language()))
	if err != nil {
		return "", err
	}
	if err := p.demo.team.obey(ctx, p.demo.pbx); err != nil {
		return "", err
	}
	p.TeamToken(account.ID, p.demo.team.url, token)
	return p.demo.team.url, nil
}

// practicePeople is how many further colleagues the practice exchange simulates: enough for a list to search.
const practicePeople = 60

// setUpPractice puts in place what an administrator would have: queues, roles and profiles. They go
// with the demo.
func (p *Phone) setUpPractice(account phone.Account) error {
	var items []phone.Item
	for _, q := range p.demo.pbx.Queues(text.Language()) {
		q.Account = account.ID
		items = append(items, q)
	}
	for _, r := range p.demo.pbx.Roles(account.User, text.Language()) {
		r.Account = account.ID
		items = append(items, r)
	}
	for _, f := range pbxdemo.Profiles(text.Language()) {
		items = append(items, f)
	}
	for _, item := range items {
		if _, err := p.Do(phone.PutItem{Item: item, SessionOnly: true}); err != nil {
			return fmt.Errorf("set up the practice exchange's %s %s: %w", item.ItemKind(), item.Key(), err)
		}
	}
	return nil
}

// practiceBook is the address book of the practice exchange's people. It goes with the demo.
const practiceBook phone.BookID = "practice"

// meetPractice makes the practice exchange's people colleagues: an address book like any other, read from a file.
func (p *Phone) meetPractice() error {
	about := map[string]string{}
	var b strings.Builder
	for _, e := range pbxdemo.Directory() {
		about[e.Number] = e.About(text.Language())
		if e.ID != "colleague" {
			fmt.Fprintf(&b, "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:%s\r\nFN:%s\r\nTEL:%s\r\nNOTE:%s\r\nEND:VCARD\r\n",
				e.Number, escapeCard(e.Title(text.Language())), e.Number, escapeCard(about[e.Number]))
		}
	}
	for _, person := range pbxdemo.People(practicePeople, text.Language()) {
		line := person.Line()
		fmt.Fprintf(&b, "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:%s\r\nFN:%s\r\nN:%s;%s;;;\r\nORG:%s;%s\r\nTITLE:%s\r\n", line,
			escapeCard(person.Name), escapeCard(person.Family), escapeCard(person.Given), escapeCard(person.Company),
			escapeCard(person.Department), escapeCard(person.Title))
		for _, n := range person.Numbers {
			kind := "work"
			if n.Kind == phone.NumberMobile {
				kind = "cell"
			}
			fmt.Fprintf(&b, "TEL;TYPE=%s:%s\r\n", kind, n.Number)
		}
		for _, mail := range person.Emails {
			fmt.Fprintf(&b, "EMAIL:%s\r\n", mail)
		}
		if person.StandIn != "" {
			fmt.Fprintf(&b, "RELATED;TYPE=agent;VALUE=text:%s\r\n", person.StandIn)
		}
		fmt.Fprintf(&b, "NOTE:%s\r\nEND:VCARD\r\n", escapeCard(about[line]))
	}
	path := filepath.Join(p.Profile, "practice.vcf")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write the practice exchange's people: %w", err)
	}
	_, err := p.Do(phone.PutBook{Book: phone.Book{ID: practiceBook, Name: "Svara", Kind: phone.BookFile, Address: path, Colleagues: true}})
	return err
}

// favourPractice makes the colleagues that somebody practises with favourites, as soon as they have been read.
func (p *Phone) favourPractice() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	sub := p.Subscribe(ctx)
	for {
		u, err := sub.Next(ctx)
		if err != nil {
			return // closed, or the file was not read: the book's state says why
		}
		if u.Snapshot == nil || !slices.ContainsFunc(u.Snapshot.People.Books, func(b phone.BookStatus) bool {
			return b.ID == practiceBook && b.State == phone.BookFresh
		}) {
			continue
		}
		for _, e := range pbxdemo.Directory() {
			if e.ID != "colleague" && e.ID != "echo" {
				continue
			}
			if _, err := p.Do(phone.MarkPerson{ID: phone.PersonOf(practiceBook, e.Number), Mark: phone.MarkFavourite}); err != nil {
				p.Log.Warn("make a colleague of the practice exchange a favourite", "err", err)
			}
		}
		return
	}
}

// escapeCard is a text as a vCard holds it (RFC 6350 3.4).
func escapeCard(s string) string {
	return strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\n", `\n`).Replace(s)
}

func (d *demo) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pbx == nil {
		return nil
	}
	var err error
	if d.team != nil {
		err = d.team.close()
	}
	return errors.Join(err, d.pbx.Close())
}
