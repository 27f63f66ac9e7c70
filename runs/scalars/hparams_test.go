package scalars

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// texts formats a message by field numbers; nested names the byte fields that are messages too.
func texts(t *testing.T, msg []byte, path string, nested ...string) (list []string) {
	t.Helper()
	if err := fields(msg, func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error {
		at := strings.TrimPrefix(fmt.Sprintf("%s.%d", path, num), ".")
		switch {
		case slices.Contains(nested, at):
			list = append(list, texts(t, b, at, nested...)...)
		case typ == protowire.BytesType:
			list = append(list, fmt.Sprintf("%s=%s", at, b))
		case typ == protowire.Fixed64Type:
			list = append(list, fmt.Sprintf("%s=%g", at, math.Float64frombits(n)))
		case typ == protowire.Fixed32Type:
			list = append(list, fmt.Sprintf("%s=%g", at, math.Float32frombits(uint32(n))))
		default:
			list = append(list, fmt.Sprintf("%s=%d", at, n))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// records returns the events of a file after the first.
func records(t *testing.T, file []byte) (list [][]byte) {
	t.Helper()
	r := newRecordReader(bytes.NewReader(file))
	for {
		data, err := r.next()
		if err != nil {
			return list[1:]
		}
		list = append(list, bytes.Clone(data))
	}
}

func TestHParams(t *testing.T) {
	at := time.Unix(100, 500_000_000)
	nested := []string{"5", "5.1", "5.1.8", "5.1.9", "5.1.9.1", "5.1.9.1.2", "5.1.9.1.2.3", "5.1.9.1.2.4", "5.1.9.1.2.3.1", "5.1.9.1.2.3.1.2"}
	for _, tt := range []struct {
		what string
		file []byte
		want []string
	}{
		{"start", SessionStart(map[string]any{"b": true, "f": 0.5, "i": 3, "s": "x\xff"}, at), []string{
			"1=100.5 2=0 5.1.1=_hparams_/session_start_info 5.1.8.1=1 5.1.8.2= 5.1.8.5=0 5.1.9.1.1=hparams " +
				"5.1.9.1.2.3.1.1=b 5.1.9.1.2.3.1.2.4=1 5.1.9.1.2.3.1.1=f 5.1.9.1.2.3.1.2.2=0.5 5.1.9.1.2.3.1.1=i 5.1.9.1.2.3.1.2.2=3 " +
				"5.1.9.1.2.3.1.1=s 5.1.9.1.2.3.1.2.3=x\uFFFD 5.1.9.1.2.3.5=100.5 5.1.9.4=2"}},
		{"end", SessionEnd(false, 2*time.Second, at), []string{
			"1=100.5 2=0 5.1.1=_hparams_/session_end_info 5.1.8.1=1 5.1.8.2= 5.1.8.5=0 5.1.9.1.1=hparams " +
				"5.1.9.1.2.4.1=2 5.1.9.1.2.4.2=100.5 5.1.9.4=2",
			"1=100.5 2=0 5.1.1=time 5.1.8.1=2 5.1.8.2= 5.1.8.6=2 5.1.9.1.1=scalars 5.1.9.4=1"}},
	} {
		var got []string
		for _, r := range records(t, tt.file) {
			got = append(got, strings.Join(texts(t, r, "", nested...), " "))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n%q, want\n%q", tt.what, got, tt.want)
		}
	}
}

func TestImage(t *testing.T) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, image.NewRGBA(image.Rect(0, 0, 3, 2)), nil); err != nil {
		t.Fatal(err)
	}
	event, err := Image("a/b.jpg", file.Bytes(), time.Unix(100, 0))
	if err != nil {
		t.Fatal(err)
	}
	want := "1=100 2=0 5.1.1=a/b.jpg 5.1.4.1=2 5.1.4.2=3 5.1.4.3=3 5.1.4.4=" + file.String()
	if got := strings.Join(texts(t, records(t, event)[0], "", "5", "5.1", "5.1.4"), " "); got != want {
		t.Errorf("%.100q, want %.100q", got, want)
	}
	if _, err := Image("x", []byte("no image"), time.Time{}); err == nil {
		t.Error("what is no image is one")
	}
}
