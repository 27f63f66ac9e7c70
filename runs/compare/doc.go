// Package compare puts runs side by side: which columns there are, what each run has in them, and in what order the runs come.
//
// A column is written as
//
//	[first|last|min|max|avg|total|count] SCALAR [step] [as NAME]      also scalar:SCALAR
//	=FLAG [as NAME]                                                    also flag:FLAG
//	.ATTRIBUTE [as NAME]                                               also attr:ATTRIBUTE
//
// and columns are separated by commas. A name in quotes can hold anything. Of a scalar the last value counts, or with `step` the
// step of it.
package compare
