package logdir

import (
	"image"
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"guild/runs"
)

func writePNG(t *testing.T, r *runs.Run, name string, at time.Time) {
	t.Helper()
	write(t, r, name)
	f, err := os.Create(r.Path(name))
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(r.Path(name), at, at); err != nil {
		t.Fatal(err)
	}
}

func TestSummaries(t *testing.T) {
	s := runs.Open(t.TempDir())
	r := newRun(t, s, "a", runs.Pending, "broken.png", ".guild/plot.txt")
	writePNG(t, r, "sub/plot.PNG", time.Unix(1, 0))
	if err := os.Symlink(r.Path("sub/plot.PNG"), r.Path("linked.png")); err != nil {
		t.Fatal(err)
	}
	if err := r.SetAttr("flags", map[string]any{"lr": 0.1, "layers": []any{1, 2}, "none": nil}); err != nil {
		t.Fatal(err)
	}
	d := &Dir{Path: t.TempDir(), Name: func(r *runs.View) string { return r.ID }, HParams: true, Images: true}
	sync := func(want string) {
		t.Helper()
		if err := d.Sync(runs.Views([]*runs.Run{r})); err != nil {
			t.Fatal(err)
		}
		if got := files(t, d.Path); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	const images = "a/.images/events.out.tfevents."
	sync(images + "0000000000.image")
	writePNG(t, r, "sub/plot.PNG", time.Unix(2, 0))
	sync(images + "0000000000.image " + images + "0000000001.image")
	if err := s.Delete(r, true); err != nil {
		t.Fatal(err)
	}
	r = newRun(t, s, "b", runs.Completed)
	if err := r.SetAttr("flags", map[string]any{"lr": 0.1, "layers": []any{1, 2}, "none": nil}); err != nil {
		t.Fatal(err)
	}
	sync("b/" + firstFile + " b/" + lastFile)
	data, err := os.ReadFile(d.Path + "/b/" + firstFile)
	if err != nil || !strings.Contains(string(data), "[1, 2]") || strings.Contains(string(data), "none") {
		t.Errorf("flags: %q, %v", data, err)
	}
	d.known, d.Path, d.HParams, d.Images = nil, t.TempDir(), false, false
	sync("")
}
