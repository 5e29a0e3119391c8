package ua

import "time"

// addressesSettle is how long an address has to stay as it is before accounts look at it: changing networks takes several
// steps, and the first of them leave no way out.
const addressesSettle = 100 * time.Millisecond

// addressesChanged tells an account that this machine's addresses or routes have changed.
type addressesChanged struct{}

// watchAddresses tells the accounts when the system says that our addresses or routes change. Where it does not say so,
// or the watch ends, every beat of a registration looks for itself.
func (u *UA) watchAddresses() {
	if b := u.cfg.Bind; u.cfg.Server != nil || b.IsValid() && !b.IsUnspecified() {
		return // our address is the one we were told to have
	}
	changed := make(chan struct{}, 1)
	stop, err := listenForAddresses(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	if err != nil {
		u.log.Info("the system does not tell of changes of our address", "err", err)
		return
	}
	u.net.group.Go(func() {
		defer stop()
		settled := time.NewTimer(time.Hour)
		defer settled.Stop()
		for {
			select {
			case <-changed:
				settled.Reset(addressesSettle)
			case <-settled.C:
				for _, a := range u.sortedAccounts() {
					a.box.put(addressesChanged{})
				}
			case <-u.life.Done():
				return
			}
		}
	})
}
