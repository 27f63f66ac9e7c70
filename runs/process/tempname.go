package process

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"guild/runs/pattern"
)

// TempPrefix begins the names of files that are being made and are renamed when complete.
const TempPrefix = ".tmp-"

var (
	tempCount atomic.Int64
	// selfTokens distinguish processes with the same host name and pid, as in containers, and dead processes from living ones.
	selfTokens = sync.OnceValue(func() tokens {
		me := Self()
		if me.Boot == "" || me.Start == "" {
			return tokens{hex(rand.Uint32()), hex(rand.Uint32())}
		}
		return tokensOf(me)
	})
)

// tokens are the parts of a temporary name that identify the process that made it.
type tokens struct {
	system  string // identifies the system in which the pid is valid
	process string
}

func tokensOf(p Identity) tokens { return tokens{token(p.Boot + p.PIDNS), token(p.Start)} }

func token(s string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s)) // never fails, see hash.Hash
	return hex(h.Sum32())
}

func hex(n uint32) string { return fmt.Sprintf("%08x", n) }

// TempName returns a name that no other process on any host uses: TempPrefix, host, pid, tokens of the process, a count, and base.
func TempName(base string) string {
	t := selfTokens()
	return fmt.Sprintf("%s%s-%d-%s%s-%d-%s", TempPrefix, HostInName(), os.Getpid(), t.system, t.process, tempCount.Add(1), base)
}

// HostInName returns the name of this host as a part of the names of files.
func HostInName() string {
	return strings.Map(func(r rune) rune {
		if r == '/' || r == '.' {
			return '_'
		}
		return r
	}, Hostname())
}

// Maker identifies the process that made a temporary name.
type Maker struct {
	Host string // in the form of HostInName
	PID  int
	tokens
}

var tempForm = pattern.Lazy(`-([0-9]+)-([0-9a-f]{8})([0-9a-f]{8})-[0-9]+-`)

// MakerOf returns the process that made a name of TempName, with or without its prefix, and the base of the name. ok is false for other
// names.
func MakerOf(name string) (m Maker, base string, ok bool) {
	at := tempForm().FindStringSubmatchIndex(name)
	if at == nil {
		return Maker{}, "", false
	}
	pid, err := strconv.Atoi(name[at[2]:at[3]])
	if err != nil {
		pid = 0 // not a process
	}
	return Maker{Host: strings.TrimPrefix(name[:at[0]], TempPrefix), PID: pid, tokens: tokens{name[at[4]:at[5]], name[at[6]:at[7]]}}, name[at[1]:], true
}

// Elsewhere reports whether the process is one of another system, of which nothing more is known here.
func (m Maker) Elsewhere() bool { return m.system != tokensOf(Self()).system }

// Dead reports whether the process ran on this system and has ended.
func (m Maker) Dead() bool {
	if m.Elsewhere() || m.PID == 0 {
		return false
	}
	start, err := Start(m.PID)
	return err != nil || token(start) != m.process
}
