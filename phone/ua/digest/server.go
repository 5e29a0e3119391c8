package digest

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Result is the server's verdict on an answer.
type Result int

// The verdicts. Only OK lets the request in.
const (
	OK        Result = iota
	Missing          // no answer for this realm: challenge
	Stale            // the answer is right, its nonce too old: challenge with stale
	Replayed         // the answer was seen before: challenge with stale, as a client that lost count can recover
	Denied           // wrong password or unknown user, which are not told apart
	Malformed        // not an answer at all: 400
)

// String names the verdict for logs.
func (r Result) String() string {
	names := []string{"ok", "missing", "stale", "replayed", "denied", "malformed"}
	if r < 0 || int(r) >= len(names) {
		return "result(" + strconv.Itoa(int(r)) + ")"
	}
	return names[r]
}

// Server challenges requests and verifies the answers. Nonces are signed rather than stored, so unanswered challenges
// cost no memory. It is safe for concurrent use.
type Server struct {
	// Set before first use.

	Algorithms []string         // offered, the preferred first; default SHA-256, MD5 (RFC 8760 section 2.4)
	QOP        []string         // offered; default auth, auth-int
	Lifetime   time.Duration    // of a nonce; default 5 minutes
	Now        func() time.Time // default time.Now

	realm    string
	password func(user string) (string, bool)
	key      []byte // signs nonces; its own for every Server, so that nonces of an earlier run are stale

	mu     sync.Mutex
	seen   map[string]*window // guarded by mu; counts used per nonce, only of nonces answered rightly
	barred time.Time          // guarded by mu; nonces issued at or before it are stale
}

// maxSeen bounds the nonces whose counts are remembered.
const maxSeen = 4096

// window remembers which counts of a nonce are used: UDP may bring requests in another order than they were sent.
type window struct {
	issued time.Time
	top    uint32 // highest count seen
	mask   uint64 // bit i: top-i was seen
}

// use reports whether the count is new, and marks it used.
func (w *window) use(nc uint32) bool {
	switch {
	case nc > w.top:
		w.mask = w.mask<<min(nc-w.top, 64) | 1 // a shift of 64 clears
		w.top = nc
	case w.top-nc >= 64, w.mask&(1<<(w.top-nc)) != 0:
		return false
	default:
		w.mask |= 1 << (w.top - nc)
	}
	return true
}

// NewServer makes a server for a realm. password is asked for a user's password and must be safe for concurrent use.
func NewServer(realm string, password func(user string) (string, bool)) *Server {
	s := &Server{
		Algorithms: []string{SHA256, MD5}, QOP: []string{"auth", "auth-int"}, Lifetime: 5 * time.Minute, Now: time.Now,
		realm: realm, password: password, key: make([]byte, 32), seen: map[string]*window{},
	}
	rand.Read(s.key)
	return s
}

// Challenge makes the values of the WWW-Authenticate (or Proxy-Authenticate) headers, one for each algorithm.
func (s *Server) Challenge(stale bool) []string {
	nonce := s.nonce(s.Now())
	var out []string
	for _, a := range s.Algorithms {
		w := newWriter()
		w.quoted("realm", s.realm)
		w.quoted("nonce", nonce)
		if len(s.QOP) > 0 {
			w.quoted("qop", strings.Join(s.QOP, ","))
		}
		w.token("algorithm", a)
		if stale {
			w.token("stale", "true")
		}
		out = append(out, w.String())
	}
	return out
}

// Verify judges an Authorization (or Proxy-Authorization) header value; empty means the request had none. user is set
// for OK only.
func (s *Server) Verify(authorization, method string, body []byte) (user string, result Result) {
	if authorization == "" {
		return "", Missing
	}
	schemes, err := parseSchemes(authorization)
	if err != nil {
		return "", Malformed
	}
	i := slices.IndexFunc(schemes, func(c scheme) bool { return strings.EqualFold(c.name, "Digest") })
	if i < 0 {
		return "", Missing
	}
	p := schemes[i].params
	nc, ncErr := strconv.ParseUint(p["nc"], 16, 32)
	qop := strings.ToLower(p["qop"])
	switch {
	case schemes[i].twice, p["username"] == "", p["nonce"] == "", p["uri"] == "", p["response"] == "":
		return "", Malformed
	case qop != "" && (ncErr != nil || len(p["nc"]) != 8 || p["cnonce"] == ""):
		return "", Malformed
	case p["realm"] != s.realm:
		return "", Missing
	case !slices.ContainsFunc(s.Algorithms, func(a string) bool { return strings.EqualFold(a, cmp.Or(p["algorithm"], MD5)) }):
		return "", Denied
	case qop == "" && len(s.QOP) > 0, qop != "" && !slices.Contains(s.QOP, qop):
		return "", Denied // RFC 2069 answers can be replayed; we offered better
	}
	secret, known := s.password(p["username"])
	want := answer{
		algorithm: lookup(p["algorithm"]), user: p["username"], realm: s.realm, secret: secret, nonce: p["nonce"],
		cnonce: p["cnonce"], nc: p["nc"], qop: qop, method: method, uri: p["uri"], body: body,
	}.response()
	right := subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(p["response"]))) == 1
	if !right || !known {
		return "", Denied
	}
	issued, ours := s.issued(p["nonce"])
	if now := s.Now(); !ours || now.Sub(issued) > s.Lifetime || issued.After(now.Add(time.Minute)) {
		return "", Stale
	}
	if result := s.use(p["nonce"], issued, uint32(nc), qop != ""); result != OK {
		return "", result
	}
	return p["username"], OK
}

// use marks a count of a nonce used.
func (s *Server) use(nonce string, issued time.Time, nc uint32, counted bool) Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !issued.After(s.barred) {
		return Stale
	}
	w := s.seen[nonce]
	if w == nil {
		if len(s.seen) >= maxSeen {
			s.prune()
		}
		w = &window{issued: issued}
		s.seen[nonce] = w
	}
	if counted && !w.use(nc) {
		return Replayed
	}
	return OK
}

// prune forgets expired nonces, and of the rest the older half, which become stale: a forgotten count could be replayed.
func (s *Server) prune() {
	var times []time.Time
	for _, w := range s.seen {
		times = append(times, w.issued)
	}
	slices.SortFunc(times, time.Time.Compare)
	s.barred = times[len(times)/2]
	if expired := s.Now().Add(-s.Lifetime); expired.After(s.barred) {
		s.barred = expired
	}
	for nonce, w := range s.seen {
		if !w.issued.After(s.barred) {
			delete(s.seen, nonce)
		}
	}
}

// nonce is time (8 bytes of nanoseconds), 8 random bytes and the first 16 bytes of their HMAC-SHA-256, in base64url.
func (s *Server) nonce(now time.Time) string {
	b := make([]byte, 16, 32)
	binary.BigEndian.PutUint64(b, uint64(now.UnixNano()))
	rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b, s.sign(b)...))
}

// issued is when a nonce was made; false when it is not ours.
func (s *Server) issued(nonce string) (time.Time, bool) {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 32 || !hmac.Equal(b[16:], s.sign(b[:16])) {
		return time.Time{}, false
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(b))), true
}

func (s *Server) sign(b []byte) []byte {
	m := hmac.New(sha256.New, s.key)
	m.Write(b)
	return m.Sum(nil)[:16]
}
