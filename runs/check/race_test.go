//go:build race

package check

// stride is the distance of tested points: with the race detector each start of a process takes many times as long, and it finds nothing
// more in a process that is killed. Without it every point is tested.
const stride = 9
