// Package study evaluates the results of a batch: the best value so far, the trials that no other trial dominates (the Pareto front), how
// much each flag matters, and when the batch is likely to end. It handles numbers and texts only, neither runs nor pages.
package study
