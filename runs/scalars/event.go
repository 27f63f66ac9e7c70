package scalars

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Types of tensors.
const (
	dtFloat  = 1
	dtDouble = 2
	dtString = 7
)

// event is an Event with its scalars and texts. Other kinds of summary are dropped.
type event struct {
	at     time.Time // zero if the event has none
	step   int64
	values []value
}

type value struct {
	tag    string
	scalar float64
	text   string
	isText bool
}

// versionEvent encodes the first event of a file.
func versionEvent(at time.Time) []byte {
	return protowire.AppendString(protowire.AppendTag(appendSeconds(nil, 1, at), 3, protowire.BytesType), "brain.Event:2")
}

// summaryEvent encodes an event with one summary value.
func summaryEvent(at time.Time, step int64, val []byte) []byte {
	b := appendSeconds(nil, 1, at)
	b = protowire.AppendVarint(protowire.AppendTag(b, 2, protowire.VarintType), uint64(step))
	summary := appendMessage(nil, 1, val)
	return appendMessage(b, 5, summary)
}

func appendMessage(b []byte, field protowire.Number, msg []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), msg)
}

// scalarValue returns a tensor of one double for the scalars plugin. The older form, simple_value, has 32 bits: 0.1 and 16777217 would be
// other numbers.
func scalarValue(tag string, v float64) []byte {
	tensor := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), dtDouble)
	tensor = appendMessage(tensor, 2, nil) // no dimension
	tensor = appendDouble(tensor, 6, v)
	const scalarClass = 1
	metadata := appendMessage(nil, 1, appendMessage(nil, 1, []byte("scalars")))
	metadata = protowire.AppendVarint(protowire.AppendTag(metadata, 4, protowire.VarintType), scalarClass)
	b := appendMessage(nil, 1, []byte(tag))
	b = appendMessage(b, 8, tensor)
	return appendMessage(b, 9, metadata)
}

// textValue encodes a text as TensorBoard's text plugin stores it: a tensor of one string.
func textValue(tag, text string) []byte {
	tensor := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), dtString)
	dim := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 1) // one dimension of size 1
	tensor = appendMessage(tensor, 2, appendMessage(nil, 2, dim))
	tensor = appendMessage(tensor, 8, []byte(text))
	b := appendMessage(nil, 1, []byte(tag))
	b = appendMessage(b, 8, tensor)
	return appendMessage(b, 9, appendMessage(nil, 1, appendMessage(nil, 1, []byte("text"))))
}

// fields calls f for each field of a message. n is the value of a numeric field, b that of a length-delimited one.
func fields(msg []byte, f func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error) error {
	for len(msg) > 0 {
		num, typ, size := protowire.ConsumeTag(msg)
		if size < 0 {
			return protowire.ParseError(size)
		}
		msg = msg[size:]
		var n uint64
		var b []byte
		switch typ {
		case protowire.VarintType:
			n, size = protowire.ConsumeVarint(msg)
		case protowire.Fixed32Type:
			var v uint32
			v, size = protowire.ConsumeFixed32(msg)
			n = uint64(v)
		case protowire.Fixed64Type:
			n, size = protowire.ConsumeFixed64(msg)
		case protowire.BytesType:
			b, size = protowire.ConsumeBytes(msg)
		default:
			size = protowire.ConsumeFieldValue(num, typ, msg)
		}
		if size < 0 {
			return protowire.ParseError(size)
		}
		msg = msg[size:]
		if err := f(num, typ, n, b); err != nil {
			return err
		}
	}
	return nil
}

func parseEvent(msg []byte) (event, error) {
	var e event
	err := fields(msg, func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error {
		switch {
		case num == 1 && typ == protowire.Fixed64Type:
			if at := math.Float64frombits(n); at > 0 && at < 1e12 {
				e.at = time.UnixMicro(int64(math.Round(at * 1e6)))
			}
		case num == 2 && typ == protowire.VarintType:
			e.step = int64(n)
		case num == 5 && typ == protowire.BytesType:
			return fields(b, func(num protowire.Number, typ protowire.Type, _ uint64, b []byte) error {
				if num != 1 || typ != protowire.BytesType {
					return nil
				}
				v, ok, err := parseValue(b)
				if ok {
					e.values = append(e.values, v)
				}
				return err
			})
		}
		return nil
	})
	if err != nil {
		return event{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return e, nil
}

// parseValue decodes a summary value. ok is false unless it is a scalar or a text.
func parseValue(msg []byte) (v value, ok bool, err error) {
	var tensor []byte
	err = fields(msg, func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error {
		switch {
		case num == 1 && typ == protowire.BytesType:
			v.tag = string(b)
		case num == 2 && typ == protowire.Fixed32Type:
			v.scalar, ok = widen(uint32(n)), true
		case num == 8 && typ == protowire.BytesType:
			tensor = b
		}
		return nil
	})
	if err != nil || tensor == nil {
		return v, ok, err
	}
	ok, err = parseTensor(tensor, &v)
	return v, ok, err
}

// parseTensor decodes a tensor of one number or of strings into v, and reports whether it is one of these.
func parseTensor(msg []byte, v *value) (bool, error) {
	var dtype uint64
	var content []byte
	var numbers []float64
	count := 0
	err := fields(msg, func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error {
		switch {
		case num == 1 && typ == protowire.VarintType:
			dtype = n
		case num == 4 && typ == protowire.BytesType:
			content = b
		case num == 5 && typ == protowire.Fixed32Type:
			numbers = append(numbers, widen(uint32(n)))
		case num == 5 && typ == protowire.BytesType: // packed
			numbers = appendFloats(numbers, b, dtFloat)
		case num == 6 && typ == protowire.Fixed64Type:
			numbers = append(numbers, math.Float64frombits(n))
		case num == 6 && typ == protowire.BytesType:
			numbers = appendFloats(numbers, b, dtDouble)
		case num == 8 && typ == protowire.BytesType:
			v.text += string(b)
			count++
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	switch {
	case dtype == dtString && count > 0:
		v.isText = true
		return true, nil
	case dtype != dtFloat && dtype != dtDouble:
		return false, nil
	}
	if numbers = appendFloats(numbers, content, dtype); len(numbers) != 1 {
		return false, nil
	}
	v.scalar = numbers[0]
	return true, nil
}

// appendFloats decodes the little-endian numbers in b and appends them.
func appendFloats(to []float64, b []byte, dtype uint64) []float64 {
	if dtype == dtFloat {
		for ; len(b) >= 4; b = b[4:] {
			to = append(to, widen(binary.LittleEndian.Uint32(b)))
		}
		return to
	}
	for ; len(b) >= 8; b = b[8:] {
		to = append(to, math.Float64frombits(binary.LittleEndian.Uint64(b)))
	}
	return to
}

// widen returns the float64 that a float32 of the given bits was meant to be: the one with the shortest decimal form that reads back as
// that float32. The float32 nearest to 0.9 thus becomes 0.9, as its writer printed it, and not 0.8999999761581421.
func widen(bits uint32) float64 {
	f := math.Float32frombits(bits)
	const exact = 1 << 24 // all integers up to here are float32
	wide := float64(f)
	if wide == math.Trunc(wide) && math.Abs(wide) <= exact || math.IsNaN(wide) || math.IsInf(wide, 0) {
		return wide
	}
	var buf [24]byte
	short, err := strconv.ParseFloat(string(strconv.AppendFloat(buf[:0], wide, 'g', -1, 32)), 64)
	if err != nil {
		return wide // cannot happen: the formatted number can be parsed
	}
	return short
}
