package diagnostics

import (
	"archive/zip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"svara/phone"
)

// SaveCollected implements phone.Collector. The file is written beside its place and then put there.
func (c *Collector) SaveCollected(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".svara-*.zip")
	if err != nil {
		return fmt.Errorf("save what was collected: %w", err)
	}
	err = c.Write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("save what was collected: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// what is told of the phone as it stands.
type standing struct {
	Version  string                `json:"version"`
	System   string                `json:"system"`
	Saved    time.Time             `json:"saved"`
	Accounts []phone.AccountStatus `json:"accounts,omitempty"`
	Audio    phone.AudioStatus     `json:"audio"`
	Settings phone.Settings        `json:"settings,omitempty"`
	Faults   []phone.Reason        `json:"faults,omitempty"`
}

const readme = `What Svara has collected for who helps to find a fault.

log.txt    the log
sip.txt    the SIP messages, as text
sip.pcap   the same for Wireshark; messages of TCP and TLS are shown as UDP
rtp.jsonl  how calls sounded, a line a second and call
phone.json how the phone stood when this was saved

Passwords, keys and what proves an identity are left out, and so is what was written or pressed; numbers and addresses are
not: signalling cannot be understood without them. Sound is never collected.
`

// Write writes what was collected as a zip file.
func (c *Collector) Write(w io.Writer) error {
	c.mu.Lock()
	state := standing{Version: c.version, System: runtime.GOOS + " " + runtime.GOARCH, Saved: c.now().UTC()}
	if c.phone != nil {
		s := c.phone.Snapshot()
		state.Accounts, state.Audio, state.Settings, state.Faults = s.Accounts, s.Audio, s.Settings, s.Faults
	}
	log, messages, samples := slices.Clone(c.log.things), slices.Clone(c.sip.things), slices.Clone(c.samples.things)
	c.mu.Unlock()
	about, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, part := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"README.txt", func(w io.Writer) error { _, err := io.WriteString(w, readme); return err }},
		{"phone.json", func(w io.Writer) error { _, err := w.Write(about); return err }},
		{"log.txt", func(w io.Writer) error { return lines(w, log, "") }},
		{"rtp.jsonl", func(w io.Writer) error { return lines(w, samples, "\n") }},
		{"sip.txt", func(w io.Writer) error { return messagesAsText(w, messages) }},
		{"sip.pcap", func(w io.Writer) error { return capture(w, messages) }},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: state.Saved})
		if err != nil {
			return err
		}
		if err := part.write(f); err != nil {
			return err
		}
	}
	return z.Close()
}

func lines(w io.Writer, all [][]byte, end string) error {
	for _, l := range all {
		if _, err := w.Write(append(slices.Clip(l), end...)); err != nil {
			return err
		}
	}
	return nil
}

func messagesAsText(w io.Writer, all []Message) error {
	for _, m := range all {
		way := "received from"
		if m.Out {
			way = "sent to"
		}
		if _, err := fmt.Fprintf(w, "%s %s %s by %s (%s)\n%s\n\n", m.At.UTC().Format(time.RFC3339Nano), way, m.Remote, m.Network, m.Local, m.Data); err != nil {
			return err
		}
	}
	return nil
}

// rawIP is the link type of packets that begin with their IP header.
const rawIP = 101

// mostPacket is the largest message that fits a UDP packet of either IP.
const mostPacket = 65535 - 40 - 8

// capture writes messages as a capture file (pcap, microseconds), each as one UDP packet.
func capture(w io.Writer, all []Message) error {
	head := []uint32{0xa1b2c3d4, 4<<16 | 2, 0, 0, 65535, rawIP}
	if err := binary.Write(w, binary.LittleEndian, head); err != nil {
		return err
	}
	for _, m := range all {
		from, to := m.Local, m.Remote
		if !m.Out {
			from, to = to, from
		}
		p := packet(from, to, m.Data[:min(len(m.Data), mostPacket)])
		record := []uint32{uint32(m.At.Unix()), uint32(m.At.Nanosecond() / 1000), uint32(len(p)), uint32(len(p))}
		if err := binary.Write(w, binary.LittleEndian, record); err != nil {
			return err
		}
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// packet is a UDP packet in IP (RFC 768, 791, 8200) between two addresses. Where they are not of one kind, both are IPv6.
func packet(from, to netip.AddrPort, data []byte) []byte {
	udp := make([]byte, 8, 8+len(data))
	binary.BigEndian.PutUint16(udp[0:], from.Port())
	binary.BigEndian.PutUint16(udp[2:], to.Port())
	binary.BigEndian.PutUint16(udp[4:], uint16(8+len(data)))
	udp = append(udp, data...)
	src, dst := from.Addr().Unmap(), to.Addr().Unmap()
	if src.Is4() && dst.Is4() {
		ip := make([]byte, 20, 20+len(udp))
		ip[0], ip[8], ip[9] = 0x45, 64, 17
		binary.BigEndian.PutUint16(ip[2:], uint16(20+len(udp)))
		copy(ip[12:], src.AsSlice())
		copy(ip[16:], dst.AsSlice())
		binary.BigEndian.PutUint16(ip[10:], ^sum(0, ip))
		return append(ip, udp...) // UDP in IPv4 may go without a checksum
	}
	ip := make([]byte, 40, 40+len(udp))
	ip[0], ip[6], ip[7] = 0x60, 17, 64
	binary.BigEndian.PutUint16(ip[4:], uint16(len(udp)))
	a, b := wide(src), wide(dst)
	copy(ip[8:], a[:])
	copy(ip[24:], b[:])
	check := ^sum(uint32(sum(uint32(sum(uint32(len(udp)), []byte{0, 17})), ip[8:40])), udp)
	if check == 0 {
		check = 0xffff
	}
	binary.BigEndian.PutUint16(udp[6:], check)
	return append(ip, udp...)
}

func wide(a netip.Addr) [16]byte {
	if !a.IsValid() {
		return [16]byte{}
	}
	return a.As16()
}

// sum is the sum of the Internet's checksum (RFC 1071), begun with another.
func sum(begun uint32, b []byte) uint16 {
	total := begun
	for i := 0; i+1 < len(b); i += 2 {
		total += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if len(b)%2 == 1 {
		total += uint32(b[len(b)-1]) << 8
	}
	for total > 0xffff {
		total = total>>16 + total&0xffff
	}
	return uint16(total)
}
