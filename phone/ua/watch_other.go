//go:build !linux && !darwin && !freebsd && !windows

package ua

import "errors"

// listenForAddresses has no way of knowing here.
func listenForAddresses(func()) (stop func(), err error) {
	return nil, errors.ErrUnsupported
}
