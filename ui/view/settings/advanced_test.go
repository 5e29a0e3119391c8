package settings

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"svara/phone"
	"svara/ui/text"
	"svara/ui/theme"
	"svara/ui/view/signin"
	"svara/ui/widget"
)

// find is the visible objects of a kind in an object.
func find[W fyne.CanvasObject](o fyne.CanvasObject) []W {
	var out []W
	for _, x := range test.LaidOutObjects(o) {
		if w, ok := x.(W); ok {
			out = append(out, w)
		}
	}
	return out
}

// fieldOf is the field of an account's page with a label.
func fieldOf(t *testing.T, a *advanced, key string) *widget.Field {
	t.Helper()
	for _, f := range find[*widget.Field](a.page) {
		if f.Spec().Label == text.T(key) {
			return f
		}
	}
	t.Fatalf("no field %s", key)
	return nil
}

// TestAccountChangesCountAtOnce: each row of an account's page changes what it says and nothing else.
func TestAccountChangesCountAtOnce(t *testing.T) {
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	a := f.view.accounts.more["elin"]
	a.show(true)
	want := f.snap.Accounts[0].Account
	check := func(what string, turn phone.Secret) {
		t.Helper()
		put, ok := f.last().(phone.PutAccount)
		if !ok || put.Account != want || put.Password != "" || put.TURNSecret != turn {
			t.Errorf("%s: told %+v, want %+v", what, f.last(), want)
		}
		f.told = nil
		f.show()
	}
	choose := func(key, id string) {
		t.Helper()
		for _, s := range find[*widget.Select](a.page) {
			if strings.HasPrefix(s.AccessibilityLabel(), text.T(key)+",") {
				s.OnChange(id)
				return
			}
		}
		t.Fatalf("nothing to choose: %s", key)
	}
	typed := func(key, s string) {
		t.Helper()
		w := fieldOf(t, a, key)
		w.SetText(s)
		w.Entry().OnSubmit(s)
	}
	flip := func(key string) {
		t.Helper()
		for _, s := range find[*widget.Switch](a.page) {
			if s.AccessibilityLabel() == text.T(key) {
				s.Tapped(nil)
				return
			}
		}
		t.Fatalf("no switch %s", key)
	}
	choose("signin.transport", "tls")
	want.Transport = phone.TransportTLS
	check("transport", "")
	typed("account.pin", "abc")
	if f.told != nil || fieldOf(t, a, "account.pin").Spec().Error != text.T("account.wrong_pin") {
		t.Errorf("a pin that is none: told %+v, %q", f.told, fieldOf(t, a, "account.pin").Spec().Error)
	}
	const pin = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	typed("account.pin", pin)
	want.Pin = pin
	check("pin", "")
	choose("account.srtp", "required")
	want.SRTP = phone.SRTPRequired
	check("encryption", "")
	choose("account.keying", "dtls")
	want.Keying = phone.KeyingDTLS
	check("keys", "")
	choose("account.dtmf", "inband")
	want.DTMF = phone.DTMFInband
	check("digits", "")
	flip("account.ice")
	want.ICE = true
	check("ICE", "")
	typed("account.stun", "stun.example.com:x")
	if f.told != nil {
		t.Errorf("a port that is none: told %+v", f.told)
	}
	typed("account.stun", "stun.example.com")
	want.STUN = "stun.example.com"
	check("STUN", "")
	typed("account.turn", "turn.example.com:3478")
	want.TURN = "turn.example.com:3478"
	check("TURN", "")
	typed("account.turn_user", "elin")
	want.TURNUser = "elin"
	check("TURN user", "")
	typed("account.turn_password", "hemligt")
	check("TURN password", "hemligt")
	flip("account.own_codecs")
	want.Codecs = f.snap.Settings.Get(phone.KeyCodecs)
	check("codecs of its own", "")
}

// TestWarnsOfKeysInClear: who asks for encryption without TLS is told what that is worth, where it is chosen and in the list.
func TestWarnsOfKeysInClear(t *testing.T) {
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	a := f.view.accounts.more["elin"]
	f.snap.Accounts[0].SRTP = phone.SRTPRequired
	f.show()
	if got := a.note.Text(); got != text.T("account.sdes_in_clear") {
		t.Errorf("it says %q", got)
	}
	if row := f.view.accounts.shown[0]; row.Lock != text.T("account.sdes_in_clear") || row.LockIcon != "shield-alert" {
		t.Errorf("the list says %+v", row)
	}
}

// TestCertificateFile: a file without a certificate is refused in words, and nothing is told to the phone.
func TestCertificateFile(t *testing.T) {
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("ca.pem", append([]byte("who issued it\n"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...))
	for _, bad := range []string{write("empty.pem", nil), write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), write("half.pem", []byte("-----BEGIN CERTIFICATE-----\nAAAA\n")), filepath.Join(dir, "none"), dir} {
		if signin.HasCertificate(bad) {
			t.Errorf("%s is taken", bad)
		}
	}
	if !signin.HasCertificate(good) {
		t.Error("a certificate is refused")
	}
	f := open(t, Accounts, "en", 100, theme.ModeLight)
	f.snap.Accounts[0].Transport = phone.TransportTLS
	f.show()
	a := f.view.accounts.more["elin"]
	a.show(true)
	typed := func(path string) {
		for _, w := range find[*widget.Field](a.proof.Object()) {
			w.SetText(path)
			w.Entry().OnSubmit(path)
		}
	}
	typed(filepath.Join(dir, "none"))
	if f.told != nil {
		t.Errorf("told %+v", f.told)
	}
	typed(good)
	if put, ok := f.last().(phone.PutAccount); !ok || put.Account.CAFile != good {
		t.Errorf("told %+v", f.last())
	}
}
