package present

import (
	"testing"

	"svara/phone"
)

func TestOutOfReach(t *testing.T) {
	at := func(states ...phone.RegistrationState) Scene {
		return scene(func(s *phone.Snapshot) {
			s.Accounts = nil
			for _, state := range states {
				s.Accounts = append(s.Accounts, phone.AccountStatus{Registration: phone.Registration{State: state}})
			}
		})
	}
	for want, scenes := range map[bool][]Scene{
		true:  {at(phone.RegistrationFailed), at(phone.RegistrationFailed, phone.RegistrationFailed)},
		false: {at(), at(phone.RegistrationRegistered), at(phone.RegistrationFailed, phone.RegistrationRegistered)},
	} {
		for i, s := range scenes {
			if OutOfReach(s) != want {
				t.Errorf("%v %d", want, i)
			}
		}
	}
}
