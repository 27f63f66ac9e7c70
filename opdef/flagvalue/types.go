package flagvalue

// Types of flags.
const (
	TypeString       = "string"
	TypeInt          = "int"
	TypeFloat        = "float"
	TypeNumber       = "number" // int or float
	TypeBoolean      = "boolean"
	TypePath         = "path"          // made absolute
	TypeExistingPath = "existing-path" // made absolute, must exist
	TypeAuto         = "auto"          // the same as no type
)
