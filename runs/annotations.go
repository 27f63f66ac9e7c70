package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs/plainfile"
	"guild/runs/sharedfs"
)

// Label returns the label shown in listings.
func (r *View) Label() string {
	s, _ := r.AttrString("label")
	return s
}

// Tags returns the tags in the order in which they were given.
func (r *View) Tags() []string {
	tags, _ := r.readTags()
	return tags
}

// ReadTags is Tags with an error if the tags cannot be read. A run without the attribute has none.
func (r *Run) ReadTags() ([]string, error) { return r.readTags() }

func (r *View) readTags() ([]string, error) {
	v, err := r.readAttr("tags")
	list, _ := v.([]any)
	tags := make([]string, 0, len(list))
	for _, t := range list {
		if s, ok := t.(string); ok {
			tags = append(tags, s)
		}
	}
	return tags, err
}

// Comment is a comment of a user on a run.
type Comment struct {
	Body string
	User string
	Host string
	Time time.Time
}

// Comments returns the comments in the order in which they were made.
func (r *View) Comments() []Comment {
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

// Marked reports whether a user has marked the run, so that operations that require a run prefer it.
func (r *View) Marked() bool {
	v, _ := r.Attr("marked")
	marked, _ := v.(bool)
	return marked
}

// The following methods write annotations. Any process may do that at any time, even if another one owns the run. A change that depends on
// the current value must be made within Edit.

// Edit calls change while no other process is within Edit for the run, on this host or, if the file system has locks for all hosts, on
// another one: if two users add a tag at the same time, both tags stay. Edit waits for others for ten seconds, then it fails.
func (r *Run) Edit(change func() error) error {
	const patience, look = 10 * time.Second, 2 * time.Millisecond
	path := r.GuildPath("EDIT")
	f, err := plainfile.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o666)
	if errors.Is(err, fs.ErrPermission) { // another user's, who let others change attributes only
		return change()
	}
	if err != nil {
		if err = sharedfs.GoneIfStale(err); errors.Is(err, fs.ErrNotExist) {
			err = ErrNotFound
		}
		return fmt.Errorf("edit run %s: %w", r.ShortID(), err)
	}
	defer func() { _ = f.Close() }()
	for deadline := time.Now().Add(patience); ; time.Sleep(look) {
		err := flockNow(f)
		if err == nil || errors.Is(err, unix.ENOLCK) || errors.Is(err, unix.EOPNOTSUPP) { // without locks, edits are as good as they can be
			break
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return fmt.Errorf("edit run %s: %w", r.ShortID(), err)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("edit run %s: another process has been changing it for %s: try again", r.ShortID(), patience)
		}
	}
	if !sameFile(f, path) {
		return fmt.Errorf("edit run %s: %w", r.ShortID(), ErrNotFound)
	}
	if err := sharedfs.RefreshDirs(r.GuildPath("attrs")); err != nil {
		return fmt.Errorf("edit run %s: %w", r.ShortID(), err)
	}
	return change()
}

// SetLabel sets the label; an empty one is none.
func (r *Run) SetLabel(label string) error {
	if label == "" {
		return r.DeleteAttr("label")
	}
	return r.SetAttr("label", label)
}

// SetTags replaces the tags.
func (r *Run) SetTags(tags []string) error {
	list := make([]any, len(tags))
	for i, t := range tags {
		list[i] = t
	}
	return r.SetAttr("tags", list)
}

// SetComments replaces the comments; an empty list is none.
func (r *Run) SetComments(comments []Comment) error {
	if len(comments) == 0 {
		return r.DeleteAttr("comments")
	}
	list := make([]any, len(comments))
	for i, c := range comments {
		list[i] = map[string]any{"body": c.Body, "user": c.User, "host": c.Host, "time": int(Micros(c.Time))}
	}
	return r.SetAttr("comments", list)
}

// SetMarked marks the run or takes the mark away.
func (r *Run) SetMarked(marked bool) error {
	if !marked {
		return r.DeleteAttr("marked")
	}
	return r.SetAttr("marked", true)
}
