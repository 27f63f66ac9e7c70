package python

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// aliasDir contains the package guild in a wheel. It is not a top-level directory there: a file guild_run.pth appends it to Python's path,
// so that it neither replaces the files of Guild AI's package nor precedes them.
const aliasDir = "guild_run/_alias/"

const distribution = "guild_run"

// WheelName returns the file name of the wheel of a version.
func WheelName(version string) string {
	return fmt.Sprintf("%s-%s-py3-none-any.whl", distribution, version)
}

// WriteWheel writes the packages as a wheel for pip. The bytes depend only on the version.
func WriteWheel(w io.Writer, version string) error {
	sources, err := libraryFiles()
	if err != nil {
		return err
	}
	var files []libraryFile
	for _, f := range sources {
		if strings.HasPrefix(f.path, "guild/") {
			f.path = aliasDir + f.path
		}
		files = append(files, f)
	}
	info := fmt.Sprintf("%s-%s.dist-info/", distribution, version)
	files = append(files,
		libraryFile{distribution + ".pth", []byte(aliasDir + "\n")},
		libraryFile{info + "METADATA", fmt.Appendf(nil, "Metadata-Version: 2.1\nName: guild-run\nVersion: %s\n"+
			"Summary: Log to runs of guild, run operations and read runs\nRequires-Python: >=3.7\n", version)},
		libraryFile{info + "WHEEL", []byte("Wheel-Version: 1.0\nGenerator: guild\nRoot-Is-Purelib: true\nTag: py3-none-any\n")},
	)
	var record strings.Builder
	for _, f := range files {
		sum := sha256.Sum256(f.data)
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", f.path, base64.RawURLEncoding.EncodeToString(sum[:]), len(f.data))
	}
	fmt.Fprintf(&record, "%sRECORD,,\n", info)
	files = append(files, libraryFile{info + "RECORD", []byte(record.String())})
	z := zip.NewWriter(w)
	for _, f := range files {
		part, err := z.CreateHeader(&zip.FileHeader{Name: f.path, Method: zip.Deflate})
		if err == nil {
			_, err = part.Write(f.data)
		}
		if err != nil {
			return fmt.Errorf("write a wheel: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write a wheel: %w", err)
	}
	return nil
}
