package control

import (
	"context"

	"svara/phone"
)

// me is the user's own state and plans; its lists are never null.
func (s *Server) me() phone.Me {
	me := s.Phone.Snapshot().Me
	me.Shortcuts, me.Plans, me.Links, me.Published = list(me.Shortcuts), list(me.Plans), list(me.Links), list(me.Published)
	return me
}

func (s *Server) profiles() Profiles {
	now := s.Phone.Snapshot()
	return Profiles{Profiles: list(now.Profiles), Status: list(now.Profile)}
}

func (s *Server) roles() phone.Roles {
	roles := s.Phone.Snapshot().Roles
	roles.All = list(roles.All)
	return roles
}

func (s *Server) mailboxes() phone.VoicemailState {
	state := s.Phone.Snapshot().Voicemail
	state.Boxes, state.Servers = list(state.Boxes), list(state.Servers)
	return state
}

func (s *Server) search(ctx context.Context, q phone.SearchQuery) (SearchResult, error) {
	if s.People == nil {
		return SearchResult{}, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	found, err := s.People.Search(ctx, q)
	found.Hits = list(found.Hits)
	return SearchResult{SearchResult: found, TookMS: float64(found.Took.Microseconds()) / 1000}, err
}

func (s *Server) person(ctx context.Context, args personArgs) (phone.Person, error) {
	if s.People == nil {
		return phone.Person{}, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	return s.People.Person(ctx, args.ID)
}

func (s *Server) match(ctx context.Context, args matchArgs) ([]phone.Person, error) {
	if s.People == nil {
		return nil, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	found, err := s.People.Match(ctx, args.Number)
	return list(found), err
}

func (s *Server) voicemail(ctx context.Context, q phone.VoiceMessageQuery) ([]phone.VoiceMessage, error) {
	if s.Voicemail == nil {
		return nil, phone.Refuse(phone.ReasonNoMailbox, "")
	}
	found, err := s.Voicemail.VoiceMessages(ctx, q)
	return list(found), err
}

func (s *Server) saveVoicemail(ctx context.Context, args saveArgs) (File, error) {
	if s.Voicemail == nil {
		return File{}, phone.Refuse(phone.ReasonNoMailbox, "")
	}
	if err := absolute(args.Path); err != nil {
		return File{}, err
	}
	path, err := s.Voicemail.SaveVoiceMessage(ctx, args.ID, args.Path)
	return File{Path: path}, err
}

// importBook answers when what was read is on the disk.
func (s *Server) importBook(ctx context.Context, args fileArgs) (phone.ImportResult, error) {
	if s.Books == nil {
		return phone.ImportResult{}, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	if err := absolute(args.Path); err != nil {
		return phone.ImportResult{}, err
	}
	result, err := s.Books.Import(ctx, args.Path)
	if err == nil && s.Saved != nil {
		err = s.Saved(ctx)
	}
	return result, err
}

func (s *Server) exportBook(ctx context.Context, args fileArgs) (Exported, error) {
	if s.Books == nil {
		return Exported{}, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	if err := absolute(args.Path); err != nil {
		return Exported{}, err
	}
	count, err := s.Books.Export(ctx, args.Path)
	return Exported{Count: count}, err
}
