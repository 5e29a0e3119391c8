package phonetest_test

import (
	"math"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"svara/phone/phonetest"
	"svara/phone/phonetest/sound"
)

func TestKamailioRegisters(t *testing.T) {
	k := phonetest.StartKamailio(t)
	phonetest.StartSipp(t, registerAndCall, phonetest.SippOptions{
		Remote: k.Addr(), Keys: map[string]string{"user": "1001"}, Auth: "1001:pw-1001", TCP: true,
	}).Wait(20 * time.Second)
	if got := k.Contacts(); !strings.Contains(got, "1001") {
		t.Errorf("no binding for 1001:\n%s", got)
	}
	wrong := phonetest.StartSipp(t, registerAndCall, phonetest.SippOptions{Remote: k.Addr(), Keys: map[string]string{"user": "1002"}, Auth: "1002:wrong"})
	<-wrong.Done()
	if wrong.Err() == nil {
		t.Error("a wrong password was taken")
	}
}

func TestPulseCarriesSound(t *testing.T) {
	p := phonetest.StartPulse(t)
	r := p.Record()
	p.Play(sound.Join(sound.Silence(300*time.Millisecond), sound.Chirp(), sound.Silence(500*time.Millisecond)))
	mic, spk := r.Stop()
	if len(mic) != len(spk) {
		t.Errorf("channels of %d and %d samples", len(mic), len(spk))
	}
	if _, like := sound.Find(mic, sound.Chirp()); like < .9 {
		t.Errorf("the chirp reached the microphone with likeness %.2f", like)
	}
	if l := sound.Level(spk); l > -60 {
		t.Errorf("the speaker's channel has %.1f dBFS though nobody plays", l)
	}
}

func TestScreenTakesKeys(t *testing.T) {
	s := phonetest.StartScreen(t, 640, 480)
	s.Keyring()
	file := s.Picture("empty")
	if info, err := os.Stat(file); err != nil || info.Size() < 100 {
		t.Errorf("picture %v, %v", info, err)
	}
	if s.Do("getdisplaygeometry") != "640 480" {
		t.Error("the display has another size")
	}
}

func TestRelayImpairsAsTold(t *testing.T) {
	echo, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	r := phonetest.StartRelay(t, echo.LocalAddr().(*net.UDPAddr).AddrPort(), phonetest.Impairment{Seed: 1, Loss: .2}, phonetest.Impairment{})
	c, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(r.Addr))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const n = 500
	got := 0
	buffer := make([]byte, 64)
	for range n {
		lost, sent := r.Lost.Load(), r.Sent.Load()
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		for r.Lost.Load() == lost && r.Sent.Load() == sent {
			runtime.Gosched()
		}
		if r.Sent.Load() == sent {
			continue
		}
		if err := echo.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := echo.Read(buffer); err != nil {
			t.Fatal(err)
		}
		got++
	}
	if share := 1 - float64(got)/n; math.Abs(share-.2) > .05 {
		t.Errorf("%.1f %% lost, want about 20", share*100)
	}
}
