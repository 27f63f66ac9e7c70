package access

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"guild/runs"
	"guild/runs/plainfile"
	"guild/runs/process"
)

const tokenBytes = 24

// Token returns the secret in the links to a user's dashboards of a home. A file of the home that only its user may read keeps it, so that
// links stay valid; the first call makes the file. The error says what is wrong with the file, and what to do.
func Token(store *runs.Store) (string, error) {
	path := tokenPath(store)
	token, err := readToken(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return token, err
	}
	if err := store.MakeDir(store.Home()); err != nil {
		return "", fmt.Errorf("keep the dashboard's token: %w", err)
	}
	if err := makeToken(path); err != nil {
		return "", fmt.Errorf("keep the dashboard's token: %w", err)
	}
	return readToken(path) // if several processes make a token at once, the first one counts
}

// tokenPath contains the user id: users who share a home have separate tokens, because they have separate files.
func tokenPath(store *runs.Store) string {
	return filepath.Join(store.Home(), "dashboard-token."+strconv.Itoa(os.Geteuid()))
}

// NewToken returns a new random token.
func NewToken() string {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	return hex.EncodeToString(secret)
}

// makeToken writes a new token to path, unless the file exists by then.
func makeToken(path string) error {
	tmp := filepath.Join(filepath.Dir(path), process.TempName("token"))
	defer func() { _ = os.Remove(tmp) }()
	if err := os.WriteFile(tmp, []byte(NewToken()+"\n"), 0o600); err != nil {
		return err
	}
	err := os.Link(tmp, path)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil: // the file system has no hard links
		return os.Rename(tmp, path)
	}
	return nil
}

// readToken reads the token, and returns an error if somebody else may have read or written it.
func readToken(path string) (string, error) {
	f, err := plainfile.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return "", fmt.Errorf("read the dashboard's token: %w", err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("read the dashboard's token: %w", err)
	}
	owner, _ := st.Sys().(*syscall.Stat_t)
	if !st.Mode().IsRegular() || st.Mode().Perm()&0o077 != 0 || owner == nil || int(owner.Uid) != os.Geteuid() {
		return "", fmt.Errorf("the dashboard's token in %s may be known to other users; remove the file, and a new token is made", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, 4*tokenBytes))
	if err != nil {
		return "", fmt.Errorf("read the dashboard's token: %w", err)
	}
	token := string(bytes.TrimSpace(data))
	if raw, err := hex.DecodeString(token); err != nil || len(raw) != tokenBytes {
		return "", fmt.Errorf("the dashboard's token in %s is damaged; remove the file, and a new token is made", path)
	}
	return token, nil
}
