package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"svara/phone"
	"svara/phone/numbers"
	"svara/phone/team"
)

// teamKey is where the token of an account's team server lies in the secret store, after the URL it is for: another server
// must not get it.
func teamKey(id phone.AccountID) phone.AccountID { return "team/" + id }

// teamLinks is the runner's link to a team server.
type teamLinks struct {
	at     teamAt             // loop only
	client *team.Client       // loop only; nil without a link
	cancel context.CancelFunc // loop only: ends the feed

	now  atomic.Pointer[teamNow]
	own  ownChanges
	seen seen[team.LogEntry]
	// messages is what was read of messages.
	messages seen[team.Message]
	// meetings is what was told last, for questions beside the loop; nil: nothing was.
	meetings atomic.Pointer[[]phone.Meeting]

	run string // what names this program at the server, and no other

	session turnSecrets            // tokens of accounts that are not written down
	kept    atomic.Pointer[string] // what was kept of a server before the start; nil when it has been told
}

// teamNow is what questions beside the loop need.
type teamNow struct {
	at     teamAt
	client *team.Client
	live   bool
	eyes   teamEyes
}

// errNoToken: nobody has signed in.
var errNoToken = phone.Refuse(phone.ReasonTeamSignedOut, "")

// linkTeam follows a server's feed until the next one, or none.
func (r *runner) linkTeam(fx fxTeam) {
	l := &r.team
	if l.cancel != nil {
		l.cancel()
		l.client.Close()
		l.cancel, l.client = nil, nil
	}
	if l.at.account != fx.at.account || l.at.url != fx.at.url {
		l.seen.forget()
		l.messages.forget()
	}
	l.at = fx.at
	l.meetings.Store(nil)
	if fx.at.url == "" {
		l.now.Store(nil)
		return
	}
	client, err := newTeamClient(fx.at)
	if err != nil {
		r.teamOut(fx.at, err)
		return
	}
	ctx, cancel := context.WithCancel(r.ctx)
	l.client, l.cancel = client, cancel
	l.now.Store(&teamNow{at: fx.at, client: client})
	r.group.start("team feed", func() {
		defer client.Close()
		if err := r.followTeam(ctx, fx.at, client); err != nil {
			r.teamOut(fx.at, err)
		}
	})
}

func newTeamClient(at teamAt) (*team.Client, error) {
	return team.NewClient(team.ClientConfig{URL: at.url, CAFile: at.caFile, Pin: at.pin, Agent: "Svara"})
}

func (r *runner) teamOut(at teamAt, err error) {
	why := teamReason(err)
	r.forgetKept()
	r.group.start("team", func() { r.input(inTeamOut{at, &why}) })
}

// followTeam signs in with the token and hands on what the feed tells until ctx ends, with nil, or the token is not accepted.
func (r *runner) followTeam(ctx context.Context, at teamAt, client *team.Client) error {
	secret, known := r.team.session.get(at.account)
	if !known && !at.session {
		var err error
		if secret, err = r.opt.Secrets.Get(teamKey(at.account)); err != nil {
			r.opt.Log.Warn("read the team server's token", "account", at.account, "err", err)
		}
	}
	token, mine := strings.CutPrefix(string(secret), at.url+"\n")
	if !mine || token == "" {
		// Who is asked for a password may have forgotten it: where they go then, anybody may know.
		in := inTeamAbout{at: at}
		if err := client.Do(ctx, http.MethodGet, "about", nil, &in.about); err == nil {
			r.input(in)
		}
		return errNoToken
	}
	client.SetToken(token)
	r.recallTeam(at)
	me, err := r.introduce(ctx, at, client)
	if err != nil || ctx.Err() != nil {
		return err
	}
	// Events gather while the loop is busy: a team of a thousand is told in some turns, not in thousands.
	var (
		mu      sync.Mutex
		pending []team.FeedEvent
		some    = make(chan struct{}, 1)
		done    = make(chan struct{})
	)
	r.group.start("team events", func() {
		defer close(done)
		keeper := r.newTeamKeeper(me)
		defer func() { keeper.write(time.Now()) }()
		for range some {
			mu.Lock()
			told := pending
			pending = nil
			mu.Unlock()
			if len(told) > 0 {
				r.input(inTeamTold{at: at, told: told})
				keeper.take(told, time.Now())
			}
		}
	})
	// While everything is told anew, what was told before is shown: it is replaced at once by all of it.
	anew := []team.FeedEvent{{Reset: true}}
	err = client.Follow(ctx, "", func(e team.FeedEvent) {
		tell := []team.FeedEvent{e}
		switch {
		case e.Item == nil && !e.Reset && !e.Synced && e.Down == nil:
			return // only how far it has been read
		case e.Reset:
			anew = tell
			return
		case anew != nil && e.Synced:
			tell, anew = append(anew, e), nil
		case anew != nil && e.Down == nil:
			anew = append(anew, e)
			return
		case anew != nil: // what comes next is not what went on here
			anew = []team.FeedEvent{{Reset: true}}
		}
		mu.Lock()
		pending = append(pending, tell...)
		mu.Unlock()
		select {
		case some <- struct{}{}:
		default:
		}
	})
	close(some)
	<-done
	return err
}

// introduce asks who we are until the server says it.
func (r *runner) introduce(ctx context.Context, at teamAt, client *team.Client) (in inTeamMe, err error) {
	in.at = at
	for {
		var me team.Me
		err = errors.Join(client.Do(ctx, http.MethodGet, "me", nil, &me), client.Do(ctx, http.MethodGet, "about", nil, &in.about))
		var fault *team.Fault
		switch {
		case ctx.Err() != nil:
			return in, nil
		case err == nil:
			in.me, in.run = me.Person, r.team.run
			r.input(in)
			return in, nil
		case errors.As(err, &fault) && (fault.Status == http.StatusUnauthorized || fault.Status == http.StatusForbidden):
			return in, fault
		}
		wait := time.Second + rand.N(2*time.Second)
		r.input(inTeamTold{at: at, told: []team.FeedEvent{{Down: err, Again: wait}}})
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return in, nil
		}
	}
}

// signInTeam gets a token and keeps it.
func (r *runner) signInTeam(fx fxTeamSignIn) {
	r.group.start("team sign-in", func() {
		r.input(inTeamSigned{fx.at, r.signedIn(fx)})
	})
}

func (r *runner) signedIn(fx fxTeamSignIn) error {
	client, err := newTeamClient(fx.at)
	if err != nil {
		return err
	}
	defer client.Close()
	device, _ := os.Hostname()
	token, err := client.SignIn(r.ctx, fx.user, string(fx.password), device)
	if err != nil {
		return err
	}
	secret := tokenOf(fx.at.url, token.Token)
	if fx.at.session {
		r.team.session.put(fx.at.account, secret)
		return nil
	}
	if err := r.opt.Secrets.Put(teamKey(fx.at.account), secret); err != nil {
		return err
	}
	r.team.session.forget(fx.at.account) // one that an activation gave
	return nil
}

func tokenOf(url, token string) phone.Secret { return phone.Secret(url + "\n" + token) }

// TeamToken is a token for the team server of an account that is put with SessionOnly afterwards.
func (e *Engine) TeamToken(account phone.AccountID, url, token string) {
	e.runner.team.session.put(account, tokenOf(url, token))
}

// signOutTeam forgets the token also when the server cannot be told: it runs out there by itself.
func (r *runner) signOutTeam(fx fxTeamSignOut) {
	client := r.team.client
	if r.team.cancel != nil {
		r.team.cancel()
	}
	r.team.seen.forget()
	r.team.messages.forget()
	r.forgetKept()
	r.group.start("team sign-out", func() {
		if client != nil {
			if err := client.SignOut(r.ctx); err != nil {
				r.opt.Log.Warn("sign out of the team server", "err", err)
			}
		}
		r.team.session.forget(fx.at.account)
		if err := r.opt.Secrets.Remove(teamKey(fx.at.account)); err != nil {
			r.opt.Log.Warn("forget the team server's token", "err", err)
		}
		r.input(inTeamOut{at: fx.at})
	})
}

// forgetTeam forgets the token of an account that is there no more.
func (r *runner) forgetTeam(id phone.AccountID) {
	r.team.session.forget(id)
	r.keep.post(r.group, "secrets", func() {
		if err := r.opt.Secrets.Remove(teamKey(id)); err != nil {
			r.opt.Log.Warn("forget the team server's token", "account", id, "err", err)
		}
	})
}

// askTeam does one operation.
func (r *runner) askTeam(fx fxTeamAsk) {
	client := r.team.client
	r.group.start("team change", func() {
		err := error(phone.Refuse(phone.ReasonTeamAway, ""))
		if client != nil {
			do := func(in any) (done team.Done, err error) {
				err = client.Do(r.ctx, fx.method, fx.path, in, &done)
				return done, err
			}
			switch in := fx.in.(type) {
			case greetingFile:
				err = putGreeting(r.ctx, client, fx.path, string(in))
			case team.LogChange:
				err = r.team.own.change(fx.path, in.Seq, func(seen team.Seq) (team.Done, error) {
					in.Seq = seen
					return do(in)
				})
			case team.MessageChange:
				err = r.team.own.change(fx.path, in.Seq, func(seen team.Seq) (team.Done, error) {
					in.Seq = seen
					return do(in)
				})
			default:
				err = client.Do(r.ctx, fx.method, fx.path, fx.in, nil)
			}
		}
		r.input(inTeamDone{fx.at, fx.change, err})
	})
}

// openThings asks for the calls and the messages that are open.
func (r *runner) openThings(fx fxTeamOpen) {
	client := r.team.client
	if client == nil {
		return
	}
	r.group.start("team open things", func() {
		in := inTeamOpen{at: fx.at}
		in.found, in.err = everyPage(func(after string) ([]team.Versioned[team.LogEntry], string, error) {
			var page team.LogPage
			err := client.Do(r.ctx, http.MethodPost, "log", team.LogQuery{Open: true, Limit: 200, After: after}, &page)
			return page.Entries, page.Next, err
		})
		in.messages, in.messagesErr = everyPage(func(after string) ([]team.Versioned[team.Message], string, error) {
			var page team.MessagePage
			err := client.Do(r.ctx, http.MethodPost, "messages", team.MessageQuery{Open: true, Limit: 200, After: after}, &page)
			return page.Messages, page.Next, err
		})
		r.input(in)
	})
}

// everyPage is what is on all pages, up to mostOpen things.
func everyPage[T any](ask func(after string) (page []T, next string, err error)) (all []T, err error) {
	for after := ""; len(all) < mostOpen; {
		page, next, err := ask(after)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if after = next; after == "" {
			break
		}
	}
	return all, nil
}

// showTeam lets questions beside the loop see as the loop does.
func (r *runner) showTeam(fx fxTeamSeen) {
	for _, id := range fx.gone {
		r.team.seen.forgetOne(id)
		r.team.messages.forgetOne(id)
	}
	if fx.at == r.team.at && fx.at.url != "" {
		r.team.now.Store(&teamNow{fx.at, r.team.client, fx.live, fx.eyes})
	}
}

// GroupLog asks the team server for calls of its log, or looks in those that were read before while it is away.
func (e *Engine) GroupLog(ctx context.Context, q phone.GroupLogQuery) (phone.GroupLogPage, error) {
	l := &e.runner.team
	now := l.now.Load()
	if now == nil {
		return phone.GroupLogPage{}, phone.Refuse(phone.ReasonNoTeam, "")
	}
	plan := numberPlan(e.Snapshot().Settings)
	ask := logQuery(q, plan)
	var (
		out   phone.GroupLogPage
		found []team.Versioned[team.LogEntry]
	)
	if q.ID != "" {
		return groupCallOf(ctx, now, q.ID)
	}
	away := true
	if now.live && now.client != nil {
		page, err := searchLog(ctx, now.client, ask)
		var fault *team.Fault
		switch {
		case err == nil:
			away, found, out.Next = false, page.Entries, page.Next
			l.seen.see(time.Now(), found...)
		case errors.As(err, &fault) && fault.Status < http.StatusInternalServerError:
			why := teamReason(err)
			return out, &phone.Error{Reason: why}
		case ctx.Err() != nil:
			return out, ctx.Err()
		}
	}
	if away {
		found, out.Next, out.Told = l.seen.pages(func(e team.LogEntry) bool { return selects(ask, e, plan) }, ask.OpenFirst, ask.After, ask.Limit)
		if out.Told.IsZero() {
			return out, phone.Refuse(phone.ReasonTeamAway, "")
		}
	}
	out.Calls = make([]phone.GroupCall, 0, len(found))
	for _, v := range found {
		out.Calls = append(out.Calls, groupCall(v, now.eyes.queues[v.Value.Queue], now.eyes))
	}
	return out, nil
}

// groupCallOf asks for one entry: who changes it has to have seen it as it is.
func groupCallOf(ctx context.Context, now *teamNow, id string) (out phone.GroupLogPage, err error) {
	if !now.live || now.client == nil {
		return out, phone.Refuse(phone.ReasonTeamAway, "")
	}
	var v team.Versioned[team.LogEntry]
	if err := now.client.Do(ctx, http.MethodGet, "log/"+url.PathEscape(id), nil, &v); err != nil {
		return out, &phone.Error{Reason: teamReason(err)}
	}
	out.Calls = []phone.GroupCall{groupCall(v, now.eyes.queues[v.Value.Queue], now.eyes)}
	return out, nil
}

var _ phone.GroupLog = (*Engine)(nil)

// numberPlan is where national numbers are meant.
func numberPlan(s phone.Settings) numbers.Plan {
	return numbers.Plan{Region: s.Get(phone.KeyRegion), Area: s.Get(phone.KeyAreaCode)}
}

// performTeam does what concerns the team server. It reports whether fx was that.
func (r *runner) performTeam(fx effect) bool {
	switch fx := fx.(type) {
	case fxTeam:
		r.linkTeam(fx)
	case fxTeamSignIn:
		r.signInTeam(fx)
	case fxTeamSignOut:
		r.signOutTeam(fx)
	case fxTeamAsk:
		r.askTeam(fx)
	case fxTeamOpen:
		r.openThings(fx)
	case fxColleagues:
		r.colleagues(fx)
	case fxTeamSeen:
		r.showTeam(fx)
	case fxTeamMeetings:
		if fx.at == r.team.at {
			r.team.meetings.Store(&fx.all)
		}
	case fxTeamCode:
		r.requestCode(fx)
	case fxTeamRedeem:
		r.redeemCode(fx)
	case fxTeamToken:
		r.keepTeamToken(fx)
	default:
		return false
	}
	return true
}
