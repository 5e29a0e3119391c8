package device

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/jfreymuth/pulse/proto"

	"svara/audio"
)

func list(kv ...string) proto.PropList {
	l := proto.PropList{}
	for i := 0; i < len(kv); i += 2 {
		l[kv[i]] = proto.PropListString(kv[i+1])
	}
	return l
}

func TestIdentity(t *testing.T) {
	sinks := proto.GetSinkInfoListReply{
		{SinkName: "auto_null"},
		{SinkName: "alsa_output.pci-0000_00_1f.3.hdmi", Properties: list("device.description", "HDMI", "device.bus_path", "pci-0000:00:1f.3")},
		{SinkName: "alsa_output.usb-Jabra-00.2.analog", Properties: list("device.description", "Jabra", "device.serial", "Jabra_1", "device.bus_path", "usb-0:2")},
		{SinkName: "alsa_output.usb-Jabra-00.analog", Properties: list("device.description", "Jabra", "device.serial", "Jabra_1", "device.bus_path", "usb-0:1")},
		{SinkName: "bluez_sink.AA_BB.a2dp_sink", Properties: list("device.description", "Headset", "device.api", "bluez", "device.string", "AA:BB")},
		{SinkName: "bluez_output.CC_DD.1", Properties: list("api.bluez5.address", "CC:DD")},
	}
	sources := proto.GetSourceInfoListReply{
		{SourceName: "hdmi.monitor", MonitorSourceIndex: 1},
		{SourceName: "bluez_source.AA_BB.handsfree_head_unit", MonitorSourceIndex: proto.Undefined, Mute: true,
			Properties: list("device.description", "Headset", "device.api", "bluez", "device.string", "AA:BB")},
	}
	got := pulseDevices("bluez_sink.AA_BB.a2dp_sink", "none", sinks, sources)
	want := []audio.Device{
		{ID: "source:bluetooth:AA:BB", Name: "Headset", Input: true, Muted: true},
		{ID: "sink:alsa_output.pci-0000_00_1f.3.hdmi", Name: "HDMI", Output: true},
		{ID: "sink:serial:Jabra_1#2", Name: "Jabra", Output: true},
		{ID: "sink:serial:Jabra_1", Name: "Jabra", Output: true},
		{ID: "sink:bluetooth:AA:BB", Name: "Headset", Output: true, Default: true},
		{ID: "sink:bluetooth:CC:DD", Name: "bluez_output.CC_DD.1", Output: true},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, w := range want {
		if got[i].Device != w {
			t.Errorf("%+v, want %+v", got[i].Device, w)
		}
	}
	// The same headset with its microphone in use has another name and is the same device.
	sinks[4].SinkName = "bluez_sink.AA_BB.handsfree_head_unit"
	if again := pulseDevices("", "", sinks, nil); again[3].ID != "sink:bluetooth:AA:BB" {
		t.Errorf("%+v", again[3])
	}
}

func TestAnEmptySocketIsNoDevice(t *testing.T) {
	if plugged(2, func(i int) uint32 { return unplugged }) {
		t.Error("two empty sockets")
	}
	if !plugged(2, func(i int) uint32 { return []uint32{unplugged, 2}[i] }) || !plugged(1, func(int) uint32 { return 0 }) || !plugged(0, nil) {
		t.Error("something is plugged in, or nobody can say")
	}
}

func TestServerStrings(t *testing.T) {
	got := parseServers("{no-such-host}unix:/other unix:/run/native /run/more tcp:box tcp6:[::1]:9 nonsense")
	want := []serverAddress{{"unix", "/run/native"}, {"unix", "/run/more"}, {"tcp", "box:4713"}, {"tcp6", "[::1]:9"}}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
}

// piped is a wire whose other end a test holds.
func piped(t *testing.T) (*wire, net.Conn) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	w, err := newWire(near.(*net.UnixConn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.conn.Close() })
	return w, far
}

func frame(stream uint32, body []byte) []byte {
	f := make([]byte, frameHead, frameHead+len(body))
	putHead(f, len(body), stream)
	return append(f, body...)
}

func command(op, tag uint32, body ...byte) []byte {
	b := binary.BigEndian.AppendUint32([]byte{'L'}, op)
	b = binary.BigEndian.AppendUint32(append(b, 'L'), tag)
	return frame(controlFrame, append(b, body...))
}

// Sound, our own answers and the library's messages come apart, however the bytes are cut.
func TestWireTellsFramesApart(t *testing.T) {
	w, far := piped(t)
	var heard []byte
	var ops []uint32
	w.heard = func(pcm []byte) {
		if len(pcm)%2 != 0 {
			t.Errorf("%d bytes of sound at once", len(pcm))
		}
		heard = append(heard, pcm...)
	}
	w.told = func(op uint32, body []byte) { ops = append(ops, op) }
	sound := make([]byte, 40000)
	for i := range sound {
		sound[i] = byte(i * 7)
	}
	theirs := command(66, 0xFFFFFFFF, 'L', 0, 0, 0, 0, 'L', 0, 0, 0, 1)
	var all []byte
	for _, f := range [][]byte{frame(3, sound), command(opReply, ownTags|1, 1, 2, 3), theirs, command(101, 0), command(opUnderflow, 9), command(0, ownTags|2), frame(3, sound[:960]), theirs} {
		all = append(all, f...)
	}
	go func() {
		random := rand.New(rand.NewPCG(1, 2))
		for len(all) > 0 {
			n := min(len(all), 1+random.IntN(900))
			if _, err := far.Write(all[:n]); err != nil {
				return
			}
			all = all[n:]
		}
		far.Close()
	}()
	got, err := io.ReadAll(w)
	if err != nil || string(got) != string(theirs)+string(theirs) {
		t.Errorf("the library got %d bytes, %v", len(got), err)
	}
	if string(heard) != string(sound)+string(sound[:960]) {
		t.Errorf("%d bytes of sound", len(heard))
	}
	if len(ops) != 2 || ops[0] != opReply || ops[1] != opUnderflow {
		t.Errorf("told %v", ops)
	}
}

func TestWireEndsAtNonsense(t *testing.T) {
	for name, f := range map[string][]byte{
		"a command without a head": frame(controlFrame, []byte{1}),
		"a command without end":    binary.BigEndian.AppendUint32(nil, 0xF0000000),
		"a long answer":            command(opReply, ownTags, make([]byte, 1000)...),
	} {
		w, far := piped(t)
		f = append(f, make([]byte, frameHead)...)
		if len(f) < 2*frameHead {
			binary.BigEndian.PutUint32(f[4:], controlFrame)
		}
		if _, err := far.Write(f); err != nil {
			t.Fatal(err)
		}
		if n, err := w.Read(make([]byte, 100)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
}

func TestWireCarriesBlocksWithoutAllocating(t *testing.T) {
	w, far := piped(t)
	n := 0
	w.heard = func(pcm []byte) { n += len(pcm) }
	w.told = func(uint32, []byte) {}
	marker := command(66, 0)
	in := append(append(frame(1, make([]byte, 960)), command(opReply, ownTags|1, make([]byte, latencyReply)...)...), marker...)
	out := frame(1, make([]byte, 960))
	buf := make([]byte, len(marker))
	drain := make([]byte, 2000)
	if a := testing.AllocsPerRun(1000, func() {
		if _, err := far.Write(in); err != nil {
			t.Error(err)
		}
		if _, err := io.ReadFull(w, buf); err != nil { // all before it has been seen to
			t.Error(err)
		}
		if err := w.send(out); err != nil {
			t.Error(err)
		}
		if _, err := far.Read(drain); err != nil {
			t.Error(err)
		}
	}); a != 0 {
		t.Errorf("%.0f allocations a block", a)
	}
	if n == 0 {
		t.Error("no sound")
	}
}

// hanging is a sound server that takes connections and never says a word, or says some and then nothing.
func hanging(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "native")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		var held []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				for _, c := range held {
					c.Close()
				}
				return
			}
			held = append(held, c)
		}
	}()
	t.Cleanup(func() { l.Close(); <-over })
	t.Setenv("PULSE_SERVER", "unix:"+path)
}

// A sound server that hangs holds up nobody for long: the devices are somebody else's then.
func TestServerThatHangs(t *testing.T) {
	hanging(t)
	p := newPulse(slog.New(slog.DiscardHandler), func() {})
	defer p.Close()
	if _, served := p.Devices(); served {
		t.Error("it serves")
	}
	if _, err := p.Input(""); !errors.Is(err, errNoServer) {
		t.Error(err)
	}
	if p.awaited() {
		t.Error("it is waited for though it has never been there")
	}
}

// Where nothing says where a sound server would be (another user's shell, a session without a desktop) there is none.
func TestNowhereToLookForAServer(t *testing.T) {
	for _, name := range []string{"PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR"} {
		t.Setenv(name, "")
	}
	if l, err := dialServer(nil, nil, nil); l != nil || !errors.Is(err, errNoServer) {
		t.Fatalf("%v, %v", l, err)
	}
	p := newPulse(slog.New(slog.DiscardHandler), func() {})
	defer p.Close()
	if _, served := p.Devices(); served {
		t.Error("it serves")
	}
}

// Writing to a server that does not read never waits.
func TestServerThatDoesNotRead(t *testing.T) {
	w, _ := piped(t)
	block := frame(1, make([]byte, 960))
	for range 100000 {
		if err := w.send(block); err != nil {
			return
		}
	}
	t.Error("100 MB were taken by nobody")
}

// What the server answers becomes how long until a block sounds.
func TestLevel(t *testing.T) {
	o := &pulseOutput{}
	port := newPort(audio.Device{}, &flow{})
	o.port.Store(port)
	body := []byte{'U'}
	body = binary.BigEndian.AppendUint64(body, 4000) // microseconds in the sink
	body = binary.BigEndian.AppendUint64(append(body, 'U'), 0)
	body = append(body, '1')
	stamp := func(us uint32) {
		body = binary.BigEndian.AppendUint32(append(body, 'T'), 1000)
		body = binary.BigEndian.AppendUint32(body, us)
	}
	stamp(100)
	stamp(1100) // a millisecond on its way
	body = binary.BigEndian.AppendUint64(append(body, 'r'), 2*10000)
	body = binary.BigEndian.AppendUint64(append(body, 'r'), 2*9000)
	body = append(body, 'R')
	o.told(opReply, body)
	if got, want := o.level.Load(), int64(5*48+1000-audio.BlockSize); got != want {
		t.Errorf("%d samples, want %d", got, want)
	}
	if got := port.progress.Load(); got != 9000 {
		t.Errorf("progress %d", got)
	}
	o.told(opReply, body[:20]) // cut off: nothing to learn, nothing to fall over
	o.told(opRequest, nil)
	o.told(opUnderflow, nil)
	if o.answers.Load() != 1 || o.underflows.Load() != 1 {
		t.Errorf("%d answers, %d underflows", o.answers.Load(), o.underflows.Load())
	}
}

// playing is a speaker whose server is the test: what it is sent is read and thrown away.
func playing(t *testing.T) (o *pulseOutput, p *Port, far net.Conn) {
	t.Helper()
	w, far := piped(t)
	o = &pulseOutput{pulseEnd: pulseEnd{link: &serverLink{wire: w}, failed: make(chan error, 1)}, cushion: newCushion(shortPeriod+spare, askEvery), bent: make([]int16, maxBlock)}
	o.frames = make([]byte, 0, 2*frameHead+2*maxBlock+64)
	p = newPort(audio.Device{}, &flow{})
	o.port.Store(p)
	return o, p, far
}

func TestBlocksGoOutWithoutAllocating(t *testing.T) {
	o, p, far := playing(t)
	block, sink := make([]int16, audio.BlockSize), make([]byte, 1<<16)
	if n := testing.AllocsPerRun(1000, func() {
		p.Ring.Write(block)
		o.step()
		if o.asked != o.seen {
			o.level.Store(int64(o.cushion.want))
			o.answers.Add(1)
		}
		if _, err := far.Read(sink); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%.0f allocations a block", n)
	}
	if o.asked < 90 {
		t.Errorf("asked %d times in 1000 blocks", o.asked)
	}
}

// Behind a gap goes a little silence: the next block would come just in time, or just not, and so on for every one after it.
func TestBlockAfterAGapHasRoom(t *testing.T) {
	o, p, far := playing(t)
	block := make([]int16, audio.BlockSize)
	put := func(bytes int) {
		t.Helper()
		p.Ring.Write(block)
		o.step()
		if err := far.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if n, err := io.ReadFull(far, make([]byte, bytes)); err != nil {
			t.Fatalf("%d of %d bytes: %v", n, bytes, err)
		}
	}
	begins := 0
	for left := o.cushion.start(); left > 0; left -= maxBlock {
		begins += frameHead + 2*min(left, maxBlock)
	}
	const whole = frameHead + 2*audio.BlockSize
	put(begins + whole)
	put(whole)
	for i, room := range []int{step, 2 * step, stride} {
		o.told(opUnderflow, nil)
		if put(frameHead + 2*room + whole); p.flow.underruns.Load() != uint64(i+1) {
			t.Errorf("%d gaps, want %d", p.flow.underruns.Load(), i+1)
		}
	}
}

// A server that takes everything and answers nothing is not written to for long, and never waited for.
func TestServerThatAnswersNothing(t *testing.T) {
	o, p, far := playing(t)
	taken := make(chan int)
	go func() {
		n, sink := 0, make([]byte, 1<<16)
		for {
			k, err := far.Read(sink)
			if n += k; err != nil {
				taken <- n
				return
			}
		}
	}()
	block := make([]int16, audio.BlockSize)
	for range 1000 {
		p.Ring.Write(block)
		o.step()
	}
	if err := o.link.wire.conn.Close(); err != nil {
		t.Fatal(err)
	}
	if n := <-taken; n > 2*(hung+2)*askEvery*audio.BlockSize {
		t.Errorf("%d bytes were written", n)
	}
	if got := p.flow.overruns.Load(); got != 0 || p.progress.Load() != 0 {
		t.Errorf("%d overruns, progress %d", got, p.progress.Load())
	}
}

// After a long stand nothing is written until what waits has been heard.
func TestJammedSpeakerIsLeftAlone(t *testing.T) {
	o, p, far := playing(t)
	block, sink := make([]int16, audio.BlockSize), make([]byte, 1<<16)
	put := func() (bytes int) {
		t.Helper()
		p.Ring.Write(block)
		before := o.asked
		o.step()
		if o.asked == before && o.jammed {
			return 0
		}
		n, err := far.Read(sink)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	answer := func(level int) {
		o.level.Store(int64(level))
		o.answers.Store(o.asked)
	}
	for range 2 * askEvery {
		put()
	}
	answer(10 * jam)
	for range 3 {
		if n := put(); n > 2*frameHead+2*20 {
			t.Errorf("%d bytes to a speaker that stands still", n)
		}
		answer(5 * jam)
	}
	if p.flow.overruns.Load() != 1 {
		t.Errorf("%d overruns", p.flow.overruns.Load())
	}
	answer(o.cushion.want)
	if n := put(); n < 2*audio.BlockSize {
		t.Errorf("%d bytes to a speaker that plays again", n)
	}
}

func FuzzWire(f *testing.F) {
	f.Add(command(66, 0, 'L', 0, 0, 0, 0, 'L', 0, 0, 0, 1))
	f.Add(append(frame(1, make([]byte, 33)), command(opReply, ownTags|1, 1, 2)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := &pulseOutput{}
		w := &wire{in: make([]byte, 16<<10), heard: func([]byte) {}, told: o.told, read: bytes.NewReader(data).Read}
		got, _ := io.ReadAll(io.LimitReader(w, 1<<20))
		if len(got) > len(data) {
			t.Errorf("%d bytes from %d", len(got), len(data))
		}
	})
}
