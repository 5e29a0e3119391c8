package store

import (
	"os"
	"testing"
)

func TestProfileSearch(t *testing.T) {
	if os.Getenv("IMPORT_DIR") == "" {
		t.Skip()
	}
	s := openGood(t, os.Getenv("IMPORT_DIR"))
	s.background.Wait()
	for range 10 {
		took := searches(t, s)
		t.Log(took[len(took)/2], took[len(took)*95/100], took[len(took)*99/100], took[len(took)-1])
	}
}
