// Package compare makes tables of runs: it chooses the columns, fills in the cells and sorts the rows.
//
// A column is written as
//
//	[first|last|min|max|avg|total|count] SCALAR [step] [as NAME]      also scalar:SCALAR
//	=FLAG [as NAME]                                                    also flag:FLAG
//	.ATTRIBUTE [as NAME]                                               also attr:ATTRIBUTE
//
// and columns are separated by commas. A name in quotes may contain any character. The default qualifier is last. With `step`, the
// column shows the step at which the scalar had the value.
package compare
