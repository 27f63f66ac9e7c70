package web

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"guild/runs/catalog"
	"guild/sched/web/access"
)

// asOther requests pages as another user of this host, which needs root, and returns a response's status, address and text.
func asOther(t *testing.T, urls ...string) []string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can be another user")
	}
	const other = 12345
	exe, err := os.Open("/proc/self/exe")
	must(t, err)
	defer exe.Close()
	cmd := exec.Command("/proc/self/exe", append([]string{"-test.run=^TestAskAsOther$"}, urls...)...)
	cmd.Path = "/proc/self/fd/3" // the other user may have no access to the directory of the test binary
	cmd.ExtraFiles = []*os.File{exe}
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "ASK="+strings.Join(urls, " "))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: other, Gid: other}}
	out, err := cmd.CombinedOutput()
	must(t, err)
	var answers []string
	for line := range strings.Lines(string(out)) {
		if answer, ok := strings.CutPrefix(line, "answer: "); ok {
			answers = append(answers, strings.TrimSpace(answer))
		}
	}
	if len(answers) != len(urls) {
		t.Fatalf("%d answers of %d: %s", len(answers), len(urls), out)
	}
	return answers
}

// TestAskAsOther is the process of asOther. Like a browser it keeps cookies.
func TestAskAsOther(t *testing.T) {
	urls := os.Getenv("ASK")
	if urls == "" {
		t.Skip("only for asOther")
	}
	jar, err := cookiejar.New(nil)
	must(t, err)
	c := &http.Client{Jar: jar}
	defer c.CloseIdleConnections()
	for url := range strings.FieldsSeq(urls) {
		resp, err := c.Get(url)
		must(t, err)
		fmt.Printf("answer: %d %s %s\n", resp.StatusCode, resp.Request.URL, readLine(t, resp))
	}
}

func TestOtherUsersNeedTheToken(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0", "0.0.0.0:0", "[::]:0"} {
		store := newStore(t)
		run := ended(t, store, "op", 0, later())
		write(t, run, "hello\n")
		s, err := Start(t.Context(), Config{Catalog: catalog.New(store, nil), Addr: addr})
		if err != nil {
			t.Logf("%s: %v", addr, err)
			continue
		}
		t.Cleanup(func() { closeServer(t, s) })
		own, err := http.Get(s.URL())
		must(t, err)
		own.Body.Close()
		if own.StatusCode != http.StatusOK {
			t.Errorf("%s: %s for the user whose process serves", addr, own.Status)
		}
		base := strings.TrimSuffix(s.URL(), "/status")
		pages := []string{s.URL(), base + "/", base + "/static/dist/guild.js", base + "/api/status", base + "/api/events", base + "/api/runs",
			base + "/api/runs/" + run.ID + "/output", s.URL() + "?token=", s.URL() + "?token=" + access.NewToken()}
		for i, got := range asOther(t, pages...) {
			if !strings.HasPrefix(got, "403 ") || !strings.Contains(got, "guild view --link") || strings.Contains(got, strings.TrimPrefix(s.Link(), s.URL()+"?token=")) {
				t.Errorf("%s, other user, %s: %s", addr, pages[i], got)
			}
		}
		got := asOther(t, s.Link(), base+"/api/runs/"+run.ID+"/output")
		if want := "200 " + s.URL() + " "; !strings.HasPrefix(got[0], want) {
			t.Errorf("%s: link: %s, want %s", addr, got[0], want)
		}
		if !strings.HasPrefix(got[1], "200 ") || !strings.Contains(got[1], "hello") {
			t.Errorf("%s: after the link: %s", addr, got[1])
		}
	}
}

func TestOpenToAll(t *testing.T) {
	s := serve(t, Config{Catalog: catalog.New(newStore(t), nil), Open: true})
	if s.Link() != s.URL() {
		t.Errorf("link %s", s.Link())
	}
	if got := asOther(t, s.URL()); !strings.HasPrefix(got[0], "200 ") {
		t.Error(got)
	}
}

// A proxy sends requests for others, whoever runs the proxy.
func TestProxiesNeedTheToken(t *testing.T) {
	s := serve(t, Config{Catalog: catalog.New(newStore(t), nil)})
	for _, name := range []string{"X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"} {
		r, err := http.NewRequest(http.MethodGet, s.URL(), nil)
		must(t, err)
		r.Header.Set(name, "for=192.0.2.1")
		resp, err := http.DefaultClient.Do(r)
		must(t, err)
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
}
