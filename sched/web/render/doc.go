// Package render turns what runs have written into what a page can show: terminal output into text with spans of style, Markdown and source
// code into trees of nodes, tables into cells, two texts into the lines in which they differ.
//
// Nothing here makes HTML. A Node has one of a few tags and attributes, of which the page makes elements one by one, so that no text of a
// run can become a part of the page.
package render
