package resolve

import (
	"crypto/sha1" // names a file
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"guild/opdef/resource"
)

// postProcess runs the command of a source in the directory of its files, once for each command and directory. For a file that was kept at
// staging the command was run before.
func (t *task) postProcess(src *resource.Source, of file, dir string) error {
	line := strings.Join(strings.Fields(src.PostProcess), " ")
	if line == "" || of.kept != "" {
		return nil
	}
	sum := sha1.Sum([]byte(dir + "\x00" + line))
	marker := filepath.Join(t.Cache, "resources", "."+hex.EncodeToString(sum[:])+".post")
	if _, err := os.Stat(marker); err == nil {
		return nil
	}
	t.Say(fmt.Sprintf("Post processing %s resource in %s: %s", t.res.ResolvingName(), dir, line))
	cmd := exec.CommandContext(t.ctx, "/bin/sh", "-c", line)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	for l := range strings.Lines(string(out)) {
		t.Say(strings.TrimRight(l, "\n"))
	}
	if err != nil {
		return fmt.Errorf("post process '%s': %w", line, err)
	}
	if err := os.MkdirAll(filepath.Dir(marker), 0o777); err != nil {
		return err
	}
	return os.WriteFile(marker, nil, 0o666)
}
