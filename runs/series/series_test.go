package series

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guild/runs"
	"guild/runs/scalars"
)

func runWith(t *testing.T, table string) *runs.Run {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, ".guild", "attrs"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "metrics.csv"), []byte(table), 0o666); err != nil {
		t.Fatal(err)
	}
	r := runs.At(dir)
	w := scalars.NewWriter(r)
	w.Scalar("val/loss", 1, 1, time.Unix(1700000000, 250000000))
	w.Scalar("sys/cpu", 1, 1, time.Unix(1700000000, 0))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRead(t *testing.T) {
	r := runWith(t, "step,loss,acc\n2,0.5,\n1,3,0.25\n2,0.75,\n")
	tests := []struct {
		tags []string
		want []string
	}{
		{nil, []string{"acc 0.25@1", "loss 3@1 0.5@2 0.75@2", "val/loss 1@1"}},
		{[]string{"*loss"}, []string{"loss 3@1 0.5@2 0.75@2", "val/loss 1@1"}},
		{[]string{"val/*", "sys/cpu"}, []string{"sys/cpu 1@1", "val/loss 1@1"}},
		{[]string{"los", "["}, []string{}},
	}
	for _, tt := range tests {
		list, err := Read(r, Select{Tags: tt.tags})
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, s := range list {
			text := s.Key
			for _, p := range s.Points {
				text += fmt.Sprintf(" %v@%d", p.Value, p.Step)
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v: %s", tt.tags, diff)
		}
	}
}

func TestReduceAndEvery(t *testing.T) {
	s := Series{}
	for i, v := range []float64{math.NaN(), 2, 1, 4, 1} {
		s.Points = append(s.Points, Point{Step: int64(i), Value: v, Time: time.Unix(int64(i), 0)})
	}
	for by, want := range map[Reduction]string{Last: "1@4", Min: "1@2", Max: "4@3", Mean: "NaN@4"} {
		p := s.Reduce(by)
		if got := fmt.Sprintf("%v@%d", p.Value, p.Step); got != want {
			t.Errorf("%s: %s, want %s", by, got, want)
		}
	}
	s.Points = s.Points[1:]
	if p := s.Reduce(Mean); p.Value != 2 || !p.Time.IsZero() {
		t.Errorf("mean %v", p)
	}
	for n, want := range map[int]string{0: "1 2 3 4 ", 1: "1 2 3 4 ", 2: "1 3 4 ", 3: "1 4 ", 9: "1 4 "} {
		got := ""
		for _, p := range s.Every(n) {
			got += fmt.Sprintf("%d ", p.Step)
		}
		if got != want {
			t.Errorf("every %d: %s, want %s", n, got, want)
		}
	}
}

func TestSeconds(t *testing.T) {
	if got := Seconds(time.Unix(1700000000, 250_000_000)) + Seconds(time.Time{}); got != "1700000000.250000" {
		t.Error(got)
	}
}
