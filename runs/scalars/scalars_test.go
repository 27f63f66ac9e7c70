package scalars

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/encoding/protowire"

	"guild/runs"
)

// newRun makes the bare minimum of a run directory.
func newRun(t *testing.T, dir string) *runs.Run {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, ".guild", "attrs"), 0o777); err != nil {
		t.Fatal(err)
	}
	writeTo(t, filepath.Join(dir, ".guild", "opref"), nil)
	return runs.At(dir)
}

func writeTo(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, r *runs.Run) map[string]string {
	t.Helper()
	list, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range list {
		got[s.Key()] = s.Last.String()
	}
	return got
}

// TestFormat compares with the format of others: the checksum of RFC 3720, and the first bytes of every event file.
func TestFormat(t *testing.T) {
	crc := maskedCRC(make([]byte, 32))
	if want := uint32(0x8a9136aa); crc != (want>>15|want<<17)+0xa282ead8 {
		t.Errorf("masked CRC %x", crc)
	}
	rec := appendRecord(nil, versionEvent(time.Unix(1700000000, 0)))
	if got := hex.EncodeToString(rec[:13]); got != "1800000000000000a37f4b2209" {
		t.Errorf("begins with %s", got)
	}
	if !bytes.Contains(rec, []byte("\x1a\x0dbrain.Event:2")) {
		t.Errorf("version record %q", rec)
	}
	got := summaryEvent(time.UnixMicro(1500000), 3, scalarValue("ab", 0.5))
	want := "09000000000000f83f" + "1003" + "2a24" + "0a22" + "0a026162" + "420d" + "0802" + "1200" + "31000000000000e03f" +
		"4a0d" + "0a09" + "0a07" + hex.EncodeToString([]byte("scalars")) + "2001"
	if hex.EncodeToString(got) != want {
		t.Errorf("event %x, want %s", got, want)
	}
}

func TestWriteAndRead(t *testing.T) {
	r := newRun(t, t.TempDir())
	w := NewWriter(r)
	now := time.Now()
	if entries, _ := os.ReadDir(r.GuildPath()); len(entries) != 2 {
		t.Fatalf("a writer without values made a file: %v", entries)
	}
	for i, v := range []float64{3, 1, math.NaN(), 2} {
		w.Scalar("loss", v, int64(i+1), now)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	w.Scalar("loss", 7, 0, now)
	w.Scalar("big", math.Inf(1), -4, now)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	inf := Point{math.Inf(1), -4}
	want := []*Summary{
		{Prefix: ".guild", Tag: "big", First: inf, Last: inf, Min: inf, Max: inf, Total: inf.Value, Avg: inf.Value, Count: 1},
		{Prefix: ".guild", Tag: "loss", First: Point{7, 0}, Last: Point{2, 4}, Min: Point{1, 2}, Max: Point{7, 0},
			Total: math.NaN(), Avg: math.NaN(), Count: 5},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	if s := (Point{2.5, 3}).String() + " " + inf.String(); s != "2.500000 (step 3) inf (step -4)" {
		t.Error(s)
	}
	if err := Clear(r); err != nil {
		t.Fatal(err)
	}
	if got := read(t, r); len(got) != 0 {
		t.Errorf("after Clear: %v", got)
	}
}

// TestExactNumbers reads numbers exactly as written, and numbers that were stored in 32 bits as they were meant.
func TestExactNumbers(t *testing.T) {
	r := newRun(t, t.TempDir())
	w := NewWriter(r)
	numbers := []float64{0.1, 0.9, 16777217, 1700000000.123, -1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53}
	for step, v := range numbers {
		w.Scalar("x", v, int64(step), time.Now())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var got []float64
	if err := Each(r, func(_, _ string, p Point, _ time.Time) { got = append(got, p.Value) }); err != nil || !slices.Equal(got, numbers) {
		t.Errorf("read %v, %v", got, err)
	}

	var file []byte
	numbers = []float64{0.9, -0.1, 3.4028235e38, 1e-45, 16777216, 1234.5, 0, math.Inf(-1)}
	for _, v := range numbers {
		short := math.Float32bits(float32(v))
		bits := binary.LittleEndian.AppendUint32(nil, short)
		simple := protowire.AppendFixed32(protowire.AppendTag(appendMessage(nil, 1, []byte("x")), 2, protowire.Fixed32Type), short)
		for _, val := range [][]byte{simple, tensorScalar("x", dtFloat, 4, bits), tensorScalar("x", dtFloat, 5, bits)} {
			file = appendRecord(file, summaryEvent(time.Now(), 1, val))
		}
	}
	other := newRun(t, t.TempDir())
	writeTo(t, other.Path("events.out.tfevents.1.h"), file)
	var want []float64
	for _, v := range numbers {
		want = append(want, v, v, v)
	}
	got = nil
	if err := Each(other, func(_, _ string, p Point, _ time.Time) { got = append(got, p.Value) }); err != nil || !slices.Equal(got, want) {
		t.Errorf("of 32 bits, read %v, %v", got, err)
	}
}

func TestText(t *testing.T) {
	for v, want := range map[float64]string{0.9: "0.900000", 1e-5: "0.000010", 1.25e-8: "1.250000e-08", -0.000123456: "-1.234560e-04",
		0.0012345678: "0.001235", 1700000000.123: "1700000000.123000", 16777217: "16777217.000000", 0: "0.000000", math.Inf(1): "inf",
		0.0001: "0.000100"} {
		if got := Text(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}

func TestAttrs(t *testing.T) {
	r := newRun(t, t.TempDir())
	w := NewAttrsWriter(r)
	w.Text("model", "deep\xff", time.Now())
	w.Text("model", "wide", time.Now())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	logged := appendRecord(nil, summaryEvent(time.Now(), 0, textValue("kind/text_summary", "x")))
	writeTo(t, r.Path("sub", "events.out.tfevents.1.h.attrs"), logged)
	got, err := Attrs(r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"model": "wide", "sub#kind": "x"}, got); diff != "" {
		t.Error(diff)
	}
	if got := read(t, r); len(got) != 0 {
		t.Errorf("attributes as scalars: %v", got)
	}
}

// tensorScalar encodes a scalar as TensorFlow 2 does.
func tensorScalar(tag string, dtype uint64, field protowire.Number, data []byte) []byte {
	tensor := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), dtype)
	tensor = appendMessage(tensor, field, data)
	return appendMessage(appendMessage(nil, 1, []byte(tag)), 8, tensor)
}

func TestFilesOfTheOperation(t *testing.T) {
	root := t.TempDir()
	r := newRun(t, filepath.Join(root, "a"))
	scalar := func(tag string, v float64, step int64) []byte {
		return appendRecord(nil, summaryEvent(time.Now(), step, scalarValue(tag, v)))
	}
	writeTo(t, r.Path("events.out.tfevents.2.h"), scalar("x", 2, 2))
	writeTo(t, r.Path("events.out.tfevents.1.h"), scalar("x", 1, 1))
	writeTo(t, r.Path("logs", "train", "events.out.tfevents.1.h.v2"), scalar("x", 3, 1))
	writeTo(t, r.Path("logs", "notes.txt"), []byte("no events"))
	var tensors []byte
	for _, v := range [][]byte{
		tensorScalar("content", dtFloat, 4, []byte{0, 0, 0, 0x3f}),
		tensorScalar("packed", dtFloat, 5, []byte{0, 0, 0, 0x3f}),
		tensorScalar("double", dtDouble, 6, []byte{0, 0, 0, 0, 0, 0, 0xe0, 0x3f}),
		tensorScalar("several", dtFloat, 4, make([]byte, 8)),
		tensorScalar("int", 3, 4, make([]byte, 4)),
	} {
		tensors = append(tensors, appendRecord(nil, summaryEvent(time.Now(), 5, v))...)
	}
	writeTo(t, r.Path("tf2", "events.out.tfevents.1.h"), tensors)

	// A link to a step's run is followed, a link to another directory is not, and no link twice.
	step := newRun(t, filepath.Join(root, "b"))
	writeTo(t, step.GuildPath("events.out.tfevents.1.h"), scalar("y", 4, 1))
	writeTo(t, filepath.Join(root, "c", "events.out.tfevents.1.h"), scalar("z", 5, 1))
	for link, target := range map[string]string{r.Path("step"): step.Dir, step.Path("back"): r.Dir, r.Path("data"): filepath.Join(root, "c")} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, r)
	want := map[string]string{
		"x": "2.000000 (step 2)", "logs/train#x": "3.000000 (step 1)", "step/.guild#y": "4.000000 (step 1)",
		"tf2#content": "0.500000 (step 5)", "tf2#packed": "0.500000 (step 5)", "tf2#double": "0.500000 (step 5)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPartialAndDamaged(t *testing.T) {
	one := appendRecord(nil, summaryEvent(time.Now(), 1, scalarValue("x", 1)))
	file := append(bytes.Clone(one), appendRecord(nil, summaryEvent(time.Now(), 2, scalarValue("x", 2)))...)
	for cut := len(one); cut < len(file); cut++ {
		r := newRun(t, t.TempDir())
		writeTo(t, r.Path("events.out.tfevents.1.h"), file[:cut])
		if got := read(t, r)["x"]; got != "1.000000 (step 1)" {
			t.Errorf("%d of %d bytes: %s", cut, len(file), got)
		}
	}
	for _, at := range []int{len(one), len(one) + 9, len(one) + 20, len(file) - 1} {
		r := newRun(t, t.TempDir())
		bad := bytes.Clone(file)
		bad[at] ^= 0x40
		writeTo(t, r.Path("events.out.tfevents.1.h"), bad)
		list, err := Read(r)
		if !errors.Is(err, ErrDamaged) || len(list) != 1 || list[0].Count != 1 {
			t.Errorf("byte %d: %v, %v", at, list, err)
		}
	}
}

func FuzzRecords(f *testing.F) {
	rec := appendRecord(nil, versionEvent(time.Unix(1, 0)))
	f.Add(rec)
	f.Add(appendRecord(rec, summaryEvent(time.Unix(2, 0), 3, scalarValue("x", 1))))
	f.Add(appendRecord(nil, summaryEvent(time.Unix(2, 0), 3, tensorScalar("x", 1, 5, []byte{1, 2, 3, 4}))))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = parseEvent(data)
		records := newRecordReader(bytes.NewReader(data))
		total := 0
		for {
			rec, err := records.next()
			if err != nil {
				break
			}
			total += len(rec) + 16
			_, _ = parseEvent(rec)
		}
		if total > len(data) {
			t.Errorf("%d bytes of records in %d bytes", total, len(data))
		}
		// What is written is read again.
		again, err := newRecordReader(bytes.NewReader(appendRecord(nil, data))).next()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%q was read as %q, %v", data, again, err)
		}
	})
}
