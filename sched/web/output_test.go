package web

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guild/runs"
)

func tailOf(r *runs.Run, from int64) *tail { return &tail{run: r, next: from, most: maxChunk} }

func read(t *testing.T, tl *tail) Output {
	t.Helper()
	out, err := tl.read()
	must(t, err)
	return out
}

func write(t *testing.T, r *runs.Run, text string) {
	t.Helper()
	f, err := os.OpenFile(r.GuildPath("output"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	must(t, err)
	defer f.Close()
	_, err = f.WriteString(text)
	must(t, err)
}

func TestTailFollows(t *testing.T) {
	l := running(t, newStore(t), "op", nil)
	tl := tailOf(l.Run(), latest)
	if out := read(t, tl); out.Size != 0 || out.Text != "" || out.Done {
		t.Errorf("before any output: %+v", out)
	}
	write(t, l.Run(), "one\n\x1b[1mtw")
	if out := read(t, tl); out.Text != "one\ntw" || out.Done {
		t.Errorf("first piece: %+v", out)
	}
	write(t, l.Run(), "o\x1b[")
	if out := read(t, tl); out.Text != "o" || out.Next != 11 || out.Size != 13 {
		t.Errorf("a piece that ends in a sequence: %+v", out)
	}
	write(t, l.Run(), "0m\n")
	if out := read(t, tl); out.Text != "\n" || out.Done || out.Offset != 11 {
		t.Errorf("the rest: %+v", out)
	}
	write(t, l.Run(), "cut \x1b[")
	must(t, l.Finish(0))
	must(t, l.Close())
	if out := read(t, tl); out.Text != "cut " || !out.Done || out.Next != out.Size {
		t.Errorf("the end: %+v", out)
	}
}

func TestTailStartsAtALine(t *testing.T) {
	l := running(t, newStore(t), "op", nil)
	line := strings.Repeat("x", 99) + "\n"
	write(t, l.Run(), strings.Repeat(line, 2000))
	tl := tailOf(l.Run(), latest)
	out := read(t, tl)
	if out.Offset%100 != 0 || out.Size != 200000 || out.Next != out.Size || len(out.Text) > maxChunk || len(out.Text) < maxChunk-100 {
		t.Errorf("offset %d, next %d, size %d, %d bytes", out.Offset, out.Next, out.Size, len(out.Text))
	}
	tl = tailOf(l.Run(), 0)
	var all strings.Builder
	for {
		out := read(t, tl)
		if out.Text == "" {
			break
		}
		if len(out.Text) > maxChunk {
			t.Fatalf("%d bytes in a piece", len(out.Text))
		}
		all.WriteString(out.Text)
	}
	if all.String() != strings.Repeat(line, 2000) {
		t.Errorf("in pieces: %d bytes", all.Len())
	}
	few := &tail{run: l.Run(), next: 50, most: 60}
	if out := read(t, few); out.Text != line[50:]+line[:10] || out.Next != 110 {
		t.Errorf("limited: %+v", out)
	}
}

func TestTailStartsAnew(t *testing.T) {
	l := running(t, newStore(t), "op", nil)
	write(t, l.Run(), "first start\n")
	tl := tailOf(l.Run(), 0)
	read(t, tl)
	must(t, os.Truncate(l.Run().GuildPath("output"), 0))
	write(t, l.Run(), "2nd\n")
	if out := read(t, tl); !out.Reset || out.Text != "2nd\n" || out.Offset != 0 {
		t.Errorf("after a truncation: %+v", out)
	}
	must(t, os.Remove(l.Run().GuildPath("output")))
	if out := read(t, tl); !out.Reset || out.Size != 0 {
		t.Errorf("after a removal: %+v", out)
	}
	write(t, l.Run(), "third and longer than the others\n")
	if out := read(t, tl); out.Text != "third and longer than the others\n" {
		t.Errorf("after a new start: %+v", out)
	}
	other := l.Run().GuildPath("other")
	must(t, os.WriteFile(other, []byte("fourth, the longest of all of them, by far\n"), 0o666))
	must(t, os.Rename(other, l.Run().GuildPath("output")))
	if out := read(t, tl); !out.Reset || !strings.HasPrefix(out.Text, "fourth") {
		t.Errorf("after a replacement: %+v", out)
	}
}

func TestTailStaysInside(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(secret, []byte("secret"), 0o666))
	l := running(t, newStore(t), "op", nil)
	run := l.Run()
	out := run.GuildPath("output")
	rel, err := filepath.Rel(run.GuildPath(), secret)
	must(t, err)
	must(t, os.WriteFile(run.Path("log"), []byte("mine\n"), 0o666))
	for _, to := range []string{secret, rel, "../log"} { // guild makes no links in .guild
		must(t, os.Symlink(to, out))
		if got, err := tailOf(run, 0).read(); err == nil {
			t.Errorf("a link to %s: %+v", to, got)
		}
		must(t, os.Remove(out))
	}
	must(t, os.Mkdir(out, 0o777))
	if got, err := tailOf(run, 0).read(); err == nil {
		t.Errorf("a directory: %+v", got)
	}
}

func TestTailOfAGoneRun(t *testing.T) {
	s := newStore(t)
	r := staged(t, s, "op")
	must(t, os.RemoveAll(r.Dir))
	if _, err := tailOf(r, 0).read(); !errors.Is(err, runs.ErrNotFound) {
		t.Errorf("got %v, want %v", err, runs.ErrNotFound)
	}
}
