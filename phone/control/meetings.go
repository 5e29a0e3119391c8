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

// colleagueQuery names somebody at the team server.
type colleagueQuery struct {
	Person phone.TeamPersonID `json:"person"`
}

func (s *Server) colleaguePlans(ctx context.Context, q colleagueQuery) (phone.ColleaguePlans, error) {
	if s.Colleagues == nil {
		return phone.ColleaguePlans{}, phone.Refuse(phone.ReasonNoTeam, "")
	}
	p, err := s.Colleagues.ColleaguePlans(ctx, q.Person)
	p.Plans, p.Links, p.Roles = list(p.Plans), list(p.Links), list(p.Roles)
	return p, err
}
