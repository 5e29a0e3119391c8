package store

import (
	"context"
	"strings"

	"svara/phone"
)

// PutColleagues makes the people of the team server those of the book phone.TeamBook, each with an ID in that book; nobody
// takes the book away. Whoever has an extension that somebody of another book has is left out: they are there already.
func (s *Store) PutColleagues(ctx context.Context, people []phone.Person) error {
	books, err := s.Books(ctx)
	if err != nil {
		return err
	}
	known := false
	for _, b := range books {
		known = known || b.ID == phone.TeamBook
	}
	change := phone.BookChange{Full: true}
	for _, p := range people {
		there, err := s.elsewhere(ctx, p.Line())
		if err != nil {
			return err
		}
		if !there {
			_, key, _ := strings.Cut(string(p.ID), ":")
			change.Put = append(change.Put, phone.BookEntry{Key: key, Tag: bodyOf(p), Person: p})
		}
	}
	if len(change.Put) == 0 {
		if !known {
			return nil
		}
		return s.RemoveBook(ctx, phone.TeamBook)
	}
	if !known {
		if err := s.PutBook(ctx, phone.Book{ID: phone.TeamBook, Kind: phone.BookTeam, Colleagues: true}); err != nil {
			return err
		}
	}
	return s.ApplyBook(ctx, phone.TeamBook, change)
}

// elsewhere reports whether somebody of another book has an extension.
func (s *Store) elsewhere(ctx context.Context, extension string) (bool, error) {
	if extension == "" {
		return false, nil
	}
	found, err := s.Match(ctx, extension)
	if err != nil {
		return false, err
	}
	for _, p := range found {
		if p.ID.Book() != phone.TeamBook && p.Line() == extension {
			return true, nil
		}
	}
	return false, nil
}
