package phonetest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Radicale is a CardDAV server with one user, "anna" with the password "pw-anna", and one address book of hers.
type Radicale struct {
	*Process
	Address string // http://127.0.0.1:port/

	t    testing.TB
	port int
	dir  string
}

// radicaleBook is the path of the address book.
const radicaleBook = "anna/people/"

// StartRadicale starts the server and makes the address book.
func StartRadicale(t testing.TB) *Radicale {
	t.Helper()
	Need(t, "radicale")
	r := &Radicale{t: t, port: FreePort(t), dir: t.TempDir()}
	r.Address = fmt.Sprintf("http://127.0.0.1:%d/", r.port)
	for name, content := range map[string]string{"users": "anna:pw-anna\n", "config": fmt.Sprintf(radicaleConfig, r.port, r.dir)} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.Restart()
	r.do("MKCOL", radicaleBook, `<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><set><prop>`+
		`<resourcetype><collection/><C:addressbook/></resourcetype><displayname>People</displayname></prop></set></mkcol>`)
	return r
}

// Restart starts the server again with the same port and people, after it has been ended.
func (r *Radicale) Restart() {
	r.t.Helper()
	r.Process = Start(r.t, StartOptions{Group: true}, "radicale", "--config", filepath.Join(r.dir, "config"))
	r.Ready(20*time.Second, "answering", func() bool {
		c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", r.port))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// PutCard adds or changes an entry.
func (r *Radicale) PutCard(name, card string) {
	r.t.Helper()
	r.do(http.MethodPut, radicaleBook+name+".vcf", card)
}

// DeleteCard takes an entry away.
func (r *Radicale) DeleteCard(name string) {
	r.t.Helper()
	r.do(http.MethodDelete, radicaleBook+name+".vcf", "")
}

// ForgetTokens makes the server forget all sync tokens it has given out.
func (r *Radicale) ForgetTokens() {
	r.t.Helper()
	at := filepath.Join(r.dir, "storage", "collection-root", "anna", "people", ".Radicale.cache", "sync-token")
	if _, err := os.Stat(at); err != nil {
		r.t.Fatalf("no tokens to forget: %v", err)
	}
	if err := os.RemoveAll(at); err != nil {
		r.t.Fatal(err)
	}
}

func (r *Radicale) do(method, path, body string) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.Address+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.SetBasicAuth("anna", "pw-anna")
	if method == http.MethodPut {
		req.Header.Set("Content-Type", "text/vcard; charset=utf-8")
	}
	req.Close = true
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		said, _ := io.ReadAll(answer.Body)
		r.t.Fatalf("%s %s: %s %s", method, path, answer.Status, said)
	}
}

// radicaleConfig takes the port and the folder.
const radicaleConfig = `[server]
hosts = 127.0.0.1:%[1]d
[auth]
type = htpasswd
htpasswd_filename = %[2]s/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = %[2]s/storage
[logging]
level = info
`
