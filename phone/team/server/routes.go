package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"svara/phone"
	"svara/phone/team"
	"svara/phone/team/kept"
)

// route is one operation of the API. The table of them says who may; handlers are reached by those only.
type route struct {
	Method, Path string
	Op           string // its name in assets/team/openapi.json, and in the audit
	Open         bool   // without a token
	// Of is whose it is: the group of what the path names. It runs before Do, and refuses what the asker may not know of. nil:
	// no group in particular.
	Of func(s *Server, q *request) (team.GroupID, error)
	// Rights is what is asked for in that group; without Of in at least one group.
	Rights team.Rights
	// Self is what is enough where the path names the asker as {person}; RightsNone means that it makes no difference.
	Self team.Rights
	// Write: it changes something, so a token for reading may not, and it is written in the audit.
	Write bool
	In    any // the body, as its zero value; nil: none
	Out   any // the answer
	Do    func(s *Server, ctx context.Context, q *request) (any, error)
	Feed  bool // Out is what a stream of events carries
	Sound bool // the answer is a sound
	Wave  bool // the body is a sound, audio/wav
	// Door is the scope of the only tokens that open it.
	Door team.Scope
}

// request is one call of an operation.
type request struct {
	http   *http.Request
	from   string // address
	person team.Person
	token  kept.Token
	body   any    // a pointer to route.In's type
	sound  []byte // of a route with Wave
	target string
	group  team.GroupID // a door's
}

func (q *request) path(name string) string { return q.http.PathValue(name) }

// body is a request's body as what it is.
func body[T any](q *request) T { return *q.body.(*T) }

// limit is how long an operation may take: longer than an exchange may (askTime).
const limit = 15 * time.Second

// everywhere asks for rights in Everyone.
func everywhere(*Server, *request) (team.GroupID, error) { return team.Everyone, nil }

// routes is the API.
func (s *Server) routes() []route {
	return []route{
		{Method: "GET", Path: "/api/v1/about", Op: "about", Open: true, Out: team.About{}, Do: (*Server).about},
		{Method: "GET", Path: "/api/v1/openapi.json", Op: "openapi", Open: true, Out: map[string]any{}, Do: (*Server).openapi},
		{Method: "POST", Path: "/api/v1/sign-in", Op: "signIn", Open: true, In: team.SignIn{}, Out: team.Token{}, Do: (*Server).signIn},
		{Method: "POST", Path: "/api/v1/redeem", Op: "redeem", Open: true, In: team.Redeem{}, Out: team.Token{}, Do: (*Server).redeem},
		{Method: "POST", Path: "/api/v1/forgot", Op: "forgot", Open: true, In: team.Forgot{}, Out: team.Done{}, Do: (*Server).forgot},
		{Method: "POST", Path: "/api/v1/codes", Op: "newCode", Open: true, In: team.NewCode{}, Out: team.Done{}, Do: (*Server).newCode},
		{Method: "POST", Path: "/api/v1/activate", Op: "activate", Open: true, In: team.Activate{}, Out: team.Activation{}, Do: (*Server).activate},

		{Method: "GET", Path: "/api/v1/setup", Op: "setup", Out: team.Versioned[team.Setup]{}, Do: (*Server).setup},
		{Method: "PUT", Path: "/api/v1/setup", Op: "putSetup", Of: everywhere, Rights: team.RightsAdmin, Write: true, In: team.NewSetup{}, Out: team.Done{}, Do: (*Server).putSetup},
		{Method: "GET", Path: "/api/v1/people/{person}/line", Op: "line", Of: everywhere, Rights: team.RightsAdmin, Out: team.Line{}, Do: (*Server).line},
		{Method: "PUT", Path: "/api/v1/people/{person}/line", Op: "putLine", Of: everywhere, Rights: team.RightsAdmin, Write: true, In: team.Line{}, Out: team.Done{}, Do: (*Server).putLine},

		{Method: "GET", Path: "/api/v1/feed", Op: "feed", Out: team.Item{}, Feed: true},
		{Method: "GET", Path: "/api/v1/me", Op: "me", Out: team.Me{}, Do: (*Server).me},
		{Method: "POST", Path: "/api/v1/sign-out", Op: "signOut", Out: team.Done{}, Do: (*Server).signOut},
		{Method: "POST", Path: "/api/v1/me/password", Op: "changePassword", Write: true, In: team.PasswordChange{}, Out: team.Done{}, Do: (*Server).changePassword},
		{Method: "GET", Path: "/api/v1/devices", Op: "devices", Out: []team.SignedIn{}, Do: (*Server).devices},
		{Method: "DELETE", Path: "/api/v1/devices/{device}", Op: "deleteDevice", Write: true, Out: team.Done{}, Do: (*Server).deleteDevice},

		{Method: "GET", Path: "/api/v1/me/voicemail", Op: "mailbox", Out: team.Mailbox{}, Do: (*Server).mailbox},
		{Method: "GET", Path: "/api/v1/me/voicemail/{voice}/sound", Op: "voiceSound", Sound: true, Do: (*Server).voiceSound},
		{Method: "PATCH", Path: "/api/v1/me/voicemail/{voice}", Op: "changeVoice", Write: true, In: team.VoiceChange{}, Out: team.Done{}, Do: (*Server).changeVoice},
		{Method: "GET", Path: "/api/v1/me/greetings/{greeting}/sound", Op: "greetingSound", Sound: true, Do: (*Server).greetingSound},
		{Method: "PUT", Path: "/api/v1/me/greetings/{greeting}", Op: "putGreeting", Write: true, Wave: true, Out: team.Done{}, Do: (*Server).putGreeting},
		{Method: "DELETE", Path: "/api/v1/me/greetings/{greeting}", Op: "deleteGreeting", Write: true, Out: team.Done{}, Do: (*Server).deleteGreeting},
		{Method: "DELETE", Path: "/api/v1/me/voicemail/{voice}", Op: "deleteVoice", Write: true, Out: team.Done{}, Do: (*Server).deleteVoice},

		{Method: "GET", Path: "/api/v1/people", Op: "people", Out: []team.Versioned[team.Person]{}, Do: (*Server).listPeople},
		{Method: "PUT", Path: "/api/v1/people/{person}", Op: "putPerson", Of: everywhere, Rights: team.RightsAdmin, Write: true, In: team.NewPerson{}, Out: team.Done{}, Do: (*Server).putPerson},
		{Method: "DELETE", Path: "/api/v1/people/{person}", Op: "deletePerson", Of: everywhere, Rights: team.RightsAdmin, Write: true, Out: team.Done{}, Do: (*Server).deletePerson},
		{Method: "POST", Path: "/api/v1/people/{person}/link", Op: "linkPerson", Of: everywhere, Rights: team.RightsAdmin, Write: true, Out: team.Link{}, Do: (*Server).linkPerson},
		{Method: "GET", Path: "/api/v1/people/{person}/devices", Op: "personDevices", Of: everywhere, Rights: team.RightsAdmin, Out: []team.SignedIn{}, Do: (*Server).personDevices},
		{Method: "DELETE", Path: "/api/v1/people/{person}/devices/{device}", Op: "deletePersonDevice", Of: everywhere, Rights: team.RightsAdmin, Write: true, Out: team.Done{}, Do: (*Server).deletePersonDevice},
		{Method: "PUT", Path: "/api/v1/people/{person}/presence", Op: "putPresence", Of: ofPerson, Rights: team.RightsSupervisor, Self: team.RightsUser, Write: true, In: team.PresenceChange{}, Out: team.Done{}, Do: (*Server).putPresence},
		{Method: "GET", Path: "/api/v1/people/{person}/routing", Op: "routing", Of: ofPerson, Rights: team.RightsSupervisor, Self: team.RightsUser, Out: team.RoutingView{}, Do: (*Server).routing},
		{Method: "PUT", Path: "/api/v1/people/{person}/routing", Op: "putRouting", Of: ofPerson, Rights: team.RightsSupervisor, Self: team.RightsUser, Write: true, In: team.RoutingChange{}, Out: team.Done{}, Do: (*Server).putRouting},
		{Method: "PUT", Path: "/api/v1/people/{person}/plans/{plan}", Op: "putPlan", Of: ofPerson, Rights: team.RightsSupervisor, Self: team.RightsUser, Write: true, In: phone.Plan{}, Out: team.Done{}, Do: (*Server).putPlan},
		{Method: "DELETE", Path: "/api/v1/people/{person}/plans/{plan}", Op: "deletePlan", Of: ofPerson, Rights: team.RightsSupervisor, Self: team.RightsUser, Write: true, Out: team.Done{}, Do: (*Server).deletePlan},
		{Method: "POST", Path: "/api/v1/people/{person}/tokens", Op: "newToken", Of: everywhere, Rights: team.RightsAdmin, Write: true, In: team.NewToken{}, Out: team.Token{}, Do: (*Server).newToken},

		{Method: "GET", Path: "/api/v1/groups", Op: "groups", Out: []team.Versioned[team.Group]{}, Do: (*Server).listGroups},
		{Method: "PUT", Path: "/api/v1/groups/{group}", Op: "putGroup", Of: everywhere, Rights: team.RightsAdmin, Write: true, In: team.NewGroup{}, Out: team.Done{}, Do: (*Server).putGroup},
		{Method: "DELETE", Path: "/api/v1/groups/{group}", Op: "deleteGroup", Of: everywhere, Rights: team.RightsAdmin, Write: true, Out: team.Done{}, Do: (*Server).deleteGroup},
		{Method: "PUT", Path: "/api/v1/groups/{group}/members/{person}", Op: "putMemberRights", Of: ofGroup, Rights: team.RightsAdmin, Write: true, In: team.MemberRights{}, Out: team.Done{}, Do: (*Server).putMemberRights},

		{Method: "GET", Path: "/api/v1/queues", Op: "queues", Out: []team.Versioned[team.Queue]{}, Do: (*Server).listQueues},
		{Method: "GET", Path: "/api/v1/queues/{queue}", Op: "queue", Of: ofQueue, Rights: team.RightsUser, Out: team.QueueView{}, Do: (*Server).queue},
		{Method: "PUT", Path: "/api/v1/queues/{queue}/settings", Op: "putQueue", Of: ofQueue, Rights: team.RightsSupervisor, Write: true, In: team.QueueChange{}, Out: team.Done{}, Do: (*Server).putQueue},
		{Method: "PUT", Path: "/api/v1/queues/{queue}/group", Op: "placeQueue", Of: everywhere, Rights: team.RightsAdmin, Write: true, In: team.QueuePlace{}, Out: team.Done{}, Do: (*Server).placeQueue},
		{Method: "PUT", Path: "/api/v1/queues/{queue}/members/{person}", Op: "putMember", Of: ofQueue, Rights: team.RightsSupervisor, Self: team.RightsAgent, Write: true, In: team.MemberChange{}, Out: team.Done{}, Do: (*Server).putMember},

		{Method: "POST", Path: "/api/v1/log", Op: "log", In: team.LogQuery{}, Out: team.LogPage{}, Do: (*Server).readLog},
		{Method: "GET", Path: "/api/v1/log/{entry}", Op: "logEntry", Of: ofEntry, Rights: team.RightsUser, Out: team.Versioned[team.LogEntry]{}, Do: (*Server).logEntry},
		{Method: "PATCH", Path: "/api/v1/log/{entry}", Op: "changeLog", Of: ofEntry, Rights: team.RightsAgent, Write: true, In: team.LogChange{}, Out: team.Done{}, Do: (*Server).changeLog},

		{Method: "POST", Path: "/api/v1/messages", Op: "messages", In: team.MessageQuery{}, Out: team.MessagePage{}, Do: (*Server).readMessages},
		{Method: "GET", Path: "/api/v1/message-count", Op: "countMessages", Out: team.MessageCount{}, Do: (*Server).countMessages},
		{Method: "GET", Path: "/api/v1/messages/{message}", Op: "message", Of: ofMessage, Rights: team.RightsUser, Out: team.Versioned[team.Message]{}, Do: (*Server).message},
		{Method: "PATCH", Path: "/api/v1/messages/{message}", Op: "changeMessage", Of: ofMessage, Rights: team.RightsAgent, Write: true, In: team.MessageChange{}, Out: team.Done{}, Do: (*Server).changeMessage},
		{Method: "DELETE", Path: "/api/v1/messages/{message}", Op: "deleteMessage", Of: ofMessage, Rights: team.RightsAgent, Write: true, Out: team.Done{}, Do: (*Server).deleteMessage},
		{Method: "GET", Path: "/api/v1/messages/{message}/sound", Op: "messageSound", Of: ofMessage, Rights: team.RightsUser, Sound: true, Do: (*Server).messageSound},
		{Method: "POST", Path: "/api/v1/groups/{group}/texts", Op: "sendTexts", Of: ofGroup, Rights: team.RightsAgent, Write: true, In: team.NewTexts{}, Out: team.Sending{}, Do: (*Server).sendTexts},
		{Method: "GET", Path: "/api/v1/groups/{group}/inbox", Op: "inbox", Of: ofGroup, Rights: team.RightsUser, Out: team.Versioned[team.Inbox]{}, Do: (*Server).inbox},
		{Method: "PUT", Path: "/api/v1/groups/{group}/inbox", Op: "putInbox", Of: everywhere, Rights: team.RightsAdmin, Write: true, In: team.NewInbox{}, Out: team.Done{}, Do: (*Server).putInbox},
		{Method: "GET", Path: "/api/v1/groups/{group}/greetings", Op: "groupGreetings", Of: ofGroup, Rights: team.RightsSupervisor, Out: []team.BoxGreetings{}, Do: (*Server).groupGreetings},
		{Method: "GET", Path: "/api/v1/groups/{group}/greetings/{box}/{greeting}/sound", Op: "groupGreetingSound", Of: ofGroup, Rights: team.RightsSupervisor, Sound: true, Do: (*Server).groupGreetingSound},
		{Method: "PUT", Path: "/api/v1/groups/{group}/greetings/{box}/{greeting}", Op: "putGroupGreeting", Of: ofGroup, Rights: team.RightsSupervisor, Write: true, Wave: true, Out: team.Done{}, Do: (*Server).putGroupGreeting},
		{Method: "DELETE", Path: "/api/v1/groups/{group}/greetings/{box}/{greeting}", Op: "deleteGroupGreeting", Of: ofGroup, Rights: team.RightsSupervisor, Write: true, Out: team.Done{}, Do: (*Server).deleteGroupGreeting},
		{Method: "PUT", Path: "/api/v1/groups/{group}/templates", Op: "putTemplates", Of: ofGroup, Rights: team.RightsSupervisor, Write: true, In: team.NewTemplates{}, Out: team.Done{}, Do: (*Server).putTemplates},
		{Method: "PUT", Path: "/api/v1/groups/{group}/keep", Op: "putKeep", Of: ofGroup, Rights: team.RightsAdmin, Write: true, In: team.NewKeep{}, Out: team.Done{}, Do: (*Server).putKeep},
		{Method: "POST", Path: "/api/v1/callback", Op: "leaveCallback", Door: team.ScopeCallback, Write: true, In: team.NewCallback{}, Out: team.Done{}, Do: (*Server).leaveCallback},
		{Method: "POST", Path: "/api/v1/text", Op: "takeText", Door: team.ScopeTexts, Write: true, In: team.TextIn{}, Out: team.Done{}, Do: (*Server).takeText},

		{Method: "POST", Path: "/api/v1/calls", Op: "call", Rights: team.RightsUser, Write: true, In: team.NewCall{}, Out: team.Done{}, Do: (*Server).call},
		{Method: "PUT", Path: "/api/v1/groups/{group}/camps/{camp}", Op: "putCamp", Of: ofGroup, Rights: team.RightsAgent, Write: true, In: team.NewCamp{}, Out: team.Done{}, Do: (*Server).putCamp},
		{Method: "DELETE", Path: "/api/v1/groups/{group}/camps/{camp}", Op: "deleteCamp", Of: ofGroup, Rights: team.RightsAgent, Write: true, Out: team.Done{}, Do: (*Server).deleteCamp},

		{Method: "GET", Path: "/api/v1/meetings", Op: "meetings", Out: []team.MeetingView{}, Do: (*Server).listMeetings},
		{Method: "PUT", Path: "/api/v1/meetings/{meeting}", Op: "putMeeting", Rights: team.RightsUser, Write: true, In: team.NewMeeting{}, Out: team.Done{}, Do: (*Server).putMeeting},
		{Method: "POST", Path: "/api/v1/meetings/{meeting}/cancel", Op: "cancelMeeting", Rights: team.RightsUser, Write: true, In: team.CancelMeeting{}, Out: team.Done{}, Do: (*Server).cancelMeeting},

		{Method: "GET", Path: "/api/v1/audit", Op: "audit", Of: everywhere, Rights: team.RightsAdmin, Out: team.AuditPage{}, Do: (*Server).audit},
	}
}

// unaudited changes are too many and too small to be written down one by one.
var unaudited = map[string]bool{"putCamp": true, "deleteCamp": true}

// handle is a route as it is served.
func (s *Server) handle(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, h *http.Request) {
		q := &request{http: h, from: address(h), target: h.URL.Path}
		ctx := h.Context()
		if !r.Feed {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, limit)
			defer cancel()
		}
		out, err := s.serve(ctx, w, r, q)
		if r.Feed && err == nil {
			s.feed(w, h, q)
			return
		}
		if err != nil {
			s.fail(w, h, err)
			return
		}
		if o, ok := out.(sound); ok {
			o.send(w)
			return
		}
		answer(w, http.StatusOK, out)
	})
}

// serve lets in who may, reads the body and does it.
func (s *Server) serve(ctx context.Context, w http.ResponseWriter, r route, q *request) (any, error) {
	if r.Door != "" {
		if err := s.enter(ctx, r, q); err != nil {
			return nil, err
		}
	} else if !r.Open {
		var err error
		if q.person, q.token, err = s.authenticate(ctx, bearer(q.http)); err != nil {
			return nil, err
		}
		if r.Write && q.token.Scope != team.ScopeAll {
			return nil, forbidden()
		}
		if err := s.may(r, q); err != nil {
			if r.Write {
				s.note(ctx, r, q, false)
			}
			return nil, err
		}
	}
	if r.In != nil {
		q.body = fresh(r.In)
		read := decode
		if r.Door != "" {
			read = func(w http.ResponseWriter, h *http.Request, into any) error {
				return decodeDoor(w, h, s.formFields(r.Door), into)
			}
		}
		if err := read(w, q.http, q.body); err != nil {
			return nil, err
		}
	}
	if r.Wave {
		var err error
		if q.sound, err = wave(w, q.http); err != nil {
			return nil, err
		}
	}
	if r.Feed {
		return nil, nil
	}
	out, err := r.Do(s, ctx, q)
	if r.Write && !unaudited[r.Op] && (err == nil || isRefusal(err)) {
		s.note(ctx, r, q, err == nil)
	}
	if d, ok := out.(team.Done); ok && d.Seq != 0 {
		s.board.wait(ctx, d.Seq)
	}
	return out, err
}

// may refuses who may not.
func (s *Server) may(r route, q *request) error {
	asked := r.Rights
	if r.Self != team.RightsNone && team.PersonID(q.path("person")) == q.person.ID {
		asked = r.Self
	}
	if r.Of == nil {
		if asked == team.RightsNone || q.person.In(team.Everyone).Reaches(asked) {
			return nil
		}
		for _, has := range q.person.Groups {
			if has.Reaches(asked) {
				return nil
			}
		}
		return forbidden()
	}
	group, err := r.Of(s, q)
	if err != nil {
		return err
	}
	if !q.person.In(group).Reaches(asked) {
		return forbidden()
	}
	return nil
}

// note writes in the audit. The change itself has been made, so a fault here is told in the log only.
func (s *Server) note(ctx context.Context, r route, q *request, ok bool) {
	_, err := s.Shelf.Update(ctx, func(tx kept.Tx) error {
		return tx.Audit(team.AuditEntry{At: s.Now(), Person: q.person.ID, Address: q.from, Action: r.Op, Target: clip(q.target, 200), OK: ok})
	})
	if err != nil {
		s.Log.Warn("the audit is not written", "operation", r.Op, "error", err)
	}
}

func clip(s string, n int) string { return s[:min(n, len(s))] }

// isRefusal is an error that was meant for the asker, not a fault of ours.
func isRefusal(err error) bool {
	var f *team.Fault
	return errors.As(err, &f)
}

// fail answers with what was wrong.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := s.fault(r, err)
	if f.RetryS > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryS))
	}
	if f.Status == http.StatusUnauthorized && f.Code == team.CodeNotSignedIn {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	answer(w, f.Status, f)
}

// fault is an error as the asker is told it.
func (s *Server) fault(r *http.Request, err error) *team.Fault {
	var f *team.Fault
	var c *kept.Conflict
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &c):
		return &team.Fault{Status: http.StatusConflict, Code: team.CodeConflict, Item: &c.Item}
	case errors.Is(err, kept.ErrNotFound):
		return notFound()
	}
	if !errors.Is(err, context.Canceled) {
		s.Log.Warn("a request fails", "operation", r.Method+" "+r.Pattern, "error", err)
	}
	return &team.Fault{Status: http.StatusServiceUnavailable, Code: team.CodeUnavailable, RetryS: 2}
}

func answer(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil { // the API's types are all of plain values
		status, data = http.StatusInternalServerError, []byte(`{"code":"unavailable"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}
