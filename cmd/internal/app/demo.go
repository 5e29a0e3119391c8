package app

import (
	"fmt"
	"net/netip"
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
	_, err = p.Do(phone.PutAccount{Account: pbx.Account(), Password: pbx.Password(), SessionOnly: true})
	return err
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
