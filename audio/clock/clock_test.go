package clock

import (
	"testing"
	"time"
)

func newClock(t *testing.T) *Clock {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// It rings when it was set to last, and not before.
func TestRingsWhenItWasSetTo(t *testing.T) {
	c := newClock(t)
	begun := time.Now()
	for _, d := range []time.Duration{-time.Second, 0, 20 * time.Millisecond} {
		c.Set(d)
		if err := c.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took < 20*time.Millisecond {
		t.Errorf("rang after %v", took)
	}
}

// One that is put off does not ring when it was to before, also for whoever waits already.
func TestIsPutOff(t *testing.T) {
	c := newClock(t)
	const soon = 20 * time.Millisecond
	over := make(chan error, 1)
	c.Set(time.Hour)
	go func() { over <- c.Wait() }()
	for {
		begun := time.Now()
		c.Set(soon)
		c.Set(time.Hour)
		if time.Since(begun) < soon {
			break
		}
		select { // the machine stood still between the two, and it may have rung
		case <-over:
			go func() { over <- c.Wait() }()
		default:
		}
	}
	select {
	case err := <-over:
		t.Fatal("rang though it was put off:", err)
	case <-time.After(3 * soon):
	}
	c.Set(0)
	if err := <-over; err != nil {
		t.Fatal(err)
	}
}

func TestSleepsAsLongAsItIsTold(t *testing.T) {
	c := newClock(t)
	for range 3 {
		begun := time.Now()
		if err := c.Sleep(5 * time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 5*time.Millisecond {
			t.Errorf("slept for %v", took)
		}
	}
}

func TestCloseEndsWait(t *testing.T) {
	c := newClock(t)
	c.Set(time.Hour)
	over := make(chan error)
	go func() { over <- c.Wait() }()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-over; err == nil {
		t.Error("a closed clock rang")
	}
	c.Set(0)
	if err := c.Wait(); err == nil {
		t.Error("a closed clock rang")
	}
}

func TestClocksAllocateNothing(t *testing.T) {
	c, sleeper := newClock(t), newClock(t)
	if n := testing.AllocsPerRun(100, func() {
		c.Set(0)
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
		if err := sleeper.Sleep(0); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%.0f allocations", n)
	}
}

// Whoever asks for a beat is told of the same moments, and of one that is yet to come.
func TestBeatsComeTogether(t *testing.T) {
	const period = time.Hour // no beat is missed between the questions
	for range 3 {
		before := time.Now()
		first, second := Beat(period), Beat(period/4)
		spent := time.Since(before)
		if first <= 0 || first > period || second <= 0 || second > period/4 {
			t.Fatalf("beats in %v and %v", first, second)
		}
		apart := (first - second) % (period / 4)
		if apart = min(apart, period/4-apart); apart < 0 || apart > spent {
			t.Errorf("%v apart", apart)
		}
	}
}
