package check

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// call is a system call that a traced process is about to make on a file of the store.
type call struct {
	n    int // from 1, among the calls in the traced part
	nr   uint64
	path string // the file, or the first of two files
}

// needsSpace reports whether a full disk can make it fail.
func (c call) needsSpace() bool {
	return slices.Contains([]uint64{unix.SYS_MKDIRAT, unix.SYS_WRITE, unix.SYS_PWRITE64, unix.SYS_LINKAT}, c.nr)
}

// verdict decides about a call. The zero verdict lets it be executed.
type verdict struct {
	errno unix.Errno // the call fails with this and is not executed
	kill  bool       // the process is killed before it
	pause func()     // called while the process is stopped before the call
}

// Marks of the traced part: the process opens these files, which do not exist.
const (
	beginMark = "/part/begins"
	endMark   = "/part/ends"
)

// part runs do as the traced part of a process.
func part(do func() error) error {
	_, _ = os.Stat(beginMark)
	err := do()
	_, _ = os.Stat(endMark)
	return err
}

// tracer follows a process through its system calls.
type tracer struct {
	root    string
	judge   func(call) verdict
	count   int
	inside  bool
	leader  int
	known   map[int]bool
	failing map[int]unix.Errno // by thread: what its call returns
	killed  bool
}

// trace runs the test binary in a role and lets judge decide about each call on a file below root. It returns the output of the role, the
// number of calls, and whether the process was killed.
func trace(t *testing.T, role, root string, files []*os.File, judge func(call) verdict) (out string, calls int, killed bool) {
	t.Helper()
	runtime.LockOSThread() // a tracer is a thread
	defer runtime.UnlockOSThread()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"="+role, "GOMAXPROCS=2")
	var stdout bytes.Buffer
	pr, pw, err := os.Pipe()
	ok(t, err)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = pw, os.Stderr, files
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		pw.Close()
		pr.Close()
		if errors.Is(err, unix.EPERM) {
			t.Skip("this system allows no tracing")
		}
		t.Fatal(err)
	}
	pw.Close()
	read := make(chan struct{})
	go func() {
		_, _ = stdout.ReadFrom(pr)
		pr.Close()
		close(read)
	}()
	tr := &tracer{root: root + "/", judge: judge, leader: cmd.Process.Pid, known: map[int]bool{}, failing: map[int]unix.Errno{}}
	ok(t, tr.follow(), cmd.Process.Release())
	<-read
	return stdout.String(), tr.count, tr.killed
}

func (tr *tracer) follow() error {
	var ws unix.WaitStatus
	if _, err := unix.Wait4(tr.leader, &ws, unix.WALL, nil); err != nil {
		return err
	}
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	if err := unix.PtraceSetOptions(tr.leader, options); err != nil {
		return err
	}
	tr.known[tr.leader] = true
	if err := unix.PtraceSyscall(tr.leader, 0); err != nil {
		return err
	}
	for {
		tid, err := unix.Wait4(-1, &ws, unix.WALL, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("wait: %w", err)
		}
		if ws.Exited() || ws.Signaled() {
			if tid == tr.leader {
				return nil
			}
			continue
		}
		signal := 0
		switch sig := ws.StopSignal(); {
		case sig == unix.SIGTRAP|0x80:
			err = tr.atCall(tid)
		case sig == unix.SIGSTOP && !tr.known[tid]: // a new thread
			tr.known[tid] = true
		case sig == unix.SIGTRAP: // about a new thread
		default:
			signal = int(sig)
		}
		if err == nil && !tr.killed {
			err = unix.PtraceSyscall(tid, signal)
		}
		if err != nil && !errors.Is(err, unix.ESRCH) { // it has been killed
			return err
		}
	}
}

// callInfo is the kernel's struct ptrace_syscall_info.
type callInfo struct {
	op   uint8
	_    [3]uint8
	arch uint32
	ip   uint64
	sp   uint64
	nr   uint64
	args [6]uint64
	_    [8]uint64
}

const (
	getSyscallInfo = 0x420e
	entering       = 1
	leaving        = 2
)

func (tr *tracer) atCall(tid int) error {
	var info callInfo
	_, _, errno := unix.Syscall6(unix.SYS_PTRACE, getSyscallInfo, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return fmt.Errorf("ask for a system call: %w", errno)
	}
	var regs unix.PtraceRegs
	switch info.op {
	case leaving:
		errno, ok := tr.failing[tid]
		if !ok {
			return nil
		}
		delete(tr.failing, tid)
		if err := unix.PtraceGetRegs(tid, &regs); err != nil {
			return err
		}
		regs.Rax = uint64(-int64(errno))
		return unix.PtraceSetRegs(tid, &regs)
	case entering:
		path, ok := tr.file(tid, &info)
		switch {
		case path == beginMark || path == endMark:
			tr.inside = path == beginMark
			return nil
		case !ok || !tr.inside:
			return nil
		}
		tr.count++
		v := tr.judge(call{tr.count, info.nr, path})
		if v.pause != nil {
			v.pause()
		}
		if v.kill {
			tr.killed = true
			return unix.Kill(tr.leader, unix.SIGKILL)
		}
		if v.errno != 0 {
			tr.failing[tid] = v.errno
			if err := unix.PtraceGetRegs(tid, &regs); err != nil {
				return err
			}
			regs.Orig_rax = ^uint64(0) // an invalid call
			return unix.PtraceSetRegs(tid, &regs)
		}
	}
	return nil
}

// pathCalls and fileCalls map each call to the argument that names its file: by a path, or by a descriptor.
var (
	pathCalls = map[uint64]int{
		unix.SYS_OPENAT: 1, unix.SYS_MKDIRAT: 1, unix.SYS_UNLINKAT: 1, unix.SYS_RENAMEAT: 1, unix.SYS_RENAMEAT2: 1,
		unix.SYS_LINKAT: 1, unix.SYS_NEWFSTATAT: 1, unix.SYS_UTIMENSAT: 1,
		unix.SYS_OPEN: 0, unix.SYS_MKDIR: 0, unix.SYS_UNLINK: 0, unix.SYS_RMDIR: 0, unix.SYS_RENAME: 0, unix.SYS_LINK: 0,
		unix.SYS_UTIMES: 0,
	}
	fileCalls = map[uint64]int{
		unix.SYS_READ: 0, unix.SYS_PREAD64: 0, unix.SYS_WRITE: 0, unix.SYS_PWRITE64: 0, unix.SYS_GETDENTS64: 0, unix.SYS_FLOCK: 0,
		unix.SYS_FSTAT: 0, unix.SYS_FSYNC: 0, unix.SYS_FTRUNCATE: 0,
	}
)

// file returns the file of a call; ok says that it belongs to the store.
func (tr *tracer) file(tid int, info *callInfo) (path string, ok bool) {
	if i, named := pathCalls[info.nr]; named {
		path = tr.text(tid, uintptr(info.args[i]))
		if rest, own := strings.CutPrefix(path, "/proc/self/"); own {
			path, _ = os.Readlink(fmt.Sprintf("/proc/%d/%s", tr.leader, rest))
		}
	} else if i, open := fileCalls[info.nr]; open {
		path, _ = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tr.leader, info.args[i]))
	}
	return path, strings.HasPrefix(filepath.Clean(path)+"/", tr.root)
}

// text reads a string from the memory of the process.
func (tr *tracer) text(tid int, addr uintptr) string {
	var text []byte
	word := make([]byte, 8)
	for len(text) < unix.PathMax {
		if _, err := unix.PtracePeekData(tid, addr+uintptr(len(text)), word); err != nil {
			return ""
		}
		if end := bytes.IndexByte(word, 0); end >= 0 {
			return string(append(text, word[:end]...))
		}
		text = append(text, word...)
	}
	return ""
}

var callNames = map[uint64]string{
	unix.SYS_OPENAT: "openat", unix.SYS_OPEN: "open", unix.SYS_MKDIRAT: "mkdirat", unix.SYS_UNLINKAT: "unlinkat",
	unix.SYS_UNLINK: "unlink", unix.SYS_RENAMEAT: "renameat", unix.SYS_LINKAT: "linkat", unix.SYS_NEWFSTATAT: "newfstatat",
	unix.SYS_UTIMES: "utimes", unix.SYS_READ: "read", unix.SYS_WRITE: "write", unix.SYS_PWRITE64: "pwrite64",
	unix.SYS_GETDENTS64: "getdents64", unix.SYS_FLOCK: "flock", unix.SYS_FSTAT: "fstat", unix.SYS_FSYNC: "fsync",
}

func (c call) String() string {
	name := callNames[c.nr]
	if name == "" {
		name = fmt.Sprint(c.nr)
	}
	return fmt.Sprintf("call %d, %s %s", c.n, name, filepath.Base(c.path))
}
