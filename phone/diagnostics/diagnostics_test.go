package diagnostics

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svara/phone"
)

// planted is what must be nowhere in what is saved.
var planted = []string{"hemligt77", "d41d8cd98f00b204", "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", "icepassw0rdicepassw0rd", "ses ikväll", "Signal=7", "basicBASIC64==", "oldkey99"}

const invite = "INVITE sip:2101@vaxel.example.com SIP/2.0\r\n" +
	"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n" +
	"From: <sip:elin:hemligt77@vaxel.example.com>;tag=1\r\n" +
	"To: <sip:2101@vaxel.example.com>\r\n" +
	"Authorization: Digest username=\"elin\", realm=\"x\", nonce=\"abc\",\r\n response=\"d41d8cd98f00b204\"\r\n" +
	"PROXY-AUTHORIZATION : Basic basicBASIC64==\r\n" +
	"Content-Type: application/sdp; x=y\r\n" +
	"Content-Length: 999\r\n\r\n" +
	"v=0\r\nk=clear:oldkey99\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20\r\na=ice-ufrag:ab\r\na=ice-pwd:icepassw0rdicepassw0rd\r\n"

func message(kind, body string) string {
	return "MESSAGE sip:2101@vaxel.example.com SIP/2.0\r\nc: " + kind + "\r\nl: " + fmt.Sprint(len(body)) + "\r\n\r\n" + body
}

func TestRedactMessages(t *testing.T) {
	for _, m := range []string{
		invite, message("text/plain", "ses ikväll"), message("application/dtmf-relay", "Signal=7\r\nDuration=100\r\n"), message("", "hemligt77"), message("multipart/mixed;boundary=x", "--x\r\n\r\nses ikväll\r\n--x--"),
		strings.ReplaceAll(invite, "\r\n", "\n"),
	} {
		got := string(Redact([]byte(m)))
		for _, secret := range planted {
			if strings.Contains(got, secret) {
				t.Errorf("%q is in\n%s", secret, got)
			}
		}
		head, body, _ := strings.Cut(got, "\r\n\r\n")
		if !strings.Contains(head, fmt.Sprintf("Content-Length: %d", len(body))) || strings.Count(strings.ToLower(head), "content-length") != 1 {
			t.Errorf("the length is not %d:\n%s", len(body), got)
		}
	}
	got := string(Redact([]byte(invite)))
	for _, kept := range []string{"INVITE sip:2101@", "sip:elin:[removed]@vaxel", "Authorization: Digest [removed]", "Basic [removed]", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[removed]", "m=audio 4000", "a=ice-ufrag:ab"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%q has gone:\n%s", kept, got)
		}
	}
}

func TestRedactLines(t *testing.T) {
	for line, want := range map[string]string{
		`level=INFO msg=x call=7`:                                   `level=INFO msg=x call=7`,
		`msg=x password=hemligt77 call=7`:                           `msg=x password=[removed] call=7`,
		`msg=x turn_secret="hemligt77 \" hemligt77" call=7`:         `msg=x turn_secret=[removed] call=7`,
		`{"password": "hemligt77", "x":1}`:                          `{"password": [removed], "x":1}`,
		`header="Authorization: Digest username=elin hemligt77"`:    `header="Authorization: Digest [removed]`,
		`a=crypto:1 AES inline:hemligt77|2^20`:                      `a=crypto:1 AES inline:[removed]`,
		`to=sips:elin:hemligt77@vaxel.example.com`:                  `to=sips:elin:[removed]@vaxel.example.com`,
		`account=elin from=sip:elin@vaxel.example.com:5060`:         `account=elin from=sip:elin@vaxel.example.com:5060`,
		`msg="digits sent" digits=12# call=7`:                       `msg="digits sent" digits=[removed] call=7`,
		`msg="the digest has an error" err="no such algorithm: x1"`: `msg="the digest has [removed]`,
	} {
		got := string(Line([]byte(line)))
		if strings.Contains(got, "hemligt77") || got != want && !strings.Contains(line, "digest has") {
			t.Errorf("%s\nis %s\nnot %s", line, got, want)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add([]byte(invite))
	f.Add([]byte("\r\n\r\n"))
	f.Add([]byte(" x\n\ny"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := Redact(data)
		if !bytes.Contains(got, []byte("\r\n\r\n")) {
			t.Errorf("no header: %q", got)
		}
	})
}

// fakePhone shows one call whose snapshot changes as often as it is told.
type fakePhone struct {
	snap *phone.Snapshot
	news chan phone.Update
}

func (p *fakePhone) Do(phone.Command) (phone.CallID, error)       { return 0, nil }
func (p *fakePhone) Snapshot() *phone.Snapshot                    { return p.snap }
func (p *fakePhone) Subscribe(context.Context) phone.Subscription { return p }
func (p *fakePhone) Next(ctx context.Context) (u phone.Update, err error) {
	select {
	case u = <-p.news:
		return u, nil
	case <-ctx.Done():
		return phone.Update{}, ctx.Err()
	}
}

// unzip is the files of a zip file.
func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// TestWholeCollection plants secrets in everything that comes in and looks for them in everything that is saved.
func TestWholeCollection(t *testing.T) {
	at := time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)
	p := &fakePhone{news: make(chan phone.Update), snap: &phone.Snapshot{
		Accounts: []phone.AccountStatus{{Account: phone.Account{ID: "elin", User: "2100", Domain: "vaxel.example.com"}}},
		Calls: []phone.Call{{
			ID: 7, State: phone.StateConnected, Codec: "opus", Note: "ses ikväll", Remote: phone.Party{Name: "Maria", Number: "0701740612"},
			Quality: phone.Quality{MOS: 4.2, RemoteRTP: "192.0.2.9:4000"},
		}},
	}}
	c := New("1.2")
	c.now = func() time.Time { return at }
	c.Watch(p)
	inner := &bytes.Buffer{}
	log := slog.New(c.Handler(slog.NewTextHandler(inner, &slog.HandlerOptions{Level: slog.LevelWarn}))).With("account", "elin")
	local, remote := netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("192.0.2.2:5061")
	log.Debug("before it was begun")
	c.SIP(true, "UDP", local, remote, []byte("OPTIONS before"))
	c.StartCollecting()
	log.Debug("register", "password", "hemligt77", "secret", phone.Secret("hemligt77"))
	log.Warn("worth a warning")
	c.SIP(true, "TLS", local, remote, []byte(invite))
	c.SIP(false, "TLS", local, remote, []byte(message("text/plain", "ses ikväll")))
	for range 3 { // of one second
		p.news <- phone.Update{Snapshot: p.snap}
	}
	p.news <- phone.Update{Events: []phone.Event{{}}} // the ones before have been noted when this is taken
	c.StopCollecting()
	log.Info("after it was ended")
	c.SIP(true, "UDP", local, remote, []byte("OPTIONS after"))
	if got := c.Collecting(); got.On || got.Lines != 2 || got.Messages != 2 || got.Samples != 1 || got.Until != at {
		t.Errorf("%+v", got)
	}
	if s := inner.String(); strings.Contains(s, "register") || !strings.Contains(s, "worth a warning") {
		t.Errorf("the log itself: %s", s)
	}
	path := filepath.Join(t.TempDir(), "svara.zip")
	if err := c.SaveCollected(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := unzip(t, data)
	for name, s := range files {
		for _, secret := range append(planted, "before", "after it", "Maria") {
			if strings.Contains(s, secret) && !(name == "README.txt") {
				t.Errorf("%q is in %s:\n%s", secret, name, s)
			}
		}
	}
	for name, want := range map[string]string{
		"log.txt": "register", "sip.txt": "sent to 192.0.2.2:5061 by TLS", "rtp.jsonl": `"mos":4.2`, "phone.json": `"version": "1.2"`, "sip.pcap": "INVITE sip:2101@", "README.txt": "sip.pcap",
	} {
		if !strings.Contains(files[name], want) {
			t.Errorf("no %q in %s:\n%s", want, name, files[name])
		}
	}
	if n := strings.Count(files["rtp.jsonl"], "\n"); n != 1 {
		t.Errorf("%d samples of one second", n)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: readable by others", info.Mode(), err)
	}
}

// TestSaveLeavesNothingHalf: a file that cannot be written is not begun.
func TestSaveLeavesNothingHalf(t *testing.T) {
	dir := t.TempDir()
	c := New("1")
	if err := c.SaveCollected(filepath.Join(dir, "none", "x.zip")); err == nil {
		t.Error("a folder that is not there")
	}
	if err := os.Mkdir(filepath.Join(dir, "x.zip"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := c.SaveCollected(filepath.Join(dir, "x.zip")); err == nil {
		t.Error("a folder in its place")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestBounded: the oldest fall off when there is too much.
func TestBounded(t *testing.T) {
	c := New("1")
	c.sip.most = 1 << 20
	c.StartCollecting()
	big := []byte("OPTIONS sip:x SIP/2.0\r\nX: " + strings.Repeat("y", 60000) + "\r\n\r\n")
	for range 40 {
		c.SIP(true, "UDP", netip.AddrPort{}, netip.AddrPort{}, big)
	}
	c.StopCollecting()
	if got := c.Collecting(); got.Messages+got.Dropped != 40 || got.Messages != 17 {
		t.Errorf("%+v", got)
	}
}

// TestPackets reads the capture file as its readers do: lengths, checksums, ports (RFC 768, 791, 8200).
func TestPackets(t *testing.T) {
	for _, addr := range []string{"192.0.2.1", "2001:db8::1"} {
		from, to := netip.AddrPortFrom(netip.MustParseAddr(addr), 5060), netip.AddrPortFrom(netip.MustParseAddr(addr), 5061)
		var b bytes.Buffer
		data := []byte("OPTIONS sip:x SIP/2.0\r\n\r\n!")
		if err := capture(&b, []Message{{At: time.Unix(10, 5000), Local: to, Remote: from, Data: data}}); err != nil {
			t.Fatal(err)
		}
		raw := b.Bytes()
		size := int(binary.LittleEndian.Uint32(raw[24+8:]))
		p := raw[24+16:]
		if len(p) != size {
			t.Fatalf("%s: %d bytes, said to be %d", addr, len(p), size)
		}
		head := 20
		if p[0]>>4 == 4 {
			if sum(0, p[:20]) != 0xffff || int(binary.BigEndian.Uint16(p[2:])) != len(p) {
				t.Errorf("IPv4 header %x", p[:20])
			}
		} else {
			head = 40
			if all := sum(uint32(sum(uint32(len(p)-40), []byte{0, 17})), p[8:]); all != 0xffff || int(binary.BigEndian.Uint16(p[4:])) != len(p)-40 {
				t.Errorf("IPv6: sum %x, header %x", all, p[:40])
			}
		}
		udp := p[head:]
		if binary.BigEndian.Uint16(udp) != 5060 || binary.BigEndian.Uint16(udp[2:]) != 5061 || int(binary.BigEndian.Uint16(udp[4:])) != len(udp) || !bytes.Equal(udp[8:], data) {
			t.Errorf("%s: UDP %x", addr, udp[:8])
		}
	}
	packet(netip.AddrPort{}, netip.AddrPort{}, nil) // of a socket that is gone
}
