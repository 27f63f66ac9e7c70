package phase

import "testing"

func TestNames(t *testing.T) {
	for name, want := range map[string]Phase{
		".phase.0":                             First,
		".phase.3.0a1b2c3d.17.staged":          {3, "0a1b2c3d", 17, Staged, 0, 0, NoLoss},
		".phase.1.0a1b2c3d.17.running":         {1, "0a1b2c3d", 17, Running, 0, 0, NoLoss},
		".phase.2.0a1b2c3d.17.ended.0.18":      {2, "0a1b2c3d", 17, Ended, 0, 18, NoLoss},
		".phase.12.0a1b2c3d.-17.ended.-15.-18": {12, "0a1b2c3d", -17, Ended, -15, -18, NoLoss},
		".phase.2.0a1b2c3d.17.ended.0.18.full": {2, "0a1b2c3d", 17, Ended, 0, 18, LossFull},
		".phase.2.0a1b2c3d.17.lost":            {2, "0a1b2c3d", 17, Lost, 0, 0, NoLoss},
	} {
		if p, ok := Parse(name); p != want || !ok || p.Name() != name {
			t.Errorf("%s is %+v, %v, which is %s", name, p, ok, p.Name())
		}
	}
	for _, name := range []string{"", "status", ".phase", ".phase.", ".phase.1", ".phase.00", ".phase.-1",
		".phase.1.n.1.wombat", ".phase.1..1.running", ".phase.1.n.1.running.0.0", ".phase.1.n.1.ended", ".phase.1.n.1.ended.0",
		".phase.1.n.1.ended.00.1", ".phase.1.n.x.running", ".phase.99999999999999999999.n.1.running", ".phase.1.n.1.running.",
		".phase.1.n.1.ended.0.1.", ".phase.1.n.1.ended.0.1.wombat", ".phase.1.n.1.running.0.0.full"} {
		if p, ok := Parse(name); ok {
			t.Errorf("%q is %+v", name, p)
		}
	}
	if None.Name() != "" {
		t.Error("no phase is one")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(".phase.0")
	f.Add(".phase.2.0a1b2c3d.17.ended.-15.18")
	f.Add(".phase.2.0a1b2c3d.17.ended.-15.18.readonly")
	f.Fuzz(func(t *testing.T, name string) {
		p, ok := Parse(name)
		if ok && (p.Name() != name || p.Seq < 0) {
			t.Errorf("%q is %+v, which is %q", name, p, p.Name())
		}
	})
}

// TestLatest: directories with names of several phases, from copies and from versions that do not know each other's phases.
func TestLatest(t *testing.T) {
	const (
		made     = ".phase.0"
		queued   = ".phase.7.n.100.queued"
		full     = ".phase.7.n.100.ended.0.200.full"
		running1 = ".phase.1.m.300.running"
		early    = ".phase.3.m.50.ended.0.60"
		staged   = ".phase.3.m.300.staged"
		newer    = ".phase.8.k.400.held.x"
	)
	tests := []struct {
		name  string
		names []string
		want  string
		over  int
		newer bool
	}{
		{"none", []string{"status"}, "", 0, false},
		{"one", []string{"status", running1}, running1, 0, false},
		{"a copy over an older copy", []string{early, queued}, early, 1, false},
		{"a copy with a loss over an older copy", []string{early, full}, full, 0, false},
		{"queued and made anew", []string{queued, made}, queued, 0, false},
		{"queued and started anew", []string{running1, queued}, running1, 1, false},
		{"queued and staged anew", []string{staged, queued}, queued, 0, false},
		{"with a loss and started anew", []string{running1, full}, running1, 1, false},
		{"with a loss and staged anew", []string{full, staged}, staged, 1, false},
		{"with a loss and ended anew at the same count", []string{full, ".phase.7.a.300.ended.3.400"}, ".phase.7.a.300.ended.3.400", 1, false},
		{"the same with a later name", []string{full, ".phase.7.z.300.ended.3.400"}, ".phase.7.z.300.ended.3.400", 0, false},
		{"queued and ended anew at the same count", []string{queued, ".phase.7.a.300.ended.3.400"}, ".phase.7.a.300.ended.3.400", 1, false},
		{"noted as lost anew", []string{full, ".phase.1.m.0.lost"}, full, 0, false},
		{"newer", []string{early, newer}, "", 0, true},
		{"only newer", []string{newer}, "", 0, true},
		{"newer loss", []string{".phase.2.n.1.ended.0.3.wombat"}, "", 0, true},
		{"newer, and over", []string{".phase.2.k.1.held", early}, early, 0, false},
		{"no phase", []string{".phase.x.k.1.held", ".phase.2..1.held", ".phase.2.k.x.held", ".phase.2.k.1.He", ".phase.2.k.1."}, "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, over, word := Latest(tt.names)
			if p.Name() != tt.want || len(over) != tt.over || (word != "") != tt.newer {
				t.Errorf("%q, over %q, %v", p.Name(), over, word)
			}
		})
	}
}
