package plug

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestManyEventsAreOneChange(t *testing.T) {
	told := make(chan struct{}, 10)
	n := &notice{changed: func() { told <- struct{}{} }}
	n.timer = time.AfterFunc(time.Hour, n.tell)
	for range 100 {
		n.touch()
	}
	<-told
	n.touch()
	<-told
	n.touch()
	n.close()
	n.tell() // a timer that fired just before
	if len(told) != 0 {
		t.Errorf("told %d times more", len(told))
	}
}
