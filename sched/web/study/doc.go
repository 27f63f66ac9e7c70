// Package study computes what the results of a batch say: the best value so far, the trials that no other one beats (the Pareto front),
// how much each flag matters, and when the batch is likely to end. It knows numbers and texts only, neither runs nor pages.
package study
