package pyyaml

import "bytes"

// Equal reports whether two values have the same encoding, whatever Go types hold them. Values that cannot be encoded equal nothing.
func Equal(a, b any) bool {
	x, err := Encode(a)
	if err != nil {
		return false
	}
	y, err := Encode(b)
	return err == nil && bytes.Equal(x, y)
}
