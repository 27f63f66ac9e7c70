package proc

import "bytes"

// named puts a prefix, which names the run, before each line of its output on a console that several runs share.
type named struct {
	prefix string
	inLine bool // the last text that was written did not end its line
}

// newNamed returns nil if there is no prefix.
func newNamed(prefix string) *named {
	if prefix == "" {
		return nil
	}
	return &named{prefix: prefix}
}

// text returns the beginning of data with a prefix before each line, in at most maxEcho bytes, and how many bytes of data it stands for. A
// carriage return begins a line too: programs write over their line with it, and would write over the prefix.
func (n *named) text(data []byte) (shown []byte, taken int) {
	if n == nil {
		return data, len(data)
	}
	for taken < len(data) {
		line := firstLine(data[taken:])
		prefix := n.prefix
		if n.inLine {
			prefix = ""
		}
		room := maxEcho - len(shown) - len(prefix)
		if len(line) > room {
			if taken > 0 {
				break // it comes with the next text
			}
			line = line[:room]
		}
		shown = append(append(shown, prefix...), line...)
		taken += len(line)
		end := line[len(line)-1]
		n.inLine = end != '\n' && end != '\r'
	}
	return shown, taken
}

// firstLine returns data up to the first end of a line: a line feed, or a carriage return without one.
func firstLine(data []byte) []byte {
	i := bytes.IndexAny(data, "\r\n")
	switch {
	case i < 0:
		return data
	case data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n':
		i++
	}
	return data[:i+1]
}
