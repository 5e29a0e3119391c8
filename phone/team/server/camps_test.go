package server

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"svara/phone"
	"svara/phone/team"
)

// camping is how the camps of a server's board stand: "place/of id state", with a star for whose turn it is.
func camping(s *Server, target string) (out []string) {
	for _, i := range s.board.all(team.KindCamp, view{all: true}) {
		c, _ := value[team.Camp](i)
		if c.Target != target {
			continue
		}
		turn := ""
		if c.Turn {
			turn = "*"
		}
		out = append(out, fmt.Sprintf("%d/%d %s %s%s", c.Place, c.Of, c.ID, c.State, turn))
	}
	slices.Sort(out)
	return out
}

func newCamp(id string, group team.GroupID, state team.CampState, waited time.Duration) team.NewCamp {
	return team.NewCamp{ID: id, Group: group, Target: "2101", From: phone.Party{Number: "070"}, State: state, WaitedS: int(waited / time.Second)}
}

func TestOrderOfCamps(t *testing.T) {
	d := newDesk(t)
	put := func(as team.PersonID, group team.GroupID, id string, state team.CampState, waited time.Duration) said {
		return d.do(as, "PUT", "groups/"+string(group)+"/camps/"+id, newCamp(id, group, state, waited))
	}
	is := func(want ...string) {
		t.Helper()
		if got := camping(d.s, "2101"); !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	read[team.Done](t, put("ag", "support", "a", "", 0))
	d.clock.pass(time.Second)
	read[team.Done](t, put("sup", "support", "b", "", 0))
	d.clock.pass(time.Second)
	read[team.Done](t, put("out", "sales", "c", "", 0)) // another group's, at the same colleague
	is("1/3 a waiting*", "2/3 b waiting", "3/3 c waiting")
	// Each is told whose is ahead, also of a group whose calls they do not see.
	for id, want := range map[string]team.PersonID{"a": "", "b": "ag", "c": "ag"} {
		i, _ := d.s.board.get(team.KindCamp, id)
		if c, err := value[team.Camp](i); err != nil || c.Ahead != want {
			t.Errorf("%s: %q is ahead, %v", id, c.Ahead, err)
		}
	}
	p, _ := d.s.board.who("out")
	if i, _ := d.s.board.get(team.KindCamp, "a"); viewOf(p).shows(i) {
		t.Error("another group's call is shown")
	}
	// Talked to: the place is kept, the turn is the next one's.
	read[team.Done](t, put("ag", "support", "a", team.CampFetched, 0))
	is("1/3 a fetched", "2/3 b waiting*", "3/3 c waiting")
	// Who is being offered keeps the turn when the first comes back.
	read[team.Done](t, put("sup", "support", "b", team.CampOffering, 0))
	read[team.Done](t, put("ag", "support", "a", team.CampWaiting, 0))
	is("1/3 a waiting", "2/3 b offering*", "3/3 c waiting")
	read[team.Done](t, d.do("sup", "DELETE", "groups/support/camps/b", nil))
	is("1/2 a waiting*", "2/2 c waiting")
	// One that the server learns of late has the place it has waited for.
	read[team.Done](t, put("sup", "support", "d", "", time.Hour))
	is("1/3 d waiting*", "2/3 a waiting", "3/3 c waiting")

	for name, a := range map[string]said{
		"another group's deleted":  d.do("out", "DELETE", "groups/sales/camps/a", nil),
		"somebody else's put":      put("sup", "support", "a", "", 0),
		"moved into another group": put("root", "sales", "a", "", 0),
	} {
		if a.status != 404 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	for name, in := range map[string]team.NewCamp{
		"state": newCamp("e", "support", "gone", 0), "ahead of time": newCamp("e", "support", "", -time.Second), "all day": newCamp("e", "support", "", 13*time.Hour),
		"another id": newCamp("f", "support", "", 0),
	} {
		if a := d.do("ag", "PUT", "groups/support/camps/e", in); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	// A telephone that is heard of no more: the others move up. One that says that it is there stays.
	d.clock.pass(campLife - time.Second)
	read[team.Done](t, put("out", "sales", "c", "", 0))
	d.clock.pass(2 * time.Second)
	d.s.dropCamps(t.Context())
	d.until("the forgotten ones are gone", func() bool { return len(camping(d.s, "2101")) == 1 })
	is("1/1 c waiting*")
	read[team.Done](t, d.do("out", "DELETE", "groups/sales/camps/c", nil))
	if left, there := d.s.board.get(kindOrder, "2101"); there {
		t.Errorf("%+v", left)
	}
}

// Two servers of one database that put camps at once give one order.
func TestOrderOfCampsAtTwoServers(t *testing.T) {
	d := newDesk(t)
	other, web := d.server(open(t, d.file), newSource())
	webs := []string{d.web.URL, web.URL}
	var wg sync.WaitGroup
	const n = 20
	for i := range n {
		wg.Go(func() {
			id := fmt.Sprintf("c%d", i)
			a := d.at(webs[i%2], d.tokens["ag"], "PUT", "groups/support/camps/"+id, newCamp(id, "support", "", 0))
			if a.status != 200 {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	wg.Wait()
	for _, s := range []*Server{d.s, other} {
		d.until("all are in the order", func() bool {
			return len(camping(s, "2101")) == n && camping(s, "2101")[0][:4] == fmt.Sprintf("1/%d", n)
		})
		turns, places := 0, map[int]bool{}
		for _, i := range s.board.all(team.KindCamp, view{all: true}) {
			c, _ := value[team.Camp](i)
			places[c.Place] = true
			if c.Turn {
				turns++
			}
		}
		if turns != 1 || len(places) != n {
			t.Errorf("%d turns, %d places", turns, len(places))
		}
	}
}
