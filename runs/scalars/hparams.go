package scalars

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// hparamsPlugin is the plugin of TensorBoard that compares runs by their flags.
const hparamsPlugin = "hparams"

// SessionStart is an event file that tells TensorBoard's HParams of a run: the flags it has, each a number, a truth value or a text, and
// when it was started. The scalars that are compared are those in the directory of the file and below it.
func SessionStart(hparams map[string]any, at time.Time) []byte {
	var info []byte
	for _, name := range slices.Sorted(maps.Keys(hparams)) {
		entry := appendMessage(nil, 1, []byte(strings.ToValidUTF8(name, "\uFFFD")))
		info = appendMessage(info, 1, appendMessage(entry, 2, protoValue(hparams[name])))
	}
	info = appendSeconds(info, 5, at)
	return appendRecord(appendRecord(nil, versionEvent(at)), summaryEvent(at, 0, hparamsValue("_hparams_/session_start_info", 3, info)))
}

// SessionEnd is an event file that tells of the end of such a run, and has the scalar time, the seconds that it took.
func SessionEnd(success bool, took time.Duration, at time.Time) []byte {
	const succeeded, failed = 1, 2
	status := uint64(failed)
	if success {
		status = succeeded
	}
	info := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), status)
	info = appendSeconds(info, 2, at)
	file := appendRecord(nil, versionEvent(at))
	file = appendRecord(file, summaryEvent(at, 0, hparamsValue("_hparams_/session_end_info", 4, info)))
	return appendRecord(file, summaryEvent(at, 0, scalarValue("time", took.Seconds())))
}

// hparamsValue is a value of the plugin: info is the given field of its data. It needs a tensor, though nobody looks at that.
func hparamsValue(tag string, field protowire.Number, info []byte) []byte {
	tensor := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), dtFloat)
	tensor = appendMessage(tensor, 2, nil) // no dimension
	tensor = protowire.AppendFixed32(protowire.AppendTag(tensor, 5, protowire.Fixed32Type), 0)
	plugin := appendMessage(nil, 1, []byte(hparamsPlugin))
	plugin = appendMessage(plugin, 2, appendMessage(nil, field, info))
	const tensorClass = 2
	metadata := appendMessage(nil, 1, plugin)
	metadata = protowire.AppendVarint(protowire.AppendTag(metadata, 4, protowire.VarintType), tensorClass)
	b := appendMessage(nil, 1, []byte(tag))
	b = appendMessage(b, 8, tensor)
	return appendMessage(b, 9, metadata)
}

// protoValue is a google.protobuf.Value.
func protoValue(v any) []byte {
	switch v := v.(type) {
	case bool:
		return protowire.AppendVarint(protowire.AppendTag(nil, 4, protowire.VarintType), protowire.EncodeBool(v))
	case int:
		return appendDouble(nil, 2, float64(v))
	case float64:
		return appendDouble(nil, 2, v)
	case string:
		return appendMessage(nil, 3, []byte(strings.ToValidUTF8(v, "\uFFFD")))
	}
	return protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 0) // null
}

func appendDouble(b []byte, field protowire.Number, v float64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), math.Float64bits(v))
}

func appendSeconds(b []byte, field protowire.Number, at time.Time) []byte {
	return appendDouble(b, field, float64(at.UnixMicro())/1e6)
}
