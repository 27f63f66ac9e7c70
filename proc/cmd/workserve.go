package cmd

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"guild/proc"
	"guild/proc/joborder"
)

// idleAtMost is how long a process waits for the next job before it ends, with exit status 0 and without an answer.
const idleAtMost = time.Minute

// serveJobs runs one job after the other, so that runs need not start a program each. When in ends, the program that started this process
// has ended, and the current run is stopped.
func serveJobs(ctx context.Context, signals <-chan os.Signal, in *os.File, out io.Writer) error {
	orders, ended := make(chan []byte), make(chan struct{})
	var failed error
	go func() { // ends with its input, or with the process
		failed = readOrders(in, orders)
		discardOutput() // nobody reads it any more
		close(ended)
	}()
	for {
		var line []byte
		select {
		case line = <-orders:
		case <-ended:
			return failed
		case <-time.After(idleAtMost):
			return nil
		case sig := <-signals:
			if proc.AsksToEnd(sig) {
				return nil
			}
			continue
		}
		var o joborder.Order
		if err := json.Unmarshal(line, &o); err != nil {
			return fmt.Errorf("a job that cannot be read: %w", err)
		}
		data, err := json.Marshal(answer(ctx, o, signals, ended))
		if err != nil {
			return err
		}
		if _, err := out.Write(append(data, '\n')); err != nil {
			return fmt.Errorf("answer a job: %w", err)
		}
	}
}

func readOrders(in io.Reader, orders chan<- []byte) error {
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read jobs: %w", err)
		}
		orders <- line
	}
}

// answer runs the run of a job.
func answer(ctx context.Context, o joborder.Order, signals <-chan os.Signal, ended <-chan struct{}) joborder.Answer {
	passed, done := make(chan os.Signal, 1), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { forward(passed, signals, ended, done) })
	exit, nothing, err := runJob(ctx, passed, o.RunDir, o.Home, o.Claim)
	close(done)
	wg.Wait()
	switch {
	case nothing != nil:
		return joborder.Answer{Stderr: "guild: " + joborder.NothingToDo(nothing)}
	case err != nil:
		return joborder.Answer{Exit: 1, Stderr: "guild: " + err.Error()}
	}
	return joborder.Answer{Exit: proc.ExitCode(exit)}
}
