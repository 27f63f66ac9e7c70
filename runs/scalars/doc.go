// Package scalars reads and writes the TensorBoard event files of runs.
//
// The name of an event file contains `.tfevents.`. The file is a sequence of records in TFRecord framing, see appendRecord. Each
// record is a protocol buffer of type Event:
//
//	Event    1 wall_time double   2 step int64   3 file_version string (first record)   5 summary Summary
//	Summary  1 value Value, repeated
//	Value    1 tag string   2 simple_value float   4 image Image   8 tensor TensorProto   9 metadata SummaryMetadata
//	Image    1 height   2 width   3 colorspace (1 gray, 3 RGB, 4 RGBA)   4 encoded_image_string bytes
//	TensorProto      1 dtype (1 float, 2 double, 7 string)   2 tensor_shape   4 tensor_content bytes
//	                 5 float_val, repeated   6 double_val, repeated   8 string_val, repeated
//	SummaryMetadata  1 plugin_data: 1 plugin_name string, 2 content bytes   4 data_class (1 scalar, 2 tensor)
//
// The content of the plugin hparams has one of these:
//
//	3 SessionStartInfo  1 hparams map of google.protobuf.Value   5 start_time_secs double
//	4 SessionEndInfo    1 status (1 success, 2 failure)   2 end_time_secs double
//
// Files grow while their run is running, perhaps on another host, so the last record of a file may be incomplete. It is ignored
// until it is complete. A file whose name ends with `.attrs` contains attributes, as text summaries, and no scalars.
package scalars
