package process

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestAlive(t *testing.T) {
	me := Self()
	if !me.SameSystem() || !me.Alive() {
		t.Errorf("this process is not alive: %+v", me)
	}
	for name, change := range map[string]func(*Identity){
		"reused pid":      func(o *Identity) { o.Start += "1" },
		"unknown start":   func(o *Identity) { o.Start = "" },
		"earlier boot":    func(o *Identity) { o.Boot = "other" },
		"unknown boot":    func(o *Identity) { o.Boot = "" },
		"other namespace": func(o *Identity) { o.PIDNS = "pid:[1]" },
		"no pid":          func(o *Identity) { o.PID = 0 },
	} {
		o := me
		change(&o)
		if o.Alive() {
			t.Errorf("%s: alive", name)
		}
	}
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	o := me
	o.PID = cmd.Process.Pid
	var err error
	if o.Start, err = Start(o.PID); err != nil || !o.Alive() {
		t.Errorf("a child is not alive: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if o.Alive() {
		t.Error("a child that ended is alive")
	}
}

func TestMakerOf(t *testing.T) {
	mine := TempName("x-1-y")
	m, base, ok := MakerOf(mine)
	if !ok || m.PID != os.Getpid() || m.Host != HostInName() || base != "x-1-y" || m.Dead() || m.Elsewhere() {
		t.Errorf("%s: %+v, %q, %v", mine, m, base, ok)
	}
	pid, system, start := fmt.Sprintf("-%d-", os.Getpid()), selfTokens().system, selfTokens().process
	for name, want := range map[string]struct{ dead, elsewhere bool }{
		strings.Replace(mine, start, token("another start"), 1):       {true, false}, // the pid was reused
		strings.Replace(mine, system, token("another boot"), 1):       {false, true},
		strings.Replace(mine, pid, "-999999999-", 1):                  {true, false}, // no system has so many processes
		strings.Replace(mine, pid, "-99999999999999999999999999-", 1): {false, false},
		strings.TrimPrefix(mine, TempPrefix):                          {false, false},
	} {
		if m, _, ok := MakerOf(name); !ok || m.Dead() != want.dead || m.Elsewhere() != want.elsewhere {
			t.Errorf("%s: %+v, %v: dead %v, elsewhere %v", name, m, ok, m.Dead(), m.Elsewhere())
		}
	}
	for _, name := range []string{"", ".tmp-", ".tmp-of-a-user", ".tmp-h-1-0123-1-x", "a-1-0123456789abcdef"} {
		if m, _, ok := MakerOf(name); ok || m.Dead() {
			t.Errorf("%q was made by %+v", name, m)
		}
	}
}
