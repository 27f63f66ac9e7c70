// Package scalars reads and writes the TensorBoard event files of runs.
//
// An event file, of which the name holds `.tfevents.`, is a sequence of records in the framing of TFRecord, see appendRecord,
// and each record is an Event of protocol buffers:
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
// Scalars are written as tensors of one double, for the plugin scalars. Scalars that other programs wrote may be a simple_value or a
// tensor of one float or double; one of 32 bits is read as the number that its shortest decimal form says, see widen.
//
// Files are appended to while their run is at work, on any host, so that the last record of a file may be there in part. It is
// left out until it is complete. A file whose name ends with `.attrs` holds attributes, as summaries of text, and no scalars.
package scalars
