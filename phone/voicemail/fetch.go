package voicemail

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// fetchedMessage is what a server told of a message.
type fetchedMessage struct {
	uid      uint32
	flags    []imap.Flag
	arrived  time.Time
	body     imap.BodyStructure
	section  []byte // the first that was asked for
	sections int
}

// fetch asks about messages and hands out what comes, one after the other.
//
// The library gives the bytes of a section straight from the connection, and one that is cut off ends like a whole one;
// whoever asks it for anything after that reads the connection beside it. So their number is checked here, and where they
// are too few, the connection is closed and left alone.
func (s *session) fetch(which imap.NumSet, what *imap.FetchOptions, limit, lines int64, each func(fetchedMessage)) error {
	what.UID = true
	end := s.command(limit, lines)
	cmd := s.imap.Fetch(which, what)
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		got, err := take(m, limit, s.wire)
		if err != nil {
			return end(fmt.Errorf("fetch: %w", err))
		}
		if got.uid != 0 {
			each(got)
		}
	}
	return end(cmd.Close())
}

// take reads what is told of a message. After an error the connection is closed, and nothing more may be asked of m.
func take(m *imapclient.FetchMessageData, limit int64, conn io.Closer) (got fetchedMessage, err error) {
	for item := m.Next(); item != nil; item = m.Next() {
		switch v := item.(type) {
		case imapclient.FetchItemDataUID:
			got.uid = uint32(v.UID)
		case imapclient.FetchItemDataFlags:
			got.flags = v.Flags
		case imapclient.FetchItemDataInternalDate:
			got.arrived = v.Time
		case imapclient.FetchItemDataBodyStructure:
			got.body = v.BodyStructure
		case imapclient.FetchItemDataBodySection:
			if v.Literal == nil {
				continue
			}
			b, err := whole(v.Literal, limit, conn)
			if err != nil {
				return got, err
			}
			if got.sections++; got.sections == 1 {
				got.section = b
			}
		case imapclient.FetchItemDataBinarySection: // nobody asked for it
			if v.Literal == nil {
				continue
			}
			if _, err := whole(v.Literal, limit, conn); err != nil {
				return got, err
			}
		}
	}
	return got, nil
}

// whole is all of a literal. The library waits until it has been read to its end, or to the connection's.
func whole(l imap.LiteralReader, limit int64, conn io.Closer) ([]byte, error) {
	if l.Size() < 0 || l.Size() > limit {
		conn.Close()
		_, _ = io.Copy(io.Discard, l)
		return nil, errTooMuch
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, l)
	if err == nil && n != l.Size() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		conn.Close()
	}
	return b.Bytes(), err
}
