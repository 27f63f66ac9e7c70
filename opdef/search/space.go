package search

// Space is the search space of several flags. A point in it, called place, has a coordinate between 0 and 1 for each flag.
type Space []Dim

// Values returns the values at a point, see Dim.At.
func (s Space) Values(place []float64) []any {
	vals := make([]any, len(s))
	for i := range s {
		vals[i] = s[i].At(place[i])
	}
	return vals
}

// Place returns the point of values, see Dim.Place. ok is false if one of them has no coordinate.
func (s Space) Place(vals []any) (place []float64, ok bool) {
	place = make([]float64, len(s))
	for i := range s {
		if place[i], ok = s[i].Place(vals[i]); !ok {
			return nil, false
		}
	}
	return place, true
}

// Features returns the inputs of a model for a point: the coordinate of a number, which for an integer is the middle of its interval, and
// a 0 or 1 for each choice.
func (s Space) Features(place []float64) []float64 {
	x := make([]float64, 0, s.width())
	for i := range s {
		d := &s[i]
		switch {
		case d.Choices != nil:
			at := part(place[i], len(d.Choices))
			for c := range d.Choices {
				if c == at {
					x = append(x, 1)
				} else {
					x = append(x, 0)
				}
			}
		case d.Int:
			u, _ := d.Place(d.At(place[i]))
			x = append(x, u)
		default:
			x = append(x, place[i])
		}
	}
	return x
}

func (s Space) width() int {
	n := 0
	for i := range s {
		n += max(1, len(s[i].Choices))
	}
	return n
}
