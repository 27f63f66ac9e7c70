package container

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommand(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	if err := os.Mkdir(sub, 0o777); err != nil {
		t.Fatal(err)
	}
	s := Spec{Image: "lab:1", Name: "n", Dir: sub, Argv: []string{"sh", "-c", "true"}, Env: map[string]string{"B": "2", "A": "x y"},
		Mounts: []Mount{{sub, true}, {dir, false}, {filepath.Join(dir, "none"), false}}}
	mounts := " --volume " + dir + ":" + dir + ":ro --volume " + sub + ":" + sub
	tests := []struct {
		engine, image string
		gpus          bool
		want          string
	}{
		{"/bin/podman", "lab:1", false, "/bin/podman run --rm --init --name n --workdir " + sub + " --entrypoint sh --userns=keep-id" + mounts + " --env A=x y --env B=2 lab:1 -c true"},
		{"podman", "docker://lab:1", true, "podman run --rm --init --name n --workdir " + sub + " --entrypoint sh --userns=keep-id --device nvidia.com/gpu=all" + mounts + " --env A=x y --env B=2 lab:1 -c true"},
		{"apptainer", "lab:1", true, "apptainer exec --cleanenv --no-home --pwd " + sub + " --nv" + strings.ReplaceAll(mounts, "--volume", "--bind") + " --env A=x y --env B=2 docker://lab:1 sh -c true"},
		{"apptainer", "/x/lab.sif", false, "apptainer exec --cleanenv --no-home --pwd " + sub + strings.ReplaceAll(mounts, "--volume", "--bind") + " --env A=x y --env B=2 /x/lab.sif sh -c true"},
	}
	for _, tt := range tests {
		s.Image, s.GPUs = tt.image, tt.gpus
		argv, err := s.Command(tt.engine)
		if got := strings.Join(argv, " "); err != nil || got != tt.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", tt.engine, err, got, tt.want)
		}
	}
	s.Image, s.GPUs = "lab:1", true
	argv, err := s.Command("docker")
	if got := strings.Join(argv, " "); err != nil || !strings.Contains(got, " --user ") || !strings.Contains(got, " --gpus all ") {
		t.Errorf("docker: %v %s", err, got)
	}
}

func TestCommandErrors(t *testing.T) {
	colon := filepath.Join(t.TempDir(), "a:b")
	if err := os.Mkdir(colon, 0o777); err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]Spec{
		"give the name of an image": {Image: "--privileged", Argv: []string{"sh"}},
		"has a colon or a comma":    {Image: "lab", Argv: []string{"sh"}, Mounts: []Mount{{Path: colon}}},
	} {
		if _, err := s.Command("docker"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestFind(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	if _, err := Find("lab"); err == nil || !strings.Contains(err.Error(), "no apptainer, podman, docker is on PATH") {
		t.Errorf("nothing installed: %v", err)
	}
	for _, name := range []string{"docker", "podman"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if path, err := Find("lab"); err != nil || filepath.Base(path) != "podman" {
		t.Errorf("%s, %v", path, err)
	}
	if _, err := Find("lab.sif"); err == nil {
		t.Error("a file for apptainer was given to another program")
	}
	t.Setenv(EngineVariable, "docker")
	if path, err := Find("lab"); err != nil || filepath.Base(path) != "docker" {
		t.Errorf("%s, %v", path, err)
	}
}
