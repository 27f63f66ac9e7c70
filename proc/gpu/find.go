package gpu

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"guild/runs/pattern"
)

// patience limits how long a vendor's program may take: it can hang with its driver.
const patience = 30 * time.Second

// Find returns the GPUs of this host as reported by nvidia-smi or else rocm-smi. A GPU that is split into MIG devices counts as these
// devices. The error says what to do if no GPU is found.
func Find(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var failed []error
	for _, tool := range []struct {
		words []string
		read  func(output string) []string
	}{
		{[]string{"nvidia-smi", "-L"}, readNvidia},
		{[]string{"rocm-smi", "--showid"}, readROCm},
	} {
		out, err := exec.CommandContext(ctx, tool.words[0], tool.words[1:]...).Output() //nolint:gosec // the words are constants
		if errors.Is(err, exec.ErrNotFound) {
			continue
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", strings.Join(tool.words, " "), err))
			continue
		}
		if names := tool.read(string(out)); len(names) > 0 {
			return names, nil
		}
	}
	if err := errors.Join(failed...); err != nil {
		return nil, fmt.Errorf("gpus=auto finds no GPU; name them, such as gpus=0,1: %w", err)
	}
	return nil, errors.New("gpus=auto finds no GPU, by neither nvidia-smi nor rocm-smi; name them, such as gpus=0,1")
}

var (
	nvidiaGPU = pattern.Lazy(`^GPU (\d+): `)
	nvidiaMIG = pattern.Lazy(`^\s+MIG .*\(UUID: (MIG-[^)\s]+)\)`)
	rocmGPU   = pattern.Lazy(`^GPU\[(\d+)\]`)
)

// readNvidia parses lines such as `GPU 0: NAME (UUID: GPU-…)`, and below a split GPU ` MIG NAME Device 0: (UUID: MIG-…)`.
func readNvidia(output string) []string {
	var names []string
	split := false // whether the latest GPU is split
	for line := range strings.Lines(output) {
		if m := nvidiaGPU().FindStringSubmatch(line); m != nil {
			names, split = append(names, m[1]), false
		} else if m := nvidiaMIG().FindStringSubmatch(line); m != nil {
			if !split && len(names) > 0 {
				names = names[:len(names)-1]
			}
			names, split = append(names, m[1]), true
		}
	}
	return names
}

// readROCm parses lines such as `GPU[0] : Device ID: 0x740f`; a GPU may have several lines.
func readROCm(output string) []string {
	var names []string
	for line := range strings.Lines(output) {
		if m := rocmGPU().FindStringSubmatch(line); m != nil && (len(names) == 0 || names[len(names)-1] != m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}
