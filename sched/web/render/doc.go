// Package render converts content of runs to what a page can show: terminal output to text with spans of style, Markdown and source code to
// trees of nodes, tables to cells, two texts to the lines of a diff.
//
// Nothing here makes HTML. A Node has one of a few tags and attributes, from which the page makes elements one by one, so that no text of a
// run can become part of the page.
package render
