package pbxdemo

import (
	"fmt"
	"testing"

	"svara/phone/dialoginfo"
	"svara/phone/pidf"
	"svara/phone/ua"
)

// What it costs to see that nothing has changed for 500 people who are watched in two ways.
func BenchmarkNotify(b *testing.B) {
	p, err := Start(Config{People: 500, Rate: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	done := make(chan struct{})
	p.post(func() {
		defer close(done)
		for i, s := range p.crowd {
			for _, event := range []string{dialoginfo.Event, pidf.Event} {
				w := &watcher{id: ua.SubID(fmt.Sprint(event, i)), user: "2100", target: s.number, event: event}
				p.look(event, s.number, "2100", &w.news)
				p.watchers[w.id] = w
			}
		}
		for b.Loop() {
			p.notify()
		}
	})
	<-done
}
