package cmd

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"guild/runs/console"
	"guild/sched/state"
)

// On a terminal, statuses of schedulers have the colours of statuses; elsewhere they have none.
func TestPrintScheduler(t *testing.T) {
	id := func(digit string) string { return strings.Repeat(digit, 32) }
	st := &state.State{RunID: id("a"), Kind: "queue", Host: "h", Workers: 1, Paused: true, Done: 2, Failed: 1, WaitingTotal: 1, Heartbeat: time.Now(),
		Running: []state.Running{{RunID: id("b"), Node: "n\x1b[1m"}}, Waiting: []state.Waiting{{RunID: id("c")}}}
	want := "aaaaaaaa  queue on h, <33>paused</>: 1 worker(s), 1 <36>running</>, 1 waiting, 2 <32>completed</>, <31>1 failed</>; heard of Ns ago\n" +
		"    bbbbbbbb  <36>running</> n\\x1b[1m\n" +
		"    cccccccc  <34>staged</>: waiting for a free worker\n"
	tag := regexp.MustCompile(`<.*?>`)
	for _, color := range []bool{true, false} {
		var out strings.Builder
		printScheduler(&console.Console{Out: &out, Color: color}, st)
		got := strings.ReplaceAll(out.String(), "\x1b[m", "</>")
		got = regexp.MustCompile("\x1b\\[(\\d+)m").ReplaceAllString(got, "<$1>")
		got = regexp.MustCompile(`of \d+s ago`).ReplaceAllString(got, "of Ns ago")
		expected := want
		if !color {
			expected = tag.ReplaceAllString(want, "")
		}
		if got != expected {
			t.Errorf("color %v:\n%s\nwant\n%s", color, got, expected)
		}
	}
}
