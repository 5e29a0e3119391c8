package ui

import (
	"svara/phone"
	"svara/ui/command"
)

// most is how many calls have a number: as many as there are digits to fetch them with.
const most = 9

// numbers gives calls the numbers on their cards, also those in a slot of the exchange. A number stays with its call as long
// as it lives; a new call gets the lowest that is free.
type numbers map[command.Card]int

func (n numbers) follow(s *phone.Snapshot) {
	var cards []command.Card
	there := map[command.Card]bool{}
	add := func(c command.Card) { cards, there[c] = append(cards, c), true }
	for _, c := range s.Calls {
		if c.State.Live() {
			add(command.Card{Call: c.ID})
		}
	}
	for _, p := range s.Parked {
		if c := command.ParkedCard(p); c != (command.Card{}) {
			add(c)
		}
	}
	taken := map[int]bool{}
	for c, i := range n {
		if !there[c] {
			delete(n, c)
			continue
		}
		taken[i] = true
	}
	for _, c := range cards {
		if _, ok := n[c]; ok {
			continue
		}
		for i := 1; i <= most; i++ {
			if !taken[i] {
				n[c], taken[i] = i, true
				break
			}
		}
	}
}

// of is the number of a card, 0 when it has none.
func (n numbers) of(c command.Card) int { return n[c] }

// card is what has a number, or the zero Card.
func (n numbers) card(number int) command.Card {
	for c, i := range n {
		if i == number {
			return c
		}
	}
	return command.Card{}
}
