package web

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const otherHost = "node2"

// host runs the real program in a project, either on this host or on a simulated one, which shares the file system but has its own host
// name, process ids and network.
type host struct {
	t       *testing.T
	exe     string
	project string
	apart   bool
}

// command returns a program that has not been started. No process of it outlives the test.
func (h host) command(args ...string) *exec.Cmd {
	line := append([]string{h.exe}, args...)
	if h.apart {
		line = append([]string{"unshare", "--uts", "--pid", "--net", "--mount-proc", "--fork", "--kill-child", "sh", "-c", `hostname ` + otherHost + ` && exec "$@"`, "sh"}, line...)
	}
	cmd := exec.CommandContext(h.t.Context(), line[0], line[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Dir = h.project
	cmd.Env = append(os.Environ(), "GUILD_HOME="+filepath.Join(h.project, ".home"))
	return cmd
}

// run waits until the program has ended successfully.
func (h host) run(args ...string) string {
	h.t.Helper()
	out, err := h.command(args...).CombinedOutput()
	if err != nil {
		h.t.Fatalf("guild %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// start leaves the program running until the test ends, and returns the match of a pattern in its messages.
func (h host) start(wanted string, args ...string) string {
	h.t.Helper()
	cmd := h.command(args...)
	out, in, err := os.Pipe()
	must(h.t, err)
	cmd.Stdout, cmd.Stderr = in, in
	must(h.t, cmd.Start())
	must(h.t, in.Close())
	found := make(chan string, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(found)
		pattern := regexp.MustCompile(wanted)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := pattern.FindString(lines.Text()); m != "" && len(found) == 0 {
				found <- m
			}
		}
	}()
	h.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // the program may have ended
		_ = cmd.Wait()
		<-ended
		out.Close()
	})
	select {
	case m, ok := <-found:
		if !ok {
			h.t.Fatalf("guild %s ended without saying %s", strings.Join(args, " "), wanted)
		}
		return m
	case <-time.After(patience):
		h.t.Fatalf("guild %s does not say %s", strings.Join(args, " "), wanted)
	}
	return ""
}

// Two hosts with one runs root: the page of one shows the schedulers and the runs of both, and stops and stages again what is on the other.
func TestBrowserTwoHosts(t *testing.T) {
	b := openTab(t, 1440)
	for _, tool := range []string{"go", "unshare"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can make another host")
	}
	project := t.TempDir()
	exe := filepath.Join(project, ".bin", "guild")
	build := exec.Command("go", "build", "-o", exe, "guild")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	must(t, os.WriteFile(filepath.Join(project, "guild.yml"), []byte("work:\n  exec: sh work.sh ${n}\n  flags:\n    n: 1\n"), 0o666))
	must(t, os.WriteFile(filepath.Join(project, "work.sh"), []byte("echo on $(hostname)\nexec sleep 600\n"), 0o666))
	here, there := host{t, exe, project, false}, host{t, exe, project, true}
	must(t, there.command("--version").Run())

	for n := range 4 {
		here.run("run", "work", fmt.Sprintf("n=%d", n), "--stage", "-y")
	}
	here.start(`Initializing cluster`, "run", "dask:scheduler", "workers=1", "dashboard-address=no", "poll-interval=1", "-y")
	there.start(`Initializing cluster`, "run", "dask:scheduler", "workers=2", "dashboard-address=no", "poll-interval=1", "-y")
	here.start(`http://\S+/status`, "view", "-p", "0", "-n")
	link := strings.TrimSpace(here.run("view", "--link"))
	b.open(link)
	status, _, _ := strings.Cut(link, "?")

	// Both schedulers, and the three runs that they have room for.
	b.await(`document.querySelectorAll('#schedulers .card').length === 2 && document.querySelectorAll('#running a').length === 3`)
	const mine = `[...document.querySelectorAll('#running a')].filter((a) => a.querySelector('.at').innerText.startsWith('` + otherHost + ` · worker '))`
	b.await(mine + `.length === 2`)
	if got := b.eval(`document.getElementById('subline').innerText`); !strings.Contains(fmt.Sprint(got), "3 of 3 workers busy on 2 hosts") {
		t.Errorf("%v", got)
	}
	b.open(status + "?view=schedulers")
	b.await(`[...document.querySelectorAll('.lane-card h2 .n')].some((n) => n.innerText.startsWith('` + otherHost + ` · live · 2 workers')) && document.querySelectorAll('.span[data-status=running]').length === 3`)

	// A run of the other host is stopped.
	b.open(status)
	b.await(mine + `.length === 2`)
	id, _ := b.eval(mine + `[0].dataset.id`).(string)
	b.eval(`location.hash = '#run/` + id + `'`)
	b.await(`document.getElementById('run-meta').innerText.includes('` + otherHost + `')`)
	b.choose("run-actions", "stop")
	b.eval(`document.getElementById('action-do').focus()`)
	b.keys("Enter")
	b.await(shownOutput)
	b.keys("Enter")
	b.await(`document.getElementById('run-meta').innerText.includes('terminated')`)

	// It is staged again, and starts once there is room for it.
	b.choose("run-actions", "restage")
	b.eval(`document.getElementById('action-do').focus()`)
	b.keys("Enter")
	b.await(shownOutput)
	b.keys("Enter")
	b.await(`/staged|running/.test(document.getElementById('run-meta').innerText)`)
	other, _ := b.eval(mine + `.map((a) => a.dataset.id).find((id) => id !== '` + id + `')`).(string)
	here.run("stop", other, "-y")
	b.await(`document.getElementById('run-meta').innerText.includes('running')`)
	if text := here.run("runs", "info", id); !strings.Contains(text, "running") {
		t.Errorf("the run is not running:\n%s", text)
	}
}
