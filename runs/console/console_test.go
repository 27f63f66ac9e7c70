package console

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestConfirm(t *testing.T) {
	tests := []struct {
		in   string
		def  bool
		want bool
	}{
		{"y\n", false, true},
		{"YES\n", false, true},
		{"n\n", true, false},
		{"\n", true, true},
		{"\n", false, false},
		{"what\ny\n", false, true},
		{"y", false, true},
	}
	for _, tt := range tests {
		c := &Console{In: strings.NewReader(tt.in), Out: io.Discard}
		got, err := c.Confirm("Continue?", tt.def)
		if err != nil || got != tt.want {
			t.Errorf("%q with default %v: %v, %v", tt.in, tt.def, got, err)
		}
	}
}

// TestNoAnswer: if the input ends before an answer, nothing is confirmed, and the error names -y.
func TestNoAnswer(t *testing.T) {
	for _, in := range []string{"", "what", "what\n"} {
		var errs bytes.Buffer
		c := &Console{In: strings.NewReader(in), Out: io.Discard, Err: &errs}
		ok, err := c.Confirm("Continue?", true)
		if status := c.Report(err); ok || status != 1 || errs.String() != "guild: there is no answer to 'Continue?': the input has ended\nUse -y to go on without being asked.\n" {
			t.Errorf("%q: %v, status %d, %s", in, ok, status, errs.String())
		}
	}
}

// TestConfirmSignal: a signal ends a question that nobody answers, and the input is not read afterwards.
func TestConfirmSignal(t *testing.T) {
	in, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer answers.Close()
	out := &asked{once: sync.OnceFunc(func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Error(err)
		}
	})}
	c := &Console{In: in, Out: out}
	ok, err := c.Confirm("Continue?", true)
	if status := c.Report(err); ok || status != 130 {
		t.Errorf("%v, %v, status %d", ok, err, status)
	}
	if _, err := answers.WriteString("y\n"); err != nil {
		t.Fatal(err)
	}
	if ok, err := c.Confirm("Continue?", false); !ok || err != nil { // from the input that the first question has left
		t.Errorf("%v, %v", ok, err)
	}
}

// asked calls once when the question is asked.
type asked struct{ once func() }

func (a *asked) Write(b []byte) (int, error) {
	a.once()
	return len(b), nil
}

// TestConfirmTooLate: no question is asked after a signal has ended the command.
func TestConfirmTooLate(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(Interrupt{syscall.SIGTERM})
	c := &Console{In: strings.NewReader("y\n"), Out: io.Discard, Ctx: ctx}
	ok, err := c.Confirm("Continue?", true)
	if status := c.Report(err); ok || status != 143 {
		t.Errorf("%v, %v, status %d", ok, err, status)
	}
}

func TestConfirmLeavesTheRest(t *testing.T) {
	in := strings.NewReader("y\nfor the operation")
	c := &Console{In: in, Out: io.Discard}
	if _, err := c.Confirm("Continue?", true); err != nil {
		t.Fatal(err)
	}
	if rest, _ := io.ReadAll(in); string(rest) != "for the operation" {
		t.Errorf("left %q", rest)
	}
}
