package runs

import "time"

// Label is the label shown in listings.
func (r *Run) Label() string {
	s, _ := r.AttrString("label")
	return s
}

// Tags in the order in which they were given.
func (r *Run) Tags() []string {
	v, _ := r.Attr("tags")
	list, _ := v.([]any)
	tags := make([]string, 0, len(list))
	for _, t := range list {
		if s, ok := t.(string); ok {
			tags = append(tags, s)
		}
	}
	return tags
}

// Comment is a remark that somebody attached to a run.
type Comment struct {
	Body string
	User string
	Host string
	Time time.Time
}

// Comments in the order in which they were made.
func (r *Run) Comments() []Comment {
	v, _ := r.Attr("comments")
	list, _ := v.([]any)
	comments := make([]Comment, 0, len(list))
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			continue
		}
		c := Comment{}
		c.Body, _ = m["body"].(string)
		c.User, _ = m["user"].(string)
		c.Host, _ = m["host"].(string)
		if at, ok := m["time"].(int); ok {
			c.Time = time.UnixMicro(int64(at))
		}
		comments = append(comments, c)
	}
	return comments
}

// Marked reports that somebody marked the run, so that it is preferred where an operation needs a run of this one.
func (r *Run) Marked() bool {
	v, _ := r.Attr("marked")
	marked, _ := v.(bool)
	return marked
}
