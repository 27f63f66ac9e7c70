package gpu

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Use is the current utilization of a GPU by all processes of the host.
type Use struct {
	Name   string  // its number
	UUID   string  // empty if unknown
	Busy   float64 // percent of time spent computing
	Memory float64 // bytes
}

// ErrNone means that no vendor's program reports a GPU.
var ErrNone = errors.New("no GPU is found by nvidia-smi or rocm-smi")

// askPatience limits the time of one query.
const askPatience = 10 * time.Second

// InUse returns the utilization of each GPU as the vendors' programs report it. cost is the CPU time of these programs. The error is
// ErrNone if there is no such program, or it reports no GPU.
func InUse(ctx context.Context) (list []Use, cost time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	for _, tool := range []struct {
		words []string
		read  func(output []byte) []Use
	}{
		{[]string{"nvidia-smi", "--query-gpu=index,uuid,utilization.gpu,memory.used", "--format=csv,noheader,nounits"}, readNvidiaUse},
		{[]string{"rocm-smi", "--showuse", "--showmeminfo", "vram", "--json"}, readROCmUse},
	} {
		cmd := exec.CommandContext(ctx, tool.words[0], tool.words[1:]...) //nolint:gosec // the words are constants
		out, err := cmd.Output()
		if cmd.ProcessState != nil {
			cost += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		}
		if err != nil {
			continue // the program or its driver is missing
		}
		if list := tool.read(out); len(list) > 0 {
			return list, cost, nil
		}
	}
	return nil, cost, ErrNone
}

// readNvidiaUse parses lines such as `0, GPU-5c89852c, 87, 30521`; the memory is in MiB. Unavailable values, such as the utilization of a
// GPU that is split into MIG devices, are [N/A] and count as zero.
func readNvidiaUse(output []byte) []Use {
	var list []Use
	for line := range strings.Lines(string(output)) {
		fields := strings.Split(line, ",")
		if len(fields) != 4 {
			continue
		}
		for i, f := range fields {
			fields[i] = strings.TrimSpace(f)
		}
		if _, err := strconv.Atoi(fields[0]); err != nil {
			continue
		}
		const mib = 1 << 20
		list = append(list, Use{Name: fields[0], UUID: fields[1], Busy: number(fields[2]), Memory: number(fields[3]) * mib})
	}
	return list
}

// readROCmUse parses an object such as {"card0": {"GPU use (%)": "12", "VRAM Total Used Memory (B)": "10854400"}}.
func readROCmUse(output []byte) []Use {
	var cards map[string]map[string]string
	if json.Unmarshal(output, &cards) != nil {
		return nil
	}
	var list []Use
	for name, card := range cards {
		index, ok := strings.CutPrefix(name, "card")
		if _, err := strconv.Atoi(index); !ok || err != nil {
			continue
		}
		list = append(list, Use{Name: index, Busy: number(card["GPU use (%)"]), Memory: number(card["VRAM Total Used Memory (B)"])})
	}
	slices.SortFunc(list, func(a, b Use) int {
		x, _ := strconv.Atoi(a.Name)
		y, _ := strconv.Atoi(b.Name)
		return x - y
	})
	return list
}

func number(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return v
}

// Among returns the GPUs in a value of CUDA_VISIBLE_DEVICES, which has numbers or beginnings of UUIDs.
func Among(list []Use, visible string) []Use {
	names := strings.Split(visible, ",")
	return slices.DeleteFunc(slices.Clone(list), func(u Use) bool {
		return !slices.ContainsFunc(names, func(name string) bool {
			name = strings.TrimSpace(name)
			return name == u.Name || strings.HasPrefix(name, "GPU-") && strings.HasPrefix(u.UUID, name)
		})
	})
}
