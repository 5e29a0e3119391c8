package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// voices is what the mailboxes of groups hold, followed into messages, and what people's own hold (mailbox.go).
//
//	Voicebox.Run -> boxes that have changed -> look: Messages -> Update (those that came, those that are gone)
type voices struct {
	mu   sync.Mutex
	todo map[string]bool // boxes to look at
	some chan struct{}   // one slot
}

func (v *voices) tell(boxes ...string) {
	v.mu.Lock()
	for _, b := range boxes {
		v.todo[b] = true
	}
	v.mu.Unlock()
	select {
	case v.some <- struct{}{}:
	default:
	}
}

func (v *voices) take() (out []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for b := range v.todo {
		out = append(out, b)
	}
	clear(v.todo)
	slices.Sort(out)
	return out
}

// followVoices runs until ctx ends.
func (s *Server) followVoices(ctx context.Context) {
	v := &voices{todo: map[string]bool{}, some: make(chan struct{}, 1)}
	var told sync.WaitGroup
	told.Go(func() {
		for ctx.Err() == nil {
			if err := s.Voices.Run(ctx, func(box string) { v.tell(box) }); err != nil && ctx.Err() == nil {
				s.Log.Error("the mailboxes are not read", "error", err)
			}
			select {
			case <-time.After(retry * 10):
			case <-ctx.Done():
			}
		}
	})
	defer told.Wait()
	owners := map[string]owner{}
	for {
		s.board.mu.RLock()
		changed := s.board.changed
		s.board.mu.RUnlock()
		now := s.boxOwners()
		for b, g := range now {
			if owners[b] != g {
				v.tell(b)
			}
		}
		for b := range owners {
			if now[b] == (owner{}) {
				v.tell(b)
			}
		}
		owners = now
		for _, b := range v.take() {
			err := errors.Join(s.lookInto(ctx, b, owners[b].group), s.lookIntoOwn(ctx, b, owners[b].person))
			if err != nil && ctx.Err() == nil {
				s.Log.Warn("a mailbox is not read", "box", b, "error", err)
				v.tell(b)
				select {
				case <-time.After(retry * 4):
				case <-ctx.Done():
				}
			}
		}
		select {
		case <-v.some:
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// voiceID is a message's id: what the spool calls it stays there.
func voiceID(box, id string) string {
	sum := sha256.Sum256([]byte(box + "\x00" + id))
	return "v" + hex.EncodeToString(sum[:12])
}

// lookInto makes the messages of a group what its mailbox holds. Without a group there are none.
func (s *Server) lookInto(ctx context.Context, box string, group team.GroupID) error {
	var there []team.VoiceMessage
	if group != "" {
		var err error
		there, err = s.Voices.Messages(box)
		if err != nil && phone.ReasonOf(err).ID != phone.ReasonNoMailbox { // one that has had no message has no folder
			return err
		}
	}
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		known, err := tx.Voices(box)
		if err != nil {
			return err
		}
		before := map[string]team.Message{}
		for _, m := range known {
			before[m.ID] = m
		}
		for _, v := range there {
			id := voiceID(box, v.ID)
			m := before[id] // what people have done with it stays
			delete(before, id)
			m.ID, m.Kind, m.Group, m.Direction = id, phone.GroupVoice, group, phone.Incoming
			m.From, m.At, m.LengthS, m.Box, m.Sound, m.Type = v.From, v.Received, int(v.Duration/time.Second), box, v.ID, v.Type
			if _, err := tx.PutMessage(m); err != nil {
				return err
			}
		}
		for id := range before {
			if _, err := tx.DeleteMessage(id); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// reachVoices refuses when this server does not reach the mailboxes.
func (s *Server) reachVoices() error {
	if s.Voices == nil {
		return refused(phone.Refuse(phone.ReasonNoMailbox, ""))
	}
	return nil
}

func (s *Server) messageSound(ctx context.Context, q *request) (any, error) {
	m, err := s.Shelf.Message(ctx, q.path("message"))
	if err != nil {
		return nil, err
	}
	if m.Value.Kind != phone.GroupVoice {
		return nil, notFound()
	}
	if err := s.reachVoices(); err != nil {
		return nil, err
	}
	r, err := s.Voices.Open(m.Value.Box, m.Value.Sound)
	if err != nil {
		return nil, refused(err)
	}
	return sound{r, m.Value.Type}, nil
}

// unrecord deletes a voice message from its mailbox. One that is gone already is gone.
func (s *Server) unrecord(ctx context.Context, m team.Message) error {
	if err := s.reachVoices(); err != nil {
		return err
	}
	if err := s.Voices.Delete(m.Box, m.Sound); err != nil {
		if r := phone.ReasonOf(err).ID; r != phone.ReasonNoMessage && r != phone.ReasonNoMailbox {
			return refused(err)
		}
	}
	s.recount(ctx, m.Box)
	return nil
}

// hear moves a voice message that was taken care of to the heard ones.
func (s *Server) hear(ctx context.Context, m team.Message) {
	if s.Voices == nil {
		return
	}
	err := s.Voices.Mark(m.Box, m.Sound, true)
	if err != nil {
		s.Log.Warn("a voice message stays among the new ones", "error", err)
		return
	}
	s.recount(ctx, m.Box)
}

// recount has the exchange count a mailbox anew and tell its telephones.
func (s *Server) recount(ctx context.Context, box string) {
	for _, k := range s.keepers {
		err := s.ask(ctx, k.Source.ID(), team.RefreshMailbox{Box: box})
		var f *team.Fault
		if err != nil && (!errors.As(err, &f) || f.Reason == nil || f.Reason.ID != phone.ReasonNotSupported) {
			s.Log.Warn("telephones are not told of their mailbox", "box", box, "error", err)
		}
	}
}
