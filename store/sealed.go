package store

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/crypto/argon2"

	"svara/phone"
)

const (
	sealedName = "secrets.json"
	keyName    = "secrets.key"
	keySize    = 32 // bytes, AES-256
)

// sealedFile keeps passwords where there is no keyring: secrets.json holds each sealed with AES-256-GCM under a key
// derived by argon2id from secrets.key, 32 random bytes. Both are files only their owner can open (0600).
//
// What it protects against: other users of the machine; a password in clear in a backup, a support file or a search
// index that takes secrets.json but not the key; entries swapped or altered (GCM, bound to the account's ID). What it
// does not protect against: anyone who can read both files, that is any program running as this user, the
// administrator, or a thief of an unencrypted disk. For that a keyring or a passphrase is needed; argon2id is in place
// for the latter, and the parameters are stored with the file so that they can be raised.
//
// The owner of a sealedFile serialises calls.
type sealedFile struct {
	dir     string
	log     *slog.Logger
	loaded  bool
	content sealedContent
	session map[phone.AccountID]phone.Secret // what could not be written, for as long as the phone runs
	aead    cipher.AEAD                      // nil until the first secret is opened or sealed: deriving the key takes time and memory
}

type sealedContent struct {
	Version int                              `json:"version"`
	KDF     kdf                              `json:"kdf"`
	Entries map[phone.AccountID]sealedSecret `json:"entries"`
}

// kdf is argon2id's parameters (RFC 9106). The input is random, so the least memory does: stretching protects weak
// passphrases only.
type kdf struct {
	Salt    []byte `json:"salt"`
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory"` // KiB
	Threads uint8  `json:"threads"`
}

type sealedSecret struct {
	Nonce  []byte `json:"nonce"`
	Sealed []byte `json:"sealed"`
}

var errNoSecret = errors.New("no password is stored")

func newSealedFile(dir string, log *slog.Logger) *sealedFile {
	return &sealedFile{dir: dir, log: log, session: map[phone.AccountID]phone.Secret{}}
}

// check reports whether the file can be written, without leaving anything behind that was not there.
func (f *sealedFile) check() error {
	if err := makeFolder(f.dir); err != nil {
		return fail("keep passwords", err)
	}
	probe, err := os.CreateTemp(f.dir, ".probe-*")
	if err != nil {
		return fail("keep passwords", err)
	}
	return fail("keep passwords", errors.Join(probe.Close(), os.Remove(probe.Name())))
}

func (f *sealedFile) path() string { return filepath.Join(f.dir, sealedName) }

// load reads the file once. A file that makes no sense is kept aside and an empty one begun.
func (f *sealedFile) load() error {
	if f.loaded {
		return nil
	}
	raw, err := os.ReadFile(f.path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.content = sealedContent{}
	case err != nil:
		return err
	default:
		var c sealedContent
		if err := json.Unmarshal(raw, &c); err != nil || c.Version != 1 || !c.KDF.sane() {
			kept := f.path() + ".damaged-" + stamp(time.Now())
			if err := os.Rename(f.path(), kept); err != nil {
				return err
			}
			f.log.Error("the password file was damaged", "kept", kept)
			c = sealedContent{}
		} else {
			_ = os.Chmod(f.path(), fileMode)
		}
		f.content = c
	}
	if f.content.Entries == nil {
		f.content.Entries = map[phone.AccountID]sealedSecret{}
	}
	f.loaded = true
	return nil
}

// sane refuses parameters that would panic, or take the machine's memory.
func (k kdf) sane() bool {
	return len(k.Salt) >= 8 && k.Time >= 1 && k.Time <= 100 && k.Memory >= 8 && k.Memory <= 1<<20 && k.Threads >= 1
}

// open derives the key. create makes the key file when there is none.
func (f *sealedFile) open(create bool) error {
	if err := f.load(); err != nil {
		return err
	}
	if f.aead != nil {
		return nil
	}
	key, err := f.key(create)
	if err != nil {
		return err
	}
	if !f.content.KDF.sane() {
		f.content.Version = 1
		f.content.KDF = kdf{Salt: randomBytes(16), Time: 1, Memory: 8 << 10, Threads: 1}
	}
	k := f.content.KDF
	block, err := aes.NewCipher(argon2.IDKey(key, k.Salt, k.Time, k.Memory, k.Threads, keySize))
	if err != nil {
		return err
	}
	f.aead, err = cipher.NewGCM(block)
	return err
}

// key reads the key file, or makes it.
func (f *sealedFile) key(create bool) ([]byte, error) {
	path := filepath.Join(f.dir, keyName)
	key, err := os.ReadFile(path)
	switch {
	case err == nil && len(key) == keySize:
		_ = os.Chmod(path, fileMode)
		return key, nil
	case err == nil && create:
		if err := os.Rename(path, path+".damaged-"+stamp(time.Now())); err != nil {
			return nil, err
		}
	case err == nil:
		return nil, fmt.Errorf("%s: not a key", path)
	case !errors.Is(err, fs.ErrNotExist) || !create:
		return nil, err
	}
	key = randomBytes(keySize)
	if err := makeFolder(f.dir); err != nil {
		return nil, err
	}
	return key, writeWhole(path, key)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return b
}

func (f *sealedFile) get(account phone.AccountID) (phone.Secret, error) {
	if secret, ok := f.session[account]; ok {
		return secret, nil
	}
	if err := f.load(); err != nil {
		return "", err
	}
	sealed, ok := f.content.Entries[account]
	if !ok {
		return "", errNoSecret
	}
	if err := f.open(false); err != nil {
		return "", err
	}
	if len(sealed.Nonce) != f.aead.NonceSize() {
		return "", errors.New("the stored password is damaged")
	}
	clear, err := f.aead.Open(nil, sealed.Nonce, sealed.Sealed, []byte(account))
	if err != nil {
		return "", fmt.Errorf("the stored password cannot be opened: %w", err)
	}
	return phone.Secret(clear), nil
}

// put saves a password. When that fails the session still has it.
func (f *sealedFile) put(account phone.AccountID, secret phone.Secret) error {
	err := f.open(true)
	if err == nil {
		nonce := randomBytes(f.aead.NonceSize())
		err = f.change(func(entries map[phone.AccountID]sealedSecret) {
			entries[account] = sealedSecret{
				Nonce:  nonce,
				Sealed: f.aead.Seal(nil, nonce, []byte(secret.Reveal()), []byte(account)),
			}
		})
	}
	if err != nil {
		f.session[account] = secret
		return err
	}
	delete(f.session, account)
	return nil
}

func (f *sealedFile) remove(account phone.AccountID) error {
	delete(f.session, account)
	if err := f.load(); err != nil {
		return err
	}
	if _, ok := f.content.Entries[account]; !ok {
		return nil
	}
	return f.change(func(entries map[phone.AccountID]sealedSecret) { delete(entries, account) })
}

// change edits the entries and writes the file; what could not be written is not changed.
func (f *sealedFile) change(edit func(map[phone.AccountID]sealedSecret)) error {
	next := f.content
	next.Entries = maps.Clone(f.content.Entries)
	edit(next.Entries)
	raw, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	if err := writeWhole(f.path(), append(raw, '\n')); err != nil {
		return err
	}
	f.content = next
	return nil
}

// writeWhole replaces a file so that a kill or power cut leaves either the old or the new one, and does nothing when it
// already holds just that.
func writeWhole(path string, content []byte) (err error) {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return nil
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(content)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder makes a rename survive a power cut, where the system can do so for folders at all.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
