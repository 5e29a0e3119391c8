package engine

import (
	"errors"
	"sync"

	"svara/phone"
	"svara/phone/media"
)

var errNoWay = errors.New("the sound's way is not looked for")

// turnKey is where the password of an account's TURN server lies in the secret store: no account has a slash in its name.
func turnKey(id phone.AccountID) phone.AccountID { return "turn/" + id }

// path is how an account's sound finds its way, without the password.
func (s *state) path(id phone.AccountID) media.ICE {
	a := s.account(id)
	if a == nil {
		return media.ICE{}
	}
	return media.ICE{Enabled: a.ICE, STUN: a.STUN, TURN: a.TURN, User: a.TURNUser, CAFile: a.CAFile}
}

// turnSecrets are the passwords of TURN servers that are in use, and tokens: the secret store may be slow, and a session's
// own is nowhere else.
type turnSecrets struct {
	mutex sync.Mutex
	known map[phone.AccountID]phone.Secret // guarded by mutex
}

func (k *turnSecrets) put(id phone.AccountID, secret phone.Secret) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.known == nil {
		k.known = map[phone.AccountID]phone.Secret{}
	}
	k.known[id] = secret
}

func (k *turnSecrets) forget(id phone.AccountID) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	delete(k.known, id)
}

func (k *turnSecrets) get(id phone.AccountID) (phone.Secret, bool) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	secret, ok := k.known[id]
	return secret, ok
}

// turnSecret is the password of an account's TURN server. It may wait for the secret store; for a call's lane.
func (r *runner) turnSecret(id phone.AccountID) phone.Secret {
	if secret, ok := r.turns.get(id); ok {
		return secret
	}
	secret, err := r.opt.Secrets.Get(turnKey(id))
	if err != nil {
		r.opt.Log.Warn("read the TURN server's password", "account", id, "err", err)
		return ""
	}
	r.turns.put(id, secret)
	return secret
}

// keepTURN takes a new password of an account's TURN server; an empty one keeps what there is.
func (r *runner) keepTURN(fx fxKeepAccount) {
	if fx.turnSecret == "" {
		return
	}
	r.turns.put(fx.account.ID, fx.turnSecret)
	if fx.sessionOnly {
		return
	}
	r.keep.post(r.group, "secrets", func() {
		err := r.opt.Secrets.Put(turnKey(fx.account.ID), fx.turnSecret)
		r.wrote(err)
		if err != nil {
			r.input(inSaved{what: savedAccount, err: err})
		}
	})
}

// forgetTURN removes it with its account.
func (r *runner) forgetTURN(id phone.AccountID) {
	r.turns.forget(id)
	r.keep.post(r.group, "secrets", func() {
		if err := r.opt.Secrets.Remove(turnKey(id)); err != nil {
			r.opt.Log.Debug("forget the TURN server's password", "account", id, "err", err)
		}
	})
}

// seek looks for another way for a call's sound (RFC 8445 9) when the one it had is lost. One side begins, so that the
// offers do not cross: the caller; the other one when nothing has come of that.
func (t *turn) seek(c *call, gone bool) {
	if c.State != phone.StateConnected || c.offering || (c.Direction == phone.Incoming && !gone) {
		return
	}
	c.offering = true
	t.do(fxOffer{call: c.ID, dir: c.direction(), hold: c.holding, seek: true})
}
