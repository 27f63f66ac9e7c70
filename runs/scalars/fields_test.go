package scalars

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// num appends a numeric field with the given wire type.
func num(b []byte, field protowire.Number, typ protowire.Type, n uint64) []byte {
	b = protowire.AppendTag(b, field, typ)
	switch typ {
	case protowire.Fixed32Type:
		return protowire.AppendFixed32(b, uint32(n))
	case protowire.Fixed64Type:
		return protowire.AppendFixed64(b, n)
	}
	return protowire.AppendVarint(b, n)
}

func float32Bytes(list ...float32) (b []byte) {
	for _, f := range list {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

// TestTensors decodes each form of tensors with numbers and texts, and none with more than one number.
func TestTensors(t *testing.T) {
	dtype := func(n uint64) []byte { return num(nil, 1, protowire.VarintType, n) }
	half := uint64(math.Float32bits(0.5))
	quarter := math.Float64bits(0.25)
	double := binary.LittleEndian.AppendUint64(nil, quarter)
	for _, tt := range []struct {
		name   string
		tensor []byte
		want   any // a float64, a string, or nil for no value
	}{
		{"float_val", num(dtype(dtFloat), 5, protowire.Fixed32Type, half), 0.5},
		{"float_val, packed", appendMessage(dtype(dtFloat), 5, float32Bytes(0.5)), 0.5},
		{"double_val", num(dtype(dtDouble), 6, protowire.Fixed64Type, quarter), 0.25},
		{"double_val, packed", appendMessage(dtype(dtDouble), 6, double), 0.25},
		{"content of floats", appendMessage(dtype(dtFloat), 4, float32Bytes(0.5)), 0.5},
		{"content of doubles", appendMessage(dtype(dtDouble), 4, double), 0.25},
		{"two floats", appendMessage(dtype(dtFloat), 4, float32Bytes(0.5, 1)), nil},
		{"a float and a half", appendMessage(dtype(dtFloat), 4, float32Bytes(0.5, 1)[:7]), 0.5},
		{"half a float", appendMessage(dtype(dtFloat), 4, float32Bytes(0.5)[:3]), nil},
		{"half a double", appendMessage(dtype(dtDouble), 4, double[:7]), nil},
		{"no number", dtype(dtFloat), nil},
		{"an integer", appendMessage(dtype(3), 4, float32Bytes(0.5)), nil},
		{"no type", appendMessage(nil, 4, float32Bytes(0.5)), nil},
		{"a text", appendMessage(dtype(dtString), 8, []byte("abc")), "abc"},
		{"an empty text", appendMessage(dtype(dtString), 8, nil), ""},
		{"two texts", appendMessage(appendMessage(dtype(dtString), 8, []byte("a")), 8, []byte("b")), "ab"},
		{"no text", dtype(dtString), nil},
		// Fields with a wrong wire type are ignored.
		{"type of bytes", appendMessage(appendMessage(nil, 1, []byte{1}), 4, float32Bytes(0.5)), nil},
		{"content that is a number", num(num(dtype(dtFloat), 4, protowire.VarintType, 1), 5, protowire.Fixed32Type, half), 0.5},
		{"float_val of a double", num(dtype(dtFloat), 5, protowire.Fixed64Type, half), nil},
		{"double_val of a float", num(dtype(dtDouble), 6, protowire.Fixed32Type, half), nil},
		{"text that is a number", num(dtype(dtString), 8, protowire.VarintType, 1), nil},
		{"numbers in fields of others", num(num(num(dtype(dtFloat), 3, protowire.Fixed32Type, half), 7, protowire.Fixed32Type, half), 9, protowire.Fixed64Type, quarter), nil},
	} {
		msg := appendMessage(appendMessage(nil, 1, []byte("tag")), 8, tt.tensor)
		v, ok, err := parseValue(msg)
		var got any
		switch {
		case ok && v.isText:
			got = v.text
		case ok:
			got = v.scalar
		}
		if err != nil || got != tt.want || v.tag != "tag" {
			t.Errorf("%s: %v of %q, %v; want %v", tt.name, got, v.tag, err, tt.want)
		}
	}
}

// TestEventFields: fields with a wrong wire type and unknown fields are ignored.
func TestEventFields(t *testing.T) {
	val := func(tag string) []byte { return scalarValue(tag, 1) }
	summary := appendMessage(appendMessage(nil, 1, val("a")), 1, val("b"))
	for _, tt := range []struct {
		name string
		msg  []byte
		step int64
		tags []string
	}{
		{"whole", appendMessage(num(nil, 2, protowire.VarintType, 7), 5, summary), 7, []string{"a", "b"}},
		{"no step", appendMessage(nil, 5, summary), 0, []string{"a", "b"}},
		{"step of a float", appendMessage(num(nil, 2, protowire.Fixed32Type, 7), 5, summary), 0, []string{"a", "b"}},
		{"other fields", appendMessage(num(nil, 3, protowire.VarintType, 7), 6, summary), 0, nil},
		{"a summary that is a number", num(nil, 5, protowire.VarintType, 7), 0, nil},
		{"values in another field", appendMessage(nil, 5, appendMessage(nil, 2, val("a"))), 0, nil},
		{"a value that is a number", appendMessage(nil, 5, num(nil, 1, protowire.VarintType, 1)), 0, nil},
		{"a value that is no scalar", appendMessage(nil, 5, appendMessage(nil, 1, appendMessage(nil, 1, []byte("image")))), 0, nil},
		{"a tag that is a number", appendMessage(nil, 5, appendMessage(nil, 1, num(num(nil, 1, protowire.VarintType, 1), 2, protowire.Fixed32Type, 0))), 0, []string{""}},
		{"a value that is an integer", appendMessage(nil, 5, appendMessage(nil, 1, num(nil, 2, protowire.VarintType, 1))), 0, nil},
		{"a tensor that is a number", appendMessage(nil, 5, appendMessage(nil, 1, num(nil, 8, protowire.VarintType, 1))), 0, nil},
	} {
		e, err := parseEvent(tt.msg)
		var tags []string
		for _, v := range e.values {
			tags = append(tags, v.tag)
		}
		if err != nil || e.step != tt.step || !slices.Equal(tags, tt.tags) {
			t.Errorf("%s: step %d, %q, %v", tt.name, e.step, tags, err)
		}
	}
	for _, cut := range [][]byte{{0x80}, {0x10}, {0x2a, 5, 1}, {0x2a, 2, 0x0a, 3}, {0x15, 1, 2, 3}, {0x11, 1, 2}} {
		if _, err := parseEvent(cut); err == nil {
			t.Errorf("% x is read without an error", cut)
		}
	}
}

// TestEventTime: times before 1970, and those that no clock shows, are unknown.
func TestEventTime(t *testing.T) {
	for at, want := range map[float64]int64{0: 0, -1: 0, 1e12: 0, math.Inf(1): 0, math.NaN(): 0, 1e12 - 1: 1e12 - 1, 1: 1} {
		e, err := parseEvent(num(nil, 1, protowire.Fixed64Type, math.Float64bits(at)))
		if err != nil || e.at.IsZero() != (want == 0) || want != 0 && e.at.Unix() != want {
			t.Errorf("%v: %v, %v", at, e.at, err)
		}
	}
}

// TestCacheEncoding reads what was written to the cache, and only zeros after a damaged place.
func TestCacheEncoding(t *testing.T) {
	var e encoder
	e.int(0)
	e.int(300)
	e.text("")
	e.text("loss")
	e.bits(math.MaxUint64)
	d := decoder{rest: e}
	if a, b, c, f, g := d.int(), d.int(), d.text(), d.text(), d.bits(); a != 0 || b != 300 || c != "" || f != "loss" || g != math.MaxUint64 || d.damaged || len(d.rest) > 0 {
		t.Errorf("%d %d %q %q %x damaged %v, %d bytes left", a, b, c, f, g, d.damaged, len(d.rest))
	}
	var huge encoder
	huge.int(math.MaxInt32 + 1)
	for _, bad := range [][]byte{nil, {0x80}, huge, bytes.Repeat([]byte{0xff}, 11)} {
		d := decoder{rest: bad}
		if n := d.int(); n != 0 || !d.damaged || d.rest != nil {
			t.Errorf("% x: %d, damaged %v", bad, n, d.damaged)
		}
	}
	for cut := range e {
		d := decoder{rest: e[:cut]}
		d.int()
		d.int()
		d.text()
		if text, n := d.text(), d.bits(); !d.damaged || n != 0 || text != "" && text != "loss" {
			t.Errorf("%d bytes: %q, %x, damaged %v", cut, text, n, d.damaged)
		}
	}
	exact := decoder{rest: []byte{3, 'a', 'b', 'c'}}
	if got := exact.text(); got != "abc" || exact.damaged {
		t.Errorf("%q, damaged %v", got, exact.damaged)
	}
}
