package control

import (
	"context"
	"errors"
	"os"

	"svara/phone"
)

func (s *Server) groupMessages(ctx context.Context, q phone.GroupMessageQuery) (phone.GroupMessagePage, error) {
	if s.GroupMessages == nil {
		return phone.GroupMessagePage{}, phone.Refuse(phone.ReasonNoTeam, "")
	}
	p, err := s.GroupMessages.GroupMessages(ctx, q)
	p.Messages = list(p.Messages)
	return p, err
}

// saveGroupSound writes a voice message's sound to a file that is not there yet.
func (s *Server) saveGroupSound(ctx context.Context, args saveArgs) (File, error) {
	if s.GroupMessages == nil {
		return File{}, phone.Refuse(phone.ReasonNoTeam, "")
	}
	if err := absolute(args.Path); err != nil {
		return File{}, err
	}
	data, err := s.GroupMessages.GroupSound(ctx, args.ID)
	if err != nil {
		return File{}, err
	}
	f, err := os.OpenFile(args.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return File{}, phone.Refuse(phone.ReasonBadFile, err.Error())
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return File{}, phone.Refuse(phone.ReasonBadFile, errors.Join(err, os.Remove(args.Path)).Error())
	}
	return File{Path: args.Path}, nil
}
