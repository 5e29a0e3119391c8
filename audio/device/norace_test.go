//go:build !race

package device_test

const racing = false
