package engine

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"svara/audio/device"
	"svara/audio/mix"
	"svara/phone"
	"svara/phone/media"
	"svara/phone/sdp"
	"svara/phone/ua"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeSIP is a user agent whose peer is the test.
type fakeSIP struct {
	values  chan ua.Value
	actions chan ua.Action
	closed  sync.Once
}

func newFakeSIP() *fakeSIP {
	return &fakeSIP{values: make(chan ua.Value, 64), actions: make(chan ua.Action, 64)}
}

func (f *fakeSIP) Do(a ua.Action)          { f.actions <- a }
func (f *fakeSIP) Values() <-chan ua.Value { return f.values }
func (f *fakeSIP) Close(context.Context) error {
	f.closed.Do(func() { close(f.values) })
	return nil
}

func (f *fakeSIP) LocalAddr(context.Context, phone.AccountID, string) (netip.Addr, error) {
	return netip.MustParseAddr("127.0.0.1"), nil
}

func (*fakeSIP) PublicAddr(phone.AccountID) netip.Addr { return netip.Addr{} }

// fakeStream agrees to everything and is silent.
type fakeStream struct{ closed chan struct{} }

func (*fakeStream) Read(block []int16) bool                      { clear(block); return false }
func (*fakeStream) Write([]int16)                                {}
func (*fakeStream) Offer(sdp.Direction) ([]byte, error)          { return []byte("offer"), nil }
func (*fakeStream) Accept([]byte) error                          { return nil }
func (*fakeStream) Consider([]byte) error                        { return nil }
func (*fakeStream) Restart() bool                                { return false }
func (*fakeStream) Propose(media.Proposal)                       {}
func (*fakeStream) Move(local, public netip.Addr) error          { return nil }
func (*fakeStream) Answer([]byte, sdp.Direction) ([]byte, error) { return []byte("answer"), nil }
func (*fakeStream) SendDigits(string) error                      { return media.ErrNoTelephoneEvent }
func (*fakeStream) SendTones(string) error                       { return nil }
func (*fakeStream) Agreed() media.Agreed                         { return opus }
func (*fakeStream) Quality() phone.Quality                       { return phone.Quality{Codec: "opus"} }
func (s *fakeStream) Close() error                               { close(s.closed); return nil }

// memory is a store and a key store that forget; while it is broken every write fails.
type memory struct {
	mu         sync.Mutex
	history    []phone.HistoryEntry
	recordings []phone.Recording
	fail       error
}

func (m *memory) breaks(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

func (m *memory) write() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fail
}

func (m *memory) PutAccount(context.Context, phone.Account) error      { return m.write() }
func (m *memory) RemoveAccount(context.Context, phone.AccountID) error { return m.write() }
func (m *memory) PutSetting(context.Context, string, string) error     { return m.write() }
func (m *memory) SeeMissed(context.Context) error                      { return m.write() }
func (m *memory) Get(phone.AccountID) (phone.Secret, error)            { return "pw", nil }
func (m *memory) Put(phone.AccountID, phone.Secret) error              { return nil }
func (m *memory) Remove(phone.AccountID) error                         { return nil }
func (m *memory) SetHistoryNote(_ context.Context, id int64, text string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.history[id-1].Note = text
	return m.fail
}
func (m *memory) DeleteHistory(context.Context, int64) error                    { return m.write() }
func (m *memory) PutItem(context.Context, phone.ItemKind, string, []byte) error { return m.write() }
func (m *memory) RemoveItem(context.Context, phone.ItemKind, string) error      { return m.write() }
func (m *memory) PutState(context.Context, string, string) error                { return m.write() }
func (m *memory) PutMailServer(context.Context, phone.MailServer) error         { return m.write() }
func (m *memory) RemoveMailServer(context.Context, string) error                { return m.write() }
func (m *memory) AddRecording(_ context.Context, r phone.Recording) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r.ID = int64(len(m.recordings) + 1)
	m.recordings = append(m.recordings, r)
	return r.ID, m.fail
}
func (m *memory) UpdateRecording(_ context.Context, r phone.Recording) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.recordings[r.ID-1] = r
	return m.fail
}
func (m *memory) Recording(_ context.Context, id int64) (phone.Recording, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.recordings[id-1], nil
}
func (m *memory) RemoveRecording(context.Context, int64) error              { return m.write() }
func (m *memory) OpenRecordings(context.Context) ([]phone.Recording, error) { return nil, nil }
func (m *memory) InboxState(context.Context) (phone.InboxState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return phone.InboxState{Revision: uint64(len(m.recordings))}, nil
}
func (m *memory) AddHistory(_ context.Context, e phone.HistoryEntry) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.history = append(m.history, e)
	return int64(len(m.history)), m.fail
}

type rig struct {
	*Engine
	sip    *fakeSIP
	mem    *memory
	stream *fakeStream
	sub    phone.Subscription
	snap   *phone.Snapshot
}

func newRig(t *testing.T, mem *memory, adapt ...func(*Options)) *rig {
	t.Helper()
	console, err := mix.NewConsole(mix.Options{Backend: device.Null()})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{sip: newFakeSIP(), mem: mem, stream: &fakeStream{closed: make(chan struct{})}}
	opt := Options{
		SIP: r.sip, Console: console, Store: mem, Secrets: mem, Log: slog.New(slog.DiscardHandler),
		OpenStream: func(media.Config) (Stream, error) { return r.stream, nil },
		Accounts:   []phone.Account{{ID: "work", User: "2100", Domain: "pbx.test", Default: true}},
	}
	for _, change := range adapt {
		change(&opt)
	}
	r.Engine = New(opt)
	r.sub = r.Subscribe(t.Context())
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := console.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// until waits for a snapshot that fits.
func (r *rig) until(t *testing.T, what string, fits func(*phone.Snapshot) bool) *phone.Snapshot {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for r.snap == nil || !fits(r.snap) {
		u, err := r.sub.Next(ctx)
		if err != nil {
			t.Fatalf("waiting for %s: %v", what, err)
		}
		if u.Snapshot != nil {
			r.snap = u.Snapshot
		}
	}
	return r.snap
}

// action waits for the next SIP action of type A, passing over others.
func action[A ua.Action](t *testing.T, r *rig) A {
	t.Helper()
	timeout := time.After(10 * time.Second)
	for {
		select {
		case a := <-r.sip.actions:
			if a, ok := a.(A); ok {
				return a
			}
		case <-timeout:
			t.Fatalf("no %T", *new(A))
		}
	}
}

func TestLoopCarriesACall(t *testing.T) {
	r := newRig(t, &memory{})
	if p := action[ua.PutAccount](t, r); p.Password.Reveal() != "pw" {
		t.Fatal("registered without the stored password")
	}
	id, err := r.Do(phone.Dial{Target: "2101"})
	if err != nil || id == 0 {
		t.Fatal(id, err)
	}
	if c := r.Snapshot().Call(id); c == nil || c.State != phone.StateDialing {
		t.Fatal("the sender of a command does not find its result in the snapshot")
	}
	inv := action[ua.Invite](t, r)
	r.sip.values <- ua.Answered{Leg: inv.Leg, SDP: []byte("answer")}
	r.until(t, "connected with a codec", func(s *phone.Snapshot) bool {
		c := s.Call(id)
		return c != nil && c.State == phone.StateConnected && c.Codec == "opus"
	})
	r.until(t, "measured quality", func(s *phone.Snapshot) bool { return s.Call(id).Quality.Codec == "opus" })
	if _, err := r.Do(phone.Hangup{}); err != nil {
		t.Fatal(err)
	}
	action[ua.Hangup](t, r)
	r.sip.values <- ua.Ended{Leg: inv.Leg}
	r.until(t, "history written", func(s *phone.Snapshot) bool { return s.History.Revision == 1 })
	<-r.stream.closed
	if n := len(r.mem.history); n != 1 || r.mem.history[0].Outcome != phone.OutcomeAnswered {
		t.Errorf("history %+v", r.mem.history)
	}
}

func TestRecordingIsKept(t *testing.T) {
	r := newRig(t, &memory{})
	id, err := r.Do(phone.Dial{Target: "2101"})
	if err != nil {
		t.Fatal(err)
	}
	inv := action[ua.Invite](t, r)
	r.sip.values <- ua.Answered{Leg: inv.Leg, SDP: []byte("answer")}
	r.until(t, "connected", func(s *phone.Snapshot) bool { c := s.Call(id); return c.State == phone.StateConnected && c.Codec != "" })
	// A folder that cannot be: told, and the call goes on.
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "calls")
	for _, f := range []string{filepath.Join(file, "below"), folder} {
		if _, err := r.Do(phone.Set{Key: phone.KeyRecordFolder, Value: f}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Do(phone.Record{Call: id, On: true}); err != nil {
			t.Fatal(err)
		}
		if f == folder {
			break
		}
		s := r.until(t, "the fault", func(s *phone.Snapshot) bool { return len(s.Faults) == 1 && !s.Call(id).Recording.On })
		if s.Faults[0].ID != phone.ReasonRecordFailed || s.Call(id).State != phone.StateConnected {
			t.Fatalf("%+v", s.Faults)
		}
	}
	r.until(t, "the inbox", func(s *phone.Snapshot) bool { return s.Inbox.Revision == 1 })
	written := func() phone.Recording {
		r.mem.mu.Lock()
		defer r.mem.mu.Unlock()
		return r.mem.recordings[0]
	}
	path := written().Path
	deadline := time.Now().Add(10 * time.Second)
	for { // the file itself tells when there is sound in it
		if info, err := os.Stat(path); err == nil && info.Size() > 48000 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is written")
		}
		runtime.Gosched()
	}
	r.sip.values <- ua.Ended{Leg: inv.Leg, ByRemote: true, Reason: phone.Reason{ID: phone.ReasonRemoteHangup}}
	<-r.stream.closed // the lane closes the file before the stream
	if rec := written(); rec.Open || rec.Duration < 200*time.Millisecond || rec.Remote.Number != "2101" || rec.Reason != nil {
		t.Fatalf("%+v", rec)
	}
	if _, err := r.Do(phone.PlayRecording{ID: 1}); err != nil {
		t.Fatal(err)
	}
	s := r.until(t, "it plays", func(s *phone.Snapshot) bool { return s.Playing != nil && !s.Playing.Loading })
	if s.Playing.ID != 1 || s.Playing.Length != written().Duration {
		t.Fatalf("%+v, recorded %v", s.Playing, written().Duration)
	}
	r.until(t, "its end", func(s *phone.Snapshot) bool { return s.Playing == nil })
}

func TestCloseSaysGoodbye(t *testing.T) {
	r := newRig(t, &memory{})
	id, err := r.Do(phone.Dial{Target: "2101"})
	if err != nil {
		t.Fatal(err)
	}
	inv := action[ua.Invite](t, r)
	r.sip.values <- ua.Answered{Leg: inv.Leg, SDP: []byte("answer")}
	r.until(t, "connected", func(s *phone.Snapshot) bool { return s.Call(id).State == phone.StateConnected })
	closed := make(chan error, 1)
	go func() { closed <- r.Close(context.Background()) }()
	hangup := action[ua.Hangup](t, r)
	r.sip.values <- ua.Ended{Leg: hangup.Leg}
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	r.mem.mu.Lock()
	defer r.mem.mu.Unlock()
	if n := len(r.mem.history); n != 1 || r.mem.history[0].Reason.ID != phone.ReasonShutdown {
		t.Errorf("the call in progress was not written down: %+v", r.mem.history)
	}
	if _, err := r.Do(phone.Dial{Target: "1"}); phone.ReasonOf(err).ID != phone.ReasonShutdown {
		t.Errorf("a closed phone says %v", err)
	}
}

func TestStoreFailureIsToldAndHarmsNothing(t *testing.T) {
	r := newRig(t, &memory{fail: errors.New("disk full")})
	if _, err := r.Do(phone.Set{Key: phone.KeyVolume, Value: "50"}); err != nil {
		t.Fatal(err)
	}
	s := r.until(t, "a fault", func(s *phone.Snapshot) bool { return len(s.Faults) == 1 })
	if s.Faults[0].ID != phone.ReasonStoreFailed || s.Settings.Int(phone.KeyVolume) != 50 {
		t.Errorf("faults %+v, volume %d", s.Faults, s.Settings.Int(phone.KeyVolume))
	}
	if err := r.Saved(t.Context()); err == nil {
		t.Error("said to be saved on a full disk")
	}
	r.mem.breaks(nil)
	if _, err := r.Do(phone.Set{Key: phone.KeyVolume, Value: "60"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Saved(t.Context()); err != nil {
		t.Errorf("the disk is well again: %v", err)
	}
	r.until(t, "the fault to go", func(s *phone.Snapshot) bool { return len(s.Faults) == 0 })
	r.mem.breaks(errors.New("disk full"))
	if _, err := r.Do(phone.Set{Key: phone.KeyVolume, Value: "70"}); err != nil {
		t.Fatal(err)
	}
	r.until(t, "the fault again", func(s *phone.Snapshot) bool { return len(s.Faults) == 1 })
	if _, err := r.Do(phone.Dismiss{Fault: phone.ReasonStoreFailed}); err != nil {
		t.Fatal(err)
	}
	if n := len(r.Snapshot().Faults); n != 0 {
		t.Error("the fault cannot be dismissed")
	}
}

func TestSlowGuestLosesOldEventsOnly(t *testing.T) {
	h := newHub(&phone.Snapshot{Seq: 1})
	sub := h.subscribe(t.Context())
	first, err := sub.Next(t.Context())
	if err != nil || first.Snapshot.Seq != 1 {
		t.Fatal("the first update is not the current snapshot")
	}
	for i := range maxBehind + 10 {
		h.publish(&phone.Snapshot{Seq: uint64(i + 2)}, []phone.Event{{Kind: phone.EventHistory}})
	}
	u, err := sub.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if u.Snapshot.Seq != maxBehind+11 || len(u.Events) != maxBehind || u.Lost != 10 || u.Events[0].Seq != 11 {
		t.Errorf("seq %d, %d events from %d, lost %d", u.Snapshot.Seq, len(u.Events), u.Events[0].Seq, u.Lost)
	}
	h.close()
	if _, err := sub.Next(t.Context()); !errors.Is(err, phone.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestSubscriptionEndsWithItsContext(t *testing.T) {
	h := newHub(&phone.Snapshot{Seq: 1})
	ctx, cancel := context.WithCancel(t.Context())
	sub := h.subscribe(ctx)
	if _, err := sub.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := sub.Next(t.Context()); !errors.Is(err, phone.ErrClosed) {
		t.Error(err)
	}
}
