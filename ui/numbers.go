package ui

import "svara/phone"

// most is how many calls have a number: as many as there are digits to fetch them with.
const most = 9

// numbers gives calls the numbers on their cards. A number stays with its call as long as it lives; a new call gets the
// lowest that is free.
type numbers map[phone.CallID]int

func (n numbers) follow(s *phone.Snapshot) {
	for id := range n {
		if c := s.Call(id); c == nil || !c.State.Live() {
			delete(n, id)
		}
	}
	taken := map[int]bool{}
	for _, i := range n {
		taken[i] = true
	}
	for _, c := range s.Calls {
		if _, ok := n[c.ID]; ok || !c.State.Live() {
			continue
		}
		for i := 1; i <= most; i++ {
			if !taken[i] {
				n[c.ID], taken[i] = i, true
				break
			}
		}
	}
}

// of is the number of a call, 0 when it has none.
func (n numbers) of(id phone.CallID) int { return n[id] }

// call is the call that has a number, or 0.
func (n numbers) call(number int) phone.CallID {
	for id, i := range n {
		if i == number {
			return id
		}
	}
	return 0
}
