package cmd

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/listing"
	"guild/runs/process"
)

// RunsComment adds comments to runs, removes them or lists them.
type RunsComment struct {
	Latest
	List   bool   `short:"l" help:"List the comments."`
	Add    string `short:"a" placeholder:"COMMENT" help:"Add COMMENT."`
	Edit   bool   `short:"e" help:"Write the comment in an editor, $VISUAL or $EDITOR; so it is where no other option says what to do."`
	Delete int    `short:"d" placeholder:"INDEX" help:"Take away the comment that --list shows with INDEX."`
	Clear  bool   `short:"c" help:"Take all comments away."`
	User   string `short:"u" placeholder:"USER[@HOST]" help:"Who makes the comment. Default: you."`
	JSON   bool   `name:"json" help:"List the comments as JSON: what 'guild runs list --json' says of each run."`
}

// Run adds, removes or lists comments, as the options say.
func (k *RunsComment) Run(c *console.Console, s *catalog.Catalog) error {
	k.List = k.List || k.JSON
	list, add, edit, del, clr := option{"list", k.List}, option{"add", k.Add != ""}, option{"edit", k.Edit},
		option{"delete", k.Delete != 0}, option{"clear", k.Clear}
	for _, o := range []option{add, edit} {
		if err := exclude(c, "comment", list, o, del, clr); err != nil {
			return err
		}
	}
	switch {
	case k.List:
		return k.list(c, s)
	case k.Clear:
		n, err := k.change(c, s, "You are about to delete ALL comments from the following runs:",
			func(r *runs.Run) error { return r.SetComments(nil) })
		if n > 0 {
			c.Notef("Deleted all comments for %d run(s)\n", n)
		}
		return err
	case k.Delete != 0:
		return k.delete(c, s)
	}
	return k.add(c, s)
}

func (k *RunsComment) delete(c *console.Console, s *catalog.Catalog) error {
	if k.Delete < 1 {
		return fmt.Errorf("comment %d: indexes count from 1, see 'guild comment --list'", k.Delete)
	}
	deleted := 0
	_, err := k.change(c, s, fmt.Sprintf("You are about to delete comment %d from the following runs:", k.Delete),
		func(r *runs.Run) error {
			comments := r.Comments()
			if k.Delete > len(comments) {
				c.Notef("Run %s has no comment %d\n", r.ShortID(), k.Delete)
				return nil
			}
			deleted++
			return r.SetComments(slices.Delete(comments, k.Delete-1, k.Delete))
		})
	if deleted > 0 {
		c.Notef("Deleted comment for %d run(s)\n", deleted)
	}
	return err
}

func (k *RunsComment) list(c *console.Console, s *catalog.Catalog) error {
	list, err := k.find(s)
	if err != nil {
		return err
	}
	if k.JSON {
		return writeSummaries(c, summariesOf(list))
	}
	cwd, _ := os.Getwd()
	rows := make([][]string, len(list))
	for i, r := range list {
		rows[i] = listing.Row(c, r.ShortID(), r.AsView(), cwd)
	}
	c.ListingWith(rows, listing.Look(listing.StatusColumn), func(i int) {
		comments := list[i].Comments()
		if len(comments) == 0 {
			c.Printf("  <no comments>\n")
		}
		for j, comment := range comments {
			c.Printf("[%d] %s\n\n", j+1, commentHead(comment))
			indent(c, comment.Body, 2)
			if j+1 < len(comments) || i+1 < len(list) {
				c.Printf("\n")
			}
		}
	})
	return nil
}

// commentHead returns the author and time of a comment.
func commentHead(k runs.Comment) string {
	who := k.User
	if k.Host != "" {
		who += "@" + k.Host
	}
	return console.OneLine(who + " " + listing.Time(k.Time))
}

func (k *RunsComment) add(c *console.Console, s *catalog.Catalog) error {
	body := k.Add
	if body == "" || k.Edit {
		list, err := k.find(s)
		if err != nil {
			return err
		}
		if body, err = EditComment(c, body, list); err != nil {
			return fmt.Errorf("%w; --add gives a comment without one", err)
		}
		k.Yes = true // leaving the editor was the confirmation
	}
	if body = strings.TrimSpace(body); body == "" {
		return fmt.Errorf("the comment is empty: nothing was added")
	}
	comment := runs.Comment{Body: body, Host: process.Hostname(), Time: time.Now()}
	name, host, hasHost := strings.Cut(k.User, "@")
	if comment.User = cmp.Or(name, process.Username()); hasHost {
		comment.Host = host
	}
	n, err := k.change(c, s, "You are about to add a comment to the following runs:", func(r *runs.Run) error {
		return r.SetComments(append(r.Comments(), comment))
	})
	if n > 0 {
		c.Notef("Added comment to %d run(s)\n", n)
	}
	return err
}

// EditComment lets the user write a comment on runs in an editor, beginning with text. Lines that start with # are left out.
func EditComment(c *console.Console, text string, list []*runs.Run) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# Write a comment above. Lines that start with # do not count; an empty comment adds nothing.\n", text)
	if len(list) > 0 {
		b.WriteString("# For:\n")
	}
	for _, r := range list {
		fmt.Fprintf(&b, "#   %s  %s  %s\n", r.ShortID(), listing.Operation(r.AsView(), ""), console.OneLine(r.Label()))
	}
	text, err := c.Edit("comment", b.String())
	if err != nil {
		return "", err
	}
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			kept.WriteString(line)
		}
	}
	return kept.String(), nil
}

// indent writes text with blanks in front of each line that is not empty.
func indent(c *console.Console, text string, by int) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			line = strings.Repeat(" ", by) + line
		}
		c.Printf("%s\n", line)
	}
}
