package cmd

import (
	"fmt"
	"slices"
	"strings"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/words"
)

// RunsTag changes the tags of runs, or lists them.
type RunsTag struct {
	Latest
	Add        []string `short:"a" sep:"none" placeholder:"TAG" help:"Add TAG. May be repeated." complete:"tag"`
	Delete     []string `short:"d" sep:"none" placeholder:"TAG" help:"Take TAG away. May be repeated." complete:"tag"`
	Clear      bool     `short:"c" help:"Take all tags away; those of --add remain."`
	SyncLabels bool     `short:"s" name:"sync-labels" help:"Do to the labels what is done to the tags."`
	ListAll    bool     `name:"list-all" help:"List the tags of the runs, of all runs where none is named."`
	JSON       bool     `name:"json" help:"List the tags as a JSON list of objects: tag, runs (how many have it)."`
}

// Run changes or lists the tags.
func (k *RunsTag) Run(c *console.Console, s *catalog.Catalog) error {
	k.ListAll = k.ListAll || k.JSON
	add, del, clr, all := option{"add", len(k.Add) > 0}, option{"delete", len(k.Delete) > 0}, option{"clear", k.Clear},
		option{"list-all", k.ListAll}
	if err := require(c, "tag", add, del, clr, all); err != nil {
		return err
	}
	for _, o := range []option{add, del, clr} {
		if err := exclude(c, "tag", o, all); err != nil {
			return err
		}
	}
	if k.ListAll {
		return k.list(c, s)
	}
	head := "You are about to modify tags for the following runs:\n"
	if k.SyncLabels {
		head += "Labels are updated to reflect the latest tags."
	} else {
		head += "Labels are not updated - use --sync-labels to apply changes run labels."
	}
	if err := k.refuseUnknown(s); err != nil {
		return err
	}
	n, err := k.change(c, s, head, k.modify)
	if n > 0 {
		c.Notef("Modified tags for %d run(s)\n", n)
	}
	return err
}

// refuseUnknown returns an error for a tag to be removed that none of the runs has.
func (k *RunsTag) refuseUnknown(s *catalog.Catalog) error {
	if len(k.Delete) == 0 {
		return nil
	}
	list, err := k.find(s)
	if err != nil {
		return err
	}
	var has []string
	for _, r := range list {
		has = append(has, r.Tags()...)
	}
	slices.Sort(has)
	has = slices.Compact(has)
	for _, tag := range k.Delete {
		if slices.Contains(has, tag) {
			continue
		}
		hint := "They have no tags."
		if len(has) > 0 {
			hint = "Their tags are: " + console.OneLine(strings.Join(has, ", "))
		}
		return console.WithHint(fmt.Errorf("none of the %d run(s) has the tag '%s'", len(list), tag), hint)
	}
	return nil
}

func (k *RunsTag) list(c *console.Console, s *catalog.Catalog) error {
	f, err := k.Filter()
	if err != nil {
		return err
	}
	list, err := filter.Find(s, f, k.Specs)
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, r := range list {
		for _, tag := range r.Tags() {
			count[tag]++
		}
	}
	tags := make([]taggedRuns, 0, len(count))
	for tag, n := range count {
		tags = append(tags, taggedRuns{tag, n})
	}
	slices.SortFunc(tags, func(a, b taggedRuns) int { return strings.Compare(a.Tag, b.Tag) })
	if k.JSON {
		return c.WriteJSON(tags)
	}
	for _, t := range tags {
		c.Printf("%s\n", console.OneLine(t.Tag))
	}
	return nil
}

// taggedRuns is the JSON form of a tag in use, which is stable.
type taggedRuns struct {
	Tag  string `json:"tag"`
	Runs int    `json:"runs"`
}

func (k *RunsTag) modify(r *runs.Run) error {
	old, label := r.Tags(), r.Label()
	gone := k.Delete
	if k.Clear {
		gone = old
	}
	tags := slices.DeleteFunc(slices.Clone(old), func(t string) bool { return slices.Contains(gone, t) })
	tags = append(tags, k.Add...)
	slices.Sort(tags)
	if err := r.SetTags(slices.Compact(tags)); err != nil || !k.SyncLabels {
		return err
	}
	return r.SetLabel(syncLabel(label, gone, k.Add))
}

// syncLabel returns a label without the removed tags, and with the added tags in front unless it has them already.
func syncLabel(label string, gone, added []string) string {
	has, err := words.Split(label)
	if err != nil { // a label need not be valid shell words
		has = strings.Fields(label)
	}
	for _, tag := range gone {
		label = withoutWords(label, tag)
	}
	var front []string
	for _, tag := range added {
		if !slices.Contains(has, tag) && !slices.Contains(front, tag) {
			front = append(front, tag)
		}
	}
	return strings.TrimSpace(strings.Join(append(front, label), " "))
}
