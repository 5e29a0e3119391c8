package ice

import (
	"io"
	"sync"
)

// locked is a writer for several goroutines.
type locked struct {
	mutex sync.Mutex
	w     io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.w.Write(b)
}
