package phase

import (
	"strconv"
	"strings"
)

// Latest returns the phase of a run from the names in its .guild directory. There can be several names: a run that was copied over an older
// copy of itself has the names of both.
//
// The latest phase is the one with the highest count, with two exceptions. A version of this program that does not know the name of a phase
// begins to count anew when it starts the run; over lists the names that are obsolete for this reason. (A queued phase is obsolete once the
// run has begun; an ended phase with a Loss is, once another phase began after its end.) If a later version of this program made the phase
// with the highest count, newer is the kind in that name, and p is None.
func Latest(names []string) (p Phase, over []string, newer string) {
	p = None
	highest := 0
	for _, name := range names {
		if q, ok := Parse(name); ok {
			p = later(p, q)
		} else if seq, word := parseNewer(name); word != "" && seq > highest {
			highest, newer = seq, word
		}
	}
	if newer != "" && highest > p.Seq {
		return None, nil, newer
	}
	for p.Kind == Queued || p.Loss != NoLoss {
		since := None
		for _, name := range names {
			if q, ok := Parse(name); ok && supersedes(p, q) {
				since = later(since, q)
			}
		}
		if since == None {
			break
		}
		over = append(over, p.Name())
		p = since
	}
	return p, over, ""
}

// supersedes reports whether a version which does not know phase p has begun q, which counts no higher, after it.
func supersedes(p, q Phase) bool {
	if q == p || later(p, q) != p || q.Kind == Made {
		return false
	}
	if p.Kind == Queued {
		return q.Kind != Staged && q.Kind != Queued
	}
	return q.Started > p.Stopped
}

// parseNewer parses the name of a phase that a later version of this program made. word is empty for any other name.
func parseNewer(name string) (seq int, word string) {
	rest, ok := strings.CutPrefix(name, Prefix)
	if !ok {
		return 0, ""
	}
	parts := strings.Split(rest, ".")
	if len(parts) < 4 || parts[1] == "" || parts[3] == "" {
		return 0, ""
	}
	seq, err := strconv.Atoi(parts[0])
	if _, e := strconv.ParseInt(parts[2], 10, 64); err != nil || e != nil || seq < 1 {
		return 0, ""
	}
	for _, c := range parts[3] {
		if c < 'a' || c > 'z' {
			return 0, ""
		}
	}
	return seq, strings.Join(parts[3:], ".")
}
