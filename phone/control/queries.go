package control

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"time"

	"svara/phone"
)

type query func(context.Context, *Server, json.RawMessage) (any, error)

// queries are the verbs that are no phone.Command and are answered at once.
var queries = map[string]query{
	"status":          plain((*Server).status),
	"version":         plain((*Server).version),
	"snapshot":        plain(func(s *Server) *phone.Snapshot { return s.Phone.Snapshot() }),
	"accounts":        plain(func(s *Server) []phone.AccountStatus { return list(s.Phone.Snapshot().Accounts) }),
	"calls":           plain(func(s *Server) []Call { return callsOf(s.Phone.Snapshot()) }),
	"devices":         plain((*Server).devices),
	"settings":        plain((*Server).settings),
	"conference-list": plain(func(s *Server) Conference { return conferenceOf(s.Phone.Snapshot()) }),
	"lines":           plain(func(s *Server) []phone.Line { return list(s.Phone.Snapshot().Lines) }),
	"camped":          plain(func(s *Server) []phone.CampedCall { return list(s.Phone.Snapshot().Camped) }),
	"parked":          plain(func(s *Server) []phone.Parked { return list(s.Phone.Snapshot().Parked) }),
	"elsewhere":       plain(func(s *Server) []phone.RemoteCall { return list(s.Phone.Snapshot().Elsewhere) }),
	"dialects":        plain(func(s *Server) []phone.Dialect { return list(s.Phone.Snapshot().Dialects) }),
	"books":           plain(func(s *Server) []phone.BookStatus { return list(s.Phone.Snapshot().People.Books) }),
	"me":              plain((*Server).me),
	"forwards":        plain(func(s *Server) []phone.Forward { return list(s.Phone.Snapshot().Forwards) }),
	"profiles":        plain((*Server).profiles),
	"roles":           plain((*Server).roles),
	"queues":          plain(func(s *Server) []phone.QueueStatus { return list(s.Phone.Snapshot().Queues) }),
	"lookups":         plain(func(s *Server) []phone.Lookup { return list(s.Phone.Snapshot().Lookups) }),
	"templates":       plain(func(s *Server) []phone.Template { return list(s.Phone.Snapshot().Templates) }),
	"mailboxes":       plain((*Server).mailboxes),
	"call":            with((*Server).call),
	"stats":           with((*Server).stats),
	"history":         with((*Server).history),
	"quality":         with((*Server).qualities),
	"recordings":      with((*Server).recordings),
	"recording":       with((*Server).recording),
	"search":          with((*Server).search),
	"person":          with((*Server).person),
	"match":           with((*Server).match),
	"voicemail":       with((*Server).voicemail),
	"voicemail-save":  with((*Server).saveVoicemail),
	"import":          with((*Server).importBook),
	"export":          with((*Server).exportBook),
	"get":             with((*Server).get),
	"group-log":       with((*Server).groupLog),
	"group-messages":  with((*Server).groupMessages),
	"group-sound":     with((*Server).saveGroupSound),
	"meetings":        with((*Server).meetings),
	"team-devices":    with((*Server).teamDevices),
	"colleague-plans": with((*Server).colleaguePlans),
	"texts":           with((*Server).texts),
	"text-threads":    with((*Server).textThreads),
	"screenshot":      with((*Server).screenshot),
	"diagnostics":     with((*Server).diagnostics),
	"raise":           with((*Server).raise),
	"do":              with((*Server).windowCommand),
}

// plain is a query without arguments that cannot be refused.
func plain[R any](fn func(*Server) R) query {
	return func(_ context.Context, s *Server, _ json.RawMessage) (any, error) { return fn(s), nil }
}

// with is a query with arguments.
func with[A, R any](fn func(*Server, context.Context, A) (R, error)) query {
	return func(ctx context.Context, s *Server, raw json.RawMessage) (any, error) {
		args, err := decodeArgs[A](raw)
		if err != nil {
			return nil, err
		}
		return fn(s, ctx, args)
	}
}

func decodeArgs[A any](raw json.RawMessage) (args A, err error) {
	if len(raw) == 0 {
		return args, nil
	}
	if err := json.Unmarshal(raw, &args); err != nil {
		return args, phone.Refuse(phone.ReasonBadCommand, "arguments: "+err.Error())
	}
	return args, nil
}

// list is never null in JSON.
func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

func callOf(c phone.Call) Call {
	out := Call{Call: c}
	if !c.Started.IsZero() {
		out.Started = &c.Started
	}
	return out
}

func callsOf(s *phone.Snapshot) []Call {
	out := make([]Call, 0, len(s.Calls))
	for _, c := range s.Calls {
		out = append(out, callOf(c))
	}
	return out
}

// conferenceOf is the conference, one without calls when there is none.
func conferenceOf(s *phone.Snapshot) Conference {
	if s.Conference == nil {
		return Conference{Calls: []phone.CallID{}}
	}
	return Conference{Calls: list(s.Conference.Calls), Started: &s.Conference.Started, Aside: s.Conference.Aside}
}

func (s *Server) status() Status {
	now := s.Phone.Snapshot()
	st := Status{
		Version:   s.Version,
		PID:       os.Getpid(),
		Accounts:  list(now.Accounts),
		Calls:     callsOf(now),
		Active:    now.Active,
		Missed:    now.History.Missed,
		Unseen:    now.Inbox.Unseen,
		Voicemail: now.Voicemail.New(),
		Texts:     now.Texts.Unread,
		Activity:  now.Me.Activity,
		Playing:   now.Playing,
		Input:     now.Audio.Input,
		Output:    now.Audio.Output,
		Faults:    list(now.Faults),

		Goroutines: runtime.NumGoroutine(),
		HeapMB:     heapMB(),
	}
	if !s.Started.IsZero() {
		st.UptimeMS = time.Since(s.Started).Milliseconds()
	}
	if s.StartupMS != nil {
		st.StartupMS = s.StartupMS()
	}
	if s.Frames != nil {
		drawn := s.Frames()
		st.Frames = &drawn
	}
	return st
}

// heapMB reads one counter of the runtime, which does not stop the world for it.
func heapMB() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return math.Round(float64(sample[0].Value.Uint64())/(1<<20)*10) / 10
}

func (s *Server) version() Version { return Version{Version: s.Version, PID: os.Getpid()} }

func (s *Server) devices() phone.AudioStatus {
	audio := s.Phone.Snapshot().Audio
	audio.Devices = list(audio.Devices)
	return audio
}

// settings is every key with its value, defaults filled in.
func (s *Server) settings() map[string]string {
	now, out := s.Phone.Snapshot().Settings, map[string]string{}
	for _, key := range phone.SettingKeys() {
		out[key] = now.Get(key)
	}
	return out
}

// find is the call asked for; 0 is the active one, else the only one that is not over.
func find(s *phone.Snapshot, id phone.CallID) (phone.Call, error) {
	if id == 0 {
		id = s.Active
	}
	if id == 0 {
		live := 0
		for _, c := range s.Calls {
			if c.State.Live() {
				id, live = c.ID, live+1
			}
		}
		if live != 1 {
			return phone.Call{}, phone.Refuse(phone.ReasonNoCall, "")
		}
	}
	if c := s.Call(id); c != nil {
		return *c, nil
	}
	return phone.Call{}, phone.Refuse(phone.ReasonNoCall, callText(id))
}

func (s *Server) call(_ context.Context, args callArgs) (Call, error) {
	c, err := find(s.Phone.Snapshot(), args.Call)
	return callOf(c), err
}

func (s *Server) stats(_ context.Context, args callArgs) (Stats, error) {
	c, err := find(s.Phone.Snapshot(), args.Call)
	if err != nil {
		return Stats{}, err
	}
	st := Stats{Call: c.ID, State: c.State, DurationMS: c.Duration(time.Now()).Milliseconds(), Quality: c.Quality, Diagnosis: c.Diagnosis}
	if s.Meter != nil {
		levels := s.Meter.Levels()
		st.Levels = &levels
	}
	return st, nil
}

func (s *Server) history(ctx context.Context, q phone.HistoryQuery) ([]phone.HistoryEntry, error) {
	if s.History == nil {
		return nil, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	entries, err := s.History.History(ctx, q)
	return list(entries), err
}

func (s *Server) groupLog(ctx context.Context, q phone.GroupLogQuery) (phone.GroupLogPage, error) {
	if s.GroupLog == nil {
		return phone.GroupLogPage{}, phone.Refuse(phone.ReasonNoTeam, "")
	}
	p, err := s.GroupLog.GroupLog(ctx, q)
	p.Calls = list(p.Calls)
	return p, err
}

func (s *Server) texts(ctx context.Context, q phone.TextQuery) ([]phone.Text, error) {
	if s.Texts == nil {
		return nil, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	found, err := s.Texts.Texts(ctx, q)
	return list(found), err
}

func (s *Server) textThreads(ctx context.Context, _ struct{}) ([]phone.TextThread, error) {
	if s.Texts == nil {
		return nil, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	found, err := s.Texts.TextThreads(ctx)
	return list(found), err
}

func (s *Server) qualities(ctx context.Context, q phone.QualityQuery) ([]phone.QualityAverage, error) {
	if s.Qualities == nil {
		return nil, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	found, err := s.Qualities.Qualities(ctx, q)
	return list(found), err
}

func (s *Server) recordings(ctx context.Context, q phone.RecordingQuery) ([]phone.Recording, error) {
	if s.Inbox == nil {
		return nil, phone.Refuse(phone.ReasonStoreFailed, "")
	}
	found, err := s.Inbox.Recordings(ctx, q)
	return list(found), err
}

func (s *Server) recording(ctx context.Context, args recordingArgs) (phone.Recording, error) {
	none := phone.Refuse(phone.ReasonNoRecording, strconv.FormatInt(args.ID, 10))
	if args.ID <= 0 {
		return phone.Recording{}, none
	}
	found, err := s.recordings(ctx, phone.RecordingQuery{ID: args.ID, Limit: 1})
	switch {
	case err != nil:
		return phone.Recording{}, err
	case len(found) == 0:
		return phone.Recording{}, none
	}
	return found[0], nil
}

func (s *Server) get(_ context.Context, args getArgs) (Setting, error) {
	now := s.Phone.Snapshot().Settings
	for _, key := range phone.SettingKeys() {
		if key == args.Key {
			return Setting{Key: key, Value: now.Get(key)}, nil
		}
	}
	return Setting{}, phone.Refuse(phone.ReasonBadSetting, args.Key)
}

// absolute refuses a path that depends on a folder: the phone's is not the client's.
func absolute(path string) error {
	if !filepath.IsAbs(path) {
		return phone.Refuse(phone.ReasonBadCommand, "path must be absolute")
	}
	return nil
}

func (s *Server) screenshot(_ context.Context, args screenshotArgs) (Done, error) {
	if s.Screenshot == nil {
		return Done{}, phone.Refuse(ReasonNoWindow, "")
	}
	if err := absolute(args.Path); err != nil {
		return Done{}, err
	}
	return Done{}, s.Screenshot(args.Path, args.View)
}

// diagnostics starts or stops a collection of what happens, saves it, or only tells how it stands.
func (s *Server) diagnostics(_ context.Context, args diagnosticsArgs) (phone.Collecting, error) {
	if s.Collector == nil {
		return phone.Collecting{}, phone.Refuse(phone.ReasonBadCommand, "nothing can be collected here")
	}
	switch args.Do {
	case "":
	case "start":
		s.Collector.StartCollecting()
	case "stop":
		s.Collector.StopCollecting()
	case "save":
		if err := absolute(args.Path); err != nil {
			return phone.Collecting{}, err
		}
		if err := s.Collector.SaveCollected(args.Path); err != nil {
			return phone.Collecting{}, phone.Refuse(phone.ReasonBadFile, err.Error())
		}
	default:
		return phone.Collecting{}, phone.Refuse(phone.ReasonBadCommand, "do "+args.Do)
	}
	return s.Collector.Collecting(), nil
}

func (s *Server) raise(_ context.Context, args raiseArgs) (Done, error) {
	if s.Raise == nil {
		return Done{}, phone.Refuse(ReasonNoWindow, "")
	}
	s.Raise(args.Args)
	return Done{}, nil
}

func (s *Server) windowCommand(ctx context.Context, args windowArgs) (Done, error) {
	if s.Command == nil {
		return Done{}, phone.Refuse(ReasonNoWindow, "")
	}
	return Done{}, s.Command(ctx, args.Command, args.Nth)
}
