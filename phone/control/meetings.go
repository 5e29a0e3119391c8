package control

import (
	"context"

	"svara/phone"
)

func (s *Server) meetings(ctx context.Context, _ struct{}) ([]phone.Meeting, error) {
	if s.Meetings == nil {
		return nil, phone.Refuse(phone.ReasonNoTeam, "")
	}
	m, err := s.Meetings.Meetings(ctx)
	return list(m), err
}

func (s *Server) teamDevices(ctx context.Context, _ struct{}) ([]phone.TeamDevice, error) {
	if s.TeamDevices == nil {
		return nil, phone.Refuse(phone.ReasonNoTeam, "")
	}
	d, err := s.TeamDevices.TeamDevices(ctx)
	return list(d), err
}
