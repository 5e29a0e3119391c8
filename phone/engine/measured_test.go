package engine

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"svara/phone"
)

func TestCallQuality(t *testing.T) {
	s := state{audio: phone.AudioStatus{Input: "i", Output: "o", Devices: []phone.Device{
		{ID: "i", Name: "Desk microphone", Input: true}, {ID: "o", Name: "Headset", Output: true},
	}}}
	c := &call{}
	if s.quality(c) != nil {
		t.Error("nothing was measured")
	}
	c.Codec, c.measured.network, c.measured.cause = "opus", "wifi wlan0", phone.CauseUnheard
	c.measured.add(phone.Quality{LossIn: 2, JitterMS: 10, Concealing: 1, MOS: 0})
	c.measured.add(phone.Quality{LossIn: 4, LossOut: 2, JitterMS: 20, Concealing: 3, MOS: 4, MOSOut: 3, RTTMS: 50})
	want := phone.CallQuality{
		Codec: "opus", Device: "Desk microphone / Headset", Network: "wifi wlan0", LossIn: 3, LossOut: 1, JitterMS: 15, RTTMS: 50, Concealed: 2,
		MOS: 4, MOSOut: 3, Cause: phone.CauseUnheard,
	}
	if got := s.quality(c); got == nil || *got != want {
		t.Errorf("%+v", got)
	}
	s.audio.Devices[0].Name = "Headset"
	if got := s.deviceNames(); got != "Headset" {
		t.Errorf("one device for both: %q", got)
	}
}

func TestKindOfInterface(t *testing.T) {
	folder := t.TempDir()
	for _, part := range []string{"odd0/wireless", "odd1/phy80211", "odd2"} {
		if err := os.MkdirAll(filepath.Join(folder, part), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "odd2", "tun_flags"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		flags net.Flags
		want  string
	}{
		{"lo", net.FlagLoopback, "local"}, {"odd0", 0, "wifi"}, {"odd1", 0, "wifi"}, {"odd2", 0, "vpn"}, {"odd3", 0, "other"},
		{"wlp3s0", 0, "wifi"}, {"Wi-Fi 2", 0, "wifi"}, {"enp0s31f6", 0, "cable"}, {"Ethernet", 0, "cable"}, {"eth0", 0, "cable"},
		{"wg0", net.FlagPointToPoint, "vpn"}, {"utun4", 0, "vpn"}, {"ppp0", net.FlagPointToPoint, "vpn"}, {"wwan0", 0, "mobile"},
	} {
		if got := kindOf(net.Interface{Name: c.name, Flags: c.flags}, folder); got != c.want {
			t.Errorf("%s is %s, want %s", c.name, got, c.want)
		}
	}
	if got := networkOf(netip.MustParseAddr("127.0.0.1")); got == "" || got[:6] != "local " {
		t.Errorf("loopback goes through %q", got)
	}
}
