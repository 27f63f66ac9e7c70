// Package curves reads the scalars of runs as series of points for charts, and makes series short enough to be drawn.
//
// A Cache reads a run again only when it can have changed. What it returns is not changed afterwards, so a caller may keep it.
package curves
