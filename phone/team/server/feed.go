package server

import (
	"net/http"
	"time"

	"svara/phone/team"
)

// Times of a feed. A desktop that hears nothing for three heartbeats takes the connection for dead.
const (
	heartbeat = 15 * time.Second
	writeTime = 30 * time.Second // a reader that takes nothing for so long is let go; it comes back and goes on
)

// feed tells one reader what changes, until they go. It has no queue: it remembers how far the reader is, and sends what is
// newest of everything after that each time the last was taken.
func (s *Server) feed(w http.ResponseWriter, r *http.Request, q *request) {
	out := http.NewResponseController(w)
	_ = out.SetReadDeadline(time.Time{}) // the server's is for requests that end
	asked := r.Header.Get("Last-Event-ID")
	if asked == "" {
		asked = r.URL.Query().Get("after")
	}
	v := viewOf(q.person)
	with, epoch := s.board.join(v)
	defer func() { s.board.leave(with) }()
	at, known := s.board.read(v, team.Position(asked))
	reset := asked != "" && !known
	if reset {
		at = 0
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	send := func(parts ...[]byte) bool {
		_ = out.SetWriteDeadline(time.Now().Add(writeTime))
		for _, p := range parts {
			if _, err := w.Write(p); err != nil {
				return false
			}
		}
		return out.Flush() == nil
	}
	if !send([]byte("retry: 2000\n\n")) {
		return
	}
	beat := time.NewTimer(heartbeat)
	defer beat.Stop()
	synced, away, rights, due := false, false, -1, false
	for {
		b := s.board.since(with, v, at)
		if b.epoch != epoch { // the database was restored: sequences are others
			epoch, at, reset = b.epoch, 0, true
			continue
		}
		if b.rights != rights { // who they are may have changed since
			rights = b.rights
			p, ok := s.board.who(q.person.ID)
			if !ok {
				return
			}
			if now := viewOf(p); now.key != v.key {
				s.board.leave(with)
				with, epoch = s.board.join(now)
				v, at, reset, synced = now, 0, true, false
				continue
			}
		}
		if _, ok := s.board.get(team.KindDevice, q.token.ID); !ok {
			return // signed out
		}
		var parts [][]byte
		if reset || b.reset {
			parts = append(parts, []byte("event: "+team.FeedReset+"\ndata: {}\n\n"))
			synced = false
		}
		if len(b.frames) > 0 {
			parts = append(parts, b.frames)
		}
		if !synced {
			parts = append(parts, []byte("event: "+team.FeedSynced+"\ndata: {}\n\n"))
			away = false
		}
		if b.away != away { // who comes meanwhile has been told what was last known
			name := team.FeedSynced
			if away = b.away; away {
				name = team.FeedAway
			}
			parts = append(parts, []byte("event: "+name+"\ndata: {}\n\n"))
		}
		if len(parts) > 0 || due {
			// Without data this is no event, but what the reader comes back with (WHATWG HTML 9.2.6). It is the heartbeat too: who
			// is in a group where nothing happens is not behind when others have had many calls.
			parts = append(parts, []byte("id: "+string(s.board.position(v, b.to))+"\n\n"))
			if !send(parts...) {
				return
			}
			beat.Reset(heartbeat)
		}
		at, reset, synced, due = b.to, false, true, false
		select {
		case <-b.changed:
		case <-beat.C:
			due = true
		case <-r.Context().Done():
			return
		case <-s.closing:
			return
		}
	}
}
