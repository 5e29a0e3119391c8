package voicemail

import (
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// batch is how many messages are asked about at a time.
const batch = 100

// sync brings what we know in line with the server. News that come from here on are looked at again.
func (s *session) sync() error {
	select {
	case <-s.news:
	default:
	}
	if err := s.tellWishes(); err != nil {
		return err
	}
	unknown, err := s.flags()
	if err != nil {
		return err
	}
	slices.SortFunc(unknown, func(a, b uint32) int { return int(int64(b) - int64(a)) })
	for len(unknown) > 0 {
		uids := s.box.next(unknown)
		unknown = unknown[len(uids):]
		if err := s.describe(uids); err != nil {
			return err
		}
		if err := s.between(); err != nil {
			return err
		}
	}
	s.box.settled()
	for ask := s.box.unread(); len(ask) > 0; {
		n := min(len(ask), batch)
		if err := s.read(ask[:n]); err != nil {
			return err
		}
		ask = ask[n:]
		if err := s.between(); err != nil {
			return err
		}
	}
	return nil
}

// maxTries is how often a message's text is asked for: it may be what breaks the connection.
const maxTries = 2

// unread is the messages in which something is written that may tell what their headers do not, the newest first.
func (b *box) unread() []*message {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	var ask []*message
	for _, m := range b.messages {
		if len(m.text.path) > 0 && m.tries < maxTries {
			ask = append(ask, m)
		}
	}
	slices.SortFunc(ask, func(a, b *message) int { return int(int64(b.uid) - int64(a.uid)) })
	return ask
}

// next is the messages to ask about now: many at a time, but alone those among which one broke the connection before.
func (b *box) next(unknown []uint32) []uint32 {
	n := 0
	for n < min(len(unknown), batch) && !b.careful[unknown[n]] {
		n++
	}
	return unknown[:max(n, 1)]
}

// settled ends a round: what is known is all there is.
func (b *box) settled() {
	clear(b.careful)
	b.s.mu.Lock()
	keep := map[string]bool{}
	for uid := range b.messages {
		keep[cacheName(b.server.ID, b.validity, uid)] = true
	}
	if !b.known || b.reason != nil {
		b.known, b.reason = true, nil
		b.s.bump()
	}
	b.s.mu.Unlock()
	b.s.cache.keep(b.server.ID, keep)
}

// flags reads the flags of all messages, forgets those that are gone, and returns those that are new to us.
func (s *session) flags() ([]uint32, error) {
	there := map[uint32]bool{} // heard
	if n := s.messages(); n > 0 {
		var set imap.NumSet = imap.UIDSet{{Start: 1, Stop: 0}}
		if most := s.box.s.times.newest; n > most { // by number, the newest have the highest; that they move while we ask does no harm
			set = imap.SeqSet{{Start: uint32(n-most) + 1, Stop: 0}}
			n = most
		}
		err := s.fetch(set, &imap.FetchOptions{Flags: true}, batchAnswer+n*flagsAnswer, maxLines+2*n, func(got fetchedMessage) {
			if !slices.Contains(got.flags, imap.FlagDeleted) {
				there[got.uid] = slices.Contains(got.flags, imap.FlagSeen)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("read flags: %w", err)
		}
	}
	return s.box.compare(there), nil
}

// messages is how many messages the folder has.
func (s *session) messages() int64 {
	n := s.had
	if box := s.imap.Mailbox(); box != nil { // it comes a little later than the answer to the opening
		n = box.NumMessages
	}
	return int64(n)
}

// compare takes which messages there are and whether they have been heard.
func (b *box) compare(there map[uint32]bool) (unknown []uint32) {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	changed := false
	for uid, m := range b.messages {
		heard, ok := there[uid]
		if !ok {
			delete(b.messages, uid)
			changed = true
			continue
		}
		if _, wished := b.wishes[uid]; !wished && m.Played != heard {
			m.Played, changed = heard, true
		}
	}
	for uid := range b.wishes {
		if _, ok := there[uid]; !ok {
			delete(b.wishes, uid)
		}
	}
	for uid := range b.others {
		if _, ok := there[uid]; !ok {
			delete(b.others, uid)
		}
	}
	for uid := range there {
		if b.messages[uid] == nil && !b.others[uid] && b.broken[uid] < 2 {
			unknown = append(unknown, uid)
		}
	}
	if changed {
		b.s.bump()
	}
	return unknown
}

// headerLines are what a list is made from.
var headerLines = append([]string{"From", "Subject", "Date", recordingLine}, slices.Concat(numberLines, nameLines, lengthLines, urgentLines)...)

// describe reads structure and header lines of messages, and puts those with a sound into the list.
func (s *session) describe(uids []uint32) error {
	header := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: headerLines, Peek: true}
	var found []*message
	seen := map[uint32]bool{}
	err := s.fetch(uidSet(uids), &imap.FetchOptions{
		Flags: true, InternalDate: true, BodyStructure: &imap.FetchItemBodyStructure{Extended: true},
		BodySection: []*imap.FetchItemBodySection{header},
	}, batchAnswer, maxLines, func(got fetchedMessage) {
		if got.body == nil { // flags that changed meanwhile
			return
		}
		seen[got.uid] = true
		h := parseHeader(got.section)
		if _, ours := h[strings.ToLower(recordingLine)]; ours {
			return
		}
		if v := newMessage(got.body, h, got.arrived); v != nil {
			v.uid, v.Played = got.uid, slices.Contains(got.flags, imap.FlagSeen)
			found = append(found, v)
		}
	})
	if err != nil {
		s.box.suspect(uids)
		return fmt.Errorf("read messages: %w", err)
	}
	s.box.add(found, seen)
	return nil
}

// suspect remembers that the connection ended while these messages were read. One that does it alone and again is left
// out from then on.
func (b *box) suspect(uids []uint32) {
	if b.ctx.Err() != nil {
		return
	}
	for _, uid := range uids {
		b.careful[uid] = true
	}
	if len(uids) == 1 {
		if b.broken[uids[0]]++; b.broken[uids[0]] == 2 {
			b.s.opt.Log.Warn("a message cannot be read and is left out", "box", b.server.ID, "uid", uids[0])
		}
	}
}

// add puts messages into the list; seen are all that were told of.
func (b *box) add(found []*message, seen map[uint32]bool) {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	for _, m := range found {
		if played, ok := b.wishes[m.uid]; ok {
			m.Played = played
		}
		if path, ok := b.s.cache.have(cacheName(b.server.ID, b.validity, m.uid)); ok {
			m.heardOf(path)
		}
		b.messages[m.uid] = m
		delete(seen, m.uid)
	}
	for uid := range seen {
		b.others[uid] = true
	}
	if len(found) > 0 {
		b.s.bump()
	}
}

// read reads what is written in messages, for what their headers do not tell.
func (s *session) read(messages []*message) error {
	for len(messages) > 0 {
		path := messages[0].text.path
		var uids []uint32
		byUID := map[uint32]*message{}
		rest := messages[:0:0]
		for _, m := range messages {
			if slices.Equal(m.text.path, path) {
				m.tries++
				uids = append(uids, m.uid)
				byUID[m.uid] = m
			} else {
				rest = append(rest, m)
			}
		}
		messages = rest
		section := &imap.FetchItemBodySection{Part: path, Peek: true, Partial: &imap.SectionPartial{Size: maxWritten}}
		told := map[*message]caller{}
		err := s.fetch(uidSet(uids), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}, batchAnswer, maxLines, func(got fetchedMessage) {
			if m := byUID[got.uid]; m != nil && got.sections > 0 {
				told[m] = fromText(m.text.decode(got.section))
			}
		})
		if err != nil {
			return fmt.Errorf("read texts: %w", err)
		}
		s.box.learn(told)
	}
	return nil
}

// learn adds what was written in messages to what their headers told.
func (b *box) learn(told map[*message]caller) {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	changed := false
	for m, c := range told {
		before := m.VoiceMessage
		m.text.path = nil
		c.fill(&m.VoiceMessage)
		changed = changed || m.From != before.From || m.Duration != before.Duration
	}
	if changed {
		b.s.bump()
	}
}

func uidSet(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}

// tellWishes tells the server what was marked while it could not be reached.
func (s *session) tellWishes() error {
	s.box.s.mu.Lock()
	wishes := map[uint32]bool{}
	for uid, played := range s.box.wishes {
		wishes[uid] = played
	}
	s.box.s.mu.Unlock()
	for uid, played := range wishes {
		if err := s.store(uid, played); err != nil && !answered(err) {
			return err
		}
		s.box.s.mu.Lock()
		if s.box.wishes[uid] == played {
			delete(s.box.wishes, uid)
		}
		s.box.s.mu.Unlock()
	}
	return nil
}

// store sets or removes \Seen.
func (s *session) store(uid uint32, played bool) error {
	op := imap.StoreFlagsDel
	if played {
		op = imap.StoreFlagsAdd
	}
	end := s.command(smallAnswer, maxLines)
	err := end(s.imap.Store(uidSet([]uint32{uid}), &imap.StoreFlags{Op: op, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close())
	if err != nil {
		return fmt.Errorf("mark message: %w", err)
	}
	return nil
}
