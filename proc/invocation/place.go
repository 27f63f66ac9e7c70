package invocation

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"guild/opdef/python/pyenv"
	"guild/proc/container"
	"guild/proc/environ"
	"guild/proc/recipe"
	"guild/runs"
)

// useEnvironment makes the operation use the programs and packages of the Python environment that it was made for, as if that was
// activated. If this host does not have the environment, programs are found on PATH. It returns the command line with the program from the
// environment, if that has it.
func useEnvironment(rec *recipe.Recipe, argv []string, env map[string]string) []string {
	bin := filepath.Join(rec.EnvDir, "bin")
	if _, err := os.Stat(bin); rec.EnvDir == "" || err != nil {
		return argv
	}
	maps.Copy(env, pyenv.Variables(rec.EnvKind, rec.EnvDir, env["PATH"]))
	if strings.ContainsRune(argv[0], filepath.Separator) {
		return argv
	}
	program := filepath.Join(bin, argv[0])
	if _, err := exec.LookPath(program); err != nil {
		return argv
	}
	return append([]string{program}, argv[1:]...)
}

// inContainer returns the command that runs the operation in its image. The run directory is mounted, and read-only: the other runs and the
// project, to which dependencies are links, and guild's own files. The container gets only those environment variables that guild and the
// operation define.
func inContainer(rec *recipe.Recipe, r *runs.Run, argv []string, env Env, home, exe string) ([]string, error) {
	engine, err := container.Find(rec.Image)
	if err != nil {
		return nil, err
	}
	outer, inside := environ.Outer(), map[string]string{}
	for name, value := range env.All {
		if outerValue, inherited := outer[name]; !inherited || outerValue != value {
			inside[name] = value
		}
	}
	maps.Copy(inside, env.defined)
	if gpus, ok := env.All[environ.GPUs]; ok {
		inside[environ.GPUs] = gpus
	}
	delete(inside, "PATH")
	mounts := []container.Mount{{Path: r.Dir, Writable: true}, {Path: exe}}
	for _, dir := range []string{filepath.Dir(r.Dir), rec.ProjectDir} {
		if dir != "" && dir != "/" {
			mounts = append(mounts, container.Mount{Path: dir})
		}
	}
	if home != "" {
		inside["GUILD_HOME"] = home // the host's, whose runs are mounted
		mounts = append(mounts, container.Mount{Path: runs.Open(home).CacheDir("python")})
	}
	image := rec.Image
	if container.IsFile(image) && !filepath.IsAbs(image) {
		image = filepath.Join(rec.ProjectDir, image)
	}
	_, noGPU := os.Stat("/dev/nvidiactl")
	return container.Spec{Image: image, Name: "guild-" + r.ID, Dir: r.Dir, Argv: argv, Env: inside, Mounts: mounts,
		GPUs: noGPU == nil && inside[environ.GPUs] != ""}.Command(engine)
}
