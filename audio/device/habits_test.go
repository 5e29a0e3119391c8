package device

import "testing"

func TestHabits(t *testing.T) {
	var h habits
	if c, p := h.of("usb"); c != 0 || p != shortPeriod {
		t.Errorf("unknown: cushion %d, period %d", c, p)
	}
	h.learn("usb", unstable+1)
	h.learn("usb", 0) // made do
	if c, p := h.of("usb"); c != unstable+1 || p != longPeriod {
		t.Errorf("one that is uneven: cushion %d, period %d", c, p)
	}
	h.learn("usb", shortPeriod)
	if c, p := h.of("usb"); c != shortPeriod || p != shortPeriod {
		t.Errorf("one that is even again: cushion %d, period %d", c, p)
	}
	if c, _ := h.of("other"); c != 0 {
		t.Errorf("another: cushion %d", c)
	}
}
