//go:build !linux

package store

import (
	"errors"
	"os/exec"
	"testing"
)

func asOtherUser(*testing.T, *exec.Cmd, string) {}

func childDiskFull(string) error { return errors.New("needs Linux") }
