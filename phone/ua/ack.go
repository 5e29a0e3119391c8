package ua

import (
	"context"
	"net/netip"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// acks answers every 2xx to one INVITE: the winner's with the same ACK again and again, a fork's with ACK and BYE
// (RFC 3261 13.2.2.4). It outlives the leg, as late 2xx do.
type acks struct {
	mu     sync.Mutex
	winner string                  // its To tag; set before anything is acknowledged
	byTag  map[string]*sip.Request // never sent themselves, see again; nil while the winner's waits for our answer
	early  []*sip.Response         // came before the winner was known
}

// won makes the dialog of the first 2xx and acknowledges it, unless the ACK has to carry our answer. It runs on the
// INVITE's goroutine.
func (l *leg) won(r result) *dialog {
	o := l.outgoing
	d, err := dialogFromResponse(r.req, r.res, r.hop)
	if err != nil {
		l.u.log.Info("2xx without a usable Contact", "leg", l.id)
	}
	d.reuse = l.u.reuses(d)
	lateOffer := len(o.a.SDP) == 0 && len(sdpOf(r.res)) > 0 && !o.giveUp.Load()
	o.acks.mu.Lock()
	o.acks.winner = d.remoteTag
	o.acks.byTag[d.remoteTag] = nil
	early := o.acks.early
	o.acks.early = nil
	o.acks.mu.Unlock()
	if !lateOffer {
		l.u.sendACK(l.ctx, d, l.acct, r.req, nil, &o.acks)
	}
	for _, res := range early {
		l.again2xx(res)
	}
	return d
}

// isWinner reports whether the party with this tag has answered the INVITE.
func (a *acks) isWinner(tag string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return tag != "" && a.winner == tag
}

// again is the ACK for a 2xx that has come again from the party with this tag, or nil: a copy, because the transport writes
// in what it sends and 2xx come on several goroutines.
func (a *acks) again(tag string) *sip.Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ack := a.byTag[tag]; ack != nil {
		return ack.Clone()
	}
	return nil
}

// again2xx deals with a further 2xx: a retransmission or a fork. It runs on a goroutine of sipgo's.
func (l *leg) again2xx(res *sip.Response) {
	o, u := l.outgoing, l.u
	tag, _ := res.To().Params.Get("tag")
	o.acks.mu.Lock()
	if o.acks.winner == "" {
		o.acks.early = append(o.acks.early, res)
		o.acks.mu.Unlock()
		return
	}
	ack, known := o.acks.byTag[tag]
	if !known {
		o.acks.byTag[tag] = nil
	}
	invite := o.acks.invite(res)
	o.acks.mu.Unlock()
	switch {
	case ack != nil:
		u.group.Go(func() { u.writeAgain(l.ctx, ack) })
	case known: // waits for our answer, or is being acknowledged
	case invite == nil:
	default:
		u.group.Go(func() { l.refuseFork(invite, res) })
	}
}

// writeAgain sends an ACK once more, by another connection where the one it went by is gone.
func (u *UA) writeAgain(ctx context.Context, ack *sip.Request) {
	if u.write(ack.Clone()) == nil || ack.Transport() != "TCP" {
		return
	}
	to, err := netip.ParseAddrPort(ack.Destination())
	if err != nil {
		return
	}
	if _, err := u.net.tcp.connect(ctx, hop{network: "TCP", addr: to}, u.clock.connect); err == nil {
		u.write(ack.Clone())
	}
}

// stray deals with a response that belongs to no transaction. A 2xx to an INVITE of ours, from a target that we had
// passed over for its silence, is a fork like any other; everything else has come too late to matter.
func (u *UA) stray(res *sip.Response) {
	if !res.IsSuccess() || res.CSeq().MethodName != sip.INVITE {
		return
	}
	tag, _ := res.From().Params.Get("tag")
	u.mu.Lock()
	l := u.dialogs[dialogKey{res.CallID().Value(), tag}]
	u.mu.Unlock()
	if l != nil && l.outgoing != nil {
		l.again2xx(res)
	}
}

// invite is a stand-in for the INVITE that a 2xx answers: what an ACK and a BYE need of it is in the response.
func (*acks) invite(res *sip.Response) *sip.Request {
	uri, err := contactOf(res)
	if err != nil {
		return nil
	}
	req := sip.NewRequest(sip.INVITE, uri)
	req.AppendHeader(sip.HeaderClone(res.From()))
	to := &sip.ToHeader{DisplayName: res.To().DisplayName, Address: res.To().Address}
	req.AppendHeader(to)
	req.AppendHeader(sip.HeaderClone(res.CallID()))
	req.AppendHeader(sip.HeaderClone(res.CSeq()))
	return req
}

// refuseFork ends the dialog of a second 2xx: ACK, then BYE.
func (l *leg) refuseFork(invite *sip.Request, res *sip.Response) {
	u := l.u
	ctx, cancel := context.WithTimeout(context.Background(), u.clock.giveUp)
	defer cancel()
	d, _ := dialogFromResponse(invite, res, hop{})
	u.sendACK(ctx, d, l.acct, invite, nil, &l.outgoing.acks)
	hops, err := u.hopsFor(ctx, d.way, l.acct)
	if err != nil {
		return
	}
	u.log.Info("a second phone answered: hung up on it", "leg", l.id)
	u.send(ctx, d.request(u, sip.BYE), sending{hops: hops, account: l.acct, cseq: d.nextCSeq, order: &d.order, patience: u.clock.giveUp / 4})
}

// sendACK acknowledges a 2xx (RFC 3261 13.2.2.4): a request of its own, with the INVITE's number and credentials, sent
// the dialog's way. It is kept in acks, to be sent again with every 2xx that comes again.
func (u *UA) sendACK(ctx context.Context, d *dialog, a *account, invite *sip.Request, sdp []byte, keep *acks) {
	hops, err := u.hopsFor(ctx, d.way, a)
	if err != nil {
		u.log.Warn("no way for the ACK", "err", err)
		return
	}
	for _, h := range u.aliveFirst(hops) {
		ack := d.request(u, sip.ACK)
		ack.CSeq().SeqNo = invite.CSeq().SeqNo
		if h.own {
			for _, name := range []string{"Authorization", "Proxy-Authorization"} {
				for _, c := range invite.GetHeaders(name) {
					ack.AppendHeader(sip.HeaderClone(c))
				}
			}
		}
		setBody(ack, "application/sdp", sdp)
		if err := u.address(ctx, ack, &h, sending{account: a}); err != nil {
			continue
		}
		keep.mu.Lock()
		keep.byTag[d.remoteTag] = ack.Clone()
		keep.mu.Unlock()
		if err := u.write(ack); err == nil {
			return
		}
	}
}
