package cmd

import (
	"context"
	"fmt"
	"io"

	"guild/opdef/resolve"
)

// Download downloads a file that operations require.
type Download struct {
	URL string `arg:"" name:"url" help:"The address, as the attribute url of a resource has it."`
}

// Run prints the SHA-256 of the file, for the attribute sha256 of a resource, and the path of the file.
func (k *Download) Run(ctx context.Context, w io.Writer, user *User) error {
	file, sum, err := resolve.Download(ctx, user.Cache(), k.URL)
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	fmt.Fprintf(w, "%s  %s\n", sum, file)
	return nil
}
