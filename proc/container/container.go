// Package container makes the command that runs an operation in an image, by apptainer, podman or docker, whichever is installed.
package container

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// EngineVariable names the program to use: apptainer, podman or docker. By default it is the first of these on PATH.
const EngineVariable = "GUILD_CONTAINER_ENGINE"

var engines = [...]string{"apptainer", "podman", "docker"}

// Mount is a file or directory of the host that is at the same path in the container.
type Mount struct {
	Path     string
	Writable bool
}

// Spec describes a container.
type Spec struct {
	Image  string // a name of a registry, with or without docker://, or the path of a .sif file for apptainer
	Name   string // of the container, for users
	Dir    string // working directory
	Argv   []string
	Env    map[string]string // of the process; the host's environment is not passed on
	Mounts []Mount           // those that do not exist are skipped
	GPUs   bool
}

// Find returns the path of the program that runs containers on this host.
func Find(image string) (string, error) {
	names := engines[:]
	if name := os.Getenv(EngineVariable); name != "" {
		names = []string{name}
	} else if IsFile(image) {
		names = engines[:1]
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("the operation runs in the image '%s', and no %s is on PATH: install one, or take 'image' out of the guild.yml",
		image, strings.Join(names, ", "))
}

// IsFile reports whether an image is a file for apptainer.
func IsFile(image string) bool { return strings.HasSuffix(image, ".sif") }

// Command returns the command line that runs s by an engine, which Find has returned.
func (s Spec) Command(engine string) ([]string, error) {
	if s.Image == "" || strings.HasPrefix(s.Image, "-") {
		return nil, errors.New("image: give the name of an image")
	}
	mounts := slices.DeleteFunc(slices.Clone(s.Mounts), func(m Mount) bool { _, err := os.Stat(m.Path); return err != nil })
	// Parent directories first.
	slices.SortStableFunc(mounts, func(a, b Mount) int { return len(a.Path) - len(b.Path) })
	for _, m := range mounts {
		if strings.ContainsAny(m.Path, ":,") {
			return nil, fmt.Errorf("%s cannot be mounted in a container: its path has a colon or a comma", m.Path)
		}
	}
	switch name := filepath.Base(engine); name {
	case "apptainer", "singularity":
		return append(s.apptainer(engine, mounts), s.Argv...), nil
	default: // the first word replaces the entry point of the image
		return append(s.docker(engine, name == "podman", mounts), s.Argv[1:]...), nil
	}
}

func (s Spec) apptainer(engine string, mounts []Mount) []string {
	argv := []string{engine, "exec", "--cleanenv", "--no-home", "--pwd", s.Dir}
	if s.GPUs {
		argv = append(argv, "--nv")
	}
	for _, m := range mounts {
		argv = append(argv, "--bind", m.Path+":"+m.Path+mode(m))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		argv = append(argv, "--env", name+"="+s.Env[name])
	}
	image := s.Image
	if !IsFile(image) && !strings.Contains(image, "://") {
		image = "docker://" + image
	}
	return append(argv, image)
}

func (s Spec) docker(engine string, podman bool, mounts []Mount) []string {
	argv := []string{engine, "run", "--rm", "--init", "--name", s.Name, "--workdir", s.Dir, "--entrypoint", s.Argv[0]}
	if podman {
		argv = append(argv, "--userns=keep-id") // files in the run belong to the user, as outside
	} else {
		argv = append(argv, "--user", fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()))
	}
	if s.GPUs && podman {
		argv = append(argv, "--device", "nvidia.com/gpu=all")
	} else if s.GPUs {
		argv = append(argv, "--gpus", "all")
	}
	for _, m := range mounts {
		argv = append(argv, "--volume", m.Path+":"+m.Path+mode(m))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		argv = append(argv, "--env", name+"="+s.Env[name])
	}
	return append(argv, strings.TrimPrefix(s.Image, "docker://"))
}

func mode(m Mount) string {
	if m.Writable {
		return ""
	}
	return ":ro"
}
