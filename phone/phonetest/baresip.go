package phonetest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BaresipConfig says how the other softphone is started.
type BaresipConfig struct {
	User, Domain string   // the password is "pw-" + user
	Codec        string   // "opus/48000/2" by default
	Audio        string   // "alsa,default" by default
	Env          []string // where its sound leads
	JitterBuffer string   // "fixed 5-10" by default, as Debian ships it; "off" is none
}

// Baresip is Debian's baresip: a phone that is not ours, to call and to measure beside.
type Baresip struct {
	*Process
	control string
}

// StartBaresip starts it and waits until it takes commands; it registers by itself.
func StartBaresip(t testing.TB, c BaresipConfig) *Baresip {
	t.Helper()
	Need(t, "baresip")
	modules, err := filepath.Glob("/usr/lib/baresip/modules/ctrl_tcp.so")
	if err != nil || len(modules) == 0 {
		Missing(t, "baresip has no module ctrl_tcp")
	}
	if c.Codec == "" {
		c.Codec = "opus/48000/2"
	}
	if c.Audio == "" {
		c.Audio = "alsa,default"
	}
	jitter := "jitter_buffer_type fixed\njitter_buffer_delay 5-10"
	if c.JitterBuffer == "off" {
		jitter = "jitter_buffer_type off"
	}
	dir := t.TempDir()
	b := &Baresip{control: fmt.Sprintf("127.0.0.1:%d", FreePort(t))}
	for name, text := range map[string]string{
		"config": fmt.Sprintf(`poll_method epoll
sip_listen 127.0.0.1:%d
net_interface 127.0.0.1
audio_player %[2]s
audio_source %[2]s
audio_alert %[2]s
%[3]s
rtp_ports 42000-43998
module_path /usr/lib/baresip/modules
module alsa.so
module aufile.so
module opus.so
module g711.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen %[4]s
`, FreePort(t), c.Audio, jitter, b.control),
		"accounts": fmt.Sprintf("<sip:%s@%s>;auth_pass=pw-%s;regint=60;audio_codecs=%s\n", c.User, c.Domain, c.User, c.Codec),
		"contacts": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.Process = Start(t, StartOptions{Env: c.Env}, "baresip", "-f", dir)
	b.Ready(20*time.Second, "taking commands", func() bool {
		conn, err := net.Dial("tcp", b.control)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return b
}

// Command gives a command of baresip's own menu, such as dial or hangup.
func (b *Baresip) Command(command, params string) string {
	b.t.Helper()
	conn, err := net.Dial("tcp", b.control)
	if err != nil {
		b.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		b.t.Fatal(err)
	}
	request, err := json.Marshal(map[string]string{"command": command, "params": params, "token": "svara"})
	if err != nil {
		b.t.Fatal(err)
	}
	// Netstrings: LENGTH:BYTES,
	if _, err := fmt.Fprintf(conn, "%d:%s,", len(request), request); err != nil {
		b.t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	for {
		head, err := in.ReadString(':')
		if err != nil {
			b.t.Fatalf("baresip %s: %v", command, err)
		}
		n, err := strconv.Atoi(strings.TrimSuffix(head, ":"))
		if err != nil {
			b.t.Fatalf("baresip %s: %v", command, err)
		}
		body := make([]byte, n+1)
		if _, err := io.ReadFull(in, body); err != nil {
			b.t.Fatalf("baresip %s: %v", command, err)
		}
		if strings.Contains(string(body), `"token":"svara"`) {
			return string(body[:n])
		}
	}
}
