package search

// Space is that of several flags. A place in it has a coordinate between 0 and 1 for each of them.
type Space []Dim

// Values are those at a place, see Dim.At.
func (s Space) Values(place []float64) []any {
	vals := make([]any, len(s))
	for i := range s {
		vals[i] = s[i].At(place[i])
	}
	return vals
}

// Place is where values are. ok is false where one of them is nowhere in its dimension.
func (s Space) Place(vals []any) (place []float64, ok bool) {
	place = make([]float64, len(s))
	for i := range s {
		if place[i], ok = s[i].Place(vals[i]); !ok {
			return nil, false
		}
	}
	return place, true
}

// Features are what a model is told of a place: the place of the value for a number, which for an integer is the same in all of
// its part, and for each choice whether it is the one.
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
