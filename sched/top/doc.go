// Package top shows schedulers and runs on the whole screen of a terminal.
//
//	Model     what shows, and how keys change it: data, which knows neither the terminal nor the store
//	Reader    reads the store for it
//	Program   is both on a terminal, by Bubble Tea
//
// Package web has the data of schedulers and runs, and why runs wait: the screen shows the same as the dashboard.
//
// # Cost
//
// The store is read when something changes in the directories of running runs, schedulers and waiting runs, and every pollEvery, since
// changes by other hosts raise no event here. Looking at the store and reading scalars take a limited share of the time. The screen is
// drawn only if something has changed.
package top
