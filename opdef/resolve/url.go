package resolve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/resource"
	"guild/runs/dirmode"
)

// findURL finds the file for an address: one of this machine, or one of the web, in the cache if it has the file.
func (t *task) findURL(src *resource.Source) ([]file, error) {
	f, err := t.addressed(src)
	if err != nil {
		return nil, err
	}
	return t.files(src, f)
}

// addressed returns the file for an address. One of the web is downloaded to the cache if necessary.
func (t *task) addressed(src *resource.Source) (file, error) {
	address, err := flagvalue.ExpandFlags(src.Ref, t.Values)
	if err != nil {
		return file{}, fmt.Errorf("cannot resolve '%s': %w", src.Ref, err)
	}
	path, local, err := place(t.Cache, address)
	if err != nil {
		return file{}, err
	}
	f := within(filepath.Dir(path), path)
	if f.kept = t.kept(address, filepath.Base(path)); f.kept != "" {
		return f, nil
	}
	if local {
		return f, isFile(address, path)
	}
	if _, err := os.Stat(path); err == nil {
		t.Say("Using cached file " + path)
	} else if err := download(t.ctx, address, path, src.SHA256); err != nil {
		return file{}, err
	}
	return f, nil
}

// place returns the path of the file for an address: the file itself if it is local, on this machine, else its place in a cache directory.
func place(cache, address string) (path string, local bool, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false, err
	}
	if u.Scheme == "file" {
		if u.Host != "" && u.Host != "localhost" || !filepath.IsAbs(u.Path) {
			return "", false, fmt.Errorf("'%s' names no file of this machine; write file:///PATH, or require it as 'file: PATH'", address)
		}
		return filepath.Clean(u.Path), true, nil
	}
	path, err = cached(cache, u, address)
	return path, false, err
}

// isFile returns an error if the file that an address names is none.
func isFile(address, path string) error {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return fmt.Errorf("cannot find the file that '%s' names", address)
	case err == nil && info.IsDir():
		return fmt.Errorf("'%s' is a directory; require it as 'file: %s'", address, path)
	}
	return err
}

// cached returns the path of the file for an address in a cache directory.
func cached(cache string, u *url.URL, address string) (string, error) {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("'%s' is no address that begins with http://, https:// or file://", address)
	}
	name := path.Base(u.Path)
	if name == "/" || name == "." || strings.HasPrefix(name, ".") {
		return "", fmt.Errorf("'%s' names no file", address)
	}
	sum := sha256.Sum224([]byte(address))
	return filepath.Join(cache, "resources", hex.EncodeToString(sum[:]), name), nil
}

// Download downloads a file to a cache directory, in which operations that require it find it, unless it is there already or on this
// machine. It returns its path and SHA-256, in hex.
func Download(ctx context.Context, cache, address string) (file, sum string, err error) {
	file, local, err := place(cache, address)
	if err != nil {
		return "", "", err
	}
	if local {
		if err := isFile(address, file); err != nil {
			return "", "", err
		}
	} else if _, err := os.Stat(file); err != nil {
		if err := download(ctx, address, file, ""); err != nil {
			return "", "", err
		}
	}
	sum, err = sha256Of(file)
	return file, sum, err
}

// download downloads a file, which appears only if it is complete and has the expected digest.
func download(ctx context.Context, address, file, wantSum string) error {
	dir := filepath.Dir(file)
	if err := dirmode.MakeAll(dir); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		var what *url.Error
		if errors.As(err, &what) {
			err = what.Err
		}
		return fmt.Errorf("cannot get %s: %w", address, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("cannot get %s: the server says %s", address, resp.Status)
	}
	tmp, err := os.CreateTemp(dir, ".download-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // does nothing after a successful rename
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(tmp, h), resp.Body)
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("cannot get %s: %w", address, err)
	}
	if sum := hex.EncodeToString(h.Sum(nil)); wantSum != "" && !strings.EqualFold(sum, wantSum) {
		return fmt.Errorf("bad sha256 for '%s' (expected %s but got %s)", address, wantSum, sum)
	}
	if err := os.Chmod(tmp.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}
