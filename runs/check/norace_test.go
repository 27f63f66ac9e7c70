//go:build !race

package check

const stride = 1
