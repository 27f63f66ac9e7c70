// Package curves reads the scalars of runs as series of points for charts, and thins series for drawing.
//
// A Cache reads a run again only when it may have changed. Results are never modified, so callers may keep them.
package curves
