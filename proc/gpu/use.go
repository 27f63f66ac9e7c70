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

// Use is how much a GPU is used at the moment, by all processes of the host.
type Use struct {
	Name   string  // its number
	UUID   string  // empty if the vendor's program does not tell
	Busy   float64 // percent of the time in which it computes
	Memory float64 // bytes
}

// ErrNone says that no vendor's program tells anything of GPUs.
var ErrNone = errors.New("no GPU is found by nvidia-smi or rocm-smi")

// askPatience bounds how long one look at the use may take.
const askPatience = 10 * time.Second

// InUse asks the vendors' programs how much each GPU is used. cost is the CPU time that they took. The error is ErrNone where there is
// no such program, or it knows no GPU.
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
		cmd := exec.CommandContext(ctx, tool.words[0], tool.words[1:]...) //nolint:gosec // the words are those above
		out, err := cmd.Output()
		if cmd.ProcessState != nil {
			cost += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		}
		if err != nil {
			continue // it is not there, or its driver is not
		}
		if list := tool.read(out); len(list) > 0 {
			return list, cost, nil
		}
	}
	return nil, cost, ErrNone
}

// readNvidiaUse reads lines such as `0, GPU-5c89852c, 87, 30521`; the memory is in MiB. What a GPU does not tell, such as the use of one
// that is split into MIG devices, is [N/A] and counts as zero.
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

// readROCmUse reads an object such as {"card0": {"GPU use (%)": "12", "VRAM Total Used Memory (B)": "10854400"}}.
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

// Among returns those that a value of CUDA_VISIBLE_DEVICES names, by number or by the start of the UUID.
func Among(list []Use, visible string) []Use {
	names := strings.Split(visible, ",")
	return slices.DeleteFunc(slices.Clone(list), func(u Use) bool {
		return !slices.ContainsFunc(names, func(name string) bool {
			name = strings.TrimSpace(name)
			return name == u.Name || strings.HasPrefix(name, "GPU-") && strings.HasPrefix(u.UUID, name)
		})
	})
}
