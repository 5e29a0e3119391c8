package phonetest_test

import (
	"testing"
	"time"

	"svara/phone/phonetest"
)

// The whole rig with a phone that is not ours: chirps into the microphone come back from the PBX's echo.
func TestBaresipTalksToEcho(t *testing.T) {
	t.Parallel()
	a := phonetest.StartAsterisk(t, phonetest.AsteriskConfig{})
	p := phonetest.StartPulse(t)
	b := phonetest.StartBaresip(t, phonetest.BaresipConfig{User: "1001", Domain: a.Addr(), Env: p.Env()})
	phonetest.Until(t, 15*time.Second, "baresip is registered", func() bool { return a.Registered("1001") })
	b.Command("dial", phonetest.NumberEcho)
	phonetest.Until(t, 15*time.Second, "baresip is in a call", func() bool { return len(a.Channels()) == 1 })
	trips := phonetest.RoundTrips(t, p, 6)
	t.Logf("round trips %v, %v of CPU, %.1f MB", trips, b.CPU(), b.Memory())
	if len(trips) < 3 {
		t.Errorf("%d of 6 chirps came back", len(trips))
	}
	for _, d := range trips {
		if d < 10*time.Millisecond || d > time.Second {
			t.Errorf("a round trip of %v", d)
		}
	}
	b.Command("hangup", "")
}
