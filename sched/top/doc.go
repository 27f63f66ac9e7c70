// Package top shows on the whole terminal what schedulers and runs do.
//
//	Model     what shows, and how keys change it: data, which knows neither the terminal nor the store
//	Reader    reads the store for it
//	Program   is both on a terminal, by Bubble Tea
//
// What shows of schedulers and runs, and why runs wait, is what the dashboard shows: both have it from package web.
//
// # Cost
//
// The store is looked at when something happens in the directories of runs under way, of schedulers and of waiting runs, and every
// pollEvery seconds, since what other hosts do raises no event here. Looks, and what is read of scalars, take a bounded part of the time.
// Only what has changed is drawn.
package top
