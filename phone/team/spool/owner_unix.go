//go:build unix

package spool

import "syscall"

// owner is whose a file is.
func (s *Spool) owner(name string) (uid, gid int, ok bool) {
	info, err := s.root.Stat(name)
	if err != nil {
		return 0, 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(st.Uid), int(st.Gid), true
}
