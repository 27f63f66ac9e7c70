package gpu

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for spec, want := range map[string][]string{
		"0":                       {"0"},
		"1,0":                     {"0", "1"},
		"10, 2 ,02":               {"2", "10"},
		"GPU-8932f937-d72c,0":     {"GPU-8932f937-d72c", "0"},
		"MIG-GPU-1/5/0,MIG-2-3-4": {"MIG-GPU-1/5/0", "MIG-2-3-4"},
	} {
		if got, err := Parse(spec); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%q: %v, %v", spec, got, err)
		}
	}
	for _, spec := range []string{"", "0,,1", "-1", "a b"} {
		if got, err := Parse(spec); err == nil {
			t.Errorf("%q: %v", spec, got)
		}
	}
}

// TestFind uses stand-ins for the vendors' programs, with the output of real ones.
func TestFind(t *testing.T) {
	const nvidia = `GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5c89852c)
  MIG 3g.20gb     Device  0: (UUID: MIG-7089d0f3)
  MIG 3g.20gb     Device  1: (UUID: MIG-56c30729)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-1fb2e4f0)
`
	const rocm = `
============================ ROCm System Management Interface ============================
GPU[0]		: Device Name: 		AMD Instinct MI250X
GPU[0]		: Device ID: 		0x740c
GPU[1]		: Device Name: 		AMD Instinct MI250X
==========================================================================================
`
	tests := map[string]struct {
		tools map[string]string
		want  []string
		err   string
	}{
		"nvidia":         {map[string]string{"nvidia-smi": nvidia}, []string{"MIG-7089d0f3", "MIG-56c30729", "1"}, ""},
		"rocm":           {map[string]string{"rocm-smi": rocm}, []string{"0", "1"}, ""},
		"broken driver":  {map[string]string{"nvidia-smi": "", "rocm-smi": rocm}, []string{"0", "1"}, ""},
		"none":           {nil, nil, "name them, such as gpus=0,1"},
		"nothing listed": {map[string]string{"nvidia-smi": "No devices found."}, nil, "name them"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("PATH", dir)
			for tool, out := range tt.tools {
				script := "#!/bin/sh\nexit 9\n"
				if out != "" {
					script = "#!/bin/sh\nwhile read -r line; do echo \"$line\"; done <<'END'\n" + out + "END\n"
					script = strings.ReplaceAll(script, "read -r", "IFS= read -r")
				}
				if err := os.WriteFile(filepath.Join(dir, tool), []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			got, err := Find(t.Context())
			if !cmp.Equal(got, tt.want) || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestLock(t *testing.T) {
	t.Setenv(locksVariable, filepath.Join(t.TempDir(), "locks"))
	first, err := Lock("0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock("0"); !errors.Is(err, ErrTaken) {
		t.Errorf("a second lock: %v", err)
	}
	other, err := Lock("MIG-GPU-1/5/0")
	if err != nil {
		t.Errorf("another GPU: %v", err)
	}
	_ = other.Close()
	_ = first.Close()
	again, err := Lock("0")
	if err != nil {
		t.Errorf("after its end: %v", err)
	}
	_ = again.Close()
}
