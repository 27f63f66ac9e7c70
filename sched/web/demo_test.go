package web

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/opref"
	"guild/runs/scalars"
	"guild/sched/state"
)

const hostile = `<script>document.title='owned'</script>`

// demo returns a store with runs of many kinds, for looking at pages: trainings with curves, a pipeline, a running run, waiting ones, a
// failed one, schedulers, and one with hostile contents. It also returns their ids by kind.
func demo(t *testing.T) (*runs.Store, map[string]string) {
	t.Helper()
	s := newStore(t)
	named := map[string]string{}
	start := time.Now().Add(-3 * time.Hour)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 24 {
		lr := []float64{0.3, 0.1, 0.03, 0.01}[i%4]
		seed := i / 4
		d := draft(t, s, []string{"resnet:train", "mlp:train"}[i/12], map[string]any{"flags": map[string]any{"lr": lr, "seed": seed, "batch-size": 32 << (i % 3), "opt": []string{"adam", "sgd"}[i%2]},
			"started": runs.Micros(start.Add(time.Duration(i) * 5 * time.Minute)), "host": "node1", "tags": []any{"sweep-3"}[:i%2]})
		l, err := d.CommitOwned(runs.Pending)
		must(t, err)
		must(t, l.Begin(runs.Self()))
		r := l.Run()
		must(t, os.WriteFile(r.Path("train.py"), fmt.Appendf(nil, "import sys\n\nlr = %v  # learning rate\n\n\ndef train(steps):\n    \"\"\"Train for some steps.\"\"\"\n    return [lr * i for i in range(steps)]\n", lr), 0o666))
		must(t, os.WriteFile(r.GuildPath("manifest"), []byte("s train.py 0 train.py\n"), 0o666))
		logCurves(t, r, random, lr, start.Add(time.Duration(i)*5*time.Minute), 300)
		writeOutput(t, r, start.Add(time.Duration(i)*5*time.Minute))
		exit := 0
		if i == 7 {
			exit = 1
		}
		must(t, l.Finish(exit))
		must(t, l.Close())
		must(t, r.SetAttr("started", runs.Micros(start.Add(time.Duration(i)*5*time.Minute))))
		must(t, r.SetAttr("stopped", runs.Micros(start.Add(time.Duration(i)*5*time.Minute+4*time.Minute+time.Duration(i)*time.Second))))
		named["last"] = r.ID
		named[fmt.Sprint(i)] = r.ID
		if i == 22 {
			named["other"] = r.ID
			reports(t, r)
		}
	}
	l := running(t, s, "resnet:train", map[string]any{"flags": map[string]any{"lr": 0.05, "seed": 9, "opt": "adam"}, "host": "node1", "label": "long one"})
	logCurves(t, l.Run(), random, 0.05, time.Now().Add(-10*time.Minute), 120)
	writeOutput(t, l.Run(), time.Now().Add(-10*time.Minute))
	named["running"] = l.Run().ID
	for i := range 3 {
		d := draft(t, s, "resnet:train", map[string]any{"flags": map[string]any{"lr": 0.2, "seed": 20 + i}})
		r, err := d.Commit(runs.Staged)
		must(t, err)
		must(t, s.Stage(r))
		named["staged"] = r.ID
	}
	pipe := running(t, s, "pipeline", map[string]any{"cmd": []any{"guild", "sys", "steps"}})
	must(t, os.Symlink("../"+named["other"], pipe.Run().Path("train")))
	must(t, os.Symlink("../"+named["last"], pipe.Run().Path("evaluate")))
	must(t, pipe.Finish(0))
	must(t, pipe.Close())
	must(t, pipe.Run().SetAttr("started", runs.Micros(start.Add(-time.Minute))))
	named["pipeline"] = pipe.Run().ID
	named["hostile"] = hostileRun(t, s)
	var losses []float64
	for i := range 40 {
		losses = append(losses, 0.2+1.5*math.Exp(-float64(i)/9)*random.Float64()+0.3*float64(i%3))
	}
	losses[11] = math.NaN()
	batch, _ := sweep(t, s, "", losses, true)
	named["batch"] = batch.ID
	hostileBatch, trials := sweep(t, s, "", []float64{3, 2, 1, 0.5, 0.25, 0.2}, false)
	for i, r := range trials {
		must(t, r.SetAttr("flags", map[string]any{hostile: hostile + strings.Repeat("x", i%2), "x": float64(i)}))
	}
	must(t, hostileBatch.SetAttr("label", hostile))
	named["hostile-batch"] = hostileBatch.ID
	var recent []state.Ended
	many := []state.Ended{}
	for i := range 20 {
		at := time.Now().Add(time.Duration(i-24) * time.Minute)
		recent = append(recent, state.Ended{Worker: i%4 + 1, RunID: named[fmt.Sprint(i)], Since: at, Until: at.Add(3 * time.Minute)})
		for w := range 4 * i {
			many = append(many, state.Ended{Worker: w + 1, RunID: named[fmt.Sprint(i)], Since: at, Until: at.Add(time.Minute)})
		}
	}
	beating(t, s, state.State{Kind: "slurm:scheduler", Host: "login1", PID: 4712, Started: start, Heartbeat: time.Now(), Interval: 2, Workers: 96, Recent: many})
	beating(t, s, state.State{Kind: "dask:scheduler", Recent: recent, Host: "node1", PID: 4711, Started: start, Heartbeat: time.Now(), Interval: 2, Workers: 4,
		Running: []state.Running{{Worker: 1, RunID: named["running"], Since: time.Now().Add(-time.Minute)}}, Resources: map[string]float64{"gpu": 2}, Used: map[string]float64{"gpu": 1}, Done: 22, Failed: 1, WaitingTotal: 3})
	return s, named
}

func logCurves(t *testing.T, r *runs.Run, random *rand.Rand, lr float64, at time.Time, steps int) {
	t.Helper()
	w := scalars.NewWriter(r)
	noise := func(size float64) float64 { return size * random.NormFloat64() }
	for step := range steps {
		x := float64(step) * lr
		at = at.Add(time.Duration(600+random.IntN(300)) * time.Millisecond)
		w.Scalar("loss", 2.2*math.Exp(-x/8)+0.1+noise(0.03), int64(step), at)
		w.Scalar("train/acc", 0.95-0.8*math.Exp(-x/6)+noise(0.01), int64(step), at)
		if step%5 == 0 {
			w.Scalar("val/acc", 0.9-0.75*math.Exp(-x/6)+noise(0.015), int64(step), at)
			w.Scalar("val/loss", 2.3*math.Exp(-x/9)+0.15+noise(0.02), int64(step), at)
			w.Scalar("sys/cpu", 80+noise(8), int64(step), at)
			w.Scalar("sys/mem", 4e9+2e7*float64(step), int64(step), at)
			w.Scalar("sys/gpu0/use", 90+noise(4), int64(step), at)
		}
	}
	must(t, w.Close())
}

func writeOutput(t *testing.T, r *runs.Run, at time.Time) {
	t.Helper()
	var b strings.Builder
	var index []byte
	for i := range 60 {
		switch i {
		case 0:
			b.WriteString("\x1b[1mTraining\x1b[0m resnet on \x1b[36mcifar10\x1b[0m\n")
		case 12:
			b.WriteString("\x1b[33mWARNING\x1b[0m: the learning rate is high\n")
		case 40:
			b.WriteString("\x1b[31;1mERROR\x1b[0m a worker was restarted\n")
		default:
			fmt.Fprintf(&b, "epoch %d:  10%%|#    |\repoch %d: 100%%|#####| loss: \x1b[32m%.4f\x1b[0m\n", i, i, 2/float64(i+1))
		}
		index = binary.BigEndian.AppendUint64(index, uint64(at.Add(time.Duration(i)*time.Second).UnixMilli()))
		index = append(index, 0)
	}
	must(t, os.WriteFile(r.GuildPath("output"), []byte(b.String()), 0o666))
	must(t, os.WriteFile(r.GuildPath("output.index"), index, 0o666))
}

func reports(t *testing.T, r *runs.Run) {
	t.Helper()
	write := func(name, text string) {
		must(t, os.MkdirAll(filepath.Dir(r.Path(name)), 0o777))
		must(t, os.WriteFile(r.Path(name), []byte(text), 0o666))
	}
	write("metrics.csv", "epoch,step,train_loss,note\n0,100,0.91,\"first, slow\"\n1,200,0.55,\n2,300,0.31,best\n")
	write("README.md", "# Results\n\nThe **best** run has a loss of `0.31`, see [the table](metrics.csv).\n\n- [x] trained\n- [ ] published\n\n| model | acc |\n|---|---|\n| resnet | 0.91 |\n\n```python\ndef f(x):\n    return x + 1  # one more\n```\n\n![curve](plots/curve.png)\n")
	write("config.json", `{"lr": 0.1, "layers": [64, 64], "name": "a"}`)
	write("report.html", "<title>r</title><h1>Report</h1><p id=p>before</p><script>document.getElementById('p').textContent='scripts run here'</script>")
	img := image.NewRGBA(image.Rect(0, 0, 160, 100))
	for x := range 160 {
		img.Set(x, 50+int(40*math.Sin(float64(x)/12)), color.RGBA{38, 66, 139, 255})
	}
	must(t, os.MkdirAll(r.Path("plots"), 0o777))
	f, err := os.Create(r.Path("plots/curve.png"))
	must(t, err)
	must(t, png.Encode(f, img))
	must(t, f.Close())
}

// hostileRun makes a run in which every text tries to become part of the page.
func hostileRun(t *testing.T, s *runs.Store) string {
	t.Helper()
	d, err := s.Draft("")
	must(t, err)
	must(t, d.SetOpref(opref.Ref{PkgType: opref.Guildfile, PkgName: "/p/" + hostile, Op: hostile}))
	must(t, d.SetAttrs(map[string]any{"flags": map[string]any{hostile: hostile, "x": "\x1b[31m\"'><img src=x onerror=alert(1)>"},
		"label": hostile + "\u202e\u0000", "tags": []any{hostile}, "note": hostile}))
	l, err := d.CommitOwned(runs.Pending)
	must(t, err)
	must(t, l.Begin(runs.Self()))
	r := l.Run()
	must(t, os.WriteFile(r.GuildPath("output"), []byte("\x1b]0;"+hostile+"\x07\x1b]8;;javascript:alert(1)\x1b\\link\x1b]8;;\x1b\\\n\x1b[31m"+hostile+"\n\x1b[<img src=x>m\n"), 0o666))
	for name, text := range map[string]string{
		"<img src=x onerror=document.title='owned'>.txt": hostile,
		"evil.svg":  `<svg xmlns="http://www.w3.org/2000/svg" onload="document.title='owned'"><script>document.title='owned'</script></svg>`,
		"evil.html": "<title>still</title><script>document.title='owned';try{top.document.title='owned'}catch(e){};fetch('/api/status').then(()=>{top.postMessage('connected','*')}).catch(()=>{});new Image().src='/api/status'</script>",
		"evil.md":   hostile + "\n\n[x](javascript:alert(1)) ![y](http://evil.example/x.png) <b onclick=alert(1)>b</b>\n",
		"evil.csv":  "a,b\n" + hostile + ",=cmd()\n",
		"evil.json": `{"a": "` + hostile + `"}`,
		"evil.py":   "x = '" + hostile + "'\n",
	} {
		must(t, os.WriteFile(r.Path(name), []byte(text), 0o666))
	}
	w := scalars.NewWriter(r)
	for i := range 5 {
		w.Scalar(hostile, float64(i), int64(i), time.Now())
		w.Scalar(hostile+"/"+hostile, math.NaN(), int64(i), time.Now())
	}
	must(t, w.Close())
	must(t, l.Finish(0))
	must(t, l.Close())
	return r.ID
}
