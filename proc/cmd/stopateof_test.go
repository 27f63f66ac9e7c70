package cmd

import (
	"os"
	"syscall"
	"testing"
)

// TestStopAtEOF passes a signal on and ends without waiting for input. The end of input is in fixtures/scripts, since it redirects
// the output of the process.
func TestStopAtEOF(t *testing.T) {
	in, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer writer.Close()
	signals := make(chan os.Signal, 1)
	both, end, err := stopAtEOF(signals, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.WriteString("ignored"); err != nil {
		t.Fatal(err)
	}
	signals <- syscall.SIGUSR1
	if got := <-both; got != syscall.SIGUSR1 {
		t.Errorf("signal %v", got)
	}
	end()
}

// TestAwaitEOF tells the end of input from a wake-up.
func TestAwaitEOF(t *testing.T) {
	in, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	wake, over, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer wake.Close()
	if _, err := writer.WriteString("ignored"); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	if !awaitEOF(int(in.Fd()), int(wake.Fd())) {
		t.Error("the end of input was not seen")
	}
	over.Close()
	if awaitEOF(int(in.Fd()), int(wake.Fd())) {
		t.Error("the wake-up was taken for the end of input")
	}
}
