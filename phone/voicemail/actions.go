package voicemail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/emersion/go-imap/v2"

	"svara/phone"
)

const (
	maxSound = 100 << 20 // bytes of a sound as it is sent; 8 hours of a telephone's
	portion  = 512 << 10 // of it that are asked for at a time
)

// Mark says whether a message has been played, here at once and on the server; one that cannot be reached is told when
// it can.
func (s *Service) Mark(ctx context.Context, id string, played bool) error {
	b, uid, err := s.message(id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	m := b.messages[uid]
	if m == nil {
		s.mu.Unlock()
		return phone.Refuse(phone.ReasonNoMessage, "")
	}
	was := m.Played
	if was == played { // so it is there, or will be
		s.mu.Unlock()
		return nil
	}
	m.Played = played
	b.wishes[uid] = played
	away := b.reason != nil || !b.known
	s.bump()
	s.mu.Unlock()
	if away {
		return nil
	}
	return b.ask(ctx, func(c *session) error {
		err := c.store(uid, played)
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil && !answered(err) {
			return nil // the wish stays for the next connection, which this error makes
		}
		if b.wishes[uid] == played {
			delete(b.wishes, uid)
		}
		if m := b.messages[uid]; err != nil && m != nil && m.Played == played {
			m.Played = was
			s.bump()
		}
		return err
	})
}

// Delete deletes a message from its mailbox.
func (s *Service) Delete(ctx context.Context, id string) error {
	b, uid, err := s.message(id)
	if err != nil {
		return err
	}
	return b.ask(ctx, func(c *session) error {
		if _, _, err := s.message(id); err != nil { // it is another folder now, or the message has gone
			return err
		}
		if err := c.expunge(uid); err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(b.messages, uid)
		delete(b.wishes, uid)
		name := cacheName(b.server.ID, b.validity, uid)
		s.cache.drop(func(n string) bool { return n == name })
		s.bump()
		return nil
	})
}

// expunge deletes one message and no other (RFC 4315 2.1). Servers without UIDPLUS can only remove all that is marked as
// deleted: where others have marked something too, ours stays marked until they clear up. We count it as gone.
func (s *session) expunge(uid uint32) error {
	set := uidSet([]uint32{uid})
	end := s.command(smallAnswer, maxLines)
	err := end(s.imap.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	if err != nil {
		return fmt.Errorf("delete message: %w", err)
	}
	if s.caps.Has(imap.CapUIDPlus) {
		end = s.command(smallAnswer, maxLines)
		if err := end(s.imap.UIDExpunge(set).Close()); err != nil {
			return fmt.Errorf("delete message: %w", err)
		}
		return nil
	}
	end = s.command(batchAnswer, maxLines)
	marked, err := s.imap.UIDSearch(&imap.SearchCriteria{Flag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
	if err = end(err); err != nil {
		return fmt.Errorf("delete message: %w", err)
	}
	if uids := marked.AllUIDs(); len(uids) != 1 || uids[0] != imap.UID(uid) {
		return nil
	}
	end = s.command(smallAnswer, maxLines)
	if err := end(s.imap.Expunge().Close()); err != nil {
		return fmt.Errorf("delete message: %w", err)
	}
	return nil
}

// Sound is the file of a message's sound, fetched first when it is not here. It may be read as long as the message is
// there; who reads it longer opens it first.
func (s *Service) Sound(ctx context.Context, id string) (string, error) {
	path, why, err := s.fetched(ctx, id)
	if err == nil && why != nil {
		err = &phone.Error{Reason: *why}
	}
	if err != nil {
		return "", err
	}
	return path, nil
}

// fetched is the file of a message's sound, and why it cannot be played when it cannot.
func (s *Service) fetched(ctx context.Context, id string) (string, *phone.Reason, error) {
	b, uid, err := s.message(id)
	if err != nil {
		return "", nil, err
	}
	name, path, why := b.fetchedAlready(uid)
	if path != "" {
		return path, why, nil
	}
	err = b.ask(ctx, func(c *session) error {
		if _, _, err := s.message(id); err != nil {
			return err
		}
		if name, path, why = b.fetchedAlready(uid); path != "" {
			return nil // somebody else wanted it too
		}
		s.mu.Lock()
		sound := b.messages[uid].sound
		s.mu.Unlock()
		got, err := c.bring(ctx, uid, sound, name)
		if err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if m := b.messages[uid]; m != nil {
			m.heardOf(got)
			why = m.Reason
			s.bump()
		}
		path = got
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	return path, why, nil
}

// fetchedAlready is a message's name in the cache, and its file and why that cannot be played where it is there.
func (b *box) fetchedAlready(uid uint32) (name, path string, why *phone.Reason) {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	m := b.messages[uid]
	if m == nil {
		return "", "", nil
	}
	name = cacheName(b.server.ID, b.validity, uid)
	path, _ = b.s.cache.have(name)
	return name, path, m.Reason
}

// bring puts a sound into the cache, a portion at a time. What was not all there leaves nothing behind.
func (s *session) bring(ctx context.Context, uid uint32, sound part, name string) (path string, err error) {
	cache := s.box.s.cache
	if sound.octets > maxSound {
		return "", phone.Refuse(phone.ReasonMailFailed, fmt.Sprintf("%d MB", sound.octets>>20))
	}
	raw, err := cache.create()
	if err != nil {
		return "", onDisk(err)
	}
	defer func() {
		raw.Close()
		_ = os.Remove(raw.Name())
	}()
	for at := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return "", phone.Refuse(phone.ReasonMailFailed, "") // whoever wanted it has gone
		}
		n, err := s.portion(uid, sound.path, at, raw)
		if err != nil {
			return "", err
		}
		at += n
		if n < portion {
			break
		}
		if at > maxSound {
			return "", phone.Refuse(phone.ReasonMailFailed, fmt.Sprintf("%d MB", at>>20))
		}
	}
	return s.decode(raw, sound, name)
}

// portion appends a piece of a part to a file and returns how long it was, in bytes.
func (s *session) portion(uid uint32, path []int, at int64, to io.Writer) (int64, error) {
	section := &imap.FetchItemBodySection{Part: path, Peek: true, Partial: &imap.SectionPartial{Offset: at, Size: portion}}
	var data []byte
	there := false
	err := s.fetch(uidSet([]uint32{uid}), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}, portion+smallAnswer, maxLines+portion/16, func(got fetchedMessage) {
		if got.uid == uid && got.sections > 0 && !there {
			data, there = got.section, true
		}
	})
	switch {
	case err != nil:
		return 0, fmt.Errorf("fetch message: %w", err)
	case !there:
		wake(s.news) // it has gone, and we have not been told yet
		return 0, phone.Refuse(phone.ReasonNoMessage, "")
	case len(data) > portion:
		return 0, fmt.Errorf("fetch message: %w", errTooMuch)
	}
	if _, err := to.Write(data); err != nil {
		return 0, onDisk(fmt.Errorf("keep message: %w", err))
	}
	return int64(len(data)), nil
}

// decode puts the sound that came as text into the cache.
func (s *session) decode(raw *os.File, sound part, name string) (path string, err error) {
	cache := s.box.s.cache
	if _, err := raw.Seek(0, io.SeekStart); err != nil {
		return "", onDisk(err)
	}
	f, err := cache.create()
	if err != nil {
		return "", onDisk(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = io.Copy(f, sound.reader(raw))
	if err = errors.Join(err, f.Close()); err != nil {
		return "", onDisk(err)
	}
	what, size := examine(f.Name())
	if path, err = cache.put(name, what.ending, f.Name(), size); err != nil {
		return "", onDisk(err)
	}
	return path, nil
}

// onDisk is a file that cannot be written or read, in words. The connection has nothing to do with it.
func onDisk(err error) error {
	var file *os.PathError
	var link *os.LinkError
	switch {
	case isFull(err):
		return phone.Refuse(phone.ReasonDiskFull, "")
	case errors.As(err, &file), errors.As(err, &link):
		return phone.Refuse(phone.ReasonBadFile, err.Error())
	}
	return err
}
