package app

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"svara/phone"
	"svara/phone/pbxdemo"
	"svara/ui/text"
)

// demo is the practice PBX, when it runs in this process.
type demo struct {
	mu  sync.Mutex
	pbx *pbxdemo.PBX
}

// StartDemo starts the practice PBX on loopback and signs in to it with an account that is not kept. Again does nothing.
func (p *Phone) StartDemo() error {
	p.demo.mu.Lock()
	defer p.demo.mu.Unlock()
	if p.demo.pbx != nil {
		return nil
	}
	pbx, err := pbxdemo.Start(pbxdemo.Config{Bind: netip.MustParseAddr("127.0.0.1"), Log: p.Log, Language: text.Language})
	if err != nil {
		return fmt.Errorf("start the practice exchange: %w", err)
	}
	p.demo.pbx = pbx
	if _, err = p.Do(phone.PutAccount{Account: pbx.Account(), Password: pbx.Password(), SessionOnly: true}); err != nil {
		return err
	}
	return p.meetPractice()
}

// practiceBook is the address book of the practice exchange's people. It goes with the demo.
const practiceBook phone.BookID = "practice"

// meetPractice makes the practice exchange's people colleagues: an address book like any other, read from a file.
func (p *Phone) meetPractice() error {
	path := filepath.Join(p.Profile, "practice.vcf")
	var b strings.Builder
	for _, e := range pbxdemo.Directory() {
		fmt.Fprintf(&b, "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:%s\r\nFN:%s\r\nTEL;TYPE=work:%s\r\n", e.Number, escapeCard(e.Title(text.Language())), e.Number)
		if about := e.About(text.Language()); about != "" {
			fmt.Fprintf(&b, "NOTE:%s\r\n", escapeCard(about))
		}
		b.WriteString("END:VCARD\r\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write the practice exchange's people: %w", err)
	}
	_, err := p.Do(phone.PutBook{Book: phone.Book{ID: practiceBook, Name: "Svara", Kind: phone.BookFile, Address: path, Colleagues: true}})
	return err
}

// escapeCard is a text as a vCard holds it (RFC 6350 3.4).
func escapeCard(s string) string {
	return strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\n", `\n`).Replace(s)
}

// People is whom the practice PBX lets one call, named in the user's language; nobody when it does not run here.
func (p *Phone) People() []phone.Party {
	p.demo.mu.Lock()
	defer p.demo.mu.Unlock()
	if p.demo.pbx == nil {
		return nil
	}
	var out []phone.Party
	for _, e := range pbxdemo.Directory() {
		out = append(out, phone.Party{
			URI: "sip:" + e.Number + "@" + p.demo.pbx.Addr().String(), Number: e.Number, Name: e.Title(text.Language()),
		})
	}
	return out
}

func (d *demo) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pbx == nil {
		return nil
	}
	return d.pbx.Close()
}
