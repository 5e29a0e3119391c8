package device

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"svara/audio/incoming"
)

// What a frame of the sound server's protocol looks like: five words, then as many bytes as the first one says. The second
// is the stream whose sound they are, or controlFrame.
const (
	frameHead    = 20
	controlFrame = 0xFFFFFFFF
	commandHead  = 10      // of a control frame: 'L' command 'L' tag
	maxCommand   = 4 << 20 // the longest list of devices that is believed
	maxHot       = 256     // the longest of the messages that are read here

	opReply     = 2
	opLatency   = 14
	opRequest   = 61
	opUnderflow = 63
	opStarted   = 86
	opAttr      = 94 // the last message that the library knows but one

	ownTags = 1 << 31 // tags from here on are ours, those below the library's
)

// libraryKnows are the server's messages that the library reads; it prints the rest to stdout.
func libraryKnows(op uint32) bool {
	return op == 0 || op == opReply || op >= opRequest && op <= 66 || op >= 76 && op <= 79 || op == opStarted || op >= 91 && op <= opAttr
}

// wire is a connection to the sound server, between it and the protocol's library. What comes with every block (sound,
// the answers to our questions of time) is read here, in the library's reading goroutine, and what goes with every block
// is written here: neither is reflected upon, nor allocated. The rest is the library's.
type wire struct {
	conn   io.WriteCloser   // which waits for controlPatience at most in writing
	socket *incoming.Socket // the same; nil with a pace
	read   func(p []byte) (int, error)
	pace   *pace                        // of a microphone; reading goroutine
	heard  func(pcm []byte)             // sound has come; called by the reading goroutine
	told   func(op uint32, body []byte) // so has one of the messages hot names, without its head

	// The reading goroutine's.
	into           []byte
	got            int
	gotErr         error
	pullNow        func(fd uintptr) bool
	in             []byte
	from, to       int
	ours, skip     int // bytes of a frame still to come: sound, and what nobody wants
	theirs         int // and the library's
	partial        []byte
	partialMissing int

	mu      sync.Mutex // guards writing
	now     []byte
	nowErr  error
	pushNow func(fd uintptr)
}

const controlPatience = time.Second // how long the server may leave a command unread

// newWire makes one of a connection, which is the wire's whatever comes of it.
func newWire(conn incoming.Closer) (*wire, error) {
	s, err := incoming.New(conn, controlPatience)
	if err != nil {
		return nil, err
	}
	w := &wire{conn: s, socket: s, in: make([]byte, 16<<10)}
	w.pushNow, w.pullNow, w.read = w.push, w.pull, w.readRaw
	return w, nil
}

// newPacedWire makes one for a microphone, which is read by the pace of its blocks.
func newPacedWire(conn incoming.Closer) (*wire, error) {
	c, err := newPacedConn(conn)
	if err != nil {
		return nil, err
	}
	return &wire{conn: c, pace: &c.pace, in: make([]byte, 16<<10), read: c.Read}, nil
}

// Read implements io.Reader for the library: it gives the library its frames and sees to the others on the way.
func (w *wire) Read(p []byte) (int, error) {
	for {
		var err error
		switch {
		case w.theirs > 0:
			if err = w.fill(1); err != nil {
				return 0, io.EOF // all that the library understands as an end
			}
			n := copy(p, w.in[w.from:min(w.to, w.from+w.theirs)])
			w.from += n
			w.theirs -= n
			return n, nil
		case w.ours > 0:
			if err = w.fill(min(2, w.ours)); err == nil {
				n := min(w.ours, w.to-w.from)
				if n < w.ours {
					n &^= 1
				}
				if w.heard != nil {
					w.heard(w.in[w.from : w.from+n])
				}
				w.from += n
				w.ours -= n
			}
		case w.skip > 0:
			if err = w.fill(1); err == nil {
				n := min(w.skip, w.to-w.from)
				w.from += n
				w.skip -= n
			}
		default:
			err = w.begin()
		}
		if err != nil {
			return 0, io.EOF
		}
	}
}

// begin reads a frame's head and decides whose it is.
func (w *wire) begin() error {
	if err := w.fill(frameHead); err != nil {
		return err
	}
	head := w.in[w.from:]
	length := int(binary.BigEndian.Uint32(head))
	if binary.BigEndian.Uint32(head[4:]) != controlFrame {
		w.from += frameHead
		w.ours = length
		return nil
	}
	if length < commandHead || length > maxCommand {
		return fmt.Errorf("a command of %d bytes from the sound server", length)
	}
	if err := w.fill(frameHead + commandHead); err != nil {
		return err
	}
	head = w.in[w.from+frameHead:]
	op, tag := binary.BigEndian.Uint32(head[1:]), binary.BigEndian.Uint32(head[6:])
	switch {
	case op == opRequest || op == opUnderflow || op == opStarted || op == opReply && tag >= ownTags:
		if length > maxHot {
			return fmt.Errorf("message %d of %d bytes from the sound server", op, length)
		}
		if err := w.fill(frameHead + length); err != nil {
			return err
		}
		if w.told != nil {
			w.told(op, w.in[w.from+frameHead+commandHead:w.from+frameHead+length])
		}
		w.from += frameHead + length
	case libraryKnows(op) && !(op == 0 && tag >= ownTags):
		w.theirs = frameHead + length
	default:
		w.skip = frameHead + length
	}
	return nil
}

// fill waits until there are n bytes, which is less than there is room for.
func (w *wire) fill(n int) error {
	if w.from == w.to {
		w.from, w.to = 0, 0
	}
	if w.from+n > len(w.in) {
		w.to = copy(w.in, w.in[w.from:w.to])
		w.from = 0
	}
	for w.to-w.from < n {
		got, err := w.read(w.in[w.to:])
		w.to += got
		if err != nil {
			return err
		}
	}
	return nil
}

// Write implements io.Writer for the library. It writes a frame in two pieces, the head by itself, and now and then
// nothing; the server gets the whole at once.
func (w *wire) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(w.partial) == 0 {
		if len(p) < frameHead {
			return 0, io.ErrShortWrite
		}
		w.partialMissing = frameHead + int(binary.BigEndian.Uint32(p))
	}
	w.partial = append(w.partial, p...)
	if w.partialMissing -= len(p); w.partialMissing > 0 {
		return len(p), nil
	}
	frame := w.partial
	w.partial = w.partial[:0]
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.conn.Write(frame); err != nil {
		return 0, err
	}
	return len(p), nil
}

// send writes whole frames without ever waiting; a server that does not take them at once has long stopped.
func (w *wire) send(frames []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now, w.nowErr = frames, nil
	if err := w.socket.Do(w.pushNow); err != nil {
		return err
	}
	return w.nowErr
}

// push and pull are raw system calls: they do not wait, and so Go's scheduler need not watch over them, which would cost
// more than they do.
func (w *wire) push(fd uintptr) {
	n, err := raw(syscall.SYS_SENDTO, fd, w.now, syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL)
	if err == nil && n < len(w.now) {
		err = io.ErrShortWrite
	}
	w.nowErr = err
}

func (w *wire) pull(fd uintptr) bool {
	w.got, w.gotErr = raw(syscall.SYS_RECVFROM, fd, w.into, syscall.MSG_DONTWAIT)
	if w.gotErr == nil && w.got == 0 {
		w.gotErr = io.EOF
	}
	return w.gotErr != syscall.EAGAIN
}

// readRaw waits for the next bytes.
func (w *wire) readRaw(p []byte) (int, error) {
	w.into = p
	if err := w.socket.Wait(w.pullNow); err != nil {
		return 0, err
	}
	return w.got, w.gotErr
}

func raw(call, fd uintptr, p []byte, flags uintptr) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall6(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), flags, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
			continue
		}
		return 0, errno
	}
}

// putHead writes the head of a frame for a stream's sound or, as controlFrame, a command.
func putHead(b []byte, length int, stream uint32) {
	clear(b[:frameHead])
	binary.BigEndian.PutUint32(b, uint32(length))
	binary.BigEndian.PutUint32(b[4:], stream)
}
