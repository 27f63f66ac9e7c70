//go:build race

package check

// stride is the distance of the points that are tried: with the race detector each start of a process takes many times as
// long, and the race detector sees nothing more in a process that is killed. Without it every point is tried.
const stride = 9
