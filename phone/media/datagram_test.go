package media

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
)

// Packets go both ways and tell whence they come, with addresses of either sort; the socket's end is told.
func TestDatagrams(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			local := netip.MustParseAddr(host)
			first, err := listen(local, 0)
			if err != nil {
				if local.Is4() || os.Getenv("CI") == "true" {
					t.Fatal(err)
				}
				t.Skip("a machine without IPv6:", err)
			}
			second, err := listen(local, 0)
			if err != nil {
				t.Fatal(err)
			}
			a, err := newDatagrams(first)
			if err != nil {
				t.Fatal(err)
			}
			defer a.close()
			b, err := newDatagrams(second)
			if err != nil {
				t.Fatal(err)
			}
			buf, sound := make([]byte, 100), []byte("sound")
			if n := testing.AllocsPerRun(100, func() {
				if err := a.write(sound, b.local); err != nil {
					t.Fatal(err)
				}
				n, from, err := b.read(buf)
				if err != nil || string(buf[:n]) != "sound" || from != a.local {
					t.Fatalf("%q from %v, %v", buf[:n], from, err)
				}
			}); n != 0 {
				t.Errorf("%.0f allocations a packet", n)
			}
			if err := a.write(sound, netip.AddrPort{}); err == nil {
				t.Error("sent to nowhere")
			}
			b.close()
			if _, _, err := b.read(buf); !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
			if err := b.write(nil, a.local); !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
		})
	}
}
