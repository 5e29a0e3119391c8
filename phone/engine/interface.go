package engine

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
)

// interfaceOf is the name of the interface that has an address, and its kind: wifi, cable, mobile, vpn, local or other.
func interfaceOf(local netip.Addr) (name, kind string) {
	all, err := net.Interfaces()
	if err != nil {
		return "", ""
	}
	for _, i := range all {
		addrs, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok {
				if addr, ok := netip.AddrFromSlice(n.IP); ok && addr.Unmap() == local.Unmap().WithZone("") {
					return i.Name, kindOf(i, "/sys/class/net")
				}
			}
		}
	}
	return "", ""
}

// kindOf is what sort of interface it is: as Linux' folder of interfaces tells, else as its name says.
func kindOf(i net.Interface, folder string) string {
	if i.Flags&net.FlagLoopback != 0 {
		return "local"
	}
	has := func(part string) bool {
		_, err := os.Stat(filepath.Join(folder, i.Name, part))
		return err == nil
	}
	name := strings.ToLower(i.Name)
	begins := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(name, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("wireless"), has("phy80211"), begins("wl", "wi-fi", "wifi"):
		return "wifi"
	case i.Flags&net.FlagPointToPoint != 0 || has("tun_flags") || begins("tun", "tap", "wg", "utun", "ppp", "ipsec", "vpn", "tailscale"):
		return "vpn"
	case begins("ww", "rmnet", "pdp_ip", "cellular", "mobil"):
		return "mobile"
	case begins("eth", "en", "em", "ethernet", "lan"):
		return "cable"
	}
	return "other"
}
