package scalars

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// hparamsPlugin is the name of the TensorBoard plugin that compares runs by hyperparameters.
const hparamsPlugin = "hparams"

// SessionStart returns the content of an event file that describes a run to TensorBoard's HParams plugin: its flags, each a number, a
// bool or a string, and when it started. The plugin then compares the scalars in the directory of that file and below it.
func SessionStart(hparams map[string]any, at time.Time) []byte {
	var info []byte
	for _, name := range slices.Sorted(maps.Keys(hparams)) {
		entry := appendMessage(nil, 1, []byte(strings.ToValidUTF8(name, "\uFFFD")))
		info = appendMessage(info, 1, appendMessage(entry, 2, protoValue(hparams[name])))
	}
	info = appendSeconds(info, 5, at)
	return appendRecord(appendRecord(nil, versionEvent(at)), summaryEvent(at, 0, hparamsValue("_hparams_/session_start_info", 3, info)))
}

// SessionEnd returns the content of the event file that marks the end of such a run. It also has a scalar, time: the duration in
// seconds.
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

// hparamsValue encodes a value for the plugin; info is the content of the given field of the plugin's data. TensorBoard ignores values
// without a tensor, so an empty one is added.
func hparamsValue(tag string, field protowire.Number, info []byte) []byte {
	tensor := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), dtFloat)
	tensor = appendMessage(tensor, 2, nil) // no dimensions
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

// protoValue encodes a google.protobuf.Value.
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
