package python

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"guild/runs/plainfile"
)

// Info describes an interpreter.
type Info struct {
	Exe      string   `json:"exe"`     // sys.executable: the interpreter itself, not a shim
	Version  string   `json:"version"` // 3.11.7
	Full     string   `json:"full"`    // sys.version, on one line
	Bits     int      `json:"bits"`    // 64 or 32
	SiteDirs []string `json:"site_dirs"`
}

const probeSource = `import json, struct, sys
print(json.dumps({"exe": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3],
    "full": " ".join(sys.version.split()), "bits": struct.calcsize("P") * 8,
    "site_dirs": [p for p in sys.path if p.endswith(("site-packages", "dist-packages"))]}))`

// probed is a cache entry. It is valid as long as the interpreter at its path is the same file.
type probed struct {
	Info  Info      `json:"info"`
	Stamp fileStamp `json:"stamp"`
}

// Probe asks the interpreter exe, a path or a name on PATH, about itself. It caches the answer in cacheDir as long as the interpreter is
// the same file and, if exe is a shim such as those of pyenv, as long as the shim's inputs are the same.
func Probe(ctx context.Context, exe, cacheDir string) (Info, error) {
	path, err := lookPath(exe)
	if err != nil {
		return Info{}, fmt.Errorf("there is no Python at %s; set %s to an interpreter", exe, ExeVariable)
	}
	exe = path
	stamp, err := stampOf(exe)
	if err != nil {
		return Info{}, fmt.Errorf("python at %s: %w", exe, err)
	}
	key := cacheKey(probeSource, exe, strconv.FormatInt(stamp.Size, 10), strconv.FormatInt(stamp.Mtime, 10), os.Getenv("PYTHONPATH"),
		os.Getenv("PYTHONNOUSERSITE"), shimInputs(exe))
	var p probed
	if readCache(cacheDir, "probe", key, &p) && !p.Stamp.changed() {
		return p.Info, nil
	}
	if p.Info, err = probe(ctx, exe); err != nil {
		return Info{}, err
	}
	if p.Stamp, err = stampOf(p.Info.Exe); err != nil {
		return Info{}, fmt.Errorf("python at %s: %w", exe, err)
	}
	writeCache(cacheDir, "probe", key, p)
	return p.Info, nil
}

func probe(ctx context.Context, exe string) (Info, error) {
	var stdout bytes.Buffer
	var stderr tail
	cmd := exec.CommandContext(ctx, exe, "-c", probeSource)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return Info{}, fmt.Errorf("start Python: %w", context.Cause(ctx))
		}
		return Info{}, fmt.Errorf("python at %s does not start: %w %s; set %s to an interpreter that does", exe, err,
			stderr.lastLine(), ExeVariable)
	}
	var info Info
	if err := json.Unmarshal(stdout.Bytes(), &info); err != nil || info.Exe == "" {
		return Info{}, fmt.Errorf("%s is not Python 3; set %s to an interpreter", exe, ExeVariable)
	}
	return info, nil
}

func stampOf(path string) (fileStamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileStamp{}, err
	}
	return fileStamp{Path: path, Size: info.Size(), Mtime: info.ModTime().UnixNano()}, nil
}

// shimInputs returns the inputs by which a shim chooses the interpreter: variables, and version files of the current directory, its parents
// and the user. It is empty for an interpreter.
func shimInputs(exe string) string {
	if !strings.Contains(exe, string(filepath.Separator)+"shims"+string(filepath.Separator)) && !isShellScript(exe) {
		return ""
	}
	var b strings.Builder
	for _, name := range []string{"PYENV_VERSION", "ASDF_PYTHON_VERSION", "MISE_PYTHON_VERSION", "PATH"} {
		b.WriteString(name + "=" + os.Getenv(name) + "\n")
	}
	add := func(path string) {
		if data, err := plainfile.Read(path); err == nil { // its text is part of a digest
			b.Write(data)
		} else if !errors.Is(err, fs.ErrNotExist) {
			b.WriteString(err.Error())
		}
	}
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		for _, name := range []string{".python-version", ".tool-versions", ".mise.toml", "mise.toml"} {
			add(filepath.Join(dir, name))
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	add(filepath.Join(filepath.Dir(filepath.Dir(exe)), "version")) // pyenv's own choice is beside its shims
	if home, err := os.UserHomeDir(); err == nil {
		add(filepath.Join(home, ".tool-versions"))
	}
	return b.String()
}

func isShellScript(path string) bool {
	f, err := plainfile.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 2)
	n, _ := f.Read(head)
	return string(head[:n]) == "#!"
}
