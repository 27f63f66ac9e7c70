// Package guildfile reads a guild.yml: its models, configs and packages, what they include and extend, and the attributes of their
// operations. It turns YAML into [opdef.Operation]. Mistakes have their place in the file and leave the rest of the file usable.
//
// A file is read in three steps. The items of its list become objects, whose operations and flags are brought into their long form
// (object.go, longform.go). Objects get what they extend, include and have as parameters (extend.go, include.go, params.go). At last
// each attribute is read into its place by a table of targets (attrs.go), which a test compares with package attribute.
package guildfile
